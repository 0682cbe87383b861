"""Several files of one folder that are one plan (ADR 0028)."""

import pytest

from plansync.core.observed import CloseReason
from plansync.core.rules import Limits, Rules
from tests.support.two_files import (
    FIRST,
    FOURTH,
    PLAN,
    PLAN_TEXT,
    RISK,
    SECOND,
    TASKS,
    TASKS_TEXT,
    THIRD,
    TOGETHER,
    without_writing,
    write_both,
)
from tests.support.undoing import take_up, undo
from tests.support.watched_source import WatchedSource
from tests.support.world import World, kinds, only


def test_two_files_are_one_plan_with_one_title_and_one_key(world: World) -> None:
    write_both(world)
    report = world.sync()
    assert not report.failed, report
    plan = only(report)
    assert (plan.path, plan.key, plan.title) == (PLAN, PLAN, "Shop search")
    assert (plan.phases, plan.tasks, plan.risks) == (2, 4, 1)
    assert list(world.milestones()) == ["Shop search: Phase 1: Setup", "Shop search: Phase 2: Search"]
    assert len(world.all_issues()) == 5


def test_each_link_stands_in_the_file_of_its_item_and_nothing_else_changed(world: World) -> None:
    write_both(world)
    report = world.sync()
    assert world.number(RISK, PLAN) == world.issues()[f"Risk: {RISK}"].number
    assert world.number(FIRST, TASKS) == next(i.number for i in world.all_issues() if FIRST in i.title)
    assert (without_writing(world.read(PLAN)), without_writing(world.read(TASKS))) == (PLAN_TEXT, TASKS_TEXT)
    assert set(only(report).changed_files) == {PLAN, TASKS}
    assert f"--- a/{PLAN}" in only(report).diff
    assert f"--- a/{TASKS}" in only(report).diff


def test_an_issue_names_the_file_that_its_item_stands_in(world: World) -> None:
    write_both(world)
    world.sync()
    bodies = {issue.title: issue.body for issue in world.all_issues()}
    assert f"{TASKS}#phase-2-search" in next(body for title, body in bodies.items() if THIRD in title)
    assert f"`{PLAN}`" in bodies[f"Risk: {RISK}"]


def test_a_second_sync_changes_and_writes_nothing(world: World) -> None:
    write_both(world)
    world.sync()
    files, writes = (world.read(PLAN), world.read(TASKS)), world.tracker.traffic.writes
    report = world.sync()
    assert (kinds(report), only(report).unchanged, report.failed) == ([], True, False)
    assert (world.read(PLAN), world.read(TASKS)) == files
    assert world.tracker.traffic.writes == writes


def test_a_lost_store_creates_nothing_again(world: World) -> None:
    write_both(world)
    world.sync()
    before = (world.read(PLAN), world.read(TASKS), len(world.all_issues()))
    world.forget()
    assert kinds(world.sync()) == []
    assert (world.read(PLAN), world.read(TASKS), len(world.all_issues())) == before


def test_a_preview_shows_what_the_run_does_and_changes_nothing(world: World) -> None:
    write_both(world)
    preview = world.preview()
    assert (world.read(PLAN), world.read(TASKS)) == (PLAN_TEXT, TASKS_TEXT)
    report = world.sync()
    assert [(c.kind, c.title) for c in preview.changes] == [(c.kind, c.title) for c in report.changes]
    assert only(preview).changed_files == only(report).changed_files


def test_the_status_of_the_main_file_follows_the_tasks_of_the_other(world: World) -> None:
    write_both(world)
    world.sync()
    world.people.close(world.number(FIRST, TASKS))
    report = world.sync()
    assert only(report).status.reason == "In Progress (1 of 4: Phase 1 1/2, Phase 2 0/2)"
    assert "**Status:** In Progress" in world.read(PLAN)
    assert f"- [x] T001 {FIRST}" in world.read(TASKS)
    for line in (SECOND, THIRD, FOURTH):
        world.people.close(world.number(line, TASKS))
    world.sync()
    assert "**Status:** Complete" in world.read(PLAN)
    assert all(milestone.closed for milestone in world.milestones().values())
    assert kinds(world.sync()) == []


