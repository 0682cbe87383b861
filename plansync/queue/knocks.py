"""Knocks: jobs of Procrastinate that wake a worker on any machine for a target whose sync is due (ADR 0024).

What is to be done stands in the queue's rows, and they alone say whose turn it is. A knock may be lost, doubled or late
without harm: whoever hears one asks the rows, and everyone looks every second whether somebody should have knocked.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from plansync.errors import PlansyncError
from plansync.ports.clock import Clock
from plansync.ports.queue import Overview, Queue, Taken

if TYPE_CHECKING:
    from procrastinate import App

LOOK = timedelta(seconds=1)
"""How often is looked whether a knock is missing."""
GONE = timedelta(seconds=5)
"""How long a knock may be answered by nobody who works, until its worker counts as dead."""
QUEUE, TASK = "plansync", "plansync.sync"
Words = Mapping[str, str | int]
"""How to connect, in the words of libpq (https://www.postgresql.org/docs/current/libpq-connect.html)."""

_PATIENCE = 5.0
_log = logging.getLogger(__name__)


class Knocks:
    """Rings from a thread of its own, so that nobody who accepts wishes waits for it."""

    def __init__(self, words: Words, queue: Queue, clock: Clock, is_dead: Callable[[str], bool]) -> None:
        """``is_dead`` says of a holder whether its process surely runs no more."""
        self._words, self._queue, self._clock, self._is_dead = words, queue, clock, is_dead
        self._mutex = threading.Lock()
        self._asked: dict[str, datetime] = {}
        self._woken, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="knocks", daemon=True)
        self._suspects: dict[int, datetime] = {}
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._lost = False

    def ring(self, due: Mapping[str, datetime]) -> None:
        """Have somebody knock for each target when it is due."""
        with self._mutex:
            for target, at in due.items():
                self._asked[target] = min(at, self._asked.get(target, at))
        self._woken.set()

    def start(self) -> None:
        """Begin to knock."""
        self._thread.start()

    def end(self) -> None:
        """Knock no more; what was asked for is left to others."""
        self._ending.set()
        self._woken.set()
        self._thread.join(_PATIENCE)  # it may be waiting for a database that is away

    def _run(self) -> None:
        from procrastinate import App, SyncPsycopgConnector  # noqa: PLC0415 - an extra
        from psycopg_pool import PoolTimeout  # noqa: PLC0415 - an extra

        hush()
        connector = SyncPsycopgConnector(kwargs=dict(self._words), min_size=1, max_size=1, timeout=_PATIENCE)
        while not self._ending.is_set():
            try:
                with App(connector=connector).open() as app:
                    self._knock_on(app)
            except PoolTimeout:
                self._note_loss(is_lost=True)

    def _knock_on(self, app: App) -> None:
        while not self._ending.is_set():
            self._note_loss(is_lost=not self._does_well(app))
            self._woken.wait(LOOK.total_seconds())
            self._woken.clear()

    def _does_well(self, app: App) -> bool:
        from procrastinate.exceptions import ConnectorException  # noqa: PLC0415 - an extra
        from psycopg_pool import PoolTimeout  # noqa: PLC0415 - an extra

        now = self._clock.now()
        try:
            with self._mutex:
                asked, self._asked = self._asked, {}
            for target, at in asked.items():
                knock(app, target, at, now)
            if now - self._looked_at >= LOOK:
                self._look_after(app, now)
                self._looked_at = now
        except (ConnectorException, PoolTimeout, PlansyncError):
            return False
        except Exception:  # noqa: BLE001 - the outermost boundary of a thread
            _log.exception("a bug in plansync kept it from waking workers")
        return True

    def _note_loss(self, *, is_lost: bool) -> None:
        if is_lost and not self._lost:
            _log.warning("no worker can be woken: the state database does not answer")
        if self._lost and not is_lost:
            _log.warning("workers can be woken again")
        self._lost = is_lost

    def _look_after(self, app: App, now: datetime) -> None:
        """Knock where nobody did though a sync is due, and take away knocks whose worker is no more."""
        jobs, seen = app.job_manager.list_jobs(queue=QUEUE), self._queue.overview()
        running = {taken.target for taken in seen.running if self._lives(taken, now)}
        idle = {job.id for job in jobs if job.status == "doing" and job.lock not in running and job.id is not None}
        self._suspects = {job: self._suspects.get(job, now) for job in idle}
        for job, since in self._suspects.items():
            if now - since >= GONE:
                bury(app, job)
        waiting = {job.lock for job in jobs if job.status == "todo" and (job.scheduled_at or now) <= now}
        for target in due_targets(seen, running, now):
            if target not in waiting:
                knock(app, target, now, now)

    def _lives(self, taken: Taken, now: datetime) -> bool:
        return taken.expires_at > now and not self._is_dead(taken.holder)


def due_targets(seen: Overview, running: Iterable[str], now: datetime) -> Iterable[str]:
    """Return the targets that a worker should take: those that are due, and those that a dead one left behind."""
    wanted = {waiting.target for waiting in seen.waiting if waiting.due_at <= now}
    return sorted((wanted | {taken.target for taken in seen.running}) - set(running))


def knock(app: App, target: str, at: datetime, now: datetime) -> None:
    """Have one knock for ``target`` at ``at`` at the latest; one that would come sooner stays as it is."""
    from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415 - an extra

    for job in app.job_manager.list_jobs(queueing_lock=target, status="todo"):
        if job.scheduled_at is None or job.scheduled_at <= at:
            return
        if job.id is not None:
            app.job_manager.cancel_job_by_id(job.id, delete_job=True)
    when = at if at > now else None
    deferrer = app.configure_task(TASK, queue=QUEUE, lock=target, queueing_lock=target, schedule_at=when)
    try:
        deferrer.defer(target=target)
    except AlreadyEnqueued:
        _log.debug("somebody else knocked", extra={"target": target})


def bury(app: App, job: int) -> None:
    """Take away the knock of a worker that died, which nobody would hear of again while it holds the target's lock."""
    from procrastinate import sql  # noqa: PLC0415 - an extra
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415 - an extra

    try:
        app.connector.get_sync_connector().execute_query(
            sql.queries["finish_job"], job_id=job, status="failed", delete_job=True
        )
    except ConnectorException:
        _log.debug("somebody else took a knock away")


def hush() -> None:
    """Let the libraries be silent: what they would tell, with tracebacks, is told once by us."""
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
