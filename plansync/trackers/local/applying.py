"""One change of a Changeset, carried out in the embedded tracker's tables."""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.assigning import people_after
from plansync.core.bodies import new_body
from plansync.core.changes import (
    NO_MILESTONE,
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    MilestoneRef,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.fit import Capabilities, kept_line
from plansync.core.region import write_region
from plansync.trackers.local.ledger import EventKind, Ledger
from plansync.trackers.local.shelf import Shelf


class Refused(Exception):
    """The change asks for what this tracker does not hold."""


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies changes within one transaction: what it raises must undo them."""

    ledger: Ledger
    shelf: Shelf
    limits: Capabilities

    def carry_out(self, change: Change) -> int:
        """Apply ``change`` and return the number of its issue or milestone.

        Raises ``Refused``, ``RegionDamaged`` or ``IssueGone``.
        """
        match change:
            case CreateIssue():
                return self._create_issue(change)
            case UpdateIssue():
                self._update_issue(change)
            case CloseIssue():
                self._close_issue(change)
            case ReopenIssue():
                self.ledger.reopen(change.number)
                for label in change.remove_labels:
                    self.ledger.unlabel(change.number, label)
            case CreateMilestone():
                return self.shelf.open(self._milestone_title(change.title), self._description(change.description))
            case UpdateMilestone():
                self._update_milestone(change)
            case CloseMilestone() | ReopenMilestone():
                self.shelf.change(change.number, closed=isinstance(change, CloseMilestone))
            case Relate():
                self.ledger.relate(change.number, EventKind(change.relation.value), change.other)
        return change.number

    def _create_issue(self, change: CreateIssue) -> int:
        return self.ledger.open_issue(
            self._title(change.title),
            self._body(change.body),
            milestone=self._existing(change.milestone),
            labels=change.labels,
            people=change.assignees,
        )

    def _update_issue(self, change: UpdateIssue) -> None:
        number = change.number
        issue = self.ledger.issue(number)
        if change.region is not None:
            self.ledger.rewrite(number, self._body(new_body(issue.body, change)))
        if change.title is not None:
            self.ledger.rename(number, self._title(change.title))
        for label in change.add_labels:
            self.ledger.label(number, label)
        for label in change.remove_labels:
            self.ledger.unlabel(number, label)
        if change.milestone is not None:
            self.ledger.place(number, self._existing(change.milestone))
        before = self.ledger.assigned(number)
        after = people_after(tuple(before), change)
        for name in before:
            if name not in after:
                self.ledger.unassign(number, name)
        self.ledger.assign(number, after)

    def _close_issue(self, change: CloseIssue) -> None:
        was_open = self.ledger.issue(change.number).closed is None
        closed = self.ledger.close(change.number, change.because)
        if closed and change.duplicate_of is not None:
            self.ledger.mark_duplicate(change.number, change.duplicate_of)
        if was_open and change.comment:
            self.ledger.comment(change.number, change.comment)
        for label in change.add_labels:
            self.ledger.label(change.number, label)

    def _update_milestone(self, change: UpdateMilestone) -> None:
        milestone = self.shelf.milestone(change.number)
        title, description = milestone.title, milestone.description
        if change.title is not None:
            title = self._milestone_title(change.title)
        if change.region is not None:
            description = self._description(write_region(description, change.region, adopt=True))
        self.shelf.change(change.number, title=title, description=description)

    def _existing(self, milestone: MilestoneRef | None) -> int | None:
        if milestone is None or milestone == NO_MILESTONE:
            return None
        if milestone.number is None:
            raise Refused("the milestone has no number yet")
        return int(self.shelf.milestone(milestone.number).number)

    def _title(self, title: str) -> str:
        return _within(kept_line(title), self.limits.title_limit, "the title")

    def _body(self, body: str) -> str:
        return _within(body, self.limits.body_limit, "the body")

    def _milestone_title(self, title: str) -> str:
        return _within(kept_line(title), self.limits.milestone_title_limit, "the milestone's title")

    def _description(self, text: str) -> str:
        return _within(text, self.limits.milestone_body_limit, "the milestone's description")


def _within(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise Refused(f"{what} has {len(text)} characters, and {limit} are allowed")
    return text
