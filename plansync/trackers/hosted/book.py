"""What a hosted tracker remembers of its project between observations: its book, kept as a snapshot in the store.

The book is a cache. A listing brings it up to date; what it does not hold is read by number before anything is
concluded from its absence.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from plansync.core.audience import Audience
from plansync.ports.snapshots import Json, Snapshot, Snapshots
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

VERSION = 1
_OURS = "ours"
"""What marks the rows of ``Book.ours`` in a snapshot."""


@dataclass(slots=True)
class MilestonePage:
    """One page of the milestones' listing as it was last answered."""

    etag: str
    rows: tuple[MilestoneRow, ...]


@dataclass(slots=True)
class Book:
    """Issues that are ours or were asked for, milestones, and what was found out about people.

    ``etag`` is that of the first page of owned issues, valid for ``credential`` alone. ``watermark`` is the latest
    change seen, on the host's clock; ``full_at`` when all issues were last listed. ``trusted`` says of authors whether
    they may write. ``ours`` are the issues that show what our own last write made of them. ``stamp`` tells one saving
    from every other.
    """

    credential: str = ""
    path: str = ""
    login: str = ""
    etag: str = ""
    watermark: datetime | None = None
    full_at: datetime | None = None
    issues: dict[int, IssueRow] = field(default_factory=dict)
    milestones: list[MilestonePage] = field(default_factory=list)
    taken_titles: tuple[str, ...] = ()
    trusted: dict[str, bool] = field(default_factory=dict)
    issues_for: Audience | None = None
    """Who may read the issues; None before that was asked."""
    files_for: dict[str, Audience | None] = field(default_factory=dict)
    """Who may read the files of repositories, by name in lower case; None where that cannot be found out."""
    ours: set[int] = field(default_factory=set)
    stamp: str = field(default="", compare=False)
    changed: set[int] = field(default_factory=set, compare=False)
    """Numbers of the rows that the snapshot does not hold as they are."""
    has_new_head: bool = field(default=False, compare=False)
    """A milestone was put in since the book was saved."""

    @classmethod
    def load(cls, snapshots: Snapshots, name: str) -> Self:
        """Return the book as it was last saved; an empty one where there is none, or one of another version."""
        snapshot = snapshots.load(name)
        if snapshot is None or snapshot.head.get("version") != VERSION:
            return cls()
        try:
            return cls._of_snapshot(snapshot)
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()

    def save(self, snapshots: Snapshots, name: str) -> None:
        """Store what changed since it was loaded."""
        self.stamp = secrets.token_hex(8)
        snapshots.save(name, {**self._head(), "stamp": self.stamp}, {n: self._row(n) for n in self.changed})
        self.changed.clear()
        self.has_new_head = False

    def is_stale(self, snapshots: Snapshots, name: str) -> bool:
        """Say whether another process saved its own since this one was loaded or saved."""
        head = snapshots.head(name)
        return head is not None and head.get("stamp", "") != self.stamp

    def for_credential(self, credential: str) -> None:
        """Forget the answers to conditional reads that were made with another token."""
        if self.credential != credential:
            self.credential, self.etag = credential, ""
            for page in self.milestones:
                page.etag = ""

    def put(self, row: IssueRow, *, ours: bool = False) -> None:
        """Take in an issue as it was answered; ``ours``: to a write of ours, and nobody else had a hand in it."""
        known = self.issues.get(row.number)
        if known == row and (not ours or row.number in self.ours):
            return
        self.issues[row.number] = row
        self.changed.add(row.number)
        if ours:
            self.ours.add(row.number)
        elif known is None or known.digest != row.digest:
            self.ours.discard(row.number)

    def is_ours(self, number: int, digest: str) -> bool:
        """Say whether an issue, as far as anybody saw, is as our own last write left it, and ``digest`` is of that."""
        return number in self.ours and self.issues[number].digest == digest

    def drop(self, number: int) -> None:
        """Forget an issue."""
        self.ours.discard(number)
        if self.issues.pop(number, None) is not None:
            self.changed.add(number)

    def put_milestone(self, row: MilestoneRow) -> None:
        """Take in a milestone as a write of ours was answered.

        A new one may lengthen the listing by a page, which an answer without content would not say.
        """
        self.has_new_head = True
        for page in self.milestones:
            if any(known.number == row.number for known in page.rows):
                page.rows = tuple(row if known.number == row.number else known for known in page.rows)
                return
        if not self.milestones:
            self.milestones.append(MilestonePage("", ()))
        last = self.milestones[-1]
        last.etag, last.rows = "", (*last.rows, row)

    def see(self, rows: Iterable[IssueRow]) -> None:
        """Move the watermark on to the latest change among ``rows``."""
        times = [datetime.fromisoformat(row.updated_at) for row in rows]
        known = [self.watermark] if self.watermark is not None else []
        self.watermark = max(times + known, default=None)

    def milestone_rows(self) -> Mapping[int, MilestoneRow]:
        """Return all milestones of the project by number."""
        return {row.number: row for page in self.milestones for row in page.rows}

    def head_digest(self) -> int:
        """Return a number that changes with the head, to tell whether it has to be saved."""
        return hash(json.dumps(self._head(), sort_keys=True))

    def _row(self, number: int) -> Json | None:
        row = self.issues.get(number)
        if row is None:
            return None
        return {**row.as_json(), **({_OURS: True} if number in self.ours else {})}

    def _head(self) -> Json:
        return {
            "version": VERSION,
            "credential": self.credential,
            "path": self.path,
            "login": self.login,
            "etag": self.etag,
            "watermark": _text(self.watermark),
            "full_at": _text(self.full_at),
            "milestones": [[page.etag, [row.as_json() for row in page.rows]] for page in self.milestones],
            "taken_titles": list(self.taken_titles),
            "trusted": self.trusted,
            "issues_for": self.issues_for,
            "files_for": self.files_for,
        }

    @classmethod
    def _of_snapshot(cls, snapshot: Snapshot) -> Self:
        head: Mapping[str, Any] = snapshot.head
        return cls(
            credential=head["credential"],
            path=head["path"],
            login=head["login"],
            etag=head["etag"],
            watermark=_time(head["watermark"]),
            full_at=_time(head["full_at"]),
            stamp=head.get("stamp", ""),
            issues={number: IssueRow.of_json(_without_mark(row)) for number, row in snapshot.rows.items()},
            ours={number for number, row in snapshot.rows.items() if row.get(_OURS) is True},
            milestones=[
                MilestonePage(etag, tuple(MilestoneRow.of_json(row) for row in rows))
                for etag, rows in head["milestones"]
            ],
            taken_titles=tuple(head["taken_titles"]),
            trusted=dict(head["trusted"]),
            issues_for=_audience(head.get("issues_for")),
            files_for={name: _audience(value) for name, value in head.get("files_for", {}).items()},
        )


def _without_mark(row: Json) -> Json:
    return {name: value for name, value in row.items() if name != _OURS}


def _audience(value: int | None) -> Audience | None:
    return None if value is None else Audience(value)


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time
