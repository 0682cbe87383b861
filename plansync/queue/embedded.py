"""Threads that work on the queue, and the bell that wakes them (spec §11).

The bell only makes it sooner: rows that another process stored, or that became due, are found by looking every second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from plansync.errors import PlansyncError, StoreError
from plansync.ports.clock import Clock
from plansync.ports.queue import Ending, Letter, Overview, Queue, Rhythm, Taken, Urgency

LOOK = timedelta(seconds=1)
"""How often an idle process looks for what is due."""

_NOTHING: Mapping[str, datetime] = MappingProxyType({})
_log = logging.getLogger(__name__)
_Job = TypeVar("_Job")


class Ringer(Protocol):
    """Wakes workers. Never raises, and never takes long: a ring that is lost only makes it later."""

    def ring(self, due: Mapping[str, datetime]) -> None:
        """Let one be awake when each target is due."""


class Crew(Protocol):
    """The workers of one process."""

    @property
    def living(self) -> int:
        """Return how many live."""

    def start(self) -> None:
        """Begin to work."""

    def end(self) -> None:
        """Take on nothing more."""

    def join(self, span: timedelta) -> bool:
        """Wait until everything in hand is done, at most for ``span``; say whether it is."""


class Bell:
    """Wakes whoever waits for it; a ring that nobody heard is heard by the next who waits."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = False

    def ring(self, due: Mapping[str, datetime] = _NOTHING) -> None:
        """Wake one who waits, whatever is due: it goes and looks."""
        del due
        with self._condition:
            self._rung = True
            self._condition.notify()

    def wait(self, span: timedelta) -> None:
        """Wait until it rings, or ``span`` has passed."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung, span.total_seconds())
            self._rung = False


@dataclass(frozen=True, slots=True)
class BelledQueue:
    """A queue whose workers hear at once of what is accepted in it."""

    rows: Queue
    bell: Ringer

    def accept(self, letters: Sequence[Letter], rhythm: Rhythm, now: datetime) -> Sequence[bool]:
        answers = self.rows.accept(letters, rhythm, now)
        due: dict[str, datetime] = {}
        for ask in (ask for letter in letters for ask in letter.asks):
            at = now + rhythm.debounce if ask.urgency is Urgency.DEBOUNCED else now
            due[ask.target] = min(at, due.get(ask.target, at))
        self.bell.ring(due)
        return answers

    def take(self, targets: Collection[str], holder: str, span: timedelta, now: datetime) -> Taken | None:
        return self.rows.take(targets, holder, span, now)

    def renew(self, taken: Taken, span: timedelta, now: datetime) -> bool:
        return self.rows.renew(taken, span, now)

    def finish(self, taken: Taken, ending: Ending, now: datetime) -> bool:
        is_noted = self.rows.finish(taken, ending, now)
        if ending.retry_at is not None:
            self.bell.ring({taken.target: ending.retry_at})
        return is_noted

    def claim(self, name: str, gap: timedelta, now: datetime) -> bool:
        return self.rows.claim(name, gap, now)

    def overview(self) -> Overview:
        return self.rows.overview()

    def prune(self, kept: timedelta, now: datetime) -> None:
        self.rows.prune(kept, now)


class Pool(Generic[_Job]):
    """Threads that do what ``take`` gives out. One of the idle ones looks for work at a time, for all of them."""

    def __init__(self, size: int, take: Callable[[], _Job | None], do: Callable[[_Job], None], bell: Bell) -> None:
        self._take, self._do, self._bell = take, do, bell
        self._looking = threading.Lock()
        self._ending = threading.Event()
        self._lost = False
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}", daemon=True) for n in range(size)]

    @property
    def living(self) -> int:
        """Return how many of the threads live."""
        return sum(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Give out nothing more."""
        self._ending.set()
        self._bell.ring()

    def join(self, span: timedelta) -> bool:
        """Wait until everything in hand is done, at most for ``span``; say whether it is."""
        until = threading.Event()
        waiter = threading.Thread(target=self._join_all, args=(until,), daemon=True)
        waiter.start()
        return until.wait(span.total_seconds())

    def _join_all(self, done: threading.Event) -> None:
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        done.set()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._do(job)
            except StoreError as error:
                _log.error("how a sync ended could not be stored: %s", error)
            except Exception:  # noqa: BLE001 - the outermost boundary of a thread
                _log.exception("a bug in plansync stopped a worker's step")

    def _next(self) -> _Job | None:
        """Wait for work; None when the process is to end."""
        with self._looking:
            while not self._ending.is_set():
                job = self._look()
                if job is not None:
                    return job
                self._bell.wait(LOOK)
        return None

    def _look(self) -> _Job | None:
        """Look for work, and tell once when the database is lost, and once when it is back."""
        try:
            job = self._take()
        except StoreError as error:
            if not self._lost:
                _log.error("%s; trying again until it is back", error)
            self._lost = True
            return None
        except Exception:  # noqa: BLE001 - the outermost boundary of a thread
            _log.exception("a bug in plansync kept a worker from looking for work")
            return None
        if self._lost:
            _log.warning("the state database is back")
        self._lost = False
        return job


class Heartbeat:
    """Renews what the process works on, from a thread of its own: some steps of a sync take longer than the span."""

    def __init__(self, queue: Queue, clock: Clock, span: timedelta) -> None:
        self._queue, self._clock, self._span = queue, clock, span
        self._mutex = threading.Lock()
        self._held: dict[int, Taken] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def end(self) -> None:
        """Renew nothing more."""
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(self._span.total_seconds())

    @contextmanager
    def keeping(self, taken: Taken) -> Iterator[None]:
        """Renew ``taken`` for as long as it is worked on."""
        with self._mutex:
            self._held[taken.token] = taken
        try:
            yield
        finally:
            with self._mutex:
                del self._held[taken.token]

    def beat(self) -> None:
        """Renew everything that is held once."""
        with self._mutex:
            held = tuple(self._held.values())
        for taken in held:
            try:
                if not self._queue.renew(taken, self._span, self._clock.now()):
                    _log.warning("a sync was given to another worker", extra={"target": taken.target})
            except PlansyncError as error:
                _log.warning("could not be renewed: %s", error, extra={"target": taken.target})
            except Exception:  # noqa: BLE001 - others are renewed all the same
                _log.exception("a bug in plansync kept a sync from being renewed")

    def _beat(self) -> None:
        while not self._ending.wait(self._span.total_seconds() / 3):
            self.beat()
