"""Connections that hold a place without asking anything are closed: uvicorn by itself waits for them for ever.

case                                                      closed
nothing, or half a head, within ten seconds               yes
the rest of a body that was refused keeps dribbling in    ten seconds after the answer
a new connection when the house is full                   the one that has been asking longest without a question;
                                                          the new one if all others are being answered
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_TIME = timedelta(seconds=10)
"""How long a request's head may take to arrive."""
PLACES = 512
"""How many connections there may be at a time."""
_PIECE = 16 * 1024
_AHEAD = 32 * 1024
"""So much of a body is read at a time, and ahead of what the application took: together less than 64 kB."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with an end to patience."""

    head_time = HEAD_TIME
    places = PLACES

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place, if need be of one who only sits there."""
        if len(self.connections) >= self.places and not self._send_one_away():
            transport.abort()
        super().connection_made(transport)
        transport.max_size = _PIECE  # type: ignore[attr-defined]  # asyncio's own name for it
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on reading; the time for a head begins with its first byte, and ends when it is there."""
        if self._end is None and self._is_idle():
            self._wait()
        super().data_received(data)
        if self._is_idle():
            return
        self._stop_waiting()
        if len(self.cycle.body) > _AHEAD:
            self.flow.pause_reading()  # goes on when the application asks for more

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go."""
        self._stop_waiting()
        super().connection_lost(exc)

    @property
    def waits_until(self) -> float | None:
        """Return the loop's time at which patience ends, None while a request is being answered."""
        return None if self._end is None else self._end.when()

    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever its type says
        return cycle is None or cycle.response_complete

    def _wait(self) -> None:
        self._end = self.loop.call_later(self.head_time.total_seconds(), self._give_up)

    def _stop_waiting(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _give_up(self) -> None:
        self._end = None
        self.transport.abort()

    def _send_one_away(self) -> bool:
        """Close the connection that has been asking longest without a question; return False if there is none."""
        waiting = [(end, other) for other in self.connections if (end := _end_of(other)) is not None]
        if not waiting:
            return False
        _, longest = min(waiting, key=lambda pair: pair[0])
        self.connections.discard(longest)
        longest.transport.abort()
        return True


def _end_of(connection: Any) -> float | None:
    return connection.waits_until if isinstance(connection, PatientProtocol) else None