def test_where_the_main_file_has_no_status_the_others_is_kept(world: World) -> None:
    tasks = TASKS_TEXT.replace("search\n", "search\n\n**Status:** Draft\n", 1)
    write_both(world, PLAN_TEXT.replace("**Status:** Draft\n\n", ""), tasks)
    world.sync()
    world.people.close(world.number(FIRST, TASKS))
    report = world.sync()
    assert "**Status:** In Progress" in world.read(TASKS)
    assert "Status" not in world.read(PLAN)
    assert not [found for found in only(report).problems if found.code == "PS104"]


def test_a_change_in_either_file_is_taken_up(world: World) -> None:
    write_both(world)
    world.sync()
    world.edit(f"- [ ] T001 {FIRST}", f"- [x] T001 {FIRST}", TASKS)
    assert kinds(world.sync()) == ["close_issue"]
    world.edit("\n| The index", "\n| A newer risk | Low | Low | Wait |\n| The index", PLAN)
    assert kinds(world.sync()) == ["create_issue"]
    assert "A newer risk ([#" in world.read(PLAN)


@pytest.mark.parametrize("named", [PLAN, TASKS])
def test_naming_either_file_takes_both(world: World, named: str) -> None:
    write_both(world)
    world.write(TASKS_TEXT, "plans/002-other/tasks.md")
    report = world.sync(plans=(named,))
    assert [plan.path for plan in report.plans] == [PLAN]
    assert len(world.all_issues()) == 5


def test_a_push_of_either_file_is_a_sync_of_the_plan(world: World) -> None:
    write_both(world)
    assert world.look(TASKS) is not None
    assert len(world.all_issues()) == 5
    world.sync()
    assert world.look(TASKS) is None
    world.edit(FIRST, f"{FIRST} now", TASKS)
    assert world.look(TASKS) is not None


def test_a_removed_task_is_closed_while_all_files_are_there(world: World) -> None:
    write_both(world)
    world.sync()
    number = world.number(FOURTH, TASKS)
    world.edit(next(line for line in world.read(TASKS).splitlines(keepends=True) if FOURTH in line), "", TASKS)
    assert kinds(world.sync()) == ["close_issue"]
    assert {issue.number: issue.closed for issue in world.all_issues()}[number] is not None


@pytest.mark.parametrize("gone", [PLAN, TASKS])
@pytest.mark.parametrize("forgets", [False, True])
def test_while_a_file_is_missing_nothing_is_removed(world: World, gone: str, forgets: bool) -> None:
    write_both(world)
    world.sync()
    before = world.read(gone)
    (world.root / gone).unlink()
    if forgets:
        world.forget()
    for _ in range(2):
        report = world.sync()
        assert report.failed
        assert kinds(report) == []
        assert all(issue.closed is None for issue in world.all_issues())
        assert [found.code for found in only(report).problems if found.severity == "error"] == ["PS109"]
        assert only(report).key == PLAN
    world.write(before, gone)
    report = world.sync()
    assert (only(report).path, only(report).key, report.failed) == (PLAN, PLAN, False)
    assert len(world.all_issues()) == 5
    assert kinds(world.sync()) == []


@pytest.mark.parametrize("name", [PLAN, TASKS])
def test_while_a_file_holds_conflict_markers_the_plan_is_left_alone(world: World, name: str) -> None:
    write_both(world)
    world.sync()
    before = world.read(PLAN), world.read(TASKS)
    conflict = "<<<<<<< ours\n- a\n=======\n- b\n>>>>>>> theirs\n"
    world.write(f"# Shop search\n\n{conflict}", name)
    report = world.sync()
    assert report.failed
    assert kinds(report) == []
    assert [(found.code, found.file) for found in only(report).problems if found.severity == "error"] == [
        ("PS105", name.rpartition("/")[2])
    ]
    world.write(before[0], PLAN)
    world.write(before[1], TASKS)
    assert kinds(world.sync()) == []


