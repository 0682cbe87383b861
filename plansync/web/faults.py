"""Whatever goes wrong is answered in one form: ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from plansync.errors import PlansyncError
from plansync.web.shapes import Fault

_logger = logging.getLogger(__name__)
MEDIA = "application/problem+json"
_WORDS = {
    400: "The body cannot be decoded",
    401: "No token, or not one that is known",
    403: "The API is closed: no token is configured",
    404: "There is no such target, plan or run",
    408: "The body took too long to arrive",
    413: "The body is larger than 2 MiB",
    422: "The request is not what it should be",
    503: "State database, source or tracker cannot be used now",
}


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of these answers for a route."""
    return {status: {"model": Fault, "description": _WORDS[status]} for status in statuses}


def answer_faults(app: FastAPI) -> None:
    """Let ``app`` answer every fault in the one form."""

    async def refuse(_request: Request, error: Any) -> JSONResponse:
        return fault(error.status_code, str(error.detail), headers=error.headers)

    async def invalid(_request: Request, error: Any) -> JSONResponse:
        lines = [f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}" for found in error.errors()]
        return fault(422, "the request is not what it should be", errors=lines)

    async def failed(request: Request, error: Any) -> JSONResponse:
        _logger.warning("%s %s: %s", request.method, request.url.path, error)
        return fault(503, str(error), headers={"Retry-After": "5"})

    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(PlansyncError, failed)


def fault(
    status: int, detail: str, *, errors: list[str] | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer for one fault."""
    told = Fault(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors or [])
    return JSONResponse(told.model_dump(), status, dict(headers or {}), media_type=MEDIA)
