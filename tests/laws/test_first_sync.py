"""From a plan that nobody synced to one that is in step."""

import re
from dataclasses import replace

from tests.support.example import FEED, PAGES, PLAN, TITLES
from tests.support.world import World, kinds, only


def test_every_task_and_risk_gets_an_issue_and_every_phase_a_milestone(world: World) -> None:
    world.write(PLAN)
    report = world.sync()
    assert not report.failed, report
    assert [issue.title for issue in world.all_issues()] == [
        *TITLES,
        "Risk: The carrier changes its feed",
        "Risk: Messages annoy customers",
    ]
    assert list(world.milestones()) == ["Parcel tracking: Phase 1: Reading", "Parcel tracking: Phase 2: Telling"]


def test_the_links_stand_behind_the_items_and_nothing_else_changed(world: World) -> None:
    world.write(PLAN)
    world.sync()
    after = re.sub(r" \(\[#\d+\]\([^)]*\)\)", "", world.read())
    after = re.sub(r"- \*\*Milestone:\*\* .*\n", "", after)
    assert after == PLAN
    assert world.number(FEED) == world.issues()[TITLES[0]].number


def test_labels_and_milestones_are_set(world: World) -> None:
    world.write(PLAN)
    world.sync()
    issues = world.issues()
    assert issues[TITLES[2]].labels == {"plansync", "breaking-change"}
    assert issues["Risk: The carrier changes its feed"].labels == {"plansync", "risk", "risk:high"}
    assert issues["Risk: Messages annoy customers"].labels == {"plansync", "risk", "risk:low"}
    assert issues[TITLES[0]].milestone == world.milestones()["Parcel tracking: Phase 1: Reading"].number
    assert issues["Risk: Messages annoy customers"].milestone is None


def test_a_second_sync_changes_and_writes_nothing(world: World) -> None:
    file = world.write(PLAN)
    world.sync()
    before, writes = (file.read_bytes(), file.stat().st_mtime_ns), world.tracker.traffic.writes
    report = world.sync()
    assert not report.failed
    assert kinds(report) == []
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert world.tracker.traffic.writes == writes
    assert only(report).unchanged


def test_a_lost_store_creates_nothing_again(world: World) -> None:
    world.write(PLAN)
    world.sync()
    before, count = world.read(), len(world.all_issues())
    world.forget()
    report = world.sync()
    assert kinds(report) == []
    assert (world.read(), len(world.all_issues())) == (before, count)


def test_a_preview_shows_what_the_run_does_and_changes_nothing(world: World) -> None:
    file = world.write(PLAN)
    preview = world.preview()
    assert file.read_text() == PLAN
    assert not world.all_issues()
    report = world.sync()
    assert [(c.kind, c.title, c.key) for c in preview.changes] == [(c.kind, c.title, c.key) for c in report.changes]
    assert only(preview).diff == re.sub(r"(#|/issues/|/milestones?/)\d+", r"\1?", only(report).diff)
    assert preview.pending


def test_the_status_follows_the_issues(world: World) -> None:
    world.write(PLAN)
    world.sync()
    world.people.close(world.number(FEED))
    report = world.sync()
    assert only(report).status.reason == "In Progress (1 of 5: Phase 1 1/3, Phase 2 0/2)"
    assert "**Status:** In Progress" in world.read()
    assert f"- [x] {FEED}" in world.read()
    for line in (*TITLES[1:],):
        world.people.close(world.number(line))
    world.sync()
    assert "**Status:** Complete" in world.read()
    assert all(milestone.closed for milestone in world.milestones().values())
    assert kinds(world.sync()) == []


def test_an_endpoint_that_breaks_is_shown_in_the_issue(world: World) -> None:
    world.write(PLAN)
    world.sync()
    issue = world.issues()[TITLES[2]]
    assert "lists a page of them" in issue.body
    assert world.number(PAGES) == issue.number


def test_what_is_done_from_the_start_is_opened_and_closed_in_one_run(world: World) -> None:
    world.rules = replace(world.rules, create_done=True)
    world.write(PLAN.replace("  - [ ]", "  - [x]"))
    made = world.sync()
    assert not made.failed, made
    assert [kinds(made).count(kind) for kind in ("create_issue", "close_issue", "close_milestone")] == [7, 5, 2]
    assert all(milestone.closed for milestone in world.milestones().values())
    written = world.read()
    assert kinds(world.sync()) == []
    assert world.read() == written


def test_a_milestone_is_closed_only_when_the_last_slice_has_opened_its_issues(world: World) -> None:
    world.rules = replace(world.rules, create_done=True)
    world.limits = replace(world.limits, slice_creations=2)
    world.write(PLAN.replace("  - [ ]", "  - [x]"))
    made = kinds(world.sync())
    assert made.count("close_milestone") == 2
    assert "create_issue" not in made[made.index("close_milestone") :]
    assert kinds(world.sync()) == []
