"""What can be mended in a plan file by itself, without a tracker and without a guess at what its author meant. Pure.

That is a missing Status line, and nothing else: every other Problem asks for a decision, or would take text away.
"""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.model import Phase, Plan, State
from plansync.core.problems import Problem
from plansync.core.progress import Stage, TaskProgress, plan_progress
from plansync.core.rules import StatusWords
from plansync.core.status_words import Group, written_words
from plansync.core.text import Edit

_FIRST_WORD = "Draft"
"""What a plan begins with: of the words for a plan that is not started the one that publishes least."""


@dataclass(frozen=True, slots=True)
class Mend:
    """One Problem, and the splice that takes it away; ``text`` is what is put in, without line ends."""

    problem: Problem
    edit: Edit
    text: str


def mend_plan(plan: Plan, words: StatusWords) -> Mend | None:
    """Return the Status line that ``plan`` lacks, or None where it has one or shall have none.

    Its word says how far the boxes are. None for a plan that plansync passes over: ignored, or without tasks that
    count (spec §6).
    """
    missing = next((found for found in plan.problems if found.code == "PS104"), None)
    stage = stage_by_boxes(plan)
    if missing is None or plan.status_site is None or stage is None:
        return None
    word = _FIRST_WORD if stage is Stage.NOT_STARTED else written_words(words)[Group(stage.value)]
    edit = plan.status_site.edit(word)
    return Mend(missing, edit, edit.text.decode().strip())


def stage_by_boxes(plan: Plan) -> Stage | None:
    """Return how far the plan is where no issue is known; None: it is ignored, or no task counts (spec §6)."""
    if plan.ignored:
        return None
    return plan_progress([(phase.heading, _tasks(phase)) for phase in plan.phases]).stage


def _tasks(phase: Phase) -> list[TaskProgress]:
    return [
        TaskProgress(
            countable=task.state is not State.CANCELLED and not (task.ignored or phase.ignored),
            done=task.state is State.DONE,
        )
        for task in phase.tasks
    ]
