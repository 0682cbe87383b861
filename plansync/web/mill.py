"""Deliveries are stored in batches: what comes in while one batch is being committed makes up the next (ADR 0023).

So a burst costs few transactions, and a single delivery waits for nobody. Each is answered after its own batch is
durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from plansync.errors import StoreError, StoreLocked
from plansync.ports.queue import Letter

BATCH = 500
"""The most letters in one transaction: others want to write, too."""

Store = Callable[[Sequence[Letter]], Sequence[bool]]
_Sack = tuple[Letter, "asyncio.Future[bool]"]


class Mill:
    """Takes letters in on the event loop, and stores them in a thread of its own."""

    def __init__(self, store: Store, room: int) -> None:
        """``store`` keeps letters durably and says of each whether it was new; ``room``: how many may wait."""
        self._store = store
        self._room = room
        self._sacks: list[_Sack] = []
        self._grinding: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mill")

    async def accept(self, letter: Letter) -> bool:
        """Return whether the letter was new, once it is stored.

        Raises ``StoreError`` where it was not: nothing of it was taken in, and it may be sent again.
        """
        if len(self._sacks) >= self._room:
            raise StoreLocked("too many deliveries wait to be stored", hint="Send it again a little later.")
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._sacks.append((letter, stored))
        if self._grinding is None:
            self._grinding = asyncio.create_task(self._grind())
        return await stored

    async def _grind(self) -> None:
        try:
            while self._sacks:
                batch, self._sacks = self._sacks[:BATCH], self._sacks[BATCH:]
                await self._store_all(batch)
        finally:
            self._grinding = None

    async def _store_all(self, batch: Sequence[_Sack]) -> None:
        try:
            answers = await self._stored([letter for letter, _ in batch])
        except StoreError as error:
            for _, stored in batch:
                _fail(stored, error)
        except Exception as error:  # noqa: BLE001 - whoever sent the letter hears of it
            if len(batch) == 1:
                _fail(batch[0][1], error)
            else:  # one of them cannot be stored at all, and the others have nothing to do with that
                for sack in batch:
                    await self._store_all([sack])
        else:
            for (_, stored), is_new in zip(batch, answers, strict=True):
                if not stored.done():
                    stored.set_result(is_new)

    async def _stored(self, letters: Sequence[Letter]) -> Sequence[bool]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._store, letters)


def _fail(stored: asyncio.Future[bool], error: Exception) -> None:
    """Tell who waits that nothing was stored, unless he has gone away."""
    if not stored.done():
        stored.set_exception(error)
