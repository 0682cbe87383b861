"""Holding back edits of a source that commits: gathered for an interval, stopped where commits repeat (spec §5).

What was committed, and when, is kept in the store, so that restarts and replicas agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from plansync.app.request import SyncRequest, Target
from plansync.core.writings import Answer, Wish, Written, follow, forgotten, held_until, note, weigh
from plansync.ports.clock import Clock
from plansync.ports.snapshots import Json, Snapshots

_COMMITTED_AT = "committed_at"


class Log(Protocol):
    """Where it is told what was not written, and why."""

    notes: list[str]

    def fail(self, message: str, hint: str = "") -> None:
        """Note an error of the whole target."""

    def gather(self, until: datetime, paths: Collection[str]) -> None:
        """Note that the edits of ``paths`` are left to a run after ``until``."""


@dataclass(slots=True)
class Pen:
    """What one run may write. ``listed`` are the target's plans, as they were last read."""

    snapshots: Snapshots
    target: Target
    request: SyncRequest
    clock: Clock
    log: Log
    listed: frozenset[str] = frozenset()
    _until: datetime | None = None
    _is_read: bool = False
    _committed_at: datetime | None = None
    _known: dict[str, Written] = field(default_factory=dict)

    def follow(self, issues: Mapping[str, str]) -> None:
        """Hear how the issues of the plans at hand are now; a change explains what is written next."""
        if self.target.gather is None or self.request.dry_run:
            return
        self._read()
        self._keep({path: follow(self._known.get(path), seen) for path, seen in issues.items()})

    def holds(self, wishes: Mapping[str, Wish]) -> bool:
        """Say whether plans that want to be written are left as they are by this run, and tell why."""
        if self.target.gather is None or not wishes:
            return False
        self._read()
        return self._is_stopped(wishes) or self._is_gathered(wishes)

    def note(self, wishes: Mapping[str, Wish], answers: Mapping[str, Answer]) -> None:
        """Remember what was written."""
        if self.target.gather is None or self.request.dry_run or not answers:
            return
        now = self.clock.now()
        noted = {path: note(self._known.get(path), wishes[path], answer, now) for path, answer in answers.items()}
        if any(is_news for _, is_news in noted.values()):
            self._committed_at = now
        self._keep({path: written for path, (written, _) in noted.items()})

    def _is_stopped(self, wishes: Mapping[str, Wish]) -> bool:
        now = self.clock.now()
        tried = {path: weigh(self._known.get(path), wish, now) for path, wish in wishes.items()}
        stopped = {path for path, written in tried.items() if written.is_stopped}
        stopped |= {path for path, written in self._known.items() if written.is_stopped and path in self.listed}
        if not stopped:
            return False
        path = min(stopped)
        message = f"{path}: what plansync writes is undone again and again; nothing of this target is written any more"
        hint = f"find out what changes the file after each commit, then run `plansync once {path}`"
        if self.request.dry_run:
            self.log.notes.append(message)
            return False
        self._keep({path: tried.get(path, self._known.get(path)) for path in stopped})
        self.log.fail(message, hint)
        return True

    def _is_gathered(self, wishes: Mapping[str, Wish]) -> bool:
        if self._until is None:
            return False
        self.log.gather(self._until, wishes.keys())
        return True

    def _read(self) -> None:
        """Load what is known, once; that a person asks for plans by name lets them be written again."""
        if self._is_read:
            return
        self._is_read = True
        snapshot = self.snapshots.load(self._name)
        if snapshot is not None:
            self._committed_at = _time(snapshot.head.get(_COMMITTED_AT))
            self._known = {row["path"]: _written(row) for row in snapshot.rows.values()}
        gather, now = self.target.gather, self.clock.now()
        if self.request.gathers and gather is not None:
            self._until = held_until(self._committed_at, gather, now)
        elif not self.request.dry_run:
            self._keep(dict.fromkeys(self.request.plans))

    def _keep(self, changes: Mapping[str, Written | None]) -> None:
        """Remember ``changes`` (None: nothing any more), and forget what is old."""
        wanted = {**self._known, **changes}
        gone = forgotten({path: w for path, w in wanted.items() if w is not None}, self.listed, self.clock.now())
        after = {path: written for path, written in wanted.items() if written is not None and path not in gone}
        rows: dict[int, Json | None] = {_number(path): None for path in self._known.keys() - after.keys()}
        rows |= {_number(path): _row(path, w) for path, w in after.items() if self._known.get(path) != w}
        if rows:
            at = self._committed_at.isoformat() if self._committed_at is not None else ""
            self.snapshots.save(self._name, {_COMMITTED_AT: at}, rows)
        self._known = after

    @property
    def _name(self) -> str:
        return f"writings:{self.target.name}"


def _number(path: str) -> int:
    """Return a number for a path that no other path has, as far as luck goes."""
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:7], "big")


def _row(path: str, written: Written) -> Json:
    wish = written.wish
    return {
        "path": path,
        "texts": sorted(wish.texts),
        "issues": wish.issues,
        "at": written.at.isoformat(),
        "unexplained": written.unexplained,
    }


def _written(row: Json) -> Written:
    at = datetime.fromisoformat(row["at"])
    return Written(Wish(frozenset(row["texts"]), row["issues"]), at, row["unexplained"])


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
