"""Every command: what it prints, where, and the exit code it ends with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shell import Shell

PLAN = """# Implementation Plan: Search for tasks

**Feature ID:** 001-search-for-tasks
**Spec:** specs/001-search-for-tasks/spec.md
**Created:** 2026-03-01
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Index

- **Goal:** Words lead to tasks
- **Tasks:**
  - [ ] Build the index
  - [ ] Keep the index fresh
- **Deliverable:** An index that is never older than a minute

### Phase 2: Box

- **Dependencies:** Phase 1
- **Tasks:**
  - [ ] Show a search box

## 7. Risks and Mitigations

| Risk | Likelihood | Impact | Mitigation |
| ---- | ---------- | ------ | ---------- |
| The index grows too large | Low | High | Index titles alone |
"""
PATH = "plans/001-search-for-tasks.md"


@pytest.fixture
def project(plansync: Shell) -> Shell:
    """A folder with one plan that was never synced."""
    plansync.write(PATH, PLAN)
    return plansync


def plan_of(project: Shell) -> str:
    """Return the plan's text as it is now."""
    return (project.folder / PATH).read_text("utf-8")


def test_once_opens_the_issues_writes_the_links_and_is_quiet_the_second_time(project: Shell) -> None:
    first = project.process("once")
    assert f"{PATH}: 2 milestones and 4 issues created, 6 links written" in first.stdout
    assert "created issue #1 Build the index" in first.stderr
    assert "- [ ] Build the index ([#1](http://127.0.0.1:8484/issues/1))" in plan_of(project)
    written = plan_of(project)
    again = project("once")
    assert "1 plan in step, nothing to do" in again.stdout
    assert "0 writes)" in again.stdout
    assert (again.stderr, plan_of(project)) == ("", written)


def test_preview_shows_everything_and_changes_nothing(project: Shell) -> None:
    shown = project("preview").stdout
    assert "  + create issue #?  Build the index  (in Phase 1: Index; plansync)" in shown
    assert "+  - [ ] Build the index ([#?]" in shown
    assert shown.splitlines()[-1] == "6 to create; 1 file to write"
    assert plan_of(project) == PLAN
    assert project("once", "--dry-run").stdout == shown
    assert "there are no issues yet" in project("local", "list", code=1).stderr


def test_preview_can_say_by_its_exit_code_that_changes_are_pending(project: Shell) -> None:
    project("preview", "--exit-code", code=3)
    project("once")
    assert project("preview", "--exit-code").stdout.endswith("In step. Nothing to do.\n")


def test_reports_are_json_on_stdout_alone(project: Shell) -> None:
    report = json.loads(project("once", "--json").stdout)
    (target,) = report["targets"]
    assert target["counts"] == {"create_milestone": 2, "create_issue": 4}
    assert target["writes"] > 0
    assert {change["outcome"] for change in target["plans"][0]["changes"]} == {"done"}
    assert report["exit_code"] == 0
    assert json.loads(project("preview", "--json").stdout)["pending"] is False


def test_what_people_do_in_the_tracker_comes_back_into_the_plan(project: Shell) -> None:
    project("once")
    assert project("local", "close", "1").stdout == "closed #1\n"
    assert project("local", "close", "1").stdout == "#1 is closed already\n"
    assert project("local", "close", "3", "--not-planned").stdout == "closed #3 as not planned\n"
    assert project("local", "comment", "1", "well done").stdout == "commented on #1\n"
    shown = project("local", "show", "1").stdout
    assert "#1  Build the index" in shown
    assert "State:     closed (completed)" in shown
    assert "  well done" in shown
    assert "ann closed completed" in shown
    listed = [project("local", "list", *option).stdout.count("\n") for option in ((), ("--closed",), ("--all",))]
    assert listed == [2, 2, 4]
    project("once")
    assert "- [x] Build the index" in plan_of(project)
    assert "**Status:** In Progress" in plan_of(project)
    assert project("local", "reopen", "1").stdout == "reopened #1\n"
    assert project("local", "reopen", "1").stdout == "#1 is open already\n"
    project("once", "--quiet")
    assert "- [ ] Build the index" in plan_of(project)