def test_a_file_that_is_too_large_leaves_the_plan_alone(world: World) -> None:
    write_both(world)
    world.sync()
    world.limits = Limits(plan_bytes=4000)
    world.edit("# Tasks", "\n" * 4000 + "# Tasks", TASKS)
    report = world.sync()
    assert report.failed
    assert kinds(report) == []
    assert [(found.code, found.file) for found in only(report).problems] == [("PS102", "tasks.md")]


@pytest.mark.parametrize("forgets", [False, True])
def test_a_moved_folder_keeps_its_plan(world: World, forgets: bool) -> None:
    write_both(world)
    world.sync()
    (world.root / "plans/001-shop").rename(world.root / "plans/done-shop")
    if forgets:
        world.forget()
    report = world.sync()
    assert only(report).key == PLAN
    assert set(kinds(report)) <= {"update_issue", "update_milestone"}
    assert kinds(world.sync()) == []
    assert len(world.all_issues()) == 5


@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize(("old", "new"), [(PLAN, "overview.md"), (TASKS, "todo.md")])
def test_a_renamed_file_keeps_the_plan(world: World, old: str, new: str, forgets: bool) -> None:
    write_both(world)
    world.sync()
    folder, _, name = old.rpartition("/")
    (world.root / old).rename(world.root / folder / new)
    world.together = tuple(new if other == name else other for other in TOGETHER)
    if forgets:
        world.forget()
    report = world.sync()
    assert (only(report).key, only(report).failed) == (PLAN, False)
    assert set(kinds(report)) <= {"update_issue", "update_milestone"}
    assert kinds(world.sync()) == []
    assert all(issue.closed is None for issue in world.all_issues())


@pytest.mark.parametrize("forgets", [False, True])
def test_what_was_two_plans_becomes_one_and_keeps_its_issues(world: World, forgets: bool) -> None:
    write_both(world)
    world.together = ()
    report = world.sync()
    assert len(report.plans) == 2
    before = {issue.number: issue.title for issue in world.all_issues()}
    milestones = {milestone.number for milestone in world.milestones().values()}
    files = world.read(PLAN), world.read(TASKS)
    world.together = TOGETHER
    if forgets:
        world.forget()
    report = world.sync()
    assert not report.failed, report
    assert set(kinds(report)) <= {"update_issue", "update_milestone"}
    assert (only(report).key, only(report).path) == (PLAN, PLAN)
    assert {issue.number: issue.title for issue in world.all_issues()} == before
    assert {milestone.number for milestone in world.milestones().values()} == milestones
    assert all(issue.closed is None for issue in world.all_issues())
    assert all(f"plan={PLAN.replace('/', '%2F')} " in issue.body for issue in world.all_issues())
    assert (without_writing(world.read(PLAN)), without_writing(world.read(TASKS))) == (PLAN_TEXT, TASKS_TEXT)
    assert kinds(world.sync()) == []
    assert files[0] == world.read(PLAN)


def test_a_baseline_survives_that_two_plans_become_one(world: World) -> None:
    write_both(world)
    world.together = ()
    world.sync()
    number = world.number(FIRST, TASKS)
    world.edit(f"- [ ] T001 {FIRST}", f"- [x] T001 {FIRST}", TASKS)
    world.sync()
    world.people.reopen(number)
    world.together = TOGETHER
    report = world.sync()
    assert "close_issue" not in kinds(report)
    assert f"- [ ] T001 {FIRST}" in world.read(TASKS)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_plan_that_gets_a_second_file_stays_what_it_is(world: World, forgets: bool) -> None:
    write_both(world)
    (world.root / PLAN).unlink()
    world.sync()
    assert len(world.all_issues()) == 4
    world.write(PLAN_TEXT, PLAN)
    if forgets:
        world.forget()
    report = world.sync()
    assert only(report).key == TASKS
    assert kinds(report).count("create_issue") == 1
    assert len(world.all_issues()) == 5
    assert kinds(world.sync()) == []
    world.forget()
    assert kinds(world.sync()) == []


