"""The queue port: which targets want to be synced, which are being synced, and what webhooks were heard (spec §11).

Of each target at most one sync runs and at most one waits, into which all further wishes are merged. Rows in the state
database are the truth, whatever wakes a worker; they outlive every process.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from plansync.core.scope import WHOLE, Scope


class Urgency(StrEnum):
    """How soon a wish is to be granted."""

    NOW = "now"
    """At once, even where a failed target is being left alone: a person asked."""
    SCHEDULED = "scheduled"
    """At once, but not while a failed target is being left alone."""
    DEBOUNCED = "debounced"
    """When no other such wish came for a moment: events come in bursts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One wish for a sync of one target.

    ``trigger`` is one word (``schedule``, ``start``, ``webhook``, ``api``), ``reason`` a few (``issues closed #12``).
    """

    target: str
    trigger: str
    reason: str = ""
    scope: Scope = WHOLE
    urgency: Urgency = Urgency.SCHEDULED


@dataclass(frozen=True, slots=True)
class Letter:
    """What is accepted together, wholly or not at all.

    ``delivery`` is the host's id of a webhook (``github:72d3162e-…``); a letter with one that was heard within the
    last three days asks for nothing.
    """

    asks: tuple[Ask, ...]
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How bursts are gathered: until ``debounce`` has passed without another event, at most ``longest``."""

    debounce: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The sync of a target that waits.

    ``attempt`` counts the failures in a row before it; before ``not_before`` a failed target is left alone.
    """

    target: str
    scope: Scope
    triggers: tuple[str, ...]
    reasons: tuple[str, ...]
    first_at: datetime
    due_at: datetime
    attempt: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The sync of a target that was given to a worker; ``token`` tells it from every other."""

    target: str
    scope: Scope
    triggers: tuple[str, ...]
    reasons: tuple[str, ...]
    first_at: datetime
    attempt: int
    holder: str
    token: int
    started_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a sync ended. With ``retry_at`` all that it was to look at waits again, until then; with ``left`` only that.

    What waits already, and is due sooner, does not wait for what is ``left``. ``counts``: it did its work, well or not;
    False for one that was broken off and is put back as it was.
    """

    ok: bool
    error: str = ""
    retry_at: datetime | None = None
    counts: bool = True
    left: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fortune:
    """How a target fares: when it was last in step, since when it fails, and why. Times None: never, or not."""

    target: str
    success_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The queue at one moment."""

    waiting: tuple[Waiting, ...] = ()
    running: tuple[Taken, ...] = ()
    fortunes: Mapping[str, Fortune] = field(default_factory=dict)


class Queue(Protocol):
    """Keeps wishes and gives out work. Any method may raise ``StoreError``; every call is one transaction."""

    def accept(self, letters: Sequence[Letter], rhythm: Rhythm, now: datetime) -> Sequence[bool]:
        """Store what the letters ask for, durably; say of each whether it was new."""

    def take(self, targets: Collection[str], holder: str, span: timedelta, now: datetime) -> Taken | None:
        """Give out the sync of one of ``targets`` that has been due longest and of which none runs, or None.

        First, what a worker did not finish waits again, if it is dead or did not renew it for its ``span``. Raises
        ``StoreError`` as well where another version of plansync upgraded the database meanwhile.
        """

    def renew(self, taken: Taken, span: timedelta, now: datetime) -> bool:
        """Keep it for another ``span``; False: it was taken away meanwhile."""

    def finish(self, taken: Taken, ending: Ending, now: datetime) -> bool:
        """Note how it ended, and let the next one run; False, and nothing is noted: it was taken away meanwhile."""

    def claim(self, name: str, gap: timedelta, now: datetime) -> bool:
        """Say whether nobody claimed ``name`` within the last ``gap``, and note that we did: of replicas, one goes."""

    def overview(self) -> Overview:
        """Return what waits, what runs, and how the targets fare."""

    def prune(self, kept: timedelta, now: datetime) -> None:
        """Forget what nobody asks for any more, so that the database does not grow for ever.

        Deliveries go after three days, quiet runs of the journal after a day, other runs with all they did after
        ``kept``; never each target's last run, nor one with a creation whose outcome is unknown.
        """
