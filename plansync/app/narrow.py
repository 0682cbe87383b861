"""What a sync of the service has to look at: from the scope that was asked for to the plans and issues it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from plansync.app.hearing import TRIGGER
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.shelf import PlanText
from plansync.core.baseline import PlanState
from plansync.core.gate import numbers_of
from plansync.core.scope import Glimpse, Scope
from plansync.core.together import group_of, home_of
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
    files = set(scope.plans).union(*(_paths(target, homes[number]) for number in news if number in homes))
    plans = target.shelf.plans()
    wanted = {home_of(path, plans) for path in files}
    if not wanted <= plans.keys():
        return whole
    paths = tuple(sorted(wanted)) if news <= homes.keys() else ()
    return replace(whole, plans=paths, only=None if scope.plans else frozenset(news))


def _are_as_they_were(target: Target, paths: Collection[str], states: Collection[PlanState]) -> bool:
    """Say whether the plans of the files at ``paths`` are what the store holds to be in step.

    So it is after a push of our own commits, and of them alone. Their trailer proves nothing: people copy it.
    """
    known = {state.path: state for state in states if state.source == target.source.uid and state.gate}
    if any(known.keys().isdisjoint(group_of(path, target.together)) for path in paths):
        return False
    target.source.refresh()
    plans = target.shelf.plans()
    wanted = {home_of(path, plans) for path in paths}
    return wanted <= plans.keys() & known.keys() and all(
        _digest(target, plans[path]) == known[path].digest for path in wanted
    )


def _digest(target: Target, files: Sequence[str]) -> str:
    read = target.shelf.read(files)
    return read.digest if isinstance(read, PlanText) else ""


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
