"""Reading the plans of all targets that share a tracker project, before anything is known of the tracker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plansync.app.request import SyncRequest, Target
from plansync.app.shelf import Parse, PlanText
from plansync.core.baseline import PlanState
from plansync.core.evidence import linked_milestones, linked_numbers, reference_to
from plansync.core.gate import numbers_of
from plansync.core.keys import Place, PlanFile
from plansync.core.links import Address, Where
from plansync.core.model import Plan
from plansync.core.ownership import Ownership
from plansync.core.problems import Problem, problem
from plansync.core.together import group_of, name_of
from plansync.core.twins import case_twins
from plansync.ports.source import Unreadable
from plansync.ports.tracker import Asked


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A plan of a target, read; ``plan`` is None while the hash gate may still pass it.

    ``states`` is what the store knows of its files: of one, unless they were plans of their own before.
    """

    target: Target
    text: PlanText
    digest: str
    states: tuple[PlanState, ...]
    plan: Plan | None

    @property
    def places(self) -> tuple[Place, ...]:
        """Return source and path of each of its files."""
        return tuple((self.target.source.uid, path) for path in self.text.paths)

    @property
    def place(self) -> Place:
        """Return source and path of the plan."""
        return self.places[0]

    @property
    def state(self) -> PlanState | None:
        """Return what the store knows of the plan, as far as the gate is concerned: by its main file."""
        return self.states[0] if self.states else None

    def numbers(self, address: Address) -> frozenset[int]:
        """Return the issues that the parsed plan links to; bare numbers count where the target says so."""
        return frozenset() if self.plan is None else self._numbers_of(self.plan, address)

    def reached(self, address: Address) -> frozenset[int]:
        """Return the issues that the parsed plan links to, the one of the plan as a whole among them."""
        rules = self.target.rules
        own = reference_to(self.plan, address, bare=rules.bare_links) if self.plan and rules.tracking_issue else None
        return self.numbers(address) | ({own.number} if own and own.where is Where.HERE else frozenset())

    def claims(self, ownership: Ownership, address: Address, parse: Parse) -> Iterator[PlanFile]:
        """Yield what each of its files has to say for the plan's key."""
        source, together = self.target.source.uid, self.target.together
        for content in self.text.contents:
            group = group_of(content.path, together)
            if self.plan is None:
                known = self.state.feature_id if self.state and content.path == self.text.path else ""
                yield PlanFile(source, content.path, known, (), group)
                continue
            plan = parse(content.data)
            numbers = sorted(self._numbers_of(plan, address))
            linked = tuple(ownership.owned[n].plan for n in numbers if n in ownership.owned)
            yield PlanFile(source, content.path, plan.feature_id or "", linked, group)

    def _numbers_of(self, plan: Plan, address: Address) -> frozenset[int]:
        return linked_numbers(plan, address, bare=self.target.rules.bare_links)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A plan that is none or could not be read, with its Problem or the word why."""

    target: str
    path: str
    problem: Problem | None = None
    reason: str = ""


@dataclass(slots=True)
class PlanReader:
    """Reads plans for one request to ``target``; what is no plan goes to ``passed_over``."""

    target: Target
    request: SyncRequest
    parse: Parse
    states: Mapping[str, PlanState]
    passed_over: list[PassedOver] = field(default_factory=list)

    def read_all(self, targets: Iterable[Target]) -> list[ReadPlan]:
        """Return the plans of ``targets``, each looked at anew."""
        found: list[ReadPlan] = []
        for target in targets:
            target.source.refresh()
            for files in self._listed(target):
                read = self._read(target, files)
                if read is not None:
                    found.append(read)
        return found

    def _listed(self, target: Target) -> Iterable[tuple[str, ...]]:
        """Return the files of each plan, those left out that are one with another but for case."""
        plans = target.shelf.plans(self.request.plans if target.name == self.target.name else ())
        paths = [path for files in plans.values() for path in files]
        known = (state.path for state in self.states.values() if state.source == target.source.uid)
        twins = case_twins(paths, {file for path in known for file in group_of(path, target.together)})
        self.passed_over += [_twin(target, path, other) for path, other in twins.items()]
        kept = (tuple(path for path in files if path not in twins) for files in plans.values())
        return [files for files in kept if files]

    def _read(self, target: Target, files: tuple[str, ...]) -> ReadPlan | None:
        text = target.shelf.read(files)
        if isinstance(text, Unreadable):
            unread = problem(text.code, 1, 1, text.message, part="plan")
            file = name_of(text.path) if len(files) > 1 else ""
            self.passed_over.append(PassedOver(target.name, files[0], replace(unread, file=file)))
            return None
        read = self._gated(target, text)
        if read.plan is not None and not read.states and is_no_plan(read.plan):
            found = next((p for p in read.plan.problems if p.severity == "error"), None)
            reason = "" if found else "no phases, tasks or risks in it"
            self.passed_over.append(PassedOver(target.name, text.path, found, reason))
            return None
        return read

    def _gated(self, target: Target, text: PlanText) -> ReadPlan:
        """Parse the plan, unless its bytes are those that were last in step."""
        uid = target.source.uid
        known = {state.path: state for state in self.states.values() if state.source == uid}
        states = tuple(known[path] for path in text.paths if path in known)
        digest = text.digest
        unchanged = bool(states) and states[0].digest == digest and bool(states[0].gate)
        is_asked_anew = (self.request.publish or self.request.anew) and target.name == self.target.name
        plan = None if unchanged and not is_asked_anew else text.read(self.parse)
        return ReadPlan(target, text, digest, states, plan)


def asked_for(plans: Sequence[ReadPlan], states: Mapping[str, PlanState], address: Address) -> Asked:
    """Return which issues and milestones are to be read by number, whoever they belong to."""
    parsed = [read.plan for read in plans if read.plan is not None]
    known = {number for state in states.values() for number in numbers_of(state)}
    milestones = {phase.number for state in states.values() for phase in state.phases if phase.number is not None}
    return Asked(
        issues=reached_from(plans, address) | known,
        milestones=frozenset(milestones).union(*(linked_milestones(plan, address) for plan in parsed)),
    )


def linked_from(plans: Sequence[ReadPlan], states: Mapping[str, PlanState], address: Address) -> frozenset[int]:
    """Return the issues that plans link to, those as well that the gate may pass."""
    linked = {item.number for state in states.values() for item in state.items if item.linked and item.number}
    return reached_from(plans, address) | linked


def reached_from(plans: Iterable[ReadPlan], address: Address) -> frozenset[int]:
    """Return the issues that parsed plans link to."""
    return frozenset(number for plan in plans for number in plan.reached(address))


def is_no_plan(plan: Plan) -> bool:
    """Say whether nothing of a plan is in it."""
    return not plan.items and not any(phase.heading for phase in plan.phases)


def _twin(target: Target, path: str, other: str) -> PassedOver:
    message = f"{path} and {other} are one path but for the case of letters; this one is left alone"
    return PassedOver(target.name, path, problem("PS108", 1, 1, message, part="plan"))
