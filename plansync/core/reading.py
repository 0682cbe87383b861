"""What one run knows of the plans of a tracker project, before anything is matched. Values only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plansync.core.baseline import ItemState, PlanState
from plansync.core.identity import PlanKey
from plansync.core.model import Item, Plan
from plansync.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and the index of its phase in ``Plan.phases`` (-1 for risks and questions)."""

    item: Item
    phase: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A plan that this run parsed.

    ``whole``: it was read without an error Problem, so what it does not hold is really gone. ``in_scope``: the run
    may change its issues and its file. ``state`` is what the store last knew of it.
    """

    key: PlanKey
    path: str
    target: str
    plan: Plan
    rules: Rules
    state: PlanState | None = None
    whole: bool = True
    in_scope: bool = True

    def placed(self) -> Iterator[Placed]:
        """Yield the items that may have issues under the target's rules, in plan order."""
        for index, phase in enumerate(self.plan.phases):
            yield from (Placed(task, index) for task in phase.tasks)
        if self.rules.risks:
            yield from (Placed(risk, -1) for risk in self.plan.risks)
        if self.rules.questions:
            yield from (Placed(question, -1) for question in self.plan.questions)

    @property
    def hold(self) -> str:
        """Return why runs leave the plan alone, empty if they do not."""
        return self.state.hold if self.state else ""

    def is_ignored(self, placed: Placed) -> bool:
        """Say whether the item, its phase or the whole plan is ignored (spec §4.6)."""
        in_phase = placed.phase >= 0 and self.plan.phases[placed.phase].ignored
        return self.plan.ignored or in_phase or placed.item.ignored

    def is_broken(self, placed: Placed) -> bool:
        """Say whether an error Problem holds up the part of the plan that the item stands in."""
        part = f"phase {placed.phase}" if placed.phase >= 0 else f"{placed.item.kind.value}s"
        return bool({"plan", part} & self.plan.broken_parts)

    def state_of(self, number: int) -> ItemState | None:
        """Return what the store last knew of the item with issue ``number``."""
        items = self.state.items if self.state else ()
        return next((item for item in items if item.number == number), None)


@dataclass(frozen=True, slots=True)
class Gated:
    """A plan that the hash gate passed: unchanged since it was last in step, known by its state alone."""

    key: PlanKey
    path: str
    target: str
    state: PlanState

    @property
    def numbers(self) -> frozenset[int]:
        """Return the issues that its items hold."""
        return frozenset(item.number for item in self.state.items if item.number is not None)
