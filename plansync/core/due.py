"""When a waiting sync is due, and how a failed one is put off. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=15)


def due_after_burst(
    first_at: datetime, due_at: datetime, now: datetime, debounce: timedelta, longest: timedelta
) -> datetime:
    """Say when what was first wished for at ``first_at`` and is due at ``due_at`` is due after one more event.

    case                          due
    it is due already             as it was
    else                          ``debounce`` from now, but ``longest`` after the first event at the latest
    """
    return due_at if due_at <= now else min(first_at + longest, now + debounce)


def burst_since(first_at: datetime, due_at: datetime, now: datetime, longest: timedelta) -> datetime:
    """Say since when events are gathered: from now on, where what waits was put off for longer than any burst."""
    return now if due_at > now + longest else first_at


def pause_after(attempt: int, luck: float) -> timedelta:
    """Say how long a target is left alone after its ``attempt``-th failure in a row (from 1).

    The pauses double from ten seconds to a quarter of an hour; ``luck`` (0 to 1) spreads each over its second half, so
    that what failed together does not come back together.
    """
    full: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempt - 1, 20)))
    return full * (0.5 + luck / 2)
