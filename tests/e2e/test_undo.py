"""``history``, ``explain``, ``undo`` and ``retire`` as people use them: what they print, ask, and end with."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.support.shell import Shell

PLAN = """# Implementation Plan: Search for tasks

**Feature ID:** 001-search
**Status:** Draft

### Phase 1: Index

- **Tasks:**
  - [ ] Build the index
  - [ ] Keep the index fresh

### Phase 2: Box

- **Tasks:**
  - [ ] Show a search box
"""
PATH = "plans/search.md"


@pytest.fixture
def project(plansync: Shell) -> Shell:
    """A folder whose plan is in step."""
    plansync.write(PATH, PLAN)
    plansync("once")
    return plansync


def last(project: Shell) -> str:
    """Return the name of the newest run that did something."""
    return project("history", "--limit", "1").stdout.split(" ")[0]


def test_history_says_what_was_done_when_and_why(project: Shell) -> None:
    project("once")
    lines = project("history").stdout.splitlines()
    assert lines[0].split("  ")[-1] == "once"
    assert lines[1:] == [
        "  plans/search.md",
        "    + create milestone 1  Search for tasks: Phase 1: Index  (new in the plan)",
        "    + create milestone 2  Search for tasks: Phase 2: Box  (new in the plan)",
        "    + create issue #1  Build the index  (new in the plan)",
        "    + create issue #2  Keep the index fresh  (new in the plan)",
        "    + create issue #3  Show a search box  (new in the plan)",
        "    ✎ write plans/search.md: 5 links",
    ]
    assert project("history", "--all").stdout.splitlines()[0].endswith("once  nothing to do")
    assert project("history", PATH, "--limit", "1").stdout.splitlines()[1:] == lines[1:]


def test_history_as_json_holds_all_of_it(project: Shell) -> None:
    undone = last(project)
    project("undo", undone, "--yes")
    runs = json.loads(project("history", "--json").stdout)["runs"]
    assert [run["trigger"].split(" ")[0] for run in runs] == ["undo", "once"]
    assert runs[1]["undone_by"] == runs[0]["id"]
    assert {step["kind"] for step in runs[1]["steps"]} == {"create_milestone", "create_issue", "write_file"}
    assert f"undone by {runs[0]['id'][-6:]}" in project("history").stdout


def test_history_of_nothing(plansync: Shell) -> None:
    plansync.write(PATH, PLAN)
    assert plansync("history").stdout == "No run has done anything yet.\n"
    assert "knows plans/search.md" in plansync("history", PATH, code=2).stderr
    assert not (plansync.folder / ".plansync").exists()


def test_a_long_run_is_cut_short_unless_more_is_wanted(plansync: Shell) -> None:
    tasks = "".join(f"  - [ ] Step {number}\n" for number in range(20))
    plansync.write(PATH, PLAN + tasks)
    plansync("once")
    assert plansync("history").stdout.splitlines()[-1] == "    … and 16 more, with --verbose"
    assert len(plansync("history", "--verbose").stdout.splitlines()) == 28


def test_a_run_that_failed_says_why(project: Shell) -> None:
    project.write(PATH, PLAN.split("### Phase 1", maxsplit=1)[0])
    project("once", code=1)
    lines = project("history", "--limit", "1").stdout.splitlines()
    assert lines[0].endswith("once  not in step")
    assert "removal fuse" in lines[1]


def test_explain_says_issue_rule_baseline_runs_and_what_comes(project: Shell) -> None:
    lines = project("explain", "#2").stdout.splitlines()
    assert lines[0] == "plans/search.md:10  task  Keep the index fresh"
    assert lines[1] == "  issue     #2  open  http://127.0.0.1:8484/issues/2"
    assert lines[2] == "  matched   by link, confidence 1.00"
    assert lines[3].startswith("  baseline  box [ ], issue open, in step on ")
    assert lines[4].startswith(f"  run       {last(project)} on ")
    assert lines[4].endswith("(once): + create issue #2  Keep the index fresh  (new in the plan)")
    assert lines[5:] == ["  next      nothing to do"]
    project("local", "close", "2")
    told = project("explain", f"{PATH}:10").stdout
    assert "issue     #2  closed as completed" in told
    assert "+  - [x] Keep the index fresh ([#2](http://127.0.0.1:8484/issues/2))" in told
    assert project("explain", "http://127.0.0.1:8484/issues/2").stdout == told
    assert project("explain", "index fresh").stdout == told
    found = json.loads(project("explain", "2", "--json").stdout)["found"]
    assert [(one["item"]["by"], one["number"], one["baseline"]["issue"]) for one in found] == [("link", 2, "open")]


def test_explain_tells_of_what_has_no_issue_yet_and_of_an_issue_without_an_item(project: Shell) -> None:
    text = project.read(PATH)
    line = next(line for line in text.splitlines(keepends=True) if "Keep the index" in line)
    project.write(PATH, text.replace(line, "  - [ ] Measure its size\n  - [x] T007 Long done\n"))
    new = project("explain", "Measure its size").stdout.splitlines()
    assert new[1] == "  issue     none: new"
    assert new[2] == "  baseline  none: box and issue were never seen in step"
    assert "  next      create issue (new in the plan)" in new
    assert "issue     none: already done" in project("explain", "t007").stdout
    gone = project("explain", "2").stdout.splitlines()
    assert gone[0] == "#2  of plans/search.md: no item has this issue any more"
    assert gone[-1] == "  next      close issue #2 (removed from the plan)"


def test_explain_of_nothing_and_of_too_much(project: Shell) -> None:
    assert "no item or issue fits 'nothing'" in project("explain", "nothing", code=2).stderr
    assert "no item or issue fits 'nowhere.md:3'" in project("explain", "nowhere.md:3", code=2).stderr
    project.write("plans/other.md", PLAN.replace("001", "002").replace("tasks", "plans"))
    assert "6 items fit 'e'" in project("explain", "e", code=2).stderr
    assert project("explain", "Build the index").stdout.count("Build the index") >= 2


def test_undo_needs_a_yes_where_nobody_can_be_asked(project: Shell) -> None:
    run, text = last(project), project.read(PATH)
    asked = project.process("undo", run, code=1)
    assert "- close issue #1  Build the index" in asked.stdout
    assert "nobody can be asked here" in asked.stderr
    assert project("undo", run, "--dry-run").stdout == asked.stdout
    assert project.read(PATH) == text
    done = project.process("undo", run, "--yes")
    assert "plans/search.md: 2 milestones and 3 issues closed" in done.stdout
    assert project.read(PATH) == PLAN
    held = project("once").stdout
    assert f"held since run {run} was undone; `plansync once {PATH}` takes it up again" in held
    assert "3 issues reopened" in project("once", PATH).stdout
    assert project.read(PATH) == text


@pytest.mark.parametrize(("answer", "is_done"), [("y\n", True), ("n\n", False)])
def test_at_a_terminal_undo_asks_what_it_has_shown(project: Shell, answer: str, is_done: bool) -> None:
    run = last(project)
    text = project.read(PATH)
    keyboard, terminal = pty.openpty()
    os.write(keyboard, answer.encode())
    done = subprocess.run(
        project.command("undo", run),
        cwd=project.folder,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    os.close(terminal)
    os.close(keyboard)
    assert "5 to close; 1 file to write" in done.stdout
    assert (done.returncode, project.read(PATH)) == ((0, PLAN) if is_done else (1, text))


def test_undo_as_json_is_the_report_of_a_run(project: Shell) -> None:
    report = json.loads(project("undo", last(project), "--yes", "--json").stdout)
    (plan,) = report["targets"][0]["plans"]
    assert {change["outcome"] for change in plan["changes"]} == {"done"}
    assert report["exit_code"] == 0


def test_a_run_that_is_not_there_cannot_be_undone(project: Shell) -> None:
    refused = project("undo", "nope", "--yes", code=2)
    assert "there is no run 'nope' in the journal" in refused.stderr
    project.write("plansync.toml", '[[targets]]\nname = "other"\n')
    run = last(project)
    assert "is not configured any more" in project("undo", run, "--yes", code=2).stderr


def test_status_says_that_a_plan_is_held(project: Shell) -> None:
    project("undo", last(project), "--yes")
    (plan,) = json.loads(project("status", "--json").stdout)["plans"]
    assert plan["note"].startswith("held since run ")


def test_retire_closes_or_releases_and_is_taken_up_again_by_publishing(project: Shell) -> None:
    shown = project.process("retire", PATH, code=1)
    assert "- close issue #1  Build the index  (plansync:retired; its plan is retired)" in shown.stdout
    assert project("retire", PATH, "--dry-run").stdout == shown.stdout
    assert "plans/search.md: 2 milestones and 3 issues closed" in project("retire", PATH, "--yes").stdout
    assert "No issues." in project("local", "list").stdout
    assert "retired; `plansync once --publish plans/search.md`" in project("once").stdout
    assert "3 issues reopened" in project("once", "--publish", PATH).stdout
    project("retire", PATH, "--release", "--yes")
    assert project("local", "list").stdout.count("open") == 3
    assert "plansync:v1" not in project("local", "show", "1").stdout


def test_a_plan_of_no_target_cannot_be_retired(project: Shell) -> None:
    assert "no such file" in project("retire", "nowhere.md", "--yes", code=1).stderr


def test_quietly_they_say_nothing_but_errors(project: Shell) -> None:
    done = project("undo", last(project), "--yes", "--quiet")
    assert (done.stdout, done.stderr) == ("", "")


def test_history_can_be_narrowed_to_a_target(project: Shell, tmp_path: Path) -> None:
    name = project("history").stdout.splitlines()[0].split("  ")[2]
    assert last(project) in project("history", "--target", name).stdout
    assert "no target named 'other'" in project("history", "--target", "other", code=2).stderr


def test_explain_says_why_nothing_will_come_of_it(project: Shell) -> None:
    text = project.read(PATH)
    project.write(PATH, text[: text.index("### Phase 1")] + "### Phase 9: Else\n\n- [ ] Paint the office\n")
    told = project("explain", "Paint the office").stdout
    assert "  next      create issue (new in the plan)\n" in told
    assert (
        "  note      plans/search.md: 3 of its 3 issues would be closed as not planned or reopened; `once` needs"
        in told
    )
    project.write(PATH, text)
    project("undo", last(project), "--yes")
    held = project("explain", "Show a search box").stdout
    assert "  next      nothing: held since run " in held
