"""Carrying out one change on a hosted tracker: read what is there, send only what differs, in an order that is safe.

A stop between two requests of one change leaves something that the next run puts right: labels and a comment come
before closing, and a comment that is there already is not written again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from plansync.core.assigning import people_after
from plansync.core.bodies import new_body
from plansync.core.changes import (
    NO_MILESTONE,
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Done,
    MilestoneRef,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.desired import LABEL
from plansync.core.fit import find_label, kept_line, kept_text
from plansync.core.looks import look_of
from plansync.core.region import write_region
from plansync.errors import ChangeRefused, IssueGone
from plansync.trackers.hosted.answers import folded, is_expected, present
from plansync.trackers.hosted.book import Book
from plansync.trackers.hosted.desk import Desk, NewIssue, Patch
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow


@dataclass(slots=True)
class Applier:
    """Applies changes, and remembers what the host answered, so that nothing is written that is so already."""

    desk: Desk
    book: Book
    milestones: dict[int, MilestoneRow] = field(default_factory=dict)
    """Milestones made or read since the last observation."""
    issues: dict[int, IssueRow] = field(default_factory=dict)
    """Issues as they were last answered, by the last observation's reads or since."""
    is_behind: bool = False
    """Nothing was listed, so that the book may be a while behind: what matters is read first."""
    labels: set[str] | None = None
    """The labels of the project, None until they are needed."""

    def carry_out(self, change: Change) -> Done:
        """Apply ``change``; raises ``ChangeRefused``, ``IssueGone``, ``RegionDamaged``, or what the desk raises."""
        match change:
            case CreateIssue():
                return self._create_issue(change)
            case UpdateIssue():
                return self._update_issue(change)
            case CloseIssue():
                return self._close_issue(change)
            case ReopenIssue():
                return self._reopen_issue(change)
            case CreateMilestone():
                return self._create_milestone(change)
            case UpdateMilestone():
                return self._update_milestone(change)
            case CloseMilestone() | ReopenMilestone():
                return self._turn_milestone(change.number, closed=isinstance(change, CloseMilestone))
            case Relate():
                return self._relate(change)

    def _create_issue(self, change: CreateIssue) -> Done:
        self._check(change.title, change.body)
        milestone = self._placed(change.milestone)
        labels = self._existing(change.labels)
        new = NewIssue(
            title=kept_line(change.title),
            body=change.body,
            labels=labels,
            milestone=milestone,
            assignees=tuple(change.assignees[: self.desk.capabilities.assignees]),
        )
        row = self._learn(self.desk.create_issue(new))
        self.book.put(row, ours=True)
        done = self._done(row, change.title, change.body)
        return replace(done, stripped=self._stripped(row, labels, milestone))

    def _update_issue(self, change: UpdateIssue) -> Done:
        row = self._read(change.number)
        body = new_body(row.body, change)
        title = row.title if change.title is None else kept_line(change.title)
        self._check(title, body)
        milestone = self._placed(change.milestone)
        have = frozenset(row.labels)
        missing = [label for label in change.add_labels if find_label(label, have, self.desk.capabilities) is None]
        people = people_after(row.assignees, change, self.desk.capabilities.assignees)
        patch = Patch(
            title=title if title != row.title else None,
            body=body if body != row.body else None,
            milestone=milestone if milestone is not None and milestone.number != row.milestone else None,
            leaves_milestone=change.milestone == NO_MILESTONE and row.milestone is not None,
            assignees=people if people != row.assignees else None,
            add_labels=self._existing(missing),
            remove_labels=present(change.remove_labels, row.labels),
        )
        if not patch.is_empty:
            row = self._patch(row, patch)
        done = self._done(row, change.title, body if change.region is not None else None)
        return replace(done, stripped=self._stripped(row, patch.add_labels, milestone))

    def _close_issue(self, change: CloseIssue) -> Done:
        row = self._known(change.number)
        missing = [label for label in change.add_labels if label.casefold() not in folded(row.labels)]
        patch = Patch(
            add_labels=self._existing(missing),
            close=change.because if row.closed is None else None,
        )
        if row.closed is None and change.comment:
            self._say(row, change.comment)
        if not patch.is_empty:
            row = self._patch(row, patch)
        return self._done(row)

    def _patch(self, before: IssueRow, patch: Patch) -> IssueRow:
        """Change an issue. The answer goes into the book if it shows nothing that no observation has seen.

        Else a change that a person made at the same moment would be taken for our own.
        """
        known = self.book.issues.get(before.number)
        row = self._learn(self.desk.patch_issue(before, patch))
        if known is not None and known.digest == before.digest and is_expected(before, patch, row):
            self.book.put(row, ours=True)
        return row

    def _say(self, row: IssueRow, text: str) -> None:
        """Comment once, also where this run or an earlier one was stopped between comment and closing.

        That there are no comments is believed of an answer in this run alone: the book may be behind.
        """
        may_be_said = row.comments > 0 or row.number not in self.issues
        if may_be_said and any(
            author == self.book.login and kept_text(said) == kept_text(text)
            for author, said in self.desk.comments(row.number)
        ):
            return
        self.desk.comment(row.number, text)
        self.issues[row.number] = replace(row, comments=row.comments + 1)

    def _reopen_issue(self, change: ReopenIssue) -> Done:
        row = self._known(change.number)
        patch = Patch(remove_labels=present(change.remove_labels, row.labels), reopen=row.closed is not None)
        if not patch.is_empty:
            row = self._patch(row, patch)
        return self._done(row)

    def _create_milestone(self, change: CreateMilestone) -> Done:
        title = kept_line(change.title)
        self._check_milestone(title, change.description)
        row = self._settle(self.desk.create_milestone(title, change.description))
        return Done(row.number, row.url, answered_title=row.title if row.title != change.title else None)

    def _update_milestone(self, change: UpdateMilestone) -> Done:
        row = self._milestone(change.number)
        title = row.title if change.title is None else kept_line(change.title)
        text = row.description
        if change.region is not None:
            text = write_region(text, change.region, adopt=True)
        self._check_milestone(title, text)
        if (title, text) != (row.title, row.description):
            answer = self.desk.patch_milestone(
                row,
                title=title if title != row.title else None,
                description=text if text != row.description else None,
            )
            row = self._settle(answer)
        wanted = change.title
        return Done(row.number, row.url, answered_title=row.title if wanted not in {None, row.title} else None)

    def _turn_milestone(self, number: int, *, closed: bool) -> Done:
        row = self.milestones.get(number) or self.book.milestone_rows().get(number) or self._milestone(number)
        if row.closed is not closed:
            row = self._settle(self.desk.patch_milestone(row, closed=closed))
        return Done(row.number, row.url)

    def _relate(self, change: Relate) -> Done:
        """Relate two issues; a refusal is told, and is no failure: people or limits may well be in the way.

        The host refuses what is there already, too: then an earlier answer was lost, or somebody was faster.
        """
        row, other = self._known(change.number), self._known(change.other)
        try:
            note = self.desk.relate(row, change.relation, other)
        except (ChangeRefused, IssueGone) as error:
            is_there = other.number in self.desk.related(row.number, change.relation)
            note = "" if is_there else f"left unrelated to #{other.number}: {error}"
        return Done(row.number, row.url, note=note)

    def _read(self, number: int) -> IssueRow:
        row = self.desk.issue(number)
        if row is None or row.moved_to is not None:
            raise IssueGone(f"issue #{number} is not in the project any more")
        return self._learn(row)

    def _known(self, number: int) -> IssueRow:
        """Return an issue as it was last seen: in this run if possible, else read now."""
        known = None if self.is_behind else self.book.issues.get(number)
        return self.issues.get(number) or known or self._read(number)

    def _learn(self, row: IssueRow) -> IssueRow:
        """Remember an answer; one that our listing will not show again goes into the book whatever it shows."""
        self.issues[row.number] = row
        if LABEL not in row.labels:
            self.book.put(row)
        return row

    def _settle(self, row: MilestoneRow) -> MilestoneRow:
        """Remember the answer to a write of a milestone."""
        self.milestones[row.number] = row
        self.book.put_milestone(row)
        return row

    def _milestone(self, number: int) -> MilestoneRow:
        row = self.desk.milestone(number)
        if row is None:
            raise IssueGone(f"milestone {number} does not exist")
        self.milestones[number] = row
        return row

    def _placed(self, wanted: MilestoneRef | None) -> MilestoneRow | None:
        """Return the milestone that an issue shall be in, if any; raises where it does not exist."""
        if wanted is None or wanted == NO_MILESTONE:
            return None
        if wanted.number is None:
            raise ChangeRefused("the milestone has no number yet")
        known = self.milestones.get(wanted.number) or self.book.milestone_rows().get(wanted.number)
        return known or self._milestone(wanted.number)

    def _existing(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Return ``wanted`` as the project spells these labels; those it does not have are made, with their look."""
        if not wanted:
            return ()
        if self.labels is None:
            self.labels = set(self.desk.labels())
        found: list[str] = []
        for name in wanted:
            spelled = find_label(name, frozenset(self.labels), self.desk.capabilities)
            if spelled is None:
                colour, description = look_of(name)
                self.desk.create_label(name, colour, description)
                self.labels.add(name)
            found.append(spelled or name)
        return tuple(found)

    def _check(self, title: str, body: str) -> None:
        limits = self.desk.capabilities
        _within(title, limits.title_limit, "the title")
        _within(body, limits.body_limit, "the body")

    def _check_milestone(self, title: str, text: str) -> None:
        limits = self.desk.capabilities
        _within(title, limits.milestone_title_limit, "the milestone's title")
        _within(text, limits.milestone_body_limit, "the milestone's description")

    def _stripped(self, row: IssueRow, labels: Sequence[str], milestone: MilestoneRow | None) -> tuple[str, ...]:
        """Return what the host left out without a word, as it does where the token may not set it."""
        have = frozenset(row.labels)
        lost = ["labels"] if any(find_label(label, have, self.desk.capabilities) is None for label in labels) else []
        lost += ["milestone"] if milestone is not None and row.milestone != milestone.number else []
        return tuple(lost)

    def _done(self, row: IssueRow, title: str | None = None, body: str | None = None) -> Done:
        """Return the confirmation, with the texts as they are kept where that differs from what was sent."""
        done = Done(row.number, row.url)
        if title is not None and row.title != title:
            done = replace(done, answered_title=row.title)
        if body is not None and kept_text(row.body) != kept_text(body):
            done = replace(done, answered_body=row.body)
        return done


def _within(text: str, limit: int, what: str) -> None:
    if len(text) > limit:
        raise ChangeRefused(f"{what} has {len(text)} characters, and {limit} are allowed")
