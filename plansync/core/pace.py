"""When the next request may be sent: the manners that a host asks for, as pure functions (spec §7).

Every request has a kind. What was sent within the last hour decides when the next one of a kind is in order; a
back-off window that the host announced goes before everything, and is the store's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Sending(StrEnum):
    """What a request means to the host's limits."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    """A write that makes content: an issue, a milestone, a comment; on some hosts also an edit of one."""


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MARGIN = timedelta(seconds=1)
"""Added to every window: requests take different times on their way to the host."""
POINTS = {Sending.READ: 1, Sending.WRITE: 5, Sending.CREATE: 5}


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
    edits_count: bool = False
    """An edit of an issue, and a relation of two, make content, too, in this host's eyes."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for limits under which some request could never be sent."""
        least = {"creations_per_minute": 1, "creations_per_hour": 1, "points_per_minute": max(POINTS.values())}
        for name, most in least.items():
            if (limit := getattr(self, name)) is not None and limit < most:
                raise ValueError(f"{name} must be at least {most}")
        if self.write_interval < timedelta(0):
            raise ValueError("write_interval must not be negative")


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was sent, or has its place reserved, at ``at``."""

    at: datetime
    kind: Sending


@dataclass(frozen=True, slots=True)
class Place:
    """When a request is in order; ``reason`` says in a few words what it waits for, empty where it does not wait."""

    at: datetime
    reason: str = ""


def next_place(kind: Sending, sent: Sequence[Sent], manners: Manners, now: datetime) -> Place:
    """Return the earliest place, not before ``now``, at which a request of ``kind`` is in order.

    ``sent`` is what was sent or reserved and still bears on others (:func:`bearing`); more does no harm. What is
    reserved for later counts as well: a write comes after all writes, a read may come between them.
    """
    return _Past(sent).next_place(kind, manners, now)


def next_slot(kind: Sending, sent: Sequence[Sent], manners: Manners, now: datetime) -> datetime:
    """Return the time of :func:`next_place`."""
    return next_place(kind, sent, manners, now).at


def bearing(kind: Sending, manners: Manners) -> timedelta:
    """Return how long a request of ``kind`` bears on the places of those after it."""
    if kind is Sending.READ:
        return MINUTE + MARGIN
    hourly = kind is Sending.CREATE and manners.creations_per_hour is not None
    return max(manners.write_interval, (HOUR if hourly else MINUTE) + MARGIN)


def forecast(kinds: Iterable[Sending], sent: Sequence[Sent], manners: Manners, now: datetime) -> timedelta:
    """Return how long from ``now`` it takes at least until all of ``kinds`` are sent, in order.

    Reads are not counted: they hardly ever wait.
    """
    past = _Past(sent)
    at = now
    for kind in kinds:
        if kind is not Sending.READ:
            at = past.next_place(kind, manners, at).at
            past.add(Sent(at, kind))
    return at - now


class _Past:
    """What was sent, by time, so that the n-th last of a sort is at hand."""

    def __init__(self, sent: Iterable[Sent]) -> None:
        self._writes: list[datetime] = []
        self._creations: list[datetime] = []
        self._points: list[datetime] = []
        """A request's time stands here once for each of its points."""
        for entry in sent:
            self.add(entry)

    def add(self, entry: Sent) -> None:
        _insert(self._points, entry.at, POINTS[entry.kind])
        if entry.kind is not Sending.READ:
            _insert(self._writes, entry.at)
        if entry.kind is Sending.CREATE:
            _insert(self._creations, entry.at)

    def next_place(self, kind: Sending, manners: Manners, now: datetime) -> Place:
        places = [Place(now)]
        if kind is not Sending.READ and self._writes:
            places.append(Place(self._writes[-1] + manners.write_interval, "writes go one after the other"))
        if kind is Sending.CREATE:
            places += _room(self._creations, manners.creations_per_minute, 1, (MINUTE, "creations a minute"))
            places += _room(self._creations, manners.creations_per_hour, 1, (HOUR, "creations an hour"))
        places += _room(self._points, manners.points_per_minute, POINTS[kind], (MINUTE, "points a minute"))
        return max(places, key=lambda place: place.at)


def _insert(times: list[datetime], at: datetime, count: int = 1) -> None:
    """Put ``at`` in its place by time; nearly always that is the end, where it costs nothing."""
    place = bisect_right(times, at)
    times[place:place] = [at] * count


def _room(times: Sequence[datetime], most: int | None, wanted: int, window: tuple[timedelta, str]) -> list[Place]:
    """Return when a window that holds ``most`` has room for ``wanted`` more: when enough of ``times`` left it."""
    if most is None or len(times) + wanted <= most:
        return []
    span, what = window
    last_to_leave = times[-(most - wanted + 1)]
    return [Place(last_to_leave + span + MARGIN, f"{most} {what} are used up")]
