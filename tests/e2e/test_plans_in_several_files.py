"""A folder as spec-kit keeps it, with nothing configured: ``plan.md`` and ``tasks.md`` are one plan."""

from __future__ import annotations

import json

import pytest

from tests.support.shell import Shell
from tests.support.two_files import FIRST, PLAN_TEXT, TASKS_TEXT, without_writing

PLAN, TASKS = "specs/001-shop/plan.md", "specs/001-shop/tasks.md"


@pytest.fixture
def project(plansync: Shell) -> Shell:
    """The plan, never synced."""
    plansync.write(PLAN, PLAN_TEXT)
    plansync.write(TASKS, TASKS_TEXT)
    plansync.write("specs/001-shop/research.md", "# Research\n")
    return plansync


def test_once_opens_the_issues_of_both_and_a_second_run_does_nothing(project: Shell) -> None:
    project("once")
    assert project("local", "list").stdout.count("\n") == 5
    assert (without_writing(project.read(PLAN)), without_writing(project.read(TASKS))) == (PLAN_TEXT, TASKS_TEXT)
    assert "In step" in project("preview").stdout


@pytest.mark.parametrize("named", [PLAN, TASKS])
def test_either_file_names_the_plan(project: Shell, named: str) -> None:
    project("once", named)
    assert project("local", "list").stdout.count("\n") == 5
    assert "Shop search" in project("show", named).stdout


@pytest.mark.parametrize("named", ["features/shop/plan.md", "features/shop/tasks.md"])
def test_so_it_does_where_no_pattern_finds_them(plansync: Shell, named: str) -> None:
    plansync.write("features/shop/plan.md", PLAN_TEXT)
    plansync.write("features/shop/tasks.md", TASKS_TEXT)
    plansync("once", named)
    assert plansync("local", "list").stdout.count("\n") == 5
    assert "([#" in plansync.read("features/shop/plan.md")
    assert "([#" in plansync.read("features/shop/tasks.md")


@pytest.mark.parametrize("named", [(), (PLAN,), (TASKS,), (PLAN, TASKS)])
def test_lint_reports_file_by_file(project: Shell, named: tuple[str, ...]) -> None:
    project.write(TASKS, TASKS_TEXT.replace("- [ ] T002", "- [?] T002"))
    shown = project("lint", *named).stdout.splitlines()
    assert [line for line in shown if "research" not in line] == [
        f"{PLAN}: 0 phases, 0 tasks, 1 risk, 0 questions",
        f"{TASKS}:6:3: PS202 the box [?] has an odd mark; it counts as open",
        f"{TASKS}: 2 phases, 4 tasks, 0 risks, 0 questions",
    ]


def test_lint_mends_the_status_line_of_the_main_file(project: Shell) -> None:
    project.write(PLAN, PLAN_TEXT.replace("**Status:** Draft\n\n", ""))
    assert f"{PLAN}:1:1: PS104 fixed: **Status:** Draft" in project("lint", "--fix", TASKS).stderr
    assert "**Status:** Draft" in project.read(PLAN)
    assert project.read(TASKS) == TASKS_TEXT
    assert "fixed" not in project("lint", "--fix", TASKS).stderr


def test_show_says_which_file_a_line_is_in(project: Shell) -> None:
    shown = project("show", PLAN).stdout
    assert "The index grows" in shown
    assert "(tasks.md line 5)" in shown
    described = json.loads(project("show", TASKS, "--json").stdout)
    assert described["files"] == [PLAN, TASKS]
    task = described["phases"][0]["tasks"][0]
    assert (task["title"], task["file"], task["line"]) == (FIRST, "tasks.md", 5)


def test_a_preview_counts_both_files(project: Shell) -> None:
    shown = project("preview").stdout
    assert f"+++ b/{TASKS}" in shown
    assert f"+++ b/{PLAN}" in shown
    assert "2 files to write" in shown


def test_an_item_is_explained_by_its_line_in_its_own_file(project: Shell) -> None:
    project("once")
    line = next(at for at, text in enumerate(project.read(TASKS).splitlines(), 1) if FIRST in text)
    shown = project("explain", f"{TASKS}:{line}").stdout
    assert f"{TASKS}:{line}  task T001  {FIRST}" in shown


def test_undo_takes_the_links_out_of_both_files(project: Shell) -> None:
    project("once")
    run = json.loads(project("history", "--json").stdout)["runs"][0]["id"]
    project("undo", run, "--yes")
    assert (project.read(PLAN), project.read(TASKS)) == (PLAN_TEXT, TASKS_TEXT)


def test_a_missing_file_is_told_and_nothing_is_closed(project: Shell) -> None:
    project("once")
    (project.folder / TASKS).unlink()
    done = project("once", code=1)
    assert "PS109 tasks.md is not there" in done.stdout + done.stderr
    assert project("local", "list").stdout.count("\n") == 5


def test_together_makes_each_file_a_plan_of_its_own_again(project: Shell) -> None:
    project.write("plansync.toml", '[[targets]]\nname = "web"\nsource = { together = [] }\n')
    shown = project("preview").stdout.splitlines()
    assert {line.split(":")[0].split()[0] for line in shown if line.startswith("specs/")} == {PLAN, TASKS}
    assert [line.split("  ")[1] for line in shown if line.startswith(f"{TASKS} ")] == ["Shop search"]
