"""What a sync of the service has to look at: from the scope that was asked for to the plans and issues it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from plansync.app.hearing import TRIGGER
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.core.baseline import PlanState
from plansync.core.gate import bytes_digest, numbers_of
from plansync.core.scope import Glimpse, Scope
from plansync.ports.source import Content
from plansync.ports.tracker import Heard, Recall


def narrow(workshop: Workshop, target: Target, scope: Scope, trigger: str) -> SyncRequest | None:
    """Return the request for what ``scope`` is about; None: there is nothing that anybody needs to look at.

    scope                                            request
    whole, or a plan of it is not in the source      everything
    plans, and maybe issues                          these plans and the issues' plans
    issues that are news                             the issues' plans (of an unknown one, all), and only these are read
    own events, issues of nobody or of other targets nothing
    plans that a webhook told of and that are, byte  nothing
    for byte, as they were left when in step
    """
    whole = SyncRequest(trigger=trigger, confirm_removals=True, gathers=True)
    if scope.whole:
        return whole
    states = workshop.store.plans.load(target.project).values()
    homes = _homes(states)
    news = {number for number, glimpse in scope.issues.items() if _is_news(target, number, glimpse, homes)}
    if not scope.plans and not news:
        return None
    if not news and trigger == TRIGGER and _are_as_they_were(target, scope.plans, states):
        return None
    plans = set(scope.plans).union(*(_paths(target, homes[number]) for number in news if number in homes))
    if not plans <= frozenset(target.source.list()):
        return whole
    paths = tuple(sorted(plans)) if news <= homes.keys() else ()
    return replace(whole, plans=paths, only=None if scope.plans else frozenset(news))


def _are_as_they_were(target: Target, paths: Collection[str], states: Collection[PlanState]) -> bool:
    """Say whether the plans at ``paths`` are what the store holds to be in step.

    So it is after a push of our own commits, and of them alone. Their trailer proves nothing: people copy it.
    """
    known = {state.path: state for state in states if state.source == target.source.uid and state.gate}
    if not set(paths) <= known.keys():
        return False
    target.source.refresh()
    return set(paths) <= set(target.source.list()) and all(
        _digest(target, path) == known[path].digest for path in paths
    )


def _digest(target: Target, path: str) -> str:
    read = target.source.read(path)
    return bytes_digest(read.data) if isinstance(read, Content) else ""


def _homes(states: Collection[PlanState]) -> Mapping[int, tuple[PlanState, ...]]:
    """Return the plans that the store knows each issue to be of."""
    homes: dict[int, tuple[PlanState, ...]] = defaultdict(tuple)
    for state in states:
        for number in numbers_of(state):
            homes[number] = (*homes[number], state)
    return dict(homes)


def _paths(target: Target, states: Collection[PlanState]) -> frozenset[str]:
    return frozenset(state.path for state in states if state.source == target.source.uid)


def _is_news(target: Target, number: int, glimpse: Glimpse, homes: Mapping[int, tuple[PlanState, ...]]) -> bool:
    """Say whether a plan of ``target`` may have to change for what an event showed of an issue."""
    if number in homes and not _paths(target, homes[number]):
        return False
    heard = target.tracker.recall(number, glimpse) if isinstance(target.tracker, Recall) else Heard.NOT_OURS
    return heard is Heard.NEWS or (heard is Heard.NOT_OURS and number in homes)
