"""The service, wired: one process that syncs what the queue gives out and asks for syncs by a timetable (spec §11).

The state database and the threads are made once; what a single sync needs is made afresh for it, since trackers
remember things that another process may have moved on.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from plansync.app.request import Listener, Workshop
from plansync.app.witness import Witness
from plansync.app.worker import SPAN, Teller, Worker
from plansync.bootstrap import SystemClock, close_trackers, make_folders, open_state, wire_targets
from plansync.bootstrap.alarms import Alarms
from plansync.bootstrap.crew import check_shared, crew_of, ringer_of
from plansync.bootstrap.sources import near_sources
from plansync.bootstrap.trackers import Wiring
from plansync.errors import ConfigError, Interrupted, StoreError
from plansync.ports.queue import Rhythm
from plansync.queue.embedded import BelledQueue, Crew, Heartbeat
from plansync.queue.schedule import Schedule, Timetable
from plansync.settings.plain import state_url
from plansync.store.processes import this_process

if TYPE_CHECKING:
    from plansync.settings import Settings
    from plansync.store.open import SqlStore

_SHORT = timedelta(seconds=3)
_log = logging.getLogger(__name__)


class Part(Protocol):
    """Something else that lives as long as the service does: what listens for webhooks, what raises alarms."""

    def start(self) -> None:
        """Begin; what is raised here ends the process."""

    def reload(self, settings: Settings) -> None:
        """Go by ``settings`` from now on; they were checked."""

    def stop(self) -> None:
        """Take in nothing more, and return when everything is answered."""


class ServiceClock(SystemClock):
    """The time of the machine; whoever sleeps long is woken with ``Interrupted`` when the process is to end.

    Short sleeps, between two requests, are slept to their end: a step that was begun is finished.
    """

    def __init__(self, ending: threading.Event) -> None:
        self._ending = ending

    def sleep(self, span: timedelta) -> None:
        if span <= _SHORT:
            super().sleep(span)
        elif self._ending.wait(span.total_seconds()):
            raise Interrupted("plansync was asked to end", hint="what was done is recorded; the next run does the rest")


@dataclass(slots=True)
class Plant:
    """What syncs are made from: the settings as they are now, and the open state database."""

    settings: Settings
    store: SqlStore
    clock: ServiceClock
    ending: threading.Event

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the names of the targets that are configured now."""
        return tuple(target.name for target in self.settings.targets)

    @contextmanager
    def open(self, name: str, *, read_only: bool = False) -> Iterator[Workshop | None]:
        """Wire one target and those that share its tracker project; None: it is not configured (any more)."""
        wiring = Wiring(self.settings, self.clock, self.store, read_only)
        targets = wiring.settings.targets
        projects = {target.name: wiring.project(target) for target in targets}
        if name not in projects:
            yield None
            return
        shared = [target for target in targets if projects[target.name] == projects[name]]
        workshop = replace(wire_targets(wiring, shared), is_ending=self.ending.is_set)
        try:
            yield workshop
        finally:
            close_trackers(workshop)


@dataclass(slots=True)
class Service:
    """One daemon process, or without a ``schedule`` one that only works.

    ``parts`` are started before the workers and stopped before them.
    """

    plant: Plant
    queue: BelledQueue
    worker: Worker
    pool: Crew
    heartbeat: Heartbeat
    schedule: Schedule | None
    parts: list[Part] = field(default_factory=list)

    def start(self) -> None:
        """Begin: ask for every target once, and then by the timetable. Where it cannot, everything is let go again."""
        try:
            self._start()
        except BaseException:
            self.plant.store.close()
            raise

    def _start(self) -> None:
        for part in self.parts:
            part.start()
        self.heartbeat.start()
        if self.schedule is not None:
            self.schedule.start()
            self.schedule.follow(timetable_of(self.plant.settings), self.plant.targets)
        self._ask("start")
        self.pool.start()

    def reload(self, settings: Settings) -> None:
        """Go by ``settings`` from the next sync on; raises ``ConfigError``, and then everything is as it was."""
        check(settings)
        if state_url(settings) != state_url(self.plant.settings):
            raise ConfigError("state.url cannot change while the daemon runs", hint="start it again for that")
        self.plant.settings = settings
        if self.schedule is not None:
            self.schedule.follow(timetable_of(settings), self.plant.targets)
        for part in self.parts:
            part.reload(settings)
        self._ask("reload")

    def stop(self) -> bool:
        """Take on nothing more and end what is in hand between two steps; False: that took longer than the grace."""
        self.plant.ending.set()
        self.pool.end()
        for part in self.parts:
            part.stop()
        if self.schedule is not None:
            self.schedule.end()
        if not self.pool.join(self.plant.settings.daemon.grace):
            return False
        self.heartbeat.end()
        self.plant.store.close()
        return True

    def _ask(self, trigger: str) -> None:
        """Ask for every target; where that cannot be stored now, the schedule will ask."""
        try:
            if self.schedule is not None:
                self.schedule.ask(self.plant.targets, trigger)
        except StoreError as error:
            _log.error("no sync could be asked for: %s", error)


def timetable_of(settings: Settings) -> Timetable:
    """Return ``[schedule]`` as the schedule knows it."""
    table = settings.schedule
    return Timetable(
        interval=table.interval,
        cron=table.cron or "",
        timezone=table.timezone,
        jitter=table.jitter,
        history=settings.state.history,
    )


def check(settings: Settings) -> None:
    """Raise ``ConfigError`` for settings that a service could not go by, before anything is opened."""
    timetable = timetable_of(settings)
    for target in settings.targets:
        timetable.trigger(target.name)
    near_sources(settings, settings.targets, read_only=False)


def open_service(
    settings: Settings, teller: Teller, *, listener: Listener, witnesses: Sequence[Witness] = (), asks: bool = True
) -> Service:
    """Return the service that ``settings`` describe, not started. Raises ``ConfigError`` and ``StoreError``.

    Without ``asks`` it only does what others ask for, which must be able to reach it.
    """
    check(settings)
    if not asks:
        check_shared(settings)
    make_folders(settings)
    ending = threading.Event()
    plant = Plant(settings, open_state(settings), ServiceClock(ending), ending)
    try:
        return _on(plant, teller, listener=listener, witnesses=witnesses, asks=asks)
    except BaseException:
        plant.store.close()
        raise


def _on(plant: Plant, teller: Teller, *, listener: Listener, witnesses: Sequence[Witness], asks: bool) -> Service:
    settings, store, clock = plant.settings, plant.store, plant.clock
    ringer = ringer_of(settings, store, clock)
    queue = BelledQueue(store.queue, ringer)
    heartbeat = Heartbeat(queue, clock, SPAN)
    worker = Worker(
        queue=queue,
        clock=clock,
        open=plant.open,
        keeping=heartbeat.keeping,
        holder=this_process(),
        luck=random.random,
        teller=teller,
        witnesses=tuple(witnesses),
        listener=listener,
    )
    pool = crew_of(settings, worker, lambda: plant.targets, ringer)
    rhythm = Rhythm(settings.webhooks.debounce, settings.webhooks.debounce_longest)
    schedule = Schedule(queue, clock, rhythm) if asks else None
    parts: list[Part] = [Alarms(settings, queue, store.snapshots, clock)] if asks else []
    return Service(plant, queue, worker, pool, heartbeat, schedule, parts)
