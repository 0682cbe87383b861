"""``plansync lint --fix``: mend the plan files that lie in folders here, and say of each what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.cli.lines import Line, Role
from plansync.cli.options import Invocation
from plansync.cli.workplace import read_settings
from plansync.errors import SourceError, UsageError

if TYPE_CHECKING:
    from plansync.core.mend import Mend
    from plansync.core.problems import Problem


@dataclass(slots=True)
class Fixes:
    """What was mended, by the files' paths from the working folder, and whether a file could not be written."""

    mended: dict[str, Mend] = field(default_factory=dict)
    failed: bool = False

    def of(self, file: str) -> tuple[Problem, ...]:
        """Return the Problems of ``file`` that are gone."""
        mend = self.mended.get(file)
        return (mend.problem,) if mend else ()


def fix_files(invocation: Invocation, plans: Sequence[Path]) -> Fixes:
    """Mend the plans and tell of each on stderr; one that cannot be written holds up no other.

    Raises ``UsageError`` for plans of another checkout: those are read for somebody else.
    """
    from plansync.app.fix import fix_plan
    from plansync.cli.files import find_plans
    from plansync.core.parser import parse_plan

    if invocation.plans_from is not None:
        raise UsageError("--fix does not go with --plans-from", hint="mend the plans in their own checkout")
    settings, terminal, fixes = read_settings(invocation), invocation.terminal, Fixes()
    for plan in find_plans(settings, plans):
        if not plan.is_local:
            terminal.tell([Line(f"{plan.shown[0]}: not mended: it lies in a repository elsewhere", Role.FAINT)])
            continue
        try:
            mend = fix_plan(plan.shelf, plan.files, plan.words(settings), parse_plan)
        except SourceError as error:
            fixes.failed = True
            terminal.fault(str(error), error.hint)
            continue
        if mend is not None:
            fixes.mended[plan.shown[0]] = mend
        if mend is not None and not terminal.quiet:
            place = f"{plan.shown[0]}:{mend.problem.line}:{mend.problem.column}"
            terminal.tell([Line(f"{place}: {mend.problem.code} fixed: {mend.text}", Role.GOOD)])
    return fixes
