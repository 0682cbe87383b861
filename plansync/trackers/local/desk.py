"""The people's side of the embedded tracker: for ``plansync local``, the dashboard, and tests that play people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import Connection, Row, select

from plansync.core.fit import kept_line
from plansync.core.observed import CloseReason
from plansync.errors import UsageError
from plansync.ports.clock import Clock
from plansync.trackers.local.database import BUSY_TIMEOUT, Database
from plansync.trackers.local.ledger import Ledger
from plansync.trackers.local.mapping import assignees_by_issue, close_reason, issue_url, labels_by_issue
from plansync.trackers.local.shelf import Shelf
from plansync.trackers.local.tables import comments, events, issues, milestones

ListState = Literal["open", "closed", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalIssue:
    """One issue as people see it; ``closed`` is None while it is open, ``milestone`` a title or empty."""

    number: int
    url: str
    title: str
    body: str
    closed: CloseReason | None
    labels: tuple[str, ...]
    milestone: str
    assignees: tuple[str, ...]
    author: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None

    @property
    def state(self) -> str:
        """Return ``open``, ``closed``, or ``closed as not planned`` and the like, for people."""
        if self.closed is None:
            return "open"
        if self.closed is CloseReason.COMPLETED:
            return "closed"
        return f"closed as {self.closed.value.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class LocalComment:
    """What somebody said."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LocalEvent:
    """What somebody did; ``kind`` is a word of ``EventKind``, ``detail`` what it was about."""

    kind: str
    detail: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LocalPage:
    """An issue with all that was said and done, oldest first."""

    issue: LocalIssue
    comments: tuple[LocalComment, ...]
    events: tuple[LocalEvent, ...]


