"""Where the hosts' webhooks come in: ``POST /webhooks/github`` and ``/webhooks/gitlab`` (spec §11).

case                                       answer
the door refuses it (signature, form)      the door's status and reason
it interests nobody, or is a ping          202, nothing is stored
it is stored, or was before                202
the store cannot be written to now         503 with Retry-After: nothing was taken in
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from plansync.errors import StoreError
from plansync.ports.webhook import Door, Refused
from plansync.web.meter import Heard
from plansync.web.mill import Mill
from plansync.web.parts import Parts

_logger = logging.getLogger(__name__)
_Route = Callable[[Request], Awaitable[PlainTextResponse]]
RETRY_AFTER_S = 5

_RESPONSES = {
    202: "Taken in, or of no interest",
    400: "Not a delivery",
    401: "Not signed with a secret that is known",
    408: "The body took too long to arrive",
    413: "The body is larger than 2 MiB",
    415: "The body is of a type that is not read",
    503: "It could not be stored; nothing was taken in",
}


def add_webhooks(app: FastAPI, parts: Parts, mill: Mill) -> None:
    """Give every door of ``parts`` its route."""
    for host, door in parts.doors.items():
        app.add_api_route(
            f"/webhooks/{host}",
            _route(host, door, parts, mill),
            methods=["POST"],
            status_code=202,
            response_class=PlainTextResponse,
            name=f"hear_{host}",
            summary=f"Take in a webhook delivery of {host}",
            tags=["webhooks"],
            responses={status: {"description": words} for status, words in _RESPONSES.items()},
            openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}},
        )


def _route(host: str, door: Door, parts: Parts, mill: Mill) -> _Route:
    async def hear(request: Request) -> PlainTextResponse:
        read = door.read(dict(request.headers), await request.body(), parts.clock.now())
        if isinstance(read, Refused):
            parts.meter.heard(host, Heard.REFUSED)
            return _answer(read.status, read.reason)
        if not read.asks:
            parts.meter.heard(host, Heard.UNINTERESTING)
            return _answer(202, "of no interest")
        try:
            is_new = await mill.accept(read)
        except StoreError as error:
            parts.meter.heard(host, Heard.UNAVAILABLE)
            _logger.warning("a delivery of %s was not stored: %s", host, error)
            return _answer(503, "it could not be stored; send it again", {"Retry-After": str(RETRY_AFTER_S)})
        parts.meter.heard(host, Heard.ACCEPTED if is_new else Heard.REPEATED)
        if is_new:
            parts.ring()
        return _answer(202, "accepted" if is_new else "known already")

    return hear


def _answer(status: int, words: str, headers: dict[str, str] | None = None) -> PlainTextResponse:
    return PlainTextResponse(f"{words}\n", status, headers)
