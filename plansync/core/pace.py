"""When the next request may be sent: the manners that a host asks for, as pure functions (spec §7).

Every request has a kind. What was sent within the last hour decides when the next one of a kind is in order; a
back-off window that the host announced goes before everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Sending(StrEnum):
    """What a request means to the host's limits."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    """A write that makes content: an issue, a milestone, a comment, a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How fast one host may be asked and written to. None: no limit of that kind.

    ``points_per_minute`` counts a read as 1 and a write as 5, as GitHub does
    (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
    """

    write_interval: timedelta = timedelta(0)
    creations_per_minute: int | None = None
    creations_per_hour: int | None = None
    points_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was sent, or has its place reserved, at ``at``."""

    at: datetime
    kind: Sending


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MARGIN = timedelta(seconds=1)
"""Added to every window: requests take different times on their way to the host."""
POINTS = {Sending.READ: 1, Sending.WRITE: 5, Sending.CREATE: 5}


def next_slot(kind: Sending, sent: Sequence[Sent], manners: Manners, now: datetime) -> datetime:
    """Return the earliest time, not before ``now``, at which a request of ``kind`` is in order.

    ``sent`` is what was sent or reserved within the last hour and a second, oldest first.
    """
    slots = [now]
    if kind is not Sending.READ:
        writes = [entry.at for entry in sent if entry.kind is not Sending.READ]
        slots += [at + manners.write_interval for at in writes[-1:]]
    if kind is Sending.CREATE:
        made = [entry.at for entry in sent if entry.kind is Sending.CREATE]
        slots += _after_window(made, manners.creations_per_minute, MINUTE)
        slots += _after_window(made, manners.creations_per_hour, HOUR)
    if manners.points_per_minute is not None:
        spent = [entry.at for entry in sent for _ in range(POINTS[entry.kind])]
        slots += _after_window(spent, manners.points_per_minute - POINTS[kind] + 1, MINUTE)
    return max(slots)


def _after_window(times: Sequence[datetime], most: int | None, window: timedelta) -> list[datetime]:
    """Return when the window has room for one more: when the ``most``-th last has left it."""
    if most is None or len(times) < most:
        return []
    return [times[-most] + window + MARGIN]


def forecast(kinds: Iterable[Sending], sent: Sequence[Sent], manners: Manners, now: datetime) -> timedelta:
    """Return how long from ``now`` it takes at least until all of ``kinds`` are sent, in order.

    Reads are not counted: they hardly ever wait.
    """
    history = list(sent)
    at = now
    for kind in kinds:
        if kind is Sending.READ:
            continue
        at = next_slot(kind, _recent(history, at), manners, at)
        history.append(Sent(at, kind))
    return at - now


def _recent(history: list[Sent], at: datetime) -> list[Sent]:
    """Drop what has left every window, from the front."""
    while history and history[0].at <= at - HOUR - MARGIN:
        history.pop(0)
    return history