def test_status_draws_a_bar_for_each_plan_and_phase(project: Shell) -> None:
    head, row = project("status").stdout.splitlines()
    assert head.split() == ["Plan", "Status", "Progress", "Open", "risks", "Problems", "Last", "sync"]
    assert row.split() == [PATH, "Draft", "░░░░░░░░░░░░", "0/3", "1", "0", "never"]
    project("once")
    project("local", "close", "1")
    project("once")
    rows = [line.split() for line in project("status", "--verbose").stdout.splitlines()]
    assert rows[1][:5] == [PATH, "In", "Progress", "████░░░░░░░░", "1/3"]
    assert rows[2][-2:] == ["██████░░░░░░", "1/2"]
    (plan,) = json.loads(project("status", "--json").stdout)["plans"]
    assert (plan["status"], plan["done"], plan["total"]) == ("In Progress", 1, 3)
    assert plan["synced_at"].startswith("20")


def test_status_without_plans_says_how_to_begin(plansync: Shell) -> None:
    assert plansync("status").stdout == "No plans yet. `plansync new TITLE` makes one.\n"


def test_lint_prints_problems_as_editors_read_them(project: Shell) -> None:
    project.write("plans/odd.md", PLAN.replace("001-search-for-tasks\n", "002-odd\n").replace("[ ] Show", "[?] Show"))
    result = project("lint")
    line = PLAN.splitlines().index("  - [ ] Show a search box") + 1
    assert result.stdout.splitlines()[0] == f"{PATH}: 2 phases, 3 tasks, 1 risk, 0 questions"
    assert result.stdout.splitlines()[1].startswith(f"plans/odd.md:{line}:")
    assert ": PS202 " in result.stdout
    assert "hint:" not in result.stdout
    assert "    hint: Use [ ]" in project("lint", "--verbose", "plans/odd.md").stdout
    assert "phases" not in project("lint", "--quiet").stdout


def test_lint_fails_on_errors_and_on_nothing_to_read(project: Shell) -> None:
    project.write("plans/copy.md", PLAN)
    project.write("plans/binary.md", "").write_bytes(b"\xff\xfe\x00")
    found = json.loads(project("lint", "--format", "json", code=1).stdout)
    assert found["errors"] == 2
    codes = {report["file"]: [problem["code"] for problem in report["problems"]] for report in found["files"]}
    assert codes["plans/binary.md"][0] in {"PS101", "PS107"}
    assert "PS505" in codes["plans/copy.md"]
    assert not (project.folder / ".plansync").exists()


def test_lint_without_any_plan_fails(plansync: Shell) -> None:
    assert plansync("lint", code=1).stderr.startswith("plansync: no plan was found\nhint: ")


def test_show_prints_an_outline_or_the_whole_plan_as_json(project: Shell) -> None:
    shown = project("show", PATH).stdout
    assert "Phase 2: Box  (line 18; needs 1)" in shown
    assert shown.endswith("2 phases, 3 tasks, 1 risk, 0 questions\n")
    value = json.loads(project("show", PATH, "--json").stdout)
    assert (value["file"], value["title"]) == (PATH, "Search for tasks")
    assert [task["line"] for task in value["phases"][0]["tasks"]] == [14, 15]


def test_a_plan_that_is_named_is_synced_wherever_it_lies_unless_a_configuration_says_otherwise(project: Shell) -> None:
    project.write("notes/some.md", PLAN)
    assert "issues created" in project("once", "notes/some.md").stdout
    assert "[#1](" in project.read("notes/some.md")
    project("init")
    project.write("notes/other.md", PLAN)
    refused = project("once", "notes/other.md", code=2)
    assert "notes/other.md is not among the plans of target" in refused.stderr


