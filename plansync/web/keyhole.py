"""Who may use the API: whoever shows one of the configured tokens; without any, nobody (ADR 0023)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

_bearer = HTTPBearer(auto_error=False, description="One of web.api_tokens")
_Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def keyhole(tokens: tuple[str, ...]) -> Callable[[_Shown], None]:
    """Return the check that stands before every route of the API. How long it takes tells nothing of the tokens."""
    known = [_digest(token) for token in tokens if token]

    def check(shown: _Shown) -> None:
        if not known:
            raise HTTPException(403, "the API is closed: no token is configured (PLANSYNC_WEB__API_TOKENS)")
        digest = _digest(shown.credentials if shown is not None else "")
        if not any([hmac.compare_digest(digest, other) for other in known]):  # noqa: C419 - all are looked at
            raise HTTPException(401, "show a token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})

    return check


def _digest(token: str) -> bytes:
    """Return a value of one length for all tokens."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
