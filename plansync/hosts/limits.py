"""What hosts say when they want to be left alone, read from replies. Pure.

Sources: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api and
https://docs.gitlab.com/security/rate_limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plansync.hosts.calls import Json, Reply, read_date

LEAST = timedelta(seconds=60)
"""How long to wait for a limit that does not say so itself; doubled when it is met again."""
MOST = timedelta(hours=1)
_SECONDARY = ("secondary rate limit", "abuse detection", "submitted too quickly", "temporarily blocked")
_GRAPHQL = ("RATE_LIMITED", "RATE_LIMIT")


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
    200        GraphQL errors that speak of one     until the reset, else 60 s
    any        no calls remaining, and a reset      until the reset; the request itself was answered
    """
    at = reply.date or now
    remaining, reset = _remaining(reply), _reset(reply, at)
    if reply.status in {403, 429}:
        stated = _retry_after(reply, at)
        if stated is not None:
            return Pause(_within(stated), "it asked for a pause")
        if remaining == 0 and reset is not None:
            return Pause(_within(reset), "the calls it allows in an hour are used up")
        if reply.status == 429 or _speaks_of_limit(reply):
            return Pause(_within(LEAST * 2**again), "it said that too much was sent at once")
        return None
    if reply.status == 200 and _is_graphql_limit(reply):
        return Pause(_within(reset if reset is not None else LEAST * 2**again), "its GraphQL limit is used up")
    if remaining == 0 and reset is not None and reply.status < 400:
        return Pause(_within(reset), "the calls it allows in an hour are used up", refused=False)
    return None


def _within(span: timedelta) -> timedelta:
    return min(max(span, timedelta(seconds=1)), MOST)


def _retry_after(reply: Reply, at: datetime) -> timedelta | None:
    text = reply.headers.get("retry-after", "").strip()
    if text.isdigit():
        return timedelta(seconds=int(text))
    date = read_date(text) if text else None
    return None if date is None else date - at


def _remaining(reply: Reply) -> int | None:
    text = reply.headers.get("x-ratelimit-remaining", reply.headers.get("ratelimit-remaining", ""))
    return int(float(text)) if text.replace(".", "", 1).isdigit() else None


def _reset(reply: Reply, at: datetime) -> timedelta | None:
    text = reply.headers.get("x-ratelimit-reset", reply.headers.get("ratelimit-reset", ""))
    if not text.replace(".", "", 1).isdigit():
        return None
    return datetime.fromtimestamp(float(text), UTC) - at + timedelta(seconds=1)


def _speaks_of_limit(reply: Reply) -> bool:
    words = reply.message.casefold()
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
    return any(isinstance(error, dict) and str(error.get("type", "")).upper() in _GRAPHQL for error in errors)
