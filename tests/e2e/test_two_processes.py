"""Two ``plansync once`` on one folder: side by side, one that waits, one that takes over from the dead."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "examples/plans/saved-searches.md"
MADE = 12 + 5 + 3
MIDDLE = 30
"""A side effect in the middle of creating issues."""

STOPPING = """
import os, signal, sys
from pathlib import Path
from tests.faults.kill_switch import KillSwitch
KillSwitch(Path.cwd(), os.open(os.devnull, os.O_WRONLY), int(sys.argv.pop(1)), "after", signal.SIGSTOP).arm()
from plansync.cli.main import main
main()
"""
Process = subprocess.Popen[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/plan.md").write_bytes(PLAN.read_bytes())
    return tmp_path


def start(folder: Path, *command: str, **configured: str) -> Process:
    """Start a Python process in ``folder`` with plansync configured by the environment alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLANSYNC_")}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=kept | configured | {"PYTHONPATH": str(ROOT), "USER": "ann"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def once(folder: Path, **configured: str) -> Process:
    return start(folder, "-m", "plansync", "once", **configured)


def end(process: Process, code: int = 0) -> str:
    """Wait for a process, which must end with ``code``, and return what it said."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, (process.returncode, out, err)
    return out + err


@pytest.fixture
def stopped(folder: Path) -> Iterator[Process]:
    """A run that was halted in the midst of its work: it holds its leases, and lives."""
    process = start(folder, "-c", STOPPING, str(MIDDLE), "once")
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    yield process
    process.kill()
    process.communicate()


def made(folder: Path) -> Counter[str]:
    """Return how often each title of an issue or milestone is there."""
    with closing(sqlite3.connect(folder / ".plansync/tracker.db")) as connection:
        titles = connection.execute("select title from issues union all select title from milestones").fetchall()
    return Counter(title for (title,) in titles)


def assert_that_all_is_there_once(folder: Path) -> None:
    titles = made(folder)
    assert (len(titles), max(titles.values())) == (MADE, 1)
    assert (folder / "plans/plan.md").read_bytes().count(b"](http://127.0.0.1:8484/") == MADE


@pytest.mark.parametrize("delay", ["none", "one import"])
def test_two_runs_at_once_create_everything_once(folder: Path, delay: str) -> None:
    first = once(folder)
    if delay != "none":
        end(start(folder, "-c", "import plansync.cli.main"))
    second = once(folder)
    said = [end(first), end(second)]
    assert_that_all_is_there_once(folder)
    assert sum("nothing to do" in words for words in said) == 1
    assert "nothing to do" in end(once(folder))


def test_a_run_that_may_not_wait_names_who_is_at_work_and_changes_nothing(folder: Path, stopped: Process) -> None:
    before = made(folder)
    assert 0 < sum(before.values()) < MADE
    said = end(once(folder, PLANSYNC_LIMITS__LEASE_WAIT="0"), code=1)
    holder = f"process {stopped.pid} on {socket.gethostname()} is at work on local:"
    assert [line for line in said.splitlines() if line.startswith("plansync: ") and holder in line]
    assert "waiting" not in said
    assert made(folder) == before
    stopped.send_signal(signal.SIGCONT)
    end(stopped)
    assert_that_all_is_there_once(folder)


def test_who_waits_in_vain_says_for_whom_at_once_and_at_the_end(folder: Path, stopped: Process) -> None:
    process = start(folder, "-m", "plansync", "once", "--json", PLANSYNC_LIMITS__LEASE_WAIT="0.2")
    out, err = process.communicate(timeout=120)
    holder = f"process {stopped.pid} on {socket.gethostname()} is at work on local:{folder}/.plansync/tracker.db"
    name = folder.name
    assert process.returncode == 1
    assert err.splitlines() == [
        f"{name}: waiting up to 1 s: {holder}",
        f"plansync: {name}: {holder}",
        "hint: let it end, or stop it; if it ended without a word, its lease runs out by itself",
    ]
    (target,) = json.loads(out)["targets"]
    assert [message for message, _ in target["errors"]] == [holder]


def test_a_run_waits_for_another_and_then_finds_its_work_done(folder: Path, stopped: Process) -> None:
    waiting = once(folder)
    assert waiting.stderr is not None
    assert f": waiting up to 2 min: process {stopped.pid} on " in waiting.stderr.readline()
    stopped.send_signal(signal.SIGCONT)
    end(stopped)
    assert "nothing to do" in end(waiting)
    assert_that_all_is_there_once(folder)


@pytest.mark.parametrize("buried", [True, False])
def test_what_a_killed_run_held_is_taken_over_at_once(folder: Path, stopped: Process, buried: bool) -> None:
    stopped.kill()
    if buried:
        stopped.wait()
    end(once(folder, PLANSYNC_LIMITS__LEASE_WAIT="0"))
    assert_that_all_is_there_once(folder)
