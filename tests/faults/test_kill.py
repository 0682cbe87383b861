"""SIGKILL at every side effect of ``plansync once``: the next runs make good what was cut off, and nothing is doubled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.faults.aftermath import aftermath
from tests.faults.runner import KILLED, Runner, Stage, environment
from tests.faults.shop_plan import EDITS, PLAN, SECOND_THOUGHTS, TASKS_OF_PHASE_1

PARTS = 5
"""In how many tests the points of one kind of run are dealt out, so that they can run side by side."""


def a_new_plan(plansync: Runner) -> None:
    """Twelve tasks and two risks that no run has seen."""
    (plansync.folder / "plans/desk.md").write_text(PLAN, "utf-8")


def a_days_work(plansync: Runner) -> None:
    """A plan in step, of which then a phase was closed in the tracker, and tasks were ticked, reworded, deleted, added."""
    a_new_plan(plansync)
    plansync.quietly("once")
    for number in TASKS_OF_PHASE_1:
        plansync.quietly("local", "close", str(number))
    edit(plansync, EDITS)


def second_thoughts(plansync: Runner) -> None:
    """A day's work in step, of which then boxes were unticked, an issue reopened, text put back, and Status written by hand."""
    a_days_work(plansync)
    plansync.quietly("once")
    plansync.quietly("local", "reopen", str(TASKS_OF_PHASE_1[0]))
    edit(plansync, SECOND_THOUGHTS)


def edit(plansync: Runner, edits: Sequence[tuple[str, str]]) -> None:
    """Edit the plan as a person does."""
    file = plansync.folder / "plans/desk.md"
    text = file.read_text("utf-8")
    for old, new in edits:
        link = r" \(\[#\d+\]\(\S+?\)\)\n" if not new else ""
        text, count = re.subn(re.escape(old) + link, new, text)
        assert count == 1, old
    file.write_text(text, "utf-8")


Setting = Callable[[Runner], None]
SETTINGS: tuple[Setting, ...] = (a_new_plan, a_days_work, second_thoughts)


def names(setting: object) -> str | None:
    return getattr(setting, "__name__", None)


@pytest.mark.parametrize(
    ("setting", "created"), [(a_new_plan, 12 + 2 + 3), (a_days_work, 1), (second_thoughts, 0)], ids=names
)
def test_every_creation_and_every_file_has_points_to_be_killed_at(
    setting: Setting, created: int, plansync: Runner, record_property: Callable[[str, object], None]
) -> None:
    setting(plansync)
    before = len(aftermath(plansync.folder).titles)
    ended = plansync.quietly("once")
    assert len(aftermath(plansync.folder).titles) - before == created
    commits = [effect for effect in ended.effects if effect.startswith("commit ")]
    on_files = [effect for effect in ended.effects if " plans" in effect or "open file" in effect]
    facts = f"{len(ended.effects)}, {len(commits)} of them commits and {len(on_files)} on the plan; {created} created"
    record_property(f"side effects to be killed at, {setting.__name__}", facts)
    assert len(commits) >= 2 * created
    assert len(on_files) >= 2
    assert {"os.rename", "open"} <= {effect.split(" ")[0] for effect in on_files}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("setting", SETTINGS, ids=names)
def test_after_a_kill_at_any_side_effect_two_more_runs_make_it_good(
    setting: Setting, part: int, plansync: Runner
) -> None:
    setting(plansync)
    stage = Stage(plansync.folder)
    stage.keep()
    undisturbed = plansync.quietly("once")
    wanted = aftermath(plansync.folder)
    points = [(at, moment) for at in range(1, len(undisturbed.effects) + 1) for moment in ("before", "after")]
    for at, moment in points[part::PARTS]:
        stage.put_back()
        killed = plansync("once", at=at, moment=moment)
        where = f"killed {moment} side effect {at}, {undisturbed.effects[at - 1]}"
        assert killed.code == KILLED, f"{where}: {killed.output}"
        assert killed.effects == undisturbed.effects[:at], where
        after = plansync("once")
        if after.code != 0 or aftermath(plansync.folder) != wanted:
            after = plansync.quietly("once")
        found = aftermath(plansync.folder)
        assert len(set(found.titles)) == len(found.titles), where
        assert found == wanted, f"{where}: {after.output}"


def test_a_command_started_afresh_has_the_very_same_side_effects(plansync: Runner) -> None:
    a_new_plan(plansync)
    stage = Stage(plansync.folder)
    stage.keep()
    warm = plansync.quietly("once").effects
    for at in (0, len(warm) // 2):
        stage.put_back()
        code, effects = run_afresh(plansync.folder, at)
        assert (code, effects) == (KILLED if at else 0, warm[: at or None])


def run_afresh(folder: Path, at: int) -> tuple[int, tuple[str, ...]]:
    """Run ``plansync once`` in a new interpreter and return its exit code and side effects."""
    code = """
import sys
from pathlib import Path
from tests.faults.kill_switch import KillSwitch
KillSwitch(Path.cwd(), int(sys.argv.pop(1)), int(sys.argv.pop(1))).arm()
from plansync.cli.main import main
main()
"""
    counted, log = os.pipe()
    command = [sys.executable, "-c", code, str(log), str(at), "once"]
    done = subprocess.run(command, cwd=folder, env=environment(), pass_fds=[log], capture_output=True, check=False)
    os.close(log)
    with os.fdopen(counted) as effects:
        return done.returncode, tuple(effects.read().splitlines())
