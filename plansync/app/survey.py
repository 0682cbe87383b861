"""The first half of a slice: read plans and tracker, and find out which plan, issue and item belong together.

Everything is read before anything is concluded; the conclusions are pure (:mod:`plansync.core`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

import plansync
from plansync.app.readfile import ReadFile, asked_for, linked_from, reached_from
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.core.baseline import PlanState
from plansync.core.gate import bytes_digest, gate_digest, numbers_of, rules_digest
from plansync.core.identity import PlanKey
from plansync.core.keys import KeyClash, assign_plan_keys
from plansync.core.links import Address
from plansync.core.model import Plan
from plansync.core.observed import ObservedState
from plansync.core.ownership import Ownership, sort_ownership
from plansync.core.problems import Problem, problem
from plansync.core.reading import Gated, Reading
from plansync.core.rules import MarkerRules
from plansync.core.twins import case_twins
from plansync.ports.source import Content, Unreadable

Parse = Callable[[bytes], Plan]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is no plan or could not be read, with its Problem or the word why."""

    target: str
    path: str
    problem: Problem | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one slice starts from. ``contents`` has the files of all readings by plan key."""

    readings: tuple[Reading, ...]
    gated: tuple[Gated, ...]
    contents: Mapping[PlanKey, ReadFile]
    passed_over: tuple[PassedOver, ...]
    observed: ObservedState
    ownership: Ownership
    states: Mapping[str, PlanState]
    linked: frozenset[int]
    markers: MarkerRules
    unread: frozenset[str] = field(default_factory=frozenset)
    """Plan keys that markers name and that no file of the project has."""

    @property
    def may_remove(self) -> bool:
        """Say whether all plans of the project were read: else nothing is removed in this run."""
        unreadable = any("plan" in reading.plan.broken_parts for reading in self.readings)
        return not unreadable and not any(passed.problem for passed in self.passed_over)

    def paths_of(self, target: str) -> frozenset[str]:
        """Return the paths of a target's plans, of those as well that could not be read."""
        read = {file.content.path for file in self.contents.values() if file.target.name == target}
        return frozenset(read | {passed.path for passed in self.passed_over if passed.target == target})

    def own(self, observed: ObservedState) -> Ownership:
        """Sort another observation by the same links and rules."""
        return sort_ownership(observed, self.linked, self.markers)


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
        files, passed_over = self._read_files(states)
        address = self.target.tracker.address
        asked = replace(
            asked_for(files, states, address),
            since=self._unsettled_since(),
            counts=self._wants_counts(),
            only=self.request.only,
        )
        observed = self.target.tracker.observe(asked)
        linked = asked.issues & linked_from(files, states, address)
        ownership = sort_ownership(observed, linked, self.target.rules.markers)
        files = self._ungate(files, ownership, address)
        keys, clashes = self._keys(files, ownership, states, address)
        passed_over += [_clash(clash, files) for clash in clashes]
        readings, gated, contents = self._sort(files, keys)
        named = {owned.plan for owned in ownership.owned.values()}
        known = {reading.key for reading in readings} | {plan.key for plan in gated}
        return Survey(
            readings=tuple(readings),
            gated=tuple(gated),
            contents=contents,
            passed_over=tuple(passed_over),
            observed=observed,
            ownership=ownership,
            states=states,
            linked=linked,
            markers=self.target.rules.markers,
            unread=frozenset(named - known),
        )

    def _unsettled_since(self) -> datetime | None:
        """Return when the first create of unknown outcome was sent, on the tracker's clock."""
        intents = self.workshop.store.journal.unsettled(self.target.project)
        return min((intent.at for intent in intents), default=None)

    def _wants_counts(self) -> bool:
        return any(target.rules.progress == "milestone" for target in self._targets())

    def _targets(self) -> Iterable[Target]:
        return (target for target in self.workshop.targets if target.project == self.target.project)

    def _read_files(self, states: Mapping[str, PlanState]) -> tuple[list[ReadFile], list[PassedOver]]:
        files: list[ReadFile] = []
        passed_over: list[PassedOver] = []
        at_home = {(state.source, state.path): state for state in states.values()}
        for target in self._targets():
            target.source.refresh()
            paths = self._paths(target)
            twins = case_twins(paths, {path for source, path in at_home if source == target.source.uid})
            passed_over += [_twin(target, path, other) for path, other in twins.items()]
            for path in (path for path in paths if path not in twins):
                read = target.source.read(path)
                if isinstance(read, Unreadable):
                    unread = problem(read.code, 1, 1, read.message, part="plan")
                    passed_over.append(PassedOver(target.name, path, unread))
                    continue
                file = self._file(target, read, at_home.get((target.source.uid, path)))
                if file.plan is not None and file.state is None and _is_no_plan(file.plan):
                    found = next((p for p in file.plan.problems if p.severity == "error"), None)
                    reason = "" if found else "no phases, tasks or risks in it"
                    passed_over.append(PassedOver(target.name, path, found, reason))
                    continue
                files.append(file)
        return files, passed_over

    def _paths(self, target: Target) -> Sequence[str]:
        listed = list(target.source.list())
        asked = self.request.plans if target.name == self.target.name else ()
        return [*listed, *(path for path in asked if path not in listed)]

    def _file(self, target: Target, content: Content, state: PlanState | None) -> ReadFile:
        """Parse the file, unless its bytes are those that were last in step."""
        digest = bytes_digest(content.data)
        unchanged = (
            state is not None and state.digest == digest and bool(state.gate) and not self._is_asked_anew(target)
        )
        plan = None if unchanged else self.parse(content.data)
        return ReadFile(target, content, digest, state, plan)

    def _is_asked_anew(self, target: Target) -> bool:
        return (self.request.publish or self.request.anew) and target.name == self.target.name

    def _ungate(self, files: Sequence[ReadFile], ownership: Ownership, address: Address) -> list[ReadFile]:
        """Parse what the gate does not pass after all: its issues changed, or a parsed plan reaches for them."""
        hit = {file.place for file in files if file.plan is None and not _is_as_it_was(file, ownership)}
        while True:
            files = [self._parsed(file) if file.place in hit else file for file in files]
            reached = reached_from(files, address)
            plans_reached = {owned.plan for n, owned in ownership.owned.items() if n in reached}
            hit = {f.place for f in files if f.plan is None and _is_reached(f.state, reached, plans_reached)}
            if not hit:
                return list(files)

    def _parsed(self, file: ReadFile) -> ReadFile:
        return replace(file, plan=self.parse(file.content.data))

    def _keys(
        self,
        files: Sequence[ReadFile],
        ownership: Ownership,
        states: Mapping[str, PlanState],
        address: Address,
    ) -> tuple[Mapping[tuple[str, str], PlanKey], tuple[KeyClash, ...]]:
        wanted = [file.claims(ownership, address) for file in files]
        assigned = assign_plan_keys(wanted, states)
        return assigned.keys, assigned.clashes

    def _sort(
        self, files: Sequence[ReadFile], keys: Mapping[tuple[str, str], PlanKey]
    ) -> tuple[list[Reading], list[Gated], dict[PlanKey, ReadFile]]:
        contents = {keys[file.place]: file for file in files if file.place in keys}
        gated = [
            Gated(key, file.content.path, file.target.name, file.state)
            for key, file in contents.items()
            if file.plan is None and file.state is not None
        ]
        readings = [self._reading(key, file, file.plan) for key, file in contents.items() if file.plan is not None]
        return readings, gated, contents

    def _reading(self, key: PlanKey, file: ReadFile, plan: Plan) -> Reading:
        mine = file.target.name == self.target.name
        asked = not self.request.plans or file.content.path in self.request.plans
        return Reading(
            key=key,
            path=file.content.path,
            target=file.target.name,
            plan=plan,
            rules=file.target.rules,
            state=file.state,
            whole=not plan.broken_parts,
            in_scope=mine and asked and self.request.takes_up(file.state),
        )


