"""The tracker port: one project's issues and milestones, on GitHub, GitLab or the embedded tracker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from plansync.core.changes import Change, Outcome
from plansync.core.fit import Capabilities
from plansync.core.links import Address
from plansync.core.observed import ObservedState, RelationKind, StateEvent
from plansync.core.scope import Glimpse


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much was sent since the tracker was opened: all requests, and the writes among them."""

    requests: int = 0
    writes: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What an observation must bring beside the owned issues: numbers that plans or the store know.

    ``since``: creates from then on are of unknown outcome, so that everything made since must be listed. ``counts``:
    how many issues each milestone holds is wanted. ``only``: nothing but these issues may have changed since the last
    observation; a tracker may then leave it at reading them, or ignore it.
    """

    issues: frozenset[int] = frozenset()
    milestones: frozenset[int] = frozenset()
    since: datetime | None = None
    counts: bool = False
    only: frozenset[int] | None = None


class Tracker(Protocol):
    """Reads and changes one project's issues and milestones. Any method may raise ``TrackerError``."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what this tracker can hold and do, as data."""

    @property
    def address(self) -> Address:
        """Return where the project lives, for comparing URLs."""

    @property
    def traffic(self) -> Traffic:
        """Return the requests and writes sent so far."""

    def observe(self, asked: Asked) -> ObservedState:
        """Return every owned issue and milestone, open or closed, and those asked for by number.

        Of issues that share their marker it is told who touched them; for all others ``touched_by_others`` may be True
        without a look. Milestones' issues are counted where ``asked`` wants it, else they may be None. Existence is
        decided by listing or by reading a number, never by a search index. Nothing is written.
        """

    def apply(self, change: Change) -> Outcome:
        """Carry out one change whose texts and milestone are resolved (no tokens, numbers known).

        A create is sent once: a lost answer is an ``Unknown`` outcome, to be settled by ``observe``. Everything else
        may be repeated safely. Labels that do not exist yet are made.
        """

    def events(self, number: int, since: datetime) -> tuple[StateEvent, ...]:
        """Return the closings and reopenings of an issue later than ``since``, oldest first."""

    def relations(self, kind: RelationKind, number: int) -> frozenset[int]:
        """Return the issues of this project that are what ``kind`` says to issue ``number``; of a kind it can hold."""

    def existing_users(self, names: Collection[str]) -> frozenset[str]:
        """Return those of ``names`` that may be assigned in this project, as the tracker spells them."""


class Heard(Enum):
    """What an event about an issue is to plansync."""

    NEWS = "news"
    """The issue has to be looked at."""
    OUR_DOING = "our doing"
    """It tells what plansync did last, and nothing else."""
    NOT_OURS = "not ours"
    """The issue was never seen to be of any plan, and plansync did nothing to it."""


@runtime_checkable
class Recall(Protocol):
    """What a tracker may offer beside: telling from memory, without a request, whether an event is news."""

    def recall(self, number: int, glimpse: Glimpse) -> Heard:
        """Judge what an event showed of issue ``number``, by who did it and by what it shows, never by time."""
