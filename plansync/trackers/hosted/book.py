"""What a hosted tracker remembers of its project between observations: its book, kept as a snapshot in the store.

The book is a cache. A listing brings it up to date; what it does not hold is read by number before anything is
concluded from its absence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from plansync.ports.snapshots import Json, Snapshot, Snapshots
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

VERSION = 1


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
    they may write.
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
    changed: set[int] = field(default_factory=set, compare=False)
    """Numbers of the rows that the snapshot does not hold as they are."""

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
        rows = {n: self.issues[n].as_json() if n in self.issues else None for n in self.changed}
        snapshots.save(name, self._head(), rows)
        self.changed.clear()

    def for_credential(self, credential: str) -> None:
        """Forget the answers to conditional reads that were made with another token."""
        if self.credential != credential:
            self.credential, self.etag = credential, ""
            for page in self.milestones:
                page.etag = ""

    def put(self, row: IssueRow) -> None:
        """Take in an issue as it was answered."""
        if self.issues.get(row.number) != row:
            self.issues[row.number] = row
            self.changed.add(row.number)

    def drop(self, number: int) -> None:
        """Forget an issue."""
        if self.issues.pop(number, None) is not None:
            self.changed.add(number)

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
            issues={number: IssueRow.of_json(row) for number, row in snapshot.rows.items()},
            milestones=[
                MilestonePage(etag, tuple(MilestoneRow.of_json(row) for row in rows))
                for etag, rows in head["milestones"]
            ],
            taken_titles=tuple(head["taken_titles"]),
            trusted=dict(head["trusted"]),
        )


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time
