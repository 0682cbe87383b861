"""The use case ``lint``: read plans, change nothing, and report every Problem at once.

Problems inside a file come from the reader; what only shows across files, one Feature ID on two plans, is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.core.mend import stage_by_boxes
from plansync.core.model import Plan
from plansync.core.problems import CATALOGUE, Problem, Severity, problem
from plansync.core.rules import StatusWords
from plansync.core.status import status_faults
from plansync.ports.source import Content, Unreadable

UNREADABLE = "PS103"
"""The code for a file whose source names none that the catalogue knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What was read from one file, and all that is wrong with it."""

    file: str
    phases: int = 0
    tasks: int = 0
    risks: int = 0
    questions: int = 0
    feature_id: str | None = None
    problems: tuple[Problem, ...] = ()
    fixed: tuple[Problem, ...] = ()
    """What ``--fix`` mended: no longer among the Problems."""

    @property
    def failed(self) -> bool:
        """Say whether an error was found; warnings fail nothing."""
        return any(found.severity is Severity.ERROR for found in self.problems)


def lint_plans(
    files: Iterable[Content | Unreadable],
    parse: Callable[[bytes], Plan],
    words: Mapping[str, StatusWords] | None = None,
) -> tuple[FileReport, ...]:
    """Read ``files`` and report on each, in order. Nothing is raised for a bad file; it has a Problem.

    ``words`` are the Status words that the file at a path may use beside the common ones.
    """
    return _with_shared_ids([_lint(file, parse, (words or {}).get(file.path, StatusWords())) for file in files])


def _lint(file: Content | Unreadable, parse: Callable[[bytes], Plan], words: StatusWords) -> FileReport:
    if isinstance(file, Unreadable):
        code = file.code if file.code in CATALOGUE else UNREADABLE
        return FileReport(file=file.path, problems=(problem(code, 1, 1, file.message, part="plan"),))
    plan = parse(file.data)
    return FileReport(
        file=file.path,
        phases=len(plan.phases),
        tasks=len(plan.tasks),
        risks=len(plan.risks),
        questions=len(plan.questions),
        feature_id=plan.feature_id,
        problems=(*plan.problems, *(status_faults(plan, words) if stage_by_boxes(plan) is not None else ())),
    )


def _with_shared_ids(reports: Sequence[FileReport]) -> tuple[FileReport, ...]:
    """Add a Problem to every file whose Feature ID another file claims first; the message names both."""
    owners: dict[str, str] = {}
    result = []
    for report in reports:
        claim = (report.feature_id or "").strip()
        owner = owners.setdefault(claim, report.file) if claim else report.file
        if owner == report.file:
            result.append(report)
            continue
        message = f"Feature ID {claim} is also claimed by {owner}"
        result.append(replace(report, problems=(*report.problems, problem("PS505", 1, 1, message))))
    return tuple(result)
