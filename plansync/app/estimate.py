"""How long changes will take at the pace that their tracker allows, counting what was sent lately (spec §7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from plansync.app.request import Target
from plansync.core.changes import Change
from plansync.core.pace import forecast
from plansync.core.sendings import sendings_of
from plansync.ports.pacing import Pacing


def estimate(target: Target, pacing: Pacing, changes: Iterable[Change], now: datetime) -> timedelta:
    """Return the least time in which ``changes`` can be sent; zero without any, or without a pace."""
    limits = target.tracker.capabilities
    kinds = [kind for change in changes for kind in sendings_of(change, limits.manners)]
    if not limits.account or not kinds:
        return timedelta(0)
    pause = pacing.backing_off(limits.account)
    start = max(now, pause[0]) if pause is not None else now
    return forecast(kinds, pacing.recent(limits.account, now), limits.manners, start) + (start - now)
