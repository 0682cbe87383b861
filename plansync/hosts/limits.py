"""What hosts say when they want to be left alone, read from replies. Pure.

Sources: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api and
https://docs.gitlab.com/security/rate_limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plansync.hosts.calls import Json, Reply, read_date

LEAST = timedelta(seconds=60)
"""How long to wait for a limit that does not say so itself; doubled when it is met again."""
MOST = timedelta(hours=1)
_SECONDARY = ("secondary rate limit", "abuse detection", "submitted too quickly", "temporarily blocked")
_GRAPHQL = ("RATE_LIMITED", "RATE_LIMIT")
_USED = "the calls it allows in an hour are used up"
_GRAPHQL_USED = "its GraphQL limit is used up"
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pause:
    """How long a host wants to be left alone, and why, in a few words. ``refused``: the request had no effect."""

    span: timedelta
    reason: str
    refused: bool = True


def read_pause(reply: Reply, now: datetime, *, again: int = 0) -> Pause | None:
    """Return the pause that ``reply`` asks for, None where it asks for none.

    ``now`` is our clock, for hosts that send no Date; ``again`` counts pauses without a stated length in a row.

    status     and                                  pause
    429, 403   Retry-After                          as long as it says
    429, 403   no calls remaining, and a reset      until the reset
    429        –                                    60 s, doubled each time, at most an hour
    403        its words speak of a limit           the same
    200        GraphQL errors that speak of one     the same as for 429
    any        no calls remaining, and a reset      until the reset; the request itself was answered
    """
    at = reply.date or now
    reset = _reset(reply, at) if _number(reply, "ratelimit-remaining") == 0 else None
    is_limit = reply.status == 429 or (reply.status == 403 and _speaks_of_limit(reply.message))
    is_graphql = reply.status == 200 and _is_graphql_limit(reply)
    if reply.status in {403, 429} or is_graphql:
        stated = _retry_after(reply, at)
        if stated is not None:
            return Pause(_within(stated), "it asked for a pause")
        if reset is not None:
            return Pause(_within(reset), _GRAPHQL_USED if is_graphql else _USED)
        if is_limit or is_graphql:
            return Pause(min(LEAST * 2 ** min(again, 10), MOST), "it said that too much was sent at once")
        return None
    return None if reset is None else Pause(_within(reset), _USED, refused=False)


def _within(seconds: float) -> timedelta:
    """Return a stated length as a span, whatever the host may have written there."""
    return timedelta(seconds=min(max(seconds, 1.0), MOST.total_seconds()))


def _retry_after(reply: Reply, at: datetime) -> float | None:
    seconds = _number(reply, "retry-after")
    date = read_date(reply.headers.get("retry-after", "")) if seconds is None else None
    return seconds if date is None else (date - at).total_seconds()


def _reset(reply: Reply, at: datetime) -> float | None:
    """Return how many seconds it is until the host counts anew, which it states as a time."""
    time = _number(reply, "ratelimit-reset")
    return None if time is None else time - at.timestamp() + 1


def _number(reply: Reply, name: str) -> float | None:
    """Return the number in a header, which GitHub writes with ``x-`` before it."""
    text = reply.headers.get(f"x-{name}", reply.headers.get(name, "")).strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def _speaks_of_limit(text: str) -> bool:
    words = text.casefold()
    return any(phrase in words for phrase in _SECONDARY)


def _is_graphql_limit(reply: Reply) -> bool:
    """Say whether a 200 is GraphQL's way to say no: ``{"errors": [{"type": "RATE_LIMITED", …}]}``."""
    if '"errors"' not in reply.text[:2000] and '"errors"' not in reply.text[-2000:]:
        return False
    try:
        found = reply.json()
    except ValueError:
        return False
    errors: Json = found.get("errors") if isinstance(found, dict) else None
    if not isinstance(errors, list):
        return False
    return any(isinstance(error, dict) and _is_limit(error) for error in errors)


def _is_limit(error: Mapping[str, Json]) -> bool:
    """Say whether one of GraphQL's errors speaks of a limit, in its type or, for a secondary one, in its words."""
    return str(error.get("type", "")).upper() in _GRAPHQL or _speaks_of_limit(str(error.get("message", "")))
