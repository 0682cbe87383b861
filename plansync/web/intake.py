"""No request is looked at before its body is there, and none may be large or slow (spec §11).

A body that is declared too large is refused unread; one that grows too large, at the first piece too many. Refused
requests end their connection, since the rest of the body is still to come.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plansync.web.parts import Bounds


class Intake:
    """Middleware that reads bodies within ``bounds``, and hands them on whole."""

    def __init__(self, app: ASGIApp, bounds: Bounds) -> None:
        self._app = app
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _declared(scope) > self._bounds.body_bytes:
            await _refuse(send, 413, "the body is too large")
            return
        try:
            async with asyncio.timeout(self._bounds.body_time.total_seconds()):
                body = await _read(receive, self._bounds.body_bytes)
        except TimeoutError:
            await _refuse(send, 408, "the body took too long to arrive")
        except _TooLarge:
            await _refuse(send, 413, "the body is too large")
        except _Gone:
            return
        else:
            await self._app(scope, _Replay(body, receive), send)


class _TooLarge(Exception):
    """More came than may come."""


class _Gone(Exception):
    """The sender went away in the middle."""


class _Replay:
    """Gives the body once; afterwards, what comes by itself."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._message: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._receive = receive

    async def __call__(self) -> Message:
        message, self._message = self._message, None
        return await self._receive() if message is None else message


async def _read(receive: Receive, most: int) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise _TooLarge
        pieces.append(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _declared(scope: Scope) -> int:
    """Return the Content-Length; 0 without a sound one, for then what comes is counted."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = f"{reason}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
