"""From what was decided and done to the report of a plan (:mod:`plansync.app.report`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from plansync.app.carry import Carried
from plansync.app.rehearsal import shown
from plansync.app.report import ChangeReport, MatchReport, PlanReport, StatusReport
from plansync.app.writing import WrittenPlan
from plansync.core.baseline import PlanState
from plansync.core.changes import (
    Change,
    CreateIssue,
    CreateMilestone,
    Done,
    FieldChange,
    Relate,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.decision import PlanDecision
from plansync.core.desired import Fate
from plansync.core.mishaps import PASSING, mishaps
from plansync.core.model import State
from plansync.core.observed import RelationKind
from plansync.core.problems import Problem, Severity
from plansync.core.refs import preview
from plansync.core.writeback import PlanMarks

KINDS = {
    "CreateIssue": "create_issue",
    "UpdateIssue": "update_issue",
    "CloseIssue": "close_issue",
    "ReopenIssue": "reopen_issue",
    "CreateMilestone": "create_milestone",
    "UpdateMilestone": "update_milestone",
    "CloseMilestone": "close_milestone",
    "ReopenMilestone": "reopen_milestone",
    "Relate": "relate_issue",
}
_RELATIONS = {
    RelationKind.SUB_ISSUE: "sub-issue",
    RelationKind.BLOCKED_BY: "blocked by",
    RelationKind.RELATED: "related to",
}


def tell_plan(
    decision: PlanDecision, carried: Sequence[Carried], written: WrittenPlan, *, fused: str, dry_run: bool
) -> PlanReport:
    """Report one plan: ``decision`` is the one before the changes, ``written`` holds the one after."""
    plan, after = decision.reading.plan, written.decision
    passing = [found for found in decision.problems if found.code in PASSING]  # also where a new issue was made since
    passing += mishaps(decision, [(one.change, one.outcome) for one in carried], fused)
    problems = in_order({*plan.problems, *after.problems, *passing})
    marks = after.marks if written.edits else PlanMarks()
    return PlanReport(
        path=decision.reading.path,
        key=decision.reading.key,
        title=plan.title,
        phases=sum(bool(phase.heading) for phase in plan.phases),
        tasks=len(plan.tasks),
        risks=len(plan.risks),
        questions=sum(question.state is State.OPEN for question in plan.questions),
        open_risks=_open_risks(after),
        status=_status(after, is_held=bool(fused)),
        changes=tuple(tell_change(c, decision, dry_run=dry_run) for c in carried),
        matches=tuple(_matches(decision)),
        linked=sum(mark.link is not None for mark in marks.items) + len(_new_milestones(marks)),
        ticked=sum(mark.box is not None or mark.cell is not None for mark in marks.items),
        diff=shown(written.diff),
        changed_files=written.changed_files,
        problems=problems,
        skipped=decision.passed_over,
        fused=fused,
        waits_at=written.waits_at,
        error=written.error,
        hint=written.hint,
    )


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return ``problems`` by their place in the file."""
    return tuple(sorted(problems, key=lambda found: (found.line, found.column, found.code)))


def tell_change(carried: Carried, decision: PlanDecision, *, dry_run: bool) -> ChangeReport:
    """Report one change."""
    change, outcome = carried.change, carried.outcome
    number = outcome.number if isinstance(outcome, Done) else getattr(change, "number", None)
    url = outcome.url if isinstance(outcome, Done) else ""
    is_planned = dry_run and isinstance(outcome, Done)
    pending = number is not None and shown(str(number)) == "?"
    return ChangeReport(
        kind=KINDS[type(change).__name__],
        key=change.key,
        title=_title(change, decision),
        number=None if pending or not number else number,
        url="" if pending else url,
        reason=change.reason,
        fields=_fields(change, decision),
        labels=change.labels if isinstance(change, CreateIssue) else (),
        milestone=_milestone(change, decision),
        text_only=isinstance(change, UpdateIssue) and change.text_only,
        outcome="planned" if is_planned else type(outcome).__name__.casefold(),
        message=outcome.note if isinstance(outcome, Done) else outcome.message,
    )


def tell_step(carried: Carried, title: str, *, dry_run: bool) -> ChangeReport:
    """Report one change of a run that is no sync, and so opens nothing."""
    change, outcome = carried.change, carried.outcome
    is_planned = dry_run and isinstance(outcome, Done)
    return ChangeReport(
        kind=KINDS[type(change).__name__],
        key=change.key,
        title=title,
        number=getattr(change, "number", None),
        url=outcome.url if isinstance(outcome, Done) else "",
        reason=change.reason,
        fields=getattr(change, "fields", ()),
        labels=getattr(change, "add_labels", ()),
        text_only=isinstance(change, UpdateIssue) and change.text_only,
        outcome="planned" if is_planned else type(outcome).__name__.casefold(),
        message=outcome.note if isinstance(outcome, Done) else outcome.message,
    )


