"""The first half of a slice: read plans and tracker, and find out which plan, issue and item belong together.

Everything is read before anything is concluded; the conclusions are pure (:mod:`plansync.core`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

import plansync
from plansync.app.plan_reading import PassedOver, PlanReader, ReadPlan, asked_for, linked_from, reached_from
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.shelf import Parse
from plansync.core.baseline import PlanState, join_states
from plansync.core.gate import gate_digest, numbers_of, rules_digest
from plansync.core.identity import PlanKey
from plansync.core.keys import KeyClash, PlanKeys, assign_plan_keys, join_keys
from plansync.core.links import Address
from plansync.core.observed import ObservedState
from plansync.core.ownership import Ownership, sort_ownership
from plansync.core.problems import problem
from plansync.core.reading import Gated, Reading, missing_files
from plansync.core.rules import MarkerRules


@dataclass(frozen=True, slots=True)
class Survey:
    """What one slice starts from. ``texts`` has what all readings were read from, by plan key.

    ``joined`` are the keys by which a plan of several files may have gone before, each with the plan's own.
    """

    readings: tuple[Reading, ...]
    gated: tuple[Gated, ...]
    texts: Mapping[PlanKey, ReadPlan]
    passed_over: tuple[PassedOver, ...]
    observed: ObservedState
    ownership: Ownership
    states: Mapping[str, PlanState]
    linked: frozenset[int]
    markers: MarkerRules
    unread: frozenset[str] = field(default_factory=frozenset)
    """Plan keys that markers name and that no file of the project has."""
    joined: Mapping[PlanKey, PlanKey] = field(default_factory=dict)

    @property
    def may_remove(self) -> bool:
        """Say whether all plans of the project were read: else nothing is removed in this run."""
        unreadable = any("plan" in reading.plan.broken_parts for reading in self.readings)
        return not unreadable and not any(passed.problem for passed in self.passed_over)

    def paths_of(self, target: str) -> frozenset[str]:
        """Return the paths of a target's plans, of those as well that could not be read."""
        read = {plan.text.path for plan in self.texts.values() if plan.target.name == target}
        return frozenset(read | {passed.path for passed in self.passed_over if passed.target == target})

    def taken_in(self, keys: Collection[PlanKey]) -> Sequence[str]:
        """Return the keys that the store knows plans by which are files of the plans ``keys`` now."""
        return [key for key, plan in self.joined.items() if plan in keys and key in self.states]

    def own(self, observed: ObservedState) -> Ownership:
        """Sort another observation by the same links and rules."""
        return sort_ownership(observed, self.linked, self.markers).joining(self.joined)


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Reads the plans of all targets that share ``target``'s tracker project, and the project itself."""

    workshop: Workshop
    target: Target
    request: SyncRequest
    parse: Parse

    def survey(self) -> Survey:
        """Read everything once; requests: what ``Tracker.observe`` sends."""
        states = self.workshop.store.plans.load(self.target.project)
        reader = PlanReader(self.target, self.request, self.parse, states)
        plans = reader.read_all(self._targets())
        address = self.target.tracker.address
        asked = replace(
            asked_for(plans, states, address),
            since=self._unsettled_since(),
            counts=self._wants_counts(),
            only=self.request.only,
        )
        observed = self.target.tracker.observe(asked)
        linked = asked.issues & linked_from(plans, states, address)
        ownership = sort_ownership(observed, linked, self.target.rules.markers)
        plans = self._ungate(plans, ownership, address)
        keys = self._keys(plans, ownership, states, address)
        ownership = ownership.joining(keys.joined)
        texts = {keys.keys[plan.place]: plan for plan in plans if plan.place in keys.keys}
        readings = tuple(self._readings(texts, ownership, address, states))
        gated = tuple(_gated(texts))
        known = {reading.key for reading in readings} | {plan.key for plan in gated}
        return Survey(
            readings=readings,
            gated=gated,
            texts=texts,
            passed_over=(*reader.passed_over, *(_clash(clash, plans) for clash in keys.clashes)),
            observed=observed,
            ownership=ownership,
            states=states,
            linked=linked,
            markers=self.target.rules.markers,
            unread=frozenset({owned.plan for owned in ownership.owned.values()} - known),
            joined=keys.joined,
        )

    def _unsettled_since(self) -> datetime | None:
        """Return when the first create of unknown outcome was sent, on the tracker's clock."""
        intents = self.workshop.store.journal.unsettled(self.target.project)
        return min((intent.at for intent in intents), default=None)

    def _wants_counts(self) -> bool:
        return any(target.rules.progress == "milestone" for target in self._targets())

    def _targets(self) -> Iterable[Target]:
        return (target for target in self.workshop.targets if target.project == self.target.project)

    def _ungate(self, plans: Sequence[ReadPlan], ownership: Ownership, address: Address) -> list[ReadPlan]:
        """Parse what the gate does not pass after all: its issues changed, or a parsed plan reaches for them."""
        hit = {plan.place for plan in plans if plan.plan is None and not _is_as_it_was(plan, ownership)}
        while True:
            plans = [self._parsed(plan) if plan.place in hit else plan for plan in plans]
            reached = reached_from(plans, address)
            plans_reached = {owned.plan for n, owned in ownership.owned.items() if n in reached}
            hit = {p.place for p in plans if p.plan is None and _is_reached(p.state, reached, plans_reached)}
            if not hit:
                return list(plans)

    def _parsed(self, plan: ReadPlan) -> ReadPlan:
        return replace(plan, plan=plan.text.read(self.parse))

    def _keys(
        self, plans: Sequence[ReadPlan], ownership: Ownership, states: Mapping[str, PlanState], address: Address
    ) -> PlanKeys:
        files = [file for plan in plans for file in plan.claims(ownership, address, self.parse)]
        return join_keys(assign_plan_keys(files, states), [plan.places for plan in plans])

    def _readings(
        self,
        texts: Mapping[PlanKey, ReadPlan],
        ownership: Ownership,
        address: Address,
        states: Mapping[str, PlanState],
    ) -> Iterator[Reading]:
        parsed = {key: (read, read.plan) for key, read in texts.items() if read.plan is not None}
        linked = reached_from(texts.values(), address)
        for key, (read, plan) in parsed.items():
            mine = read.target.name == self.target.name
            missing = missing_files(read.text.paths, ownership.of_plan(key), linked)
            hold = states[key].hold if key in states else ""
            asked = self.request.asks_for(read.text.path, read.target.together)
            yield Reading(
                key=key,
                path=read.text.path,
                target=read.target.name,
                plan=plan,
                rules=read.target.rules,
                state=join_states(key, read.states),
                whole=not plan.broken_parts and not missing,
                in_scope=mine and asked and self.request.takes_up(hold),
                hold=hold,
                missing=missing,
            )