@pytest.mark.parametrize("forgets", [False, True])
def test_what_was_one_plan_becomes_two_and_keeps_its_issues(world: World, forgets: bool) -> None:
    write_both(world)
    world.sync()
    numbers = {issue.number for issue in world.all_issues()}
    world.together = ()
    if forgets:
        world.forget()
    world.sync()
    world.sync()
    report = world.sync()
    assert kinds(report) == []
    assert all(issue.closed is None for issue in world.all_issues() if issue.number in numbers)
    assert {world.number(FIRST, TASKS), world.number(RISK, PLAN)} <= numbers


def test_a_person_who_saves_one_file_meanwhile_loses_nothing(world: World) -> None:
    write_both(world)
    late = TASKS_TEXT.replace(f"T001 {FIRST}", f"T001 {FIRST} today")
    saves = [late]

    def save_once(path: str) -> None:
        if path == TASKS and saves:
            world.write(saves.pop(), TASKS)

    world.around = lambda source: WatchedSource(source, save_once)
    report = world.sync()
    assert not report.failed, report
    assert without_writing(world.read(TASKS)) == late
    assert without_writing(world.read(PLAN)) == PLAN_TEXT
    assert "([#" in world.read(PLAN)
    assert world.number(f"{FIRST} today", TASKS)
    world.sync()
    assert kinds(world.sync()) == []


def test_an_undo_takes_each_file_back(world: World) -> None:
    write_both(world)
    first = world.sync()
    world.people.close(world.number(FIRST, TASKS))
    before = (world.read(PLAN), world.read(TASKS))
    second = world.sync()
    undo(world, second.run)
    assert (world.read(PLAN), world.read(TASKS)) == before
    report = undo(world, first.run)
    assert set(only(report).changed_files) == {PLAN, TASKS}
    assert (world.read(PLAN), world.read(TASKS)) == (PLAN_TEXT, TASKS_TEXT)
    assert kinds(world.sync()) == []
    take_up(world, PLAN)
    assert kinds(world.sync()) == []
    assert world.number(THIRD, TASKS) == next(i.number for i in world.all_issues() if THIRD in i.title)


def test_of_the_tracking_issues_of_two_plans_that_become_one_the_main_files_stays(world: World) -> None:
    world.rules = Rules(tracking_issue=True)
    write_both(world)
    world.together = ()
    world.sync()
    before = {issue.number: "plan" in issue.labels for issue in world.all_issues()}
    assert sum(before.values()) == 2
    world.together = TOGETHER
    world.sync()
    world.sync()
    after = {issue.number: issue for issue in world.all_issues()}
    assert after.keys() == before.keys()
    assert [number for number, is_plan in before.items() if not is_plan and after[number].closed is not None] == []
    tracking = sorted(number for number, is_plan in before.items() if is_plan)
    assert after[tracking[0]].closed is None
    report = world.sync()
    told = [found.code for found in only(report).problems]
    assert after[tracking[1]].closed is CloseReason.DUPLICATE or "PS504" in told
    assert kinds(report) == []


def test_another_file_that_differs_by_case_alone_does_not_stand_in_for_one_of_the_plan(world: World) -> None:
    write_both(world)
    world.sync()
    world.write(TASKS_TEXT, "plans/001-shop/Tasks.md")
    report = world.sync()
    assert kinds(report) == []
    assert {
        plan.path: [found.code for found in plan.problems if found.severity == "error"] for plan in report.plans
    } == {
        PLAN: [],
        "plans/001-shop/Tasks.md": ["PS108"],
    }
