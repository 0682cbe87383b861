"""How far a plan is: done and countable tasks per phase, and the stage that follows (spec §6). Pure.

What counts and what is done is decided by the caller, who knows issues and links. With ``progress = "milestone"`` the
caller puts the milestone's own counters into :class:`PhaseProgress` instead. Risks and questions never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far a plan is, by its tasks alone."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """One task: whether it counts, and whether it is done.

    Done: its issue is closed as completed; or it is ticked and has no issue, or is tracked elsewhere. Not countable:
    cancelled, ignored, tracked elsewhere without a box, or unpublished because its phase was marked complete.
    """

    countable: bool
    done: bool


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """One phase in numbers; ``label`` reads ``Phase 1`` and is empty for the nameless phase."""

    label: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan in numbers, phase by phase."""

    phases: tuple[PhaseProgress, ...] = ()

    @property
    def done(self) -> int:
        """Return how many countable tasks are done."""
        return sum(phase.done for phase in self.phases)

    @property
    def total(self) -> int:
        """Return how many tasks count."""
        return sum(phase.total for phase in self.phases)

    @property
    def stage(self) -> Stage | None:
        """Return the plan's stage, or None without countable tasks: then no Status is ever written."""
        if self.total == 0:
            return None
        if self.done == 0:
            return Stage.NOT_STARTED
        return Stage.COMPLETE if self.done == self.total else Stage.IN_PROGRESS

    def reason(self) -> str:
        """Return why the plan is in its stage: ``In Progress (5 of 12: Phase 1 5/5, Phase 2 0/7)``."""
        if self.stage is None:
            return "no tasks that count"
        parts = [f"{phase.label} {phase.done}/{phase.total}" for phase in self.phases if phase.label and phase.total]
        listed = f": {', '.join(parts)}" if parts else ""
        return f"{_TITLES[self.stage]} ({self.done} of {self.total}{listed})"


_TITLES = {Stage.NOT_STARTED: "Not Started", Stage.IN_PROGRESS: "In Progress", Stage.COMPLETE: "Complete"}


def plan_progress(phases: Sequence[tuple[str, Sequence[TaskProgress]]]) -> Progress:
    """Count the tasks of ``phases``, each given as its label and its tasks in plan order."""
    return Progress(tuple(_phase_progress(label, tasks) for label, tasks in phases))


def _phase_progress(label: str, tasks: Sequence[TaskProgress]) -> PhaseProgress:
    countable = [task for task in tasks if task.countable]
    return PhaseProgress(label, sum(task.done for task in countable), len(countable))
