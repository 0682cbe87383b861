"""One test clock for several processes: it goes on only when everybody who takes part sleeps.

The test's own process holds the :class:`Hub`; servers in it ask the hub itself, and other processes a
:class:`RemoteClock` on its address.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any

from tests.support.clocks import NOON

KEY = b"tests"


class Hub:
    """The time. ``takers`` is how many processes take part: time passes when all of them sleep, to the first waking."""

    def __init__(self, takers: int, now: datetime = NOON) -> None:
        self._now = now
        self._takers = takers
        self._waking: dict[int, datetime] = {}
        self._turn = 0
        self._changed = threading.Condition()

    def now(self) -> datetime:
        """Return the time."""
        with self._changed:
            return self._now

    def sleep_until(self, at: datetime) -> None:
        """Return when it is ``at``."""
        with self._changed:
            self._turn += 1
            turn = self._turn
            self._waking[turn] = at
            self._pass()
            self._changed.wait_for(lambda: self._now >= at)
            del self._waking[turn]

    def leave(self) -> None:
        """Take part no more."""
        with self._changed:
            self._takers -= 1
            self._pass()

    def _pass(self) -> None:
        still = [at for at in self._waking.values() if at > self._now]
        if still and len(still) >= self._takers:
            self._now = min(still)
        self._changed.notify_all()


class _Manager(BaseManager):
    pass


_Manager.register("hub")


class RemoteClock:
    """The hub's time in another process."""

    def __init__(self, address: Path) -> None:
        manager = _Manager(address=str(address), authkey=KEY)
        manager.connect()
        self._hub: Any = manager.hub()  # type: ignore[attr-defined]  # registered by name

    def now(self) -> datetime:
        now: datetime = self._hub.now()
        return now

    def sleep(self, span: timedelta) -> None:
        self._hub.sleep_until(self.now() + span)

    def leave(self) -> None:
        """Take part no more."""
        self._hub.leave()


@contextmanager
def shared(hub: Hub, address: Path) -> Iterator[None]:
    """Let other processes reach ``hub`` at a socket's ``address``."""

    class _Server(BaseManager):
        pass

    _Server.register("hub", callable=lambda: hub, exposed=["now", "sleep_until", "leave"])
    server = _Server(address=str(address), authkey=KEY).get_server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
