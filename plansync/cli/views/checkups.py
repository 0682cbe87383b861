"""What doctor found: one line a check, ``web  ✓ server  github.com answers``, and one for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plansync.app.doctor import Checkup
from plansync.cli.lines import Line, Role, counted
from plansync.ports.checkup import Check

_WIDTH = 10
"""Columns for the names of checks, the longest of which is ``milestones``."""


def checkup_lines(checkup: Checkup, targets: Sequence[str]) -> Iterator[Line]:
    """Yield the checks of one target; its name takes as much room as the longest of ``targets``."""
    width = max(map(len, targets))
    for check in checkup.checks:
        mark, role = _verdict(check)
        text = " ".join(f"{check.message} → {check.hint}".split()) if check.hint else " ".join(check.message.split())
        yield Line(f"{checkup.target:<{width}}  {mark} {check.name:<{_WIDTH}}  {text}", role)


def summary_line(checkups: Sequence[Checkup]) -> Line:
    """Return the last line: how many checks there were, and how many are not well."""
    checks = [check for checkup in checkups for check in checkup.checks]
    failed = sum(check.ok is False for check in checks)
    warned = sum(_is_warning(check) for check in checks)
    parts = [f"{failed} failed"] if failed else []
    parts += [counted(warned, "warning")] if warned else []
    return Line(f"{counted(len(checks), 'check')}: {', '.join(parts) or 'all well'}", Role.BAD if failed else Role.GOOD)


def _verdict(check: Check) -> tuple[str, Role]:
    """Return the mark and colour of a check.

    not well: ✗    a hint all the same: !    well: ✓    nobody knows: ?
    """
    if check.ok is False:
        return "✗", Role.BAD
    if _is_warning(check):
        return "!", Role.CHANGED
    return ("✓", Role.ADDED) if check.ok else ("?", Role.FAINT)


def _is_warning(check: Check) -> bool:
    return check.ok is not False and bool(check.hint)