class LocalDesk:
    """Reads and changes issues for the person at it.

    Methods that change an issue say whether anything changed. Any may raise ``IssueGone``, or ``TrackerError`` for the
    file itself.
    """

    def __init__(self, path: Path, url: str, clock: Clock) -> None:
        """Take the tracker file and what issue links begin with, as ``LocalTracker`` does."""
        self._database = Database(path, BUSY_TIMEOUT)
        self._url = url.rstrip("/")
        self._clock = clock

    def list_issues(self, state: ListState = "open") -> tuple[LocalIssue, ...]:
        """Return the issues in ``state``, by number."""
        wanted = select(issues).order_by(issues.c.number)
        if state != "all":
            wanted = wanted.where(issues.c.closed.is_(None) if state == "open" else issues.c.closed.is_not(None))
        with self._database.reading() as connection:
            return self._values(connection, connection.execute(wanted).all())

    def show(self, number: int) -> LocalPage:
        """Return one issue with its comments and events."""
        said = select(comments.c.author, comments.c.text, comments.c.at).where(comments.c.issue == number)
        done = select(events.c.kind, events.c.detail, events.c.actor, events.c.at).where(events.c.issue == number)
        with self._database.reading() as connection:
            row = Ledger(connection, "", self._clock.now()).issue(number)
            return LocalPage(
                issue=self._values(connection, [row])[0],
                comments=tuple(LocalComment(*line) for line in connection.execute(said.order_by(comments.c.id))),
                events=tuple(LocalEvent(*line) for line in connection.execute(done.order_by(events.c.id))),
            )

    def create_issue(self, title: str, body: str, actor: str) -> int:
        """Open an issue and return its number."""
        with self._writing(actor) as ledger:
            return ledger.open_issue(_filled(kept_line(title), "a title"), body)

    def close(self, number: int, *, not_planned: bool, actor: str) -> bool:
        """Close an issue as completed or as not planned."""
        reason = CloseReason.NOT_PLANNED if not_planned else CloseReason.COMPLETED
        return self._write(actor, lambda ledger: ledger.close(number, reason))

    def reopen(self, number: int, actor: str) -> bool:
        """Reopen an issue."""
        return self._write(actor, lambda ledger: ledger.reopen(number))

    def comment(self, number: int, text: str, actor: str) -> None:
        """Add a comment."""
        with self._writing(actor) as ledger:
            ledger.comment(number, _filled(text, "a comment"))

    def rename(self, number: int, title: str, actor: str) -> bool:
        """Give an issue another title."""
        return self._write(actor, lambda ledger: ledger.rename(number, _filled(kept_line(title), "a title")))

    def set_body(self, number: int, body: str, actor: str) -> bool:
        """Give an issue another body, kept to the byte."""
        return self._write(actor, lambda ledger: ledger.rewrite(number, body))

    def add_label(self, number: int, name: str, actor: str) -> bool:
        """Put a label on an issue; made when it is new."""
        return self._write(actor, lambda ledger: ledger.label(number, _filled(name.strip(), "a label")))

    def remove_label(self, number: int, name: str, actor: str) -> bool:
        """Take a label off an issue."""
        return self._write(actor, lambda ledger: ledger.unlabel(number, name))

    def assign(self, number: int, name: str, actor: str) -> bool:
        """Assign somebody."""
        return self._write(actor, lambda ledger: ledger.assign(number, [_filled(name.strip(), "an assignee")]))

    def unassign(self, number: int, name: str, actor: str) -> bool:
        """Take an assignment back."""
        return self._write(actor, lambda ledger: ledger.unassign(number, name))

    def set_milestone(self, number: int, milestone: int | None, actor: str) -> bool:
        """Put an issue into a milestone, or into none."""
        with self._database.writing() as connection:
            now = self._clock.now()
            if milestone is not None:
                Shelf(connection, now).milestone(milestone)
            return Ledger(connection, actor, now).place(number, milestone)

    def delete(self, number: int) -> None:
        """Delete an issue with all that was said and done; its number is never given again."""
        with self._writing("") as ledger:
            ledger.delete_issue(number)

    def create_milestone(self, title: str, description: str) -> int:
        """Open a milestone and return its number."""
        with self._shelf() as shelf:
            return shelf.open(_filled(kept_line(title), "a title"), description)

    def change_milestone(self, number: int, **fields: str | bool) -> bool:
        """Set ``title``, ``description`` or ``closed`` of a milestone."""
        with self._shelf() as shelf:
            return shelf.change(number, **fields)

    def delete_milestone(self, number: int) -> None:
        """Delete a milestone; its issues are in none then."""
        with self._shelf() as shelf:
            shelf.delete(number)

    def close_file(self) -> None:
        """Let go of the file; leaving the desk's ``with`` block does so, too."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close_file()

    def _write(self, actor: str, write: Callable[[Ledger], bool]) -> bool:
        with self._writing(actor) as ledger:
            return write(ledger)

    @contextmanager
    def _writing(self, actor: str) -> Iterator[Ledger]:
        with self._database.writing() as connection:
            yield Ledger(connection, actor, self._clock.now())

    @contextmanager
    def _shelf(self) -> Iterator[Shelf]:
        with self._database.writing() as connection:
            yield Shelf(connection, self._clock.now())

    def _values(self, connection: Connection, rows: Sequence[Row[Any]]) -> tuple[LocalIssue, ...]:
        labels, people = labels_by_issue(connection), assignees_by_issue(connection)
        titles = dict(connection.execute(select(milestones.c.number, milestones.c.title)).all())
        return tuple(
            LocalIssue(
                number=row.number,
                url=issue_url(self._url, row.number),
                title=row.title,
                body=row.body,
                closed=close_reason(row),
                labels=tuple(labels.get(row.number, ())),
                milestone=titles.get(row.milestone, ""),
                assignees=tuple(people.get(row.number, ())),
                author=row.author,
                created_at=row.created_at,
                updated_at=row.updated_at,
                closed_at=row.closed_at,
            )
            for row in rows
        )


def _filled(text: str, what: str) -> str:
    if not text.strip():
        raise UsageError(f"{what} needs at least one letter")
    return text
