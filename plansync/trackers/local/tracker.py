"""The embedded tracker behind the tracker port: each change is one transaction, applied or not, never half."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

from plansync.core.changes import (
    Change,
    CreateIssue,
    CreateMilestone,
    Done,
    Failed,
    MilestoneChange,
    Outcome,
    Unknown,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.fit import Capabilities, kept_line
from plansync.core.links import Address
from plansync.core.observed import ObservedState, RelationKind, StateEvent
from plansync.core.region import RegionDamaged
from plansync.errors import IssueGone, OutcomeUnknown, TrackerError
from plansync.ports.checkup import ACCESS, SERVER, Check
from plansync.ports.clock import Clock
from plansync.ports.tracker import Asked, Traffic
from plansync.trackers.local.applying import Applier, Refused
from plansync.trackers.local.database import BUSY_TIMEOUT, Database
from plansync.trackers.local.ledger import EventKind, Ledger
from plansync.trackers.local.mapping import Reader, issue_url, milestone_url
from plansync.trackers.local.shelf import Shelf
from plansync.trackers.local.tables import issues

DEFAULT_URL = "http://127.0.0.1:8484"
CAPABILITIES = Capabilities(
    name="local", assignees=100, sub_issues=True, dependencies=True, branch_bound=False, quarantine=False
)

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class LocalTracker:
    """Issues of one installation in one SQLite file, which is made on first use; its folder must exist.

    Anyone may be assigned unless ``users`` names those who may. ``actor`` is who plansync is in it; everybody who
    can write the file is trusted.
    """

    def __init__(
        self,
        path: Path,
        url: str,
        clock: Clock,
        *,
        actor: str = "plansync",
        users: Collection[str] | None = None,
    ) -> None:
        """``url`` is what issue links begin with, the dashboard's address (``http://127.0.0.1:8484``)."""
        self._database = Database(path, BUSY_TIMEOUT)
        self._url = url.rstrip("/")
        self._clock = clock
        self._actor = actor
        self._users = None if users is None else {name.casefold(): name for name in users}
        self._traffic = Traffic()

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @property
    def address(self) -> Address:
        parts = urlsplit(self._url)
        host = parts.netloc.casefold().removesuffix(_DEFAULT_PORTS.get(parts.scheme, "/"))
        return Address(
            "local",
            host,
            parts.path.strip("/"),
            issues=f"{self._url}/issues/",
            milestones=f"{self._url}/milestones/",
        )

    @property
    def traffic(self) -> Traffic:
        return self._traffic

    def observe(self, asked: Asked) -> ObservedState:
        self._count()
        with self._database.reading() as connection:
            return Reader(connection, self._url, self._actor).observe(asked, self._clock.now())

    def apply(self, change: Change) -> Outcome:
        self._count()
        try:
            with self._database.writing() as connection:
                now = self._clock.now()
                ledger, shelf = Ledger(connection, self._actor, now), Shelf(connection, now)
                number = Applier(ledger, shelf, CAPABILITIES).carry_out(change)
        except RegionDamaged as error:
            return Failed(str(error), hint="Leave exactly one managed region in the text, then sync again.")
        except Refused as error:
            return Failed(str(error))
        except IssueGone as error:
            return Failed(str(error), hint=error.hint)
        except OutcomeUnknown as error:
            return Unknown(str(error))
        self._count(writes=int(ledger.wrote or shelf.wrote), requests=0)
        return self._done(change, number)

    def events(self, number: int, since: datetime) -> tuple[StateEvent, ...]:
        self._count()
        with self._database.reading() as connection:
            Ledger(connection, self._actor, since).issue(number)
            return Reader(connection, self._url, self._actor).state_events(number, since)

    def relations(self, kind: RelationKind, number: int) -> frozenset[int]:
        self._count()
        with self._database.reading() as connection:
            return Ledger(connection, self._actor, self._clock.now()).related(number, EventKind(kind.value))

    def existing_users(self, names: Collection[str]) -> frozenset[str]:
        self._count()
        if self._users is None:
            return frozenset(names)
        return frozenset(self._users[name.casefold()] for name in names if name.casefold() in self._users)

    def examine(self) -> Sequence[Check]:
        file = self._database.path
        if file.name == ":memory:":
            return [Check(SERVER, True, "the embedded tracker has no file yet: the first sync makes it")]
        try:
            with self._database.writing() as connection:  # a lock is taken, and nothing written
                count = connection.scalar(select(func.count()).select_from(issues))
        except TrackerError as error:
            return [Check(SERVER, False, str(error), error.hint)]
        said = f"the embedded tracker, {count} issue{'' if count == 1 else 's'} in {file}"
        return [Check(SERVER, True, said), Check(ACCESS, True, "everything")]

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _count(self, *, requests: int = 1, writes: int = 0) -> None:
        self._traffic = Traffic(self._traffic.requests + requests, self._traffic.writes + writes)

    def _done(self, change: Change, number: int) -> Done:
        """Return the confirmation, with the title as it is kept where that differs from what was sent."""
        url = milestone_url if isinstance(change, MilestoneChange) else issue_url
        match change:
            case CreateIssue(title=title) | CreateMilestone(title=title):
                sent: str | None = title
            case UpdateIssue(title=title) | UpdateMilestone(title=title):
                sent = title
            case _:
                sent = None
        kept = sent and kept_line(sent)
        return Done(number, url(self._url, number), answered_title=kept if kept != sent else None)
