"""SIGKILL at every side effect of ``plansync undo``: doing it again finishes it, and no sync between does it all again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.aftermath import aftermath
from tests.faults.runner import KILLED, Runner, Stage

PLAN = """# Implementation Plan: Desk

**Feature ID:** 041-desk
**Status:** Draft

### Phase 1: Wood

- **Tasks:**
  - [ ] Buy boards
  - [ ] Cut boards
"""
PARTS = 3


def _last_run(runner: Runner) -> str:
    """Return the name of the newest run that did something."""
    lines = runner.quietly("history", "--limit", "1").output.splitlines()
    return lines[0].split(" ")[0]


@pytest.fixture
def synced(plansync: Runner) -> Iterator[tuple[Runner, Path, str]]:
    file = plansync.folder / "plans/desk.md"
    file.write_text(PLAN, "utf-8")
    plansync.quietly("once")
    yield plansync, file, _last_run(plansync)


@pytest.mark.parametrize("part", range(PARTS))
def test_after_a_kill_at_any_side_effect_doing_it_again_makes_it_good(
    part: int, synced: tuple[Runner, Path, str]
) -> None:
    runner, file, run = synced
    stage = Stage(runner.folder)
    stage.keep()
    undisturbed = runner.quietly("undo", run, "--yes")
    wanted = aftermath(runner.folder)
    assert file.read_text("utf-8") == PLAN
    points = [(at, moment) for at in range(1, len(undisturbed.effects) + 1) for moment in ("before", "after")]
    for at, moment in points[part::PARTS]:
        stage.put_back()
        where = f"killed {moment} side effect {at}, {undisturbed.effects[at - 1]}"
        assert runner("undo", run, "--yes", at=at, moment=moment).code == KILLED, where
        if "plansync:undone" in str(aftermath(runner.folder)):
            runner.quietly("once")  # what comes between finds the plan held
        runner.quietly("undo", run, "--yes")
        assert file.read_text("utf-8") == PLAN, where
        assert aftermath(runner.folder) == wanted, where
