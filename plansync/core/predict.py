"""The tracker's state after changes took effect, without asking it again. Pure.

Write-back, Status and the hash gate work on it after the real changes; a dry run works on it with numbers that are
not given yet (negative ones, shown as ``#?``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from plansync.core.assigning import people_after
from plansync.core.bodies import new_body
from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Done,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.observed import ObservedIssue, ObservedMilestone, ObservedState, Relation
from plansync.core.region import write_region


@dataclass(slots=True)
class Prediction:
    """Grows with every change that is known to have taken effect."""

    state: ObservedState
    issues: dict[int, ObservedIssue]
    milestones: dict[int, ObservedMilestone]
    related: set[Relation] = field(default_factory=set)
    """What was related; no observation brings that."""

    @classmethod
    def of(cls, state: ObservedState) -> Prediction:
        """Start from an observation."""
        return cls(state, {i.number: i for i in state.issues}, {m.number: m for m in state.milestones})

    def observed(self) -> ObservedState:
        """Return the state as an observation would bring it."""
        return replace(self.state, issues=tuple(self.issues.values()), milestones=tuple(self.milestones.values()))

    def add(self, change: Change, done: Done) -> None:
        """Take in one change, resolved, and the tracker's answer to it."""
        match change:
            case CreateMilestone() | UpdateMilestone() | CloseMilestone() | ReopenMilestone():
                self._add_milestone(change, done)
            case CreateIssue():
                self._put(self._created(change, done))
            case UpdateIssue():
                self._replace(change.number, lambda issue: _updated(issue, change, done))
            case CloseIssue():
                labels = frozenset(change.add_labels)
                self._replace(
                    change.number, lambda issue: replace(issue, closed=change.because, labels=issue.labels | labels)
                )
            case ReopenIssue():
                gone = frozenset(change.remove_labels)
                self._replace(change.number, lambda issue: replace(issue, closed=None, labels=issue.labels - gone))
            case Relate():
                self.related.add(Relation(change.relation, change.number, change.other))
            case _:
                assert_never(change)

    def _replace(self, number: int, changed: Callable[[ObservedIssue], ObservedIssue]) -> None:
        old = self.issues[number]
        self._count(old, -1)
        self._put(changed(old))

    def _put(self, issue: ObservedIssue) -> None:
        self.issues[issue.number] = issue
        self._count(issue, 1)

    def _count(self, issue: ObservedIssue, by: int) -> None:
        """Count an issue into its milestone's numbers, or out of them."""
        milestone = self.milestones.get(issue.milestone or 0)
        if milestone is not None and milestone.issues is not None:
            closed, total = milestone.issues
            counts = (closed + by * (issue.closed is not None), total + by)
            self.milestones[milestone.number] = replace(milestone, issues=counts)

    def _created(self, change: CreateIssue, done: Done) -> ObservedIssue:
        stripped = set(done.stripped)
        number = change.milestone.number if change.milestone and "milestone" not in stripped else None
        return ObservedIssue(
            number=done.number,
            url=done.url,
            title=done.answered_title or change.title,
            body=done.answered_body or change.body,
            labels=frozenset() if "labels" in stripped else frozenset(change.labels),
            milestone=number,
            assignees=change.assignees,
            author_is_us=True,
            author_trusted=True,
            created_at=self.state.at,
            updated_at=self.state.at,
        )

    def _add_milestone(
        self, change: CreateMilestone | UpdateMilestone | CloseMilestone | ReopenMilestone, done: Done
    ) -> None:
        if isinstance(change, CreateMilestone):
            self.milestones[done.number] = ObservedMilestone(
                number=done.number,
                url=done.url,
                title=done.answered_title or change.title,
                description=change.description,
                issues=(0, 0) if self.state.counted else None,
            )
            return
        old = self.milestones[change.number]
        if isinstance(change, UpdateMilestone):
            text = old.description
            if change.region is not None:
                text = write_region(text, change.region, adopt=True)
            title = old.title if change.title is None else change.title
            self.milestones[change.number] = replace(old, title=title, description=text)
        else:
            self.milestones[change.number] = replace(old, closed=isinstance(change, CloseMilestone))


def _updated(issue: ObservedIssue, change: UpdateIssue, done: Done) -> ObservedIssue:
    body = issue.body
    if change.region is not None:
        body = done.answered_body or new_body(body, change)
    title = issue.title if change.title is None else (done.answered_title or change.title)
    milestone = (change.milestone.number or None) if change.milestone is not None else issue.milestone
    labels = (issue.labels | frozenset(change.add_labels)) - frozenset(change.remove_labels)
    return replace(
        issue,
        body=body,
        title=title,
        labels=labels,
        milestone=milestone,
        assignees=people_after(issue.assignees, change),
    )
