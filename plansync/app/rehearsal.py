"""A dry run: the same code as a run, on adapters that read and answer but never write.

Issues that would be opened get numbers from :data:`PENDING` on; ``shown`` turns them into ``?`` for people.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plansync.app.around import SourceAround
from plansync.app.request import Target, Workshop
from plansync.core.baseline import PlanState
from plansync.core.changes import Change, CreateIssue, CreateMilestone, Done, Outcome
from plansync.core.fit import Capabilities
from plansync.core.links import Address
from plansync.core.observed import ObservedState, RelationKind, StateEvent
from plansync.ports.entries import Intent, Record, Run
from plansync.ports.history import History
from plansync.ports.pacing import Pacing
from plansync.ports.snapshots import Snapshots
from plansync.ports.source import BranchRule, Content, Note, Replacement
from plansync.ports.store import Journal, Lease, PlanStates, Store
from plansync.ports.tracker import Asked, Tracker, Traffic

PENDING = 900_000_000_000_000
_PENDING_NUMBER = re.compile(r"9000\d{11}")


def shown(text: str) -> str:
    """Return ``text`` with the numbers of issues and milestones to come as ``?``."""
    return _PENDING_NUMBER.sub("?", text)


def rehearsal_of(workshop: Workshop, target: Target) -> tuple[Workshop, Target]:
    """Return workshop and target for a dry run of ``target``: one slice, nothing written anywhere."""
    whole = replace(target.limits, slice_creations=0, slice_time=timedelta(days=365))
    rehearsed = replace(target, tracker=_Tracker(target.tracker), source=_Source(target.source), limits=whole)
    targets = tuple(rehearsed if other is target else other for other in workshop.targets)
    return replace(workshop, targets=targets, store=_Store(workshop.store)), rehearsed


@dataclass(slots=True)
class _Tracker:
    real: Tracker
    made: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return self.real.capabilities

    @property
    def address(self) -> Address:
        return self.real.address

    @property
    def traffic(self) -> Traffic:
        return self.real.traffic

    def observe(self, asked: Asked) -> ObservedState:
        return self.real.observe(asked)

    def apply(self, change: Change) -> Outcome:
        if not isinstance(change, CreateIssue | CreateMilestone):
            return Done(change.number, "")
        self.made += 1
        number = PENDING + self.made
        address = self.address
        begins = address.milestones if isinstance(change, CreateMilestone) else address.issues
        return Done(number, f"{begins}{number}")

    def events(self, number: int, since: datetime) -> tuple[StateEvent, ...]:
        return self.real.events(number, since)

    def relations(self, kind: RelationKind, number: int) -> frozenset[int]:
        return self.real.relations(kind, number)

    def existing_users(self, names: Collection[str]) -> frozenset[str]:
        return self.real.existing_users(names)


class _Source(SourceAround):
    __slots__ = ()

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Content]:
        return [replace(item.content, data=item.data) for item in replacements]

    def branch_rule(self) -> BranchRule:
        return BranchRule(allowed=True)


@dataclass(frozen=True, slots=True)
class _Plans:
    real: PlanStates

    def load(self, project: str) -> Mapping[str, PlanState]:
        return self.real.load(project)

    def save(self, project: str, states: Sequence[PlanState], lease: Lease) -> None:
        """Save nothing."""

    def forget(self, project: str, keys: Sequence[str], lease: Lease) -> None:
        """Forget nothing."""


@dataclass(frozen=True, slots=True)
class _Journal:
    real: Journal

    def start(self, target: str, trigger: str, at: datetime) -> str:
        return ""

    def intend(self, run: str, target: str, plan: str, key: str, at: datetime) -> int:
        return 0

    def settle(self, intents: Sequence[int]) -> None:
        """Settle nothing."""

    def unsettled(self, target: str) -> Sequence[Intent]:
        return self.real.unsettled(target)

    def record(self, run: str, record: Record) -> None:
        """Record nothing."""

    def finish(self, run: str, at: datetime, ok: bool, summary: str) -> None:
        """Finish nothing."""

    def runs(self, target: str | None, limit: int, before: str = "") -> Sequence[Run]:
        return self.real.runs(target, limit, before)


@dataclass(frozen=True, slots=True)
class _Leases:
    def acquire(self, names: Sequence[str], holder: str, span: timedelta, now: datetime) -> Lease:
        return Lease(tuple(names), holder, 0, now + span)

    def renew(self, lease: Lease, span: timedelta, now: datetime) -> Lease:
        return replace(lease, expires_at=now + span)

    def release(self, lease: Lease) -> None:
        """Release nothing."""


@dataclass(frozen=True, slots=True)
class _Store:
    real: Store

    @property
    def plans(self) -> PlanStates:
        return _Plans(self.real.plans)

    @property
    def journal(self) -> Journal:
        return _Journal(self.real.journal)

    @property
    def leases(self) -> _Leases:
        return _Leases()

    # What was done is only read; what a dry run saw, and how fast it asked, is true of a run as well: the real ones.

    @property
    def history(self) -> History:
        return self.real.history

    @property
    def pacing(self) -> Pacing:
        return self.real.pacing

    @property
    def snapshots(self) -> Snapshots:
        return self.real.snapshots

    def close(self) -> None:
        """Leave the real one open."""