def test_lint_and_show_read_any_file(project: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "some.md"
    elsewhere.write_text(PLAN, "utf-8")
    assert project("lint", str(elsewhere)).stdout == f"{elsewhere}: 2 phases, 3 tasks, 1 risk, 0 questions\n"
    assert json.loads(project("show", str(elsewhere), "--json").stdout)["file"] == str(elsewhere)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("once", "plans/none.md"), 1, "plans/none.md: no such file"),
        (("lint", "plans/none.md"), 1, "plans/none.md: no such file"),
        (("show", "plans"), 2, "plans is a folder, not a plan"),
        (("once", "--target", "nope"), 2, "there is no target named 'nope'"),
        (("once", "--config", "none.toml"), 2, "none.toml"),
        (("local", "show", "1"), 1, "there are no issues yet"),
        (("local", "list", "--target", "nope"), 2, "no target named 'nope' uses the embedded tracker"),
        (("new", "  "), 2, "the title is empty"),
        (("new", "Again", "--output", PATH), 2, f"{PATH} exists already"),
    ],
)
def test_a_known_error_is_one_line_with_a_hint(
    project: Shell, arguments: tuple[str, ...], code: int, message: str
) -> None:
    project.write("README.md", "")
    lines = project(*arguments, code=code).stderr.splitlines()
    assert lines[0].startswith("plansync: ")
    assert message in lines[0]
    assert all(line.startswith("hint: ") for line in lines[1:])
    assert len(lines) <= 2


@pytest.mark.parametrize("arguments", [("--nope",), ("onec",), ("once", "--max-creates", "-1"), ("show",)])
def test_a_command_line_that_makes_no_sense_is_exit_code_2(plansync: Shell, arguments: tuple[str, ...]) -> None:
    assert "Usage: plansync" in plansync(*arguments, code=2).stderr


def test_an_issue_that_does_not_exist_is_named(project: Shell) -> None:
    project("once")
    assert "plansync: issue #99 does not exist" in project("local", "close", "99", code=1).stderr


def test_two_embedded_trackers_need_a_target_to_choose(project: Shell) -> None:
    targets = (
        f'[[targets]]\nname = "{name}"\nsource = {{ include = ["{name}/*.md"] }}\n'
        f'tracker = {{ kind = "local", path = "{name}.db" }}\n'
        for name in ("plans", "more")
    )
    project.write("plansync.toml", "".join(targets))
    project("once", "--target", "plans")
    error = project("local", "list", code=2).stderr
    assert "there are several embedded trackers" in error
    assert "Build the index" in project("local", "list", "--target", "plans").stdout


def test_new_numbers_plans_and_init_finds_them(plansync: Shell) -> None:
    assert plansync("new", "Find  things").stdout == "plans/001-find-things.md\n"
    assert plansync("new", "Sort things").stdout == "plans/002-sort-things.md\n"
    text = (plansync.folder / "plans/002-sort-things.md").read_text("utf-8")
    assert text.startswith("# Implementation Plan: Sort things\n")
    assert "**Feature ID:** 002-sort-things" in text
    assert "**Status:** Draft" in text
    assert "plans: plans/**/*.md" in plansync("init").stdout
    assert plansync("init", code=2).stderr.startswith("plansync: plansync.toml exists already")
    assert plansync("init", "--force", "--quiet").stdout == ""
    assert "2 phases" in plansync("lint").stdout


def test_init_suggests_the_remote(plansync: Shell) -> None:
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:acme/web.git"]):
        subprocess.run(["git", "-C", str(plansync.folder), *command], check=True, capture_output=True)
    assert "none yet" in plansync("init").stdout
    text = (plansync.folder / "plansync.toml").read_text("utf-8")
    assert '# tracker = { kind = "github", project = "acme/web" }' in text
    plansync("status")


def test_a_reader_that_goes_away_is_no_error(project: Shell) -> None:
    command = project.command("show", PATH, "--json")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command, cwd=project.folder, stdout=write, stderr=subprocess.PIPE, check=False, text=True, timeout=60
    )
    os.close(write)
    assert done.stderr == ""


def test_the_demo_tells_the_whole_story_and_makes_only_its_own_folder_anew(plansync: Shell) -> None:
    told = plansync.process("demo").stdout
    for command in ("plansync preview", "plansync once", "plansync local close", "plansync status --verbose"):
        assert f"$ {command}" in told
    assert "+**Status:** In Progress" in told
    assert "+  - [x] Add `POST /searches` and `DELETE /searches/{id}` ([#3]" in told
    assert f'export PATH="{Path(sys.executable).parent}:$PATH"' in told
    assert (plansync.folder / ".demo/.plansync/tracker.db").is_file()
    inside = Shell(plansync.folder / ".demo")
    assert "In step. Nothing to do." in inside("preview").stdout
    plansync("demo", "--quiet")
    (Path(plansync.folder) / "mine").mkdir()
    assert "was not made by the demo" in plansync("demo", "--dir", "mine", code=2).stderr
