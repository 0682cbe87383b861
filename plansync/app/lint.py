"""The use case ``lint``: read plans, change nothing, and report every Problem at once.

Problems inside a file come from the reader; what only shows across files, one Feature ID on two plans, is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.app.shelf import PlanText
from plansync.core.mend import stage_by_boxes
from plansync.core.model import Plan
from plansync.core.problems import CATALOGUE, Problem, Severity, problem
from plansync.core.rules import StatusWords
from plansync.core.status import status_faults
from plansync.core.together import name_of
from plansync.ports.source import Content, Unreadable

UNREADABLE = "PS103"
"""The code for a file whose source names none that the catalogue knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What was read from one file, and all that is wrong with it. Of a plan of several files each has its own."""

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
    plans: Iterable[Sequence[Content | Unreadable]],
    parse: Callable[[bytes], Plan],
    words: Mapping[str, StatusWords] | None = None,
) -> tuple[FileReport, ...]:
    """Read the files of ``plans`` and report on each, in order. Nothing is raised for a bad one; it has a Problem.

    ``words`` are the Status words that the file at a path may use beside the common ones.
    """
    return _with_shared_ids([report for files in plans for report in _lint(files, parse, words or {})])


def _lint(
    files: Sequence[Content | Unreadable], parse: Callable[[bytes], Plan], words: Mapping[str, StatusWords]
) -> Iterator[FileReport]:
    """Yield a report on each file of a plan, which is read without those that cannot be."""
    text = PlanText(tuple(file for file in files if isinstance(file, Content)))
    plan = _judged(text.read(parse), words.get(text.path, StatusWords())) if text.contents else None
    for file in files:
        if isinstance(file, Unreadable):
            code = file.code if file.code in CATALOGUE else UNREADABLE
            yield FileReport(file=file.path, problems=(problem(code, 1, 1, file.message, part="plan"),))
        elif plan is not None:
            yield _report(file.path, _part_of(plan, name_of(file.path)), is_main=file.path == text.path)


def _judged(plan: Plan, words: StatusWords) -> Plan:
    """Return the plan with the faults of its Status among its Problems, where a sync would find them."""
    faults = status_faults(plan, words) if stage_by_boxes(plan) is not None else ()
    return replace(plan, problems=(*plan.problems, *faults))


def _report(path: str, plan: Plan, *, is_main: bool) -> FileReport:
    return FileReport(
        file=path,
        phases=len(plan.phases),
        tasks=len(plan.tasks),
        risks=len(plan.risks),
        questions=len(plan.questions),
        feature_id=plan.feature_id if is_main else None,
        problems=plan.problems,
    )


def _part_of(plan: Plan, file: str) -> Plan:
    """Return what of a plan stands in one of its files."""
    if not plan.files:
        return plan
    return replace(
        plan,
        phases=tuple(phase for phase in plan.phases if phase.file == file),
        risks=tuple(risk for risk in plan.risks if risk.file == file),
        questions=tuple(question for question in plan.questions if question.file == file),
        problems=tuple(replace(found, file="") for found in plan.problems if found.file == file),
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