def _fields(change: Change, decision: PlanDecision) -> tuple[FieldChange, ...]:
    if isinstance(change, Relate):
        other = f"#{change.other or '?'} {_title_of(change.other_key, decision)}"
        return (FieldChange(_RELATIONS[change.relation], "", shown(other.strip())),)
    if not isinstance(change, UpdateIssue | UpdateMilestone):
        return ()
    return tuple(FieldChange(f.name, f.old, shown(preview(f.new, {}))) for f in change.fields)


def _title(change: Change, decision: PlanDecision) -> str:
    if isinstance(change, CreateIssue | CreateMilestone):
        return change.title
    return _title_of(change.key, decision)


def _title_of(key: str, decision: PlanDecision) -> str:
    """Return the title of an issue or milestone of the plan, one to be opened included."""
    texts = {str(item.match.key): item.issue.title for item in decision.items if item.issue is not None}
    texts |= {str(owned.key): owned.issue.title for owned in decision.matching.orphans}
    texts |= {str(new.key): new.title for new in decision.changes if isinstance(new, CreateIssue)}
    if decision.tracking is not None and decision.tracking.issue is not None:
        texts[str(decision.tracking.key)] = decision.tracking.issue.title
    return decision.titles.get(str(key)) or texts.get(str(key), "")


def _milestone(change: Change, decision: PlanDecision) -> str:
    if not isinstance(change, CreateIssue) or change.milestone is None:
        return ""
    return decision.titles.get(str(change.milestone.key), "")


def _status(after: PlanDecision, *, is_held: bool) -> StatusReport:
    progress = after.progress
    return StatusReport(
        before=after.status_before,
        after=after.status_before if is_held else after.status_after,
        reason=progress.reason() if progress.stage is not None else "",
        done=progress.done,
        total=progress.total,
        phases=tuple((phase.label, phase.done, phase.total) for phase in progress.phases if phase.label),
    )


def _open_risks(after: PlanDecision) -> int:
    """Count the risks that are not settled: by their issue where there is one, else by their cell."""
    by_item = {id(item.match.placed.item): item for item in after.items}
    count = 0
    for risk in after.reading.plan.risks:
        decided = by_item.get(id(risk))
        issue = decided.issue if decided is not None else None
        is_open = issue.closed is None if issue is not None else risk.state is State.OPEN
        count += is_open
    return count


def _matches(decision: PlanDecision) -> list[MatchReport]:
    return [
        MatchReport(
            line=item.match.placed.item.line,
            kind=item.match.placed.item.kind.value,
            text=item.match.placed.item.text,
            key=item.match.key,
            number=item.match.number,
            by=item.match.by.value if item.wish.fate is not Fate.NOTHING else (item.wish.reason or "nothing"),
            confidence=round(item.match.confidence, 2),
            near_miss=item.match.near_miss,
            id=item.match.placed.item.id or "",
            url=item.issue.url if item.issue is not None else "",
            state=(item.issue.closed or "open") if item.issue is not None else "",
            file=item.match.placed.item.file,
        )
        for item in decision.items
    ]


def _new_milestones(marks: PlanMarks) -> list[str]:
    return [mark.title for mark in marks.milestones if mark.phase.milestone_link is None]


def tell_unchanged(state: PlanState) -> PlanReport:
    """Report a plan that the hash gate passed, from the summary that was stored when it was last in step."""
    told = json.loads(state.summary or "{}")
    status = told.get("status", {})
    return PlanReport(
        path=state.path,
        key=state.key,
        **{name: told[name] for name in _TOLD if name in told},
        status=StatusReport(
            before=status.get("after"),
            after=status.get("after"),
            reason=status.get("reason", ""),
            done=status.get("done", 0),
            total=status.get("total", 0),
            phases=tuple((label, done, total) for label, done, total in status.get("phases", ())),
        ),
        problems=tuple(_problem(entry) for entry in told.get("problems", ())),
        unchanged=True,
    )


_TOLD = ("title", "phases", "tasks", "risks", "questions", "open_risks", "skipped")


def _problem(entry: dict[str, Any]) -> Problem:
    return Problem(**{**entry, "severity": Severity(entry["severity"])})