def gate_of(target: Target, key: PlanKey, path: str, ownership: Ownership, numbers: Iterable[int]) -> str:
    """Return the gate of one plan of ``target`` as things stand in ``ownership``."""
    rules = rules_digest(target.rules, target.tracker.capabilities, target.renderer.fingerprint, plansync.__version__)
    return gate_digest(rules, key, path, ownership, numbers)


def cached(parse: Parse) -> Parse:
    """Return ``parse`` that remembers, for one slice: the same bytes are met before and after a write."""
    return lru_cache(maxsize=None)(parse)


def _gated(texts: Mapping[PlanKey, ReadPlan]) -> Iterator[Gated]:
    for key, read in texts.items():
        if read.plan is None and read.state is not None:
            yield Gated(key, read.text.path, read.target.name, read.state)


def _is_as_it_was(plan: ReadPlan, ownership: Ownership) -> bool:
    state = plan.state
    return state is not None and state.gate == gate_of(
        plan.target, PlanKey(state.key), state.path, ownership, numbers_of(state)
    )


def _is_reached(state: PlanState | None, reached: frozenset[int], plans_reached: set[PlanKey]) -> bool:
    return state is not None and bool(numbers_of(state) & reached or state.key in plans_reached)


def _clash(clash: KeyClash, plans: Sequence[ReadPlan]) -> PassedOver:
    plan = next(plan for plan in plans if clash.second.place in plan.places)
    message = f"'{clash.key}' is the key of {clash.first.path} ({clash.first.source}) already"
    return PassedOver(plan.target.name, plan.text.path, problem("PS505", 1, 1, message, part="plan"))
