"""The commands that promise to change nothing: the folder is the same before and after, file by file."""

from __future__ import annotations

import shutil

import pytest

from plansync.rendering.locate import examples_dir
from tests.support.folder import snapshot
from tests.support.shell import Shell

PLAN = "plans/saved-searches.md"
READING = [("preview",), ("once", "--dry-run"), ("lint",), ("show", PLAN), ("status",)]


@pytest.fixture
def project(plansync: Shell) -> Shell:
    """The example plan, never synced."""
    shutil.copytree(examples_dir() / "plans", plansync.folder / "plans")
    return plansync


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_that_reads_makes_no_file(command: tuple[str, ...], project: Shell) -> None:
    before = snapshot(project.folder)
    project.process(*command)
    assert snapshot(project.folder) == before


def test_commands_that_read_leave_state_and_tracker_as_they_are(project: Shell) -> None:
    project("once")
    project("local", "close", "1")
    project.write("plans/more.md", project.read(PLAN).replace("014-", "015-"))
    before = snapshot(project.folder)
    times = {path: (project.folder / path).stat().st_mtime_ns for path, data in before.items() if data}
    for command in (("preview",), ("status",), ("local", "list")):
        project.process(*command)
    assert snapshot(project.folder) == before
    assert {path: (project.folder / path).stat().st_mtime_ns for path in times} == times


def test_a_preview_before_the_first_sync_shows_what_the_first_sync_does(project: Shell) -> None:
    shown = project("preview").stdout.splitlines()
    project("once")
    assert sum("+ create issue" in line for line in shown) == 17
    assert project("local", "list").stdout.count("\n") == 17
