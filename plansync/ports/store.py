"""The store port: the cache of what was last in step, the journal, and the leases (spec §3.2, §4.7, §4).

Two more rooms of the store have ports of their own: :mod:`plansync.ports.pacing`, :mod:`plansync.ports.snapshots`.

Markers in the tracker are the truth; a lost store is rebuilt from plans and markers. Times are aware, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from plansync.core.baseline import PlanState
from plansync.ports.entries import Intent, Record, Run
from plansync.ports.history import History
from plansync.ports.pacing import Pacing
from plansync.ports.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Lease:
    """Leases held by this run on all of ``names``; ``token`` is the fence, larger than any before it."""

    names: tuple[str, ...]
    holder: str
    token: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A living lease of another process stands in the way."""

    name: str
    holder: str
    """``host:pid:started``, as given by the holder."""
    expires_at: datetime

    @property
    def who(self) -> str:
        """Return the holder in words: ``process 4711 on desk``."""
        match self.holder.rsplit(":", 2):
            case [host, process, _]:
                return f"process {process} on {host}"
            case _:
                return self.holder


class PlanStates(Protocol):
    """The cache of what was last in step. Any method may raise ``StoreError``."""

    def load(self, project: str) -> Mapping[str, PlanState]:
        """Return the states of all plans of one tracker project, by plan key."""

    def save(self, project: str, states: Sequence[PlanState], lease: Lease) -> None:
        """Replace the states of these plans in one transaction; ``LeaseHeld`` if ``lease`` was lost meanwhile."""

    def forget(self, project: str, keys: Sequence[str], lease: Lease) -> None:
        """Drop the states of plans that are gone."""


class Journal(Protocol):
    """Intents, runs and outcomes. Any method may raise ``StoreError``; every call is one transaction."""

    def start(self, target: str, trigger: str, at: datetime) -> str:
        """Open a run and return its id (sortable by time)."""

    def intend(self, run: str, target: str, plan: str, key: str, at: datetime) -> int:
        """Store that a create is about to be sent; durable before this returns."""

    def settle(self, intents: Sequence[int]) -> None:
        """Note that these creates are known to have taken effect, or not."""

    def unsettled(self, target: str) -> Sequence[Intent]:
        """Return the intents whose outcome nobody knows yet, oldest first."""

    def record(self, run: str, record: Record) -> None:
        """Add one outcome to the journal."""

    def finish(self, run: str, at: datetime, ok: bool, summary: str) -> None:
        """Close a run with its report's summary (JSON)."""

    def runs(self, target: str | None, limit: int, before: str = "") -> Sequence[Run]:
        """Return the latest runs, newest first; with ``before``, those older than the run of this id."""


class Leases(Protocol):
    """Guards against two processes on one plan. Any method may raise ``StoreError``."""

    def acquire(self, names: Sequence[str], holder: str, span: timedelta, now: datetime) -> Lease | Held:
        """Take all of ``names`` at once, or none.

        ``holder`` is ``host:pid:started``. A lease whose time has passed, or whose process is dead on this host,
        is taken over with a new token.
        """

    def renew(self, lease: Lease, span: timedelta, now: datetime) -> Lease | None:
        """Prolong, or return None when the lease was lost to somebody else."""

    def release(self, lease: Lease) -> None:
        """Give the names free, unless they were lost already."""


class Store(Protocol):
    """The state database of one installation."""

    @property
    def plans(self) -> PlanStates:
        """Return the cache."""

    @property
    def journal(self) -> Journal:
        """Return the journal."""

    @property
    def history(self) -> History:
        """Return the journal, to be read."""

    @property
    def leases(self) -> Leases:
        """Return the leases."""

    @property
    def pacing(self) -> Pacing:
        """Return the memory of what was sent to hosts."""

    @property
    def snapshots(self) -> Snapshots:
        """Return the snapshots of tracker projects."""

    def close(self) -> None:
        """Let go of files and connections."""
