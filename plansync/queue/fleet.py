"""The threads of one process among many, woken by knocks from any machine (spec §11, ADR 0024).

Procrastinate brings the knocks. The work is done in threads of our own, which outlive its worker: that one ends
whenever the database goes away, and is begun anew until it is back.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, Generic, TypeVar

from plansync.errors import StoreError
from plansync.queue.knocks import QUEUE, TASK, Knocks, Words, hush

POLL = timedelta(seconds=1)
"""How often is looked for knocks whose target became free (rule 4 of the ADR)."""
_AGAIN = timedelta(seconds=1)
_PATIENCE = 5.0

_log = logging.getLogger(__name__)
_Job = TypeVar("_Job")


class Fleet(Generic[_Job]):
    """As many threads as ``size``, each of which does what ``take`` gives out for the target that was knocked for."""

    def __init__(
        self, size: int, words: Words, take: Callable[[str], _Job | None], do: Callable[[_Job], None], knocks: Knocks
    ) -> None:
        self._size, self._words, self._take, self._do, self._knocks = size, words, take, do, knocks
        self._threads = ThreadPoolExecutor(size, "worker")
        self._listener = threading.Thread(target=lambda: asyncio.run(self._listen()), name="fleet", daemon=True)
        self._ending = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None
        self._lost = False

    @property
    def living(self) -> int:
        """Return how many can be given work."""
        return self._size if self._listener.is_alive() else 0

    def start(self) -> None:
        """Begin to work."""
        self._knocks.start()
        self._listener.start()

    def end(self) -> None:
        """Take on nothing more."""
        self._ending.set()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stop_listening)

    def join(self, span: timedelta) -> bool:
        """Wait until everything in hand is done, at most for ``span``; say whether it is."""
        done = threading.Event()
        threading.Thread(target=self._join_all, args=(done,), daemon=True).start()
        return done.wait(span.total_seconds())

    def _join_all(self, done: threading.Event) -> None:
        self._threads.shutdown(wait=True)
        self._listener.join()
        self._knocks.end()
        done.set()

    def _stop_listening(self) -> None:
        if self._serving is not None:
            self._serving.cancel()

    async def _listen(self) -> None:
        """Hear knocks until the process is to end."""
        hush()
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_ignore)
        while not self._ending.is_set():
            self._serving = asyncio.create_task(self._serve())
            try:
                await self._serving
            except asyncio.CancelledError:
                continue
            except Exception as error:  # noqa: BLE001 - whatever ended it, it is begun again
                if self._ending.is_set():
                    return
                if not self._lost:
                    _log.warning("hears no knocks: %s; trying again until it does", " ".join(str(error).split()))
                self._lost = True
                await asyncio.sleep(_AGAIN.total_seconds())

    async def _serve(self) -> None:
        """Run Procrastinate's worker until it is cancelled, or the database goes away."""
        from procrastinate import App, PsycopgConnector  # noqa: PLC0415 - an extra

        app = App(connector=PsycopgConnector(kwargs=dict(self._words), min_size=1, max_size=3, timeout=_PATIENCE))
        app.task(name=TASK, queue=QUEUE)(self._answer)
        async with app.open_async():
            if self._lost:
                _log.warning("hears knocks again")
            self._lost = False
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=self._size,
                fetch_job_polling_interval=POLL.total_seconds(),
                shutdown_graceful_timeout=1,  # our threads go on: their work stands in the rows, not in jobs
                delete_jobs="always",
                install_signal_handlers=False,
            )

    async def _answer(self, target: str) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self._work, target)

    def _work(self, target: str) -> None:
        try:
            job = None if self._ending.is_set() else self._take(target)
            if job is not None:
                self._do(job)
        except StoreError as error:
            _log.error("the state database failed a sync: %s", error, extra={"target": target})
        except Exception:  # noqa: BLE001 - the outermost boundary of a thread
            _log.exception("a bug in plansync stopped a worker's step", extra={"target": target})


def _ignore(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Leave alone what became of a knock: the work stands in the rows, and a knock that is left over is taken away."""
    del loop
    _log.debug("a knock could not be ended: %s", context.get("exception"))
