"""The way back of a run: the changes that bring the tracker to what it was before, and what stays (spec §9). Pure.

Only what is still as the run left it goes back; what people, or later runs, changed since is left, with a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    FieldChange,
    ReopenIssue,
    ReopenMilestone,
    UpdateMilestone,
)
from plansync.core.deeds import Trace
from plansync.core.fit import kept_line, kept_text
from plansync.core.holds import short
from plansync.core.identity import ItemKey, PhaseKey
from plansync.core.images import IssueImage, MilestoneImage
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone
from plansync.core.ownership import UNDONE_LABEL
from plansync.core.policy import slice_changes
from plansync.core.region import RegionDamaged, sole_region
from plansync.core.wayback_fields import fields_back

UNDONE_COMMENT = "The run of plansync that opened this issue was undone ({run}), so plansync closed it as not planned."
_WHY = "undone"


@dataclass(frozen=True, slots=True)
class WayBack:
    """The changes, in the order to carry them out, and in words what is left as it is, by plan."""

    changes: tuple[Change, ...] = ()
    left: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Finds the way back of ``run`` from what the tracker holds now."""

    run: str
    issues: Mapping[int, ObservedIssue]
    milestones: Mapping[int, ObservedMilestone]

    def back(self, traces: Sequence[Trace]) -> WayBack:
        """Return the way back of everything that ``traces`` tell."""
        changes: list[Change] = []
        left: list[tuple[str, str]] = []
        for trace in traces:
            for step in self._steps(trace):
                if isinstance(step, str):
                    left.append((trace.plan, step))
                else:
                    changes.append(step)
        return WayBack(slice_changes(changes, 0).changes, tuple(left))

    def _steps(self, trace: Trace) -> Iterator[Change | str]:
        """Yield changes, and what is left in words."""
        if isinstance(trace.after, MilestoneImage):
            milestone = self.milestones.get(trace.number)
            if milestone is None:
                yield f"milestone {trace.number} is gone"
            elif not isinstance(trace.before, MilestoneImage):
                yield from _close_new_milestone(trace, trace.after, milestone)
            else:
                yield from _milestone_back(trace, trace.before, trace.after, milestone)
            return
        issue = self.issues.get(trace.number)
        if issue is None:
            yield f"issue #{trace.number} is gone"
        elif not isinstance(trace.before, IssueImage):
            yield from self._close_new(trace, trace.after, issue)
        else:
            yield from _issue_back(trace, trace.before, trace.after, issue)

    def _close_new(self, trace: Trace, after: IssueImage, issue: ObservedIssue) -> Iterator[Change | str]:
        if issue.closed is None:
            yield CloseIssue(
                plan=trace.plan,
                reason="opened by the run that is undone",
                key=ItemKey(trace.key),
                number=issue.number,
                because=CloseReason.NOT_PLANNED,
                comment=UNDONE_COMMENT.format(run=short(self.run)),
                add_labels=(UNDONE_LABEL,),
            )
        elif after.closed is None and UNDONE_LABEL not in {label.casefold() for label in issue.labels}:
            yield f"issue #{issue.number} was closed since, and stays so"


def _issue_back(trace: Trace, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Iterator[Change | str]:
    update, left = fields_back(trace, before, after, issue)
    state = _state_back(trace, before, after, issue)
    if isinstance(state, CloseIssue):
        yield replace(state, add_labels=update.add_labels)
        update = replace(update, add_labels=())
    elif isinstance(state, ReopenIssue):
        yield replace(state, remove_labels=update.remove_labels)
        update = replace(update, remove_labels=())
    elif state is not None:
        yield state
    parts = (update.title, update.milestone, update.add_labels, update.remove_labels, update.assignees, update.unassign)
    if update.region is not None or any(parts):
        yield update
    yield from left


def _state_back(
    trace: Trace, before: IssueImage, after: IssueImage, issue: ObservedIssue
) -> CloseIssue | ReopenIssue | str | None:
    if before.closed in {after.closed, issue.closed}:
        return None
    if issue.closed != after.closed:
        return f"issue #{issue.number} was {'closed' if issue.closed else 'reopened'} since, and stays so"
    key = ItemKey(trace.key)
    if before.closed is None:
        return ReopenIssue(plan=trace.plan, reason=_WHY, key=key, number=issue.number)
    return CloseIssue(plan=trace.plan, reason=_WHY, key=key, number=issue.number, because=before.closed)


def _close_new_milestone(trace: Trace, after: MilestoneImage, milestone: ObservedMilestone) -> Iterator[Change | str]:
    if not milestone.closed:
        why = "opened by the run that is undone"
        yield CloseMilestone(plan=trace.plan, reason=why, key=PhaseKey(trace.key), number=milestone.number)


def _milestone_back(
    trace: Trace, before: MilestoneImage, after: MilestoneImage, now: ObservedMilestone
) -> Iterator[Change | str]:
    key = PhaseKey(trace.key)
    update = UpdateMilestone(plan=trace.plan, reason=_WHY, key=key, number=now.number)
    fields: list[FieldChange] = []
    have, wrote, had = (kept_line(text) for text in (now.title, after.title, before.title))
    if had != wrote and have == wrote:
        update = replace(update, title=before.title)
        fields.append(FieldChange("title", now.title, before.title))
    elif had not in {wrote, have}:
        yield f"milestone {now.number}: its title was changed since, and stays so"
    have, wrote, had = (_region(text) for text in (now.description, after.description, before.description))
    if had != wrote and have == wrote:
        update = replace(update, region=had)
        fields.append(FieldChange("description", have, had))
    elif had not in {wrote, have}:
        yield f"milestone {now.number}: its description was changed since, and stays so"
    if fields:
        yield replace(update, fields=tuple(fields))
    if before.closed != after.closed and now.closed == after.closed:
        turn = CloseMilestone if before.closed else ReopenMilestone
        yield turn(plan=trace.plan, reason=_WHY, key=key, number=now.number)


def _region(text: str) -> str:
    """Return the managed region as it is compared, empty for none; of a damaged one, the whole text."""
    try:
        found = sole_region(text)
    except RegionDamaged:
        return text
    return kept_text(found.text) if found is not None else ""
