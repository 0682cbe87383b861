"""What one run knows of the plans of a tracker project, before anything is matched. Values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from plansync.core.baseline import ItemState, PlanState
from plansync.core.identity import PlanKey
from plansync.core.model import Item, Plan
from plansync.core.ownership import OwnedIssue
from plansync.core.problems import Problem, problem
from plansync.core.rules import Rules
from plansync.core.together import beside, name_of

AnItem = TypeVar("AnItem", bound=Item)


class ItemMap(Protocol):
    """Makes another item of the same kind of one."""

    def __call__(self, item: AnItem, /) -> AnItem:
        """Return the item as it shall be."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and the index of its phase in ``Plan.phases`` (-1 for risks and questions)."""

    item: Item
    phase: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A plan that this run parsed.

    ``whole``: it was read without an error Problem, so what it does not hold is really gone. ``in_scope``: the run
    may change its issues and its files. ``state`` is what the store last knew of it. ``missing`` are Problems of files
    that its issues come from, and that are not there.
    """

    key: PlanKey
    path: str
    target: str
    plan: Plan
    rules: Rules
    state: PlanState | None = None
    whole: bool = True
    in_scope: bool = True
    hold: str = ""
    """Why runs leave the plan alone (:mod:`plansync.core.holds`), whatever its path was then; empty if they do not."""
    missing: tuple[Problem, ...] = ()

    @property
    def left_alone(self) -> bool:
        """Say whether nothing is done about the plan, for a file of it is missing or cannot be read."""
        return bool(self.missing) or "plan" in self.plan.broken_parts

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths of all its files, the main one first."""
        return tuple(beside(self.path, name) for name in self.plan.files) or (self.path,)

    def placed(self) -> Iterator[Placed]:
        """Yield the items that may have issues under the target's rules, in plan order."""
        for index, phase in enumerate(self.plan.phases):
            yield from (Placed(task, index) for task in phase.tasks)
        if self.rules.risks:
            yield from (Placed(risk, -1) for risk in self.plan.risks)
        if self.rules.questions:
            yield from (Placed(question, -1) for question in self.plan.questions)

    def map_items(self, change: ItemMap) -> Reading:
        """Return the same reading with what ``change`` makes of each item in its place."""
        plan = self.plan
        phases = (replace(phase, tasks=tuple(map(change, phase.tasks))) for phase in plan.phases)
        risks, questions = tuple(map(change, plan.risks)), tuple(map(change, plan.questions))
        return replace(self, plan=replace(plan, phases=tuple(phases), risks=risks, questions=questions))

    def is_ignored(self, placed: Placed) -> bool:
        """Say whether the item, its phase or the whole plan is ignored (spec §4.6)."""
        in_phase = placed.phase >= 0 and self.plan.phases[placed.phase].ignored
        return self.plan.ignored or in_phase or placed.item.ignored

    def is_broken(self, placed: Placed) -> bool:
        """Say whether an error Problem holds up the part of the plan that the item stands in."""
        part = f"phase {placed.phase}" if placed.phase >= 0 else f"{placed.item.kind.value}s"
        return self.left_alone or part in self.plan.broken_parts

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


def missing_files(files: Sequence[str], ours: Sequence[OwnedIssue], linked: Collection[int]) -> tuple[Problem, ...]:
    """Return a Problem for each file that open issues of a plan come from, and that is not among its ``files``.

    An issue that a plan still links to came along, wherever its file went.
    """
    there = {"", *map(name_of, files)}
    left = (owned for owned in ours if owned.issue.closed is None and owned.number not in linked)
    gone = Counter(owned.marker.file for owned in left if owned.marker.file not in there)
    return tuple(
        problem("PS109", 1, 1, f"{name} is not there, which {count} open issue(s) come from", part="plan")
        for name, count in sorted(gone.items())
    )
