"""Writing in the embedded tracker: one transaction's hand on the tables, for plansync and people alike.

Each method changes only what is not yet so, says whether it changed anything, notes the time, and leaves the event
that tells who did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from plansync.core.looks import look_of
from plansync.core.observed import CloseReason
from plansync.errors import IssueGone
from plansync.trackers.local.tables import assignees, comments, events, issue_labels, issues, labels


class EventKind(StrEnum):
    """What can happen to an issue, as its events name it."""

    CLOSED = "closed"
    REOPENED = "reopened"
    RENAMED = "renamed"
    EDITED = "edited"
    LABELED = "labeled"
    UNLABELED = "unlabeled"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    MILESTONED = "milestoned"
    DEMILESTONED = "demilestoned"
    DUPLICATE = "duplicate"
    SUB_ISSUE = "sub_issue"
    BLOCKED_BY = "blocked_by"


class Ledger:
    """The hand of ``actor`` at one time; ``wrote`` says whether anything was changed."""

    def __init__(self, connection: Connection, actor: str, at: datetime) -> None:
        self.wrote = False
        self._connection = connection
        self._actor = actor
        self._at = at

    def issue(self, number: int) -> Row[Any]:
        """Return an issue's row as it is now; raises ``IssueGone``."""
        row = self._connection.execute(select(issues).where(issues.c.number == number)).one_or_none()
        if row is None:
            raise IssueGone(f"issue #{number} does not exist", hint="plansync local list shows the issues there are.")
        return row

    def open_issue(
        self,
        title: str,
        body: str,
        *,
        milestone: int | None = None,
        labels: Iterable[str] = (),
        people: Iterable[str] = (),
    ) -> int:
        """Open an issue with all that it has from the start, which is no event, and return its number."""
        self.wrote = True
        row = {"title": title, "body": body, "author": self._actor, "milestone": milestone}
        times = {"created_at": self._at, "updated_at": self._at}
        number = int(
            self._connection.execute(insert(issues).values(**row, **times).returning(issues.c.number)).scalar_one()
        )
        spelled = dict.fromkeys(self._spelled(name) or self._new_label(name) for name in labels)
        assigned = enumerate(dict.fromkeys(people))
        for table, rows in (
            (issue_labels, [{"issue": number, "label": label} for label in spelled]),
            (assignees, [{"issue": number, "name": name, "position": position} for position, name in assigned]),
        ):
            if rows:
                self._connection.execute(insert(table), rows)
        return number

    def delete_issue(self, number: int) -> None:
        """Delete an issue with all that belongs to it; its number is never given again."""
        self.issue(number)
        self.wrote = True
        self._connection.execute(delete(issues).where(issues.c.number == number))

    def rename(self, number: int, title: str) -> bool:
        """Give an issue another title."""
        if self.issue(number).title == title:
            return False
        return self._change(number, EventKind.RENAMED, title, title=title)

    def rewrite(self, number: int, body: str) -> bool:
        """Give an issue another body."""
        if self.issue(number).body == body:
            return False
        return self._change(number, EventKind.EDITED, "", body=body)

    def place(self, number: int, milestone: int | None) -> bool:
        """Put an issue into a milestone that exists, or into none."""
        old = self.issue(number).milestone
        if old == milestone:
            return False
        if milestone is None:
            return self._change(number, EventKind.DEMILESTONED, str(old), milestone=None)
        return self._change(number, EventKind.MILESTONED, str(milestone), milestone=milestone)

    def close(self, number: int, reason: CloseReason) -> bool:
        """Close an issue, or give a closed one another reason."""
        row = self.issue(number)
        if row.closed == reason.value:
            return False
        closed_at = row.closed_at or self._at
        return self._change(number, EventKind.CLOSED, reason.value, closed=reason.value, closed_at=closed_at)

    def reopen(self, number: int) -> bool:
        """Reopen a closed issue."""
        if self.issue(number).closed is None:
            return False
        return self._change(number, EventKind.REOPENED, "", closed=None, closed_at=None)

    def mark_duplicate(self, number: int, of: int) -> bool:
        """Note which issue this one repeats."""
        self.issue(number)
        return self._change(number, EventKind.DUPLICATE, str(of))

    def relate(self, number: int, kind: EventKind, other: int) -> bool:
        """Note what another issue is to this one: a sub-issue of it, or one that blocks it."""
        self.issue(number)
        self.issue(other)
        if other in self.related(number, kind):
            return False
        return self._change(number, kind, str(other))

    def related(self, number: int, kind: EventKind) -> frozenset[int]:
        """Return the issues that were said to be a sub-issue of this one, or to block it, and are still there."""
        said = select(events.c.detail).where(events.c.issue == number, events.c.kind == kind.value)
        numbers = {int(detail) for detail in self._connection.execute(said).scalars()}
        there = select(issues.c.number).where(issues.c.number.in_(numbers))
        return frozenset(self._connection.execute(there).scalars())

    def comment(self, number: int, text: str) -> None:
        """Add a comment."""
        self.issue(number)
        row = insert(comments).values(issue=number, author=self._actor, text=text, at=self._at)
        self._connection.execute(row)
        self._touch(number)

    def label(self, number: int, name: str) -> bool:
        """Put a label on an issue, as an existing one of any case is spelled; made when it is new."""
        self.issue(number)
        spelled = self._spelled(name) or self._new_label(name)
        if self._has_label(number, spelled):
            return False
        self._connection.execute(insert(issue_labels).values(issue=number, label=spelled))
        return self._change(number, EventKind.LABELED, spelled)

    def unlabel(self, number: int, name: str) -> bool:
        """Take a label off an issue, whatever its case."""
        self.issue(number)
        spelled = self._spelled(name)
        if spelled is None or not self._has_label(number, spelled):
            return False
        row = delete(issue_labels).where(issue_labels.c.issue == number, issue_labels.c.label == spelled)
        self._connection.execute(row)
        return self._change(number, EventKind.UNLABELED, spelled)

    def assigned(self, number: int) -> list[str]:
        """Return who is assigned, in the order of assigning."""
        names = select(assignees.c.name).where(assignees.c.issue == number).order_by(assignees.c.position)
        return list(self._connection.execute(names).scalars())

    def assign(self, number: int, names: Iterable[str]) -> bool:
        """Assign people in addition to those who are."""
        self.issue(number)
        there = self.assigned(number)
        new = [name for name in dict.fromkeys(names) if name not in there]
        for position, name in enumerate(new, start=len(there)):
            self._connection.execute(insert(assignees).values(issue=number, name=name, position=position))
            self._change(number, EventKind.ASSIGNED, name)
        return bool(new)

    def unassign(self, number: int, name: str) -> bool:
        """Take an assignment back."""
        self.issue(number)
        row = delete(assignees).where(assignees.c.issue == number, assignees.c.name == name)
        if not self._connection.execute(row).rowcount:
            return False
        return self._change(number, EventKind.UNASSIGNED, name)

    def _has_label(self, number: int, name: str) -> bool:
        one = select(issue_labels.c.label).where(issue_labels.c.issue == number, issue_labels.c.label == name)
        return self._connection.execute(one).first() is not None

    def _spelled(self, name: str) -> str | None:
        known = select(labels.c.name).where(labels.c.folded == name.casefold())
        return self._connection.execute(known).scalar_one_or_none()

    def _new_label(self, name: str) -> str:
        colour, description = look_of(name)
        row = {"name": name, "folded": name.casefold(), "colour": colour, "description": description}
        self._connection.execute(insert(labels).values(row))
        return name

    def _change(self, number: int, kind: EventKind, detail: str, **fields: object) -> bool:
        """Note an event, with the fields of the issue's row that it changes; always True."""
        self._touch(number, **fields)
        row = {"issue": number, "kind": kind.value, "detail": detail, "actor": self._actor, "at": self._at}
        self._connection.execute(insert(events).values(row))
        return True

    def _touch(self, number: int, **fields: object) -> None:
        self.wrote = True
        row = update(issues).where(issues.c.number == number).values(updated_at=self._at, **fields)
        self._connection.execute(row)
