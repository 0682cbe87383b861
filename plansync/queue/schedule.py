"""When every target is asked to be synced as a whole. The schedule only asks; whoever is free does it (spec §11)."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from plansync.errors import ConfigError, StoreError
from plansync.ports.clock import Clock
from plansync.ports.queue import Ask, Letter, Queue, Rhythm

SHORTEST = timedelta(seconds=1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_NAMES = tuple(_DAYS)
_SPAN = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/([1-9]\d?))?", re.ASCII)
"""A part of a day-of-week field: ``*``, ``1``, ``mon-fri``, each with or without steps ``/2``."""
_ALLOWED = (
    "five fields: minute, hour, day of the month, month, day of the week (0 to 7, 0 and 7 are Sunday, or sun to sat); "
    "in each *, a number, a range 1-5, a list 1,15 or steps */5"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When to ask: every ``interval``, or by ``cron`` in ``timezone``; each time up to ``jitter`` later.

    ``history`` is how long what runs did is kept.
    """

    interval: timedelta = timedelta(minutes=5)
    cron: str = ""
    timezone: str = "UTC"
    jitter: timedelta = timedelta(0)
    history: timedelta = timedelta(days=90)

    @property
    def gap(self) -> timedelta:
        """Return how close two asks for a target lie at most that are meant to be one, made by two replicas.

        All replicas ask at the same moments, for the delay of a target is its own (:func:`delay_of`) and intervals are
        counted from a fixed day. So two asks that are meant to be one lie as far apart as the replicas are late, and
        two that are meant to be two an interval, or with cron a minute at least. Half of that tells them apart.
        """
        return (_MINUTE if self.cron else self.interval) / 2

    def trigger(self, target: str) -> BaseTrigger:
        """Return when to ask for ``target``; raises ``ConfigError`` for what cannot be a timetable."""
        zone, delay = _zone(self.timezone), delay_of(target, self.jitter)
        if self.cron:
            return _Later(_cron(self.cron, zone), delay)
        if self.interval < SHORTEST:
            raise ConfigError('schedule.interval: must be at least "1s"', hint='such as "5m"')
        return IntervalTrigger(seconds=self.interval.total_seconds(), start_date=_EPOCH + delay, timezone=UTC)


def delay_of(target: str, jitter: timedelta) -> timedelta:
    """Return how much later than planned ``target`` is asked for: at most ``jitter``, and always the same."""
    share = int.from_bytes(hashlib.sha256(target.encode()).digest()[:4]) / 2**32
    return jitter * share


class Schedule:
    """Asks for the targets in a thread of its own, and cleans the queue up once an hour."""

    def __init__(self, queue: Queue, clock: Clock, rhythm: Rhythm) -> None:
        self._queue, self._clock, self._rhythm = queue, clock, rhythm
        self._kept: timedelta | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin to ask."""
        self._scheduler.add_job(self.clean_up, IntervalTrigger(hours=1, start_date=_EPOCH, timezone=UTC))
        self._scheduler.start()

    def follow(self, timetable: Timetable, targets: Sequence[str]) -> None:
        """Ask for ``targets`` by ``timetable``, and for nothing else, from now on; raises ``ConfigError``."""
        triggers = {target: timetable.trigger(target) for target in targets}
        for job in self._scheduler.get_jobs():
            if job.id.startswith("target:"):
                job.remove()
        self._kept = timetable.history
        for target, trigger in triggers.items():
            self._scheduler.add_job(
                self.come_round, trigger, args=(target, timetable.gap), id=f"target:{target}", replace_existing=True
            )

    def ask(self, targets: Sequence[str], trigger: str, reason: str = "") -> None:
        """Ask for ``targets`` as a whole, now; raises ``StoreError``."""
        asks = tuple(Ask(target=target, trigger=trigger, reason=reason) for target in targets)
        self._queue.accept([Letter(asks)], self._rhythm, self._clock.now())

    def come_round(self, target: str, gap: timedelta) -> None:
        """Ask for ``target``, unless another replica did just now."""
        try:
            if self._queue.claim(f"schedule:{target}", gap, self._clock.now()):
                self.ask((target,), "schedule")
        except StoreError as error:
            _log.error("the schedule could not ask for a sync: %s", error, extra={"target": target})

    def clean_up(self) -> None:
        """Let the queue forget what it need not know any more, unless another replica did within the hour."""
        try:
            now = self._clock.now()
            if self._kept is not None and self._queue.claim("prune", _HOUR / 2, now):
                self._queue.prune(self._kept, now)
        except StoreError as error:
            _log.error("the queue could not be cleaned up: %s", error)

    def end(self) -> None:
        """Ask for nothing more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


class _Later(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Another trigger's times, each ``delay`` later."""

    def __init__(self, planned: BaseTrigger, delay: timedelta) -> None:
        self._planned, self._delay = planned, delay

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        previous = None if previous_fire_time is None else previous_fire_time - self._delay
        planned = self._planned.get_next_fire_time(previous, now - self._delay)
        return None if planned is None else planned.astimezone(UTC) + self._delay


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"schedule.timezone: there is no time zone {name!r}"
        raise ConfigError(message, hint='name one like "UTC" or "Europe/Berlin"') from error


def _cron(text: str, zone: ZoneInfo) -> BaseTrigger:
    """Return cron's times, with cron's own rules where APScheduler has others.

    Days of the week are counted from Sunday, and where both kinds of day are given, either of them counts.
    """
    fields = text.lower().split()
    if len(fields) != 5:
        raise ConfigError(f"schedule.cron: {text!r} has {len(fields)} fields", hint=_ALLOWED)
    minute, hour, day, month, weekday = fields
    try:
        days = _weekdays(weekday)
        if "*" in (day[0], weekday[0]):
            return CronTrigger(None, month, day, None, days, hour, minute, timezone=zone)
        by_day = CronTrigger(None, month, day, None, "*", hour, minute, timezone=zone)
        return OrTrigger([by_day, CronTrigger(None, month, "*", None, days, hour, minute, timezone=zone)])
    except ValueError as error:
        raise ConfigError(f"schedule.cron: {text!r}: {error}", hint=_ALLOWED) from error


def _weekdays(field: str) -> str:
    """Return a day-of-week field by the days' names, which mean the same everywhere."""
    days: set[int] = set()
    for part in field.split(","):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(f"{part!r} names no days of the week")
        first, last, step = found.groups()
        start, end = (0, 6) if first == "*" else (_weekday(first), _weekday(last or ("6" if step else first)))
        days |= {day % 7 for day in range(start, end + 7 * (end < start) + 1, int(step or 1))}
    return "*" if len(days) == 7 else ",".join(_NAMES[day] for day in sorted(days))


def _weekday(word: str) -> int:
    if word in _DAYS:
        return _DAYS[word]
    if word.isdecimal() and int(word) <= 7:
        return int(word)
    raise ValueError(f"{word!r} is no day of the week")
