"""Progress counts tasks, phase by phase."""

from __future__ import annotations

from plansync.core.progress import PhaseProgress, Progress, Stage, TaskProgress, plan_progress

DONE = TaskProgress(countable=True, done=True)
OPEN = TaskProgress(countable=True, done=False)
CANCELLED = TaskProgress(countable=False, done=False)
UNPUBLISHED = TaskProgress(countable=False, done=True)


def test_phases_are_counted_apart_and_together() -> None:
    progress = plan_progress([("Phase 1", [DONE] * 5), ("Phase 2", [OPEN] * 7)])
    assert progress.phases == (PhaseProgress("Phase 1", 5, 5), PhaseProgress("Phase 2", 0, 7))
    assert (progress.done, progress.total, progress.stage) == (5, 12, Stage.IN_PROGRESS)
    assert progress.reason() == "In Progress (5 of 12: Phase 1 5/5, Phase 2 0/7)"


def test_what_does_not_count_is_in_no_number() -> None:
    progress = plan_progress([("Phase 1", [DONE, CANCELLED, UNPUBLISHED])])
    assert (progress.done, progress.total, progress.stage) == (1, 1, Stage.COMPLETE)
    assert progress.reason() == "Complete (1 of 1: Phase 1 1/1)"


def test_nothing_done_is_not_started() -> None:
    progress = plan_progress([("Phase 1", [OPEN])])
    assert progress.stage is Stage.NOT_STARTED
    assert progress.reason() == "Not Started (0 of 1: Phase 1 0/1)"


def test_a_plan_without_countable_tasks_has_no_stage() -> None:
    nothing: list[list[TaskProgress]] = [[], [CANCELLED], [CANCELLED, UNPUBLISHED]]
    for tasks in nothing:
        progress = plan_progress([("Phase 1", tasks)])
        assert progress.stage is None
        assert progress.reason() == "no tasks that count"


def test_the_nameless_phase_and_empty_phases_are_not_listed() -> None:
    assert plan_progress([("", [DONE, OPEN])]).reason() == "In Progress (1 of 2)"
    assert plan_progress([("Phase 1", []), ("Phase 2", [DONE])]).reason() == "Complete (1 of 1: Phase 2 1/1)"


def test_a_milestone_can_bring_its_own_counters() -> None:
    assert Progress((PhaseProgress("Phase 1", 2, 3),)).stage is Stage.IN_PROGRESS
