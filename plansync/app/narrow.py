"""What of a target a sync of the service has to look at: from the scope that was asked for to the plans it is about."""

from __future__ import annotations

from plansync.app.request import SyncRequest, Target, Workshop
from plansync.core.gate import numbers_of
from plansync.core.scope import Scope


def narrow(workshop: Workshop, target: Target, scope: Scope, trigger: str) -> SyncRequest | None:
    """Return the request for what ``scope`` is about; None: there is nothing that anybody needs to look at."""
    if scope.whole:
        return SyncRequest(trigger=trigger)
    plans = set(scope.plans)
    if scope.issues:
        states = workshop.store.plans.load(target.project).values()
        mine = (state for state in states if state.source == target.source.uid)
        plans |= {state.path for state in mine if not numbers_of(state).isdisjoint(scope.issues)}
    there = tuple(path for path in target.source.list() if path in plans) if plans else ()
    return SyncRequest(plans=there, trigger=trigger) if there else None
