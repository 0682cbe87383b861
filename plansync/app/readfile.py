"""Plan files as they were read, and which issues and milestones they reach for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plansync.app.request import Target
from plansync.core.baseline import PlanState
from plansync.core.evidence import linked_milestones, linked_numbers, reference_to
from plansync.core.gate import numbers_of
from plansync.core.keys import PlanFile
from plansync.core.links import Address, Where
from plansync.core.model import Plan
from plansync.core.ownership import Ownership
from plansync.ports.source import Content
from plansync.ports.tracker import Asked


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A plan file of a target, read; ``plan`` is None while the hash gate may still pass it."""

    target: Target
    content: Content
    digest: str
    state: PlanState | None
    plan: Plan | None

    @property
    def place(self) -> tuple[str, str]:
        """Return source and path."""
        return (self.target.source.uid, self.content.path)

    def numbers(self, address: Address) -> frozenset[int]:
        """Return the issues that the parsed plan links to; bare numbers count where the target says so."""
        if self.plan is None:
            return frozenset()
        return linked_numbers(self.plan, address, bare=self.target.rules.bare_links)

    def reached(self, address: Address) -> frozenset[int]:
        """Return the issues that the parsed plan links to, the one of the plan as a whole among them."""
        rules = self.target.rules
        own = reference_to(self.plan, address, bare=rules.bare_links) if self.plan and rules.tracking_issue else None
        return self.numbers(address) | ({own.number} if own and own.where is Where.HERE else frozenset())

    def claims(self, ownership: Ownership, address: Address) -> PlanFile:
        """Return what the file has to say for a plan's key."""
        source, path = self.place
        if self.plan is None:
            return PlanFile(source, path, self.state.feature_id if self.state else "")
        linked = tuple(ownership.owned[n].plan for n in sorted(self.numbers(address)) if n in ownership.owned)
        return PlanFile(source, path, self.plan.feature_id or "", linked)


def asked_for(files: Sequence[ReadFile], states: Mapping[str, PlanState], address: Address) -> Asked:
    """Return which issues and milestones are to be read by number, whoever they belong to."""
    plans = [file.plan for file in files if file.plan is not None]
    known = {number for state in states.values() for number in numbers_of(state)}
    milestones = {phase.number for state in states.values() for phase in state.phases if phase.number is not None}
    return Asked(
        issues=reached_from(files, address) | known,
        milestones=frozenset(milestones).union(*(linked_milestones(plan, address) for plan in plans)),
    )


def linked_from(files: Sequence[ReadFile], states: Mapping[str, PlanState], address: Address) -> frozenset[int]:
    """Return the issues that plans link to, those as well that the gate may pass."""
    linked = {item.number for state in states.values() for item in state.items if item.linked and item.number}
    return reached_from(files, address) | linked


def reached_from(files: Sequence[ReadFile], address: Address) -> frozenset[int]:
    """Return the issues that parsed plans link to."""
    return frozenset(number for file in files for number in file.reached(address))