def gate_of(target: Target, key: PlanKey, path: str, ownership: Ownership, numbers: Iterable[int]) -> str:
    """Return the gate of one plan of ``target`` as things stand in ``ownership``."""
    rules = rules_digest(target.rules, target.tracker.capabilities, target.renderer.fingerprint, plansync.__version__)
    return gate_digest(rules, key, path, ownership, numbers)


def cached(parse: Parse) -> Parse:
    """Return ``parse`` that remembers, for one slice: the same bytes are met before and after a write."""
    return lru_cache(maxsize=None)(parse)


def _is_as_it_was(file: ReadFile, ownership: Ownership) -> bool:
    state = file.state
    return state is not None and state.gate == gate_of(
        file.target, PlanKey(state.key), state.path, ownership, numbers_of(state)
    )


def _is_reached(state: PlanState | None, reached: frozenset[int], plans_reached: set[PlanKey]) -> bool:
    return state is not None and bool(numbers_of(state) & reached or state.key in plans_reached)


def _is_no_plan(plan: Plan) -> bool:
    return not plan.items and not any(phase.heading for phase in plan.phases)


def _twin(target: Target, path: str, other: str) -> PassedOver:
    message = f"{path} and {other} are one path but for the case of letters; this one is left alone"
    return PassedOver(target.name, path, problem("PS108", 1, 1, message, part="plan"))


def _clash(clash: KeyClash, files: Sequence[ReadFile]) -> PassedOver:
    file = next(file for file in files if file.place == clash.second.place)
    message = f"'{clash.key}' is the key of {clash.first.path} ({clash.first.source}) already"
    return PassedOver(file.target.name, clash.second.path, problem("PS505", 1, 1, message, part="plan"))
