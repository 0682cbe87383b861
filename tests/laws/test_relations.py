"""Tracking issues, sub-issues and dependencies: what the two options do, and what they leave alone."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.request import SyncRequest, Workshop
from plansync.app.sync import run_sync
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.parser import parse_plan
from plansync.core.relations import dependency_of, hierarchy_of
from plansync.core.rules import Rules
from tests.servers.github.people import GitHubPeople
from tests.support.fake_tracker import FakeTracker
from tests.support.hosted_worlds import WORLDS as HOSTED
from tests.support.watched_source import WatchedSource
from tests.support.world import World, fake_world, kinds, local_world, only

BOTH = Rules(tracking_issue=True, dependencies="links")
LAY, FIT, TEST = "Lay the pipe", "Fit the tap", "Test the lot"
PLAN = """# Implementation Plan: Water

**Feature ID:** 031-water
**Status:** Draft

## 5. Implementation Tasks

<!-- TASK:BEGIN id=T001 -->
### T001: Lay the pipe
**Metadata:**
- **Dependencies:** None

**Acceptance Criteria:**
- [ ] Water flows

<!-- TASK:END -->

<!-- TASK:BEGIN id=T002 -->
### T002: Fit the tap
**Metadata:**
- **Dependencies:** T001

**Acceptance Criteria:**
- [ ] It does not drip

<!-- TASK:END -->

<!-- TASK:BEGIN id=T003 -->
### T003: Test the lot
**Metadata:**
- **Dependencies:** T001, T002

**Acceptance Criteria:**
- [ ] Nobody gets wet

<!-- TASK:END -->
"""
FOURTH = """
<!-- TASK:BEGIN id=T004 -->
### T004: Paint it
**Metadata:**
- **Dependencies:** T003

**Acceptance Criteria:**
- [ ] It is blue

<!-- TASK:END -->
"""


def begun(world: World, plan: str = PLAN, rules: Rules = BOTH) -> World:
    """Sync a plan for the first time, with both options on."""
    world.rules = rules
    world.write(plan)
    report = world.sync()
    assert not report.failed, report
    return world


def tracking(world: World) -> ObservedIssue:
    """Return the only tracking issue there is."""
    found = [issue for issue in world.all_issues() if "plan" in issue.labels]
    assert len(found) == 1, found
    return found[0]


def children(world: World) -> set[str]:
    """Return the titles of what belongs to the tracking issue."""
    kind = hierarchy_of(world.tracker.capabilities)
    assert kind is not None
    return titles(world, world.tracker.relations(kind, tracking(world).number))


def blockers(world: World, title: str) -> set[str]:
    """Return the titles of what a task waits for; GitLab tells all links alike where it has no licence for more."""
    kind = dependency_of(world.tracker.capabilities)
    assert kind is not None
    number = world.issues()[title].number
    return titles(world, world.tracker.relations(kind, number)) - {"Water"}


def titles(world: World, numbers: frozenset[int]) -> set[str]:
    """Return the titles of issues."""
    return {issue.title for issue in world.all_issues() if issue.number in numbers}


def assert_quiet(world: World) -> None:
    """The next run changes nothing, writes nothing, and asks no more than it does without the options."""
    writes = world.tracker.traffic.writes
    report = world.sync()
    assert not report.failed
    assert kinds(report) == []
    assert world.tracker.traffic.writes == writes
    assert only(report).unchanged


def test_a_plan_gets_a_tracking_issue_whose_sub_issues_are_its_tasks(world: World) -> None:
    begun(world)
    issue = tracking(world)
    assert issue.title == "Water"
    assert issue.labels == {"plansync", "plan"}
    assert issue.milestone is None
    assert "plans/plan.md" in issue.body
    assert children(world) == {LAY, FIT, TEST}
    assert_quiet(world)


def test_dependencies_become_relations(world: World) -> None:
    begun(world)
    assert blockers(world, FIT) >= {LAY}
    assert blockers(world, TEST) == {LAY, FIT}


def test_neither_option_does_what_the_other_one_does(world: World) -> None:
    begun(world, rules=Rules(dependencies="links"))
    assert {issue.title for issue in world.all_issues()} == {LAY, FIT, TEST}
    assert blockers(world, TEST) == {LAY, FIT}
    assert_quiet(world)


def test_without_the_options_there_is_nothing_of_it(world: World) -> None:
    begun(world, rules=Rules())
    assert {issue.title for issue in world.all_issues()} == {LAY, FIT, TEST}
    assert blockers(world, TEST) == set()
    assert_quiet(world)


def test_the_options_may_come_later_and_go_again(world: World) -> None:
    begun(world, rules=Rules())
    world.rules = BOTH
    report = world.sync()
    assert kinds(report).count("create_issue") == 1
    assert (children(world), blockers(world, TEST)) == ({LAY, FIT, TEST}, {LAY, FIT})
    assert_quiet(world)
    world.rules = Rules()
    assert kinds(world.sync()) == []
    assert tracking(world).closed is None
    assert_quiet(world)


def test_a_preview_shows_what_will_be_related(world: World) -> None:
    world.rules = BOTH
    world.write(PLAN)
    preview, report = world.preview(), world.sync()
    assert [(c.kind, c.title) for c in preview.changes] == [(c.kind, c.title) for c in report.changes]
    related = [change.fields[0].new for change in preview.changes if change.kind == "relate_issue"]
    assert len(related) == 6
    assert all(text.startswith("#? ") for text in related)


def test_a_lost_store_relates_nothing_again(world: World) -> None:
    begun(world)
    count, writes = len(world.all_issues()), world.tracker.traffic.writes
    world.forget()
    report = world.sync()
    assert kinds(report) == []
    assert (len(world.all_issues()), world.tracker.traffic.writes) == (count, writes)
    assert_quiet(world)


def test_a_new_task_is_related_and_changes_no_other_issue(world: World) -> None:
    begun(world)
    before = {issue.number: (issue.title, issue.body, issue.labels) for issue in world.all_issues()}
    world.write(world.read() + FOURTH)
    assert not world.sync().failed
    after = {issue.number: (issue.title, issue.body, issue.labels) for issue in world.all_issues()}
    assert {number: after[number] for number in before} == before
    assert "Paint it" in children(world)
    assert blockers(world, "Paint it") == {TEST}
    assert_quiet(world)


def test_a_cycle_is_related_as_far_as_it_can_be(world: World) -> None:
    begun(world, PLAN.replace("- **Dependencies:** None", "- **Dependencies:** T002", 1))
    assert blockers(world, LAY) >= {FIT}
    assert_quiet(world)


def test_the_tracking_issue_counts_in_no_status(world: World) -> None:
    begun(world)
    assert only(world.preview()).status.total == 3


def test_the_tracking_issue_is_closed_with_the_plan_and_opened_with_a_new_task(world: World) -> None:
    begun(world)
    for title in (LAY, FIT, TEST):
        world.people.close(world.issues()[title].number)
    assert not world.sync().failed
    assert tracking(world).closed is CloseReason.COMPLETED
    assert "**Status:** Complete" in world.read()
    assert_quiet(world)
    world.write(world.read() + FOURTH)
    report = world.sync()
    assert not report.failed
    assert tracking(world).closed is None
    assert "Paint it" in children(world)
    assert_quiet(world)


def test_a_tracking_issue_that_a_person_reopened_stays_open(world: World) -> None:
    begun(world)
    for title in (LAY, FIT, TEST):
        world.people.close(world.issues()[title].number)
    world.sync()
    world.people.reopen(tracking(world).number)
    assert kinds(world.sync()) == []
    assert tracking(world).closed is None


def test_a_tracking_issue_that_a_person_closed_stays_closed(world: World) -> None:
    begun(world)
    world.people.close(tracking(world).number)
    assert kinds(world.sync()) == []
    world.write(world.read() + FOURTH)
    report = world.sync()
    assert not report.failed
    assert tracking(world).closed is CloseReason.COMPLETED
    assert children(world) == {LAY, FIT, TEST}


def test_what_differs_in_a_tracking_issue_is_put_back(world: World) -> None:
    begun(world)
    issue = tracking(world)
    world.people.rename(issue.number, "Something else")
    world.people.set_body(issue.number, f"Our words.\n\n{issue.body.replace('whole plan', 'moon')}")
    world.people.remove_label(issue.number, "plan")
    report = world.sync()
    assert kinds(report) == ["update_issue"]
    after = tracking(world)
    assert after.title == "Water"
    assert after.body.startswith("Our words.")
    assert "whole plan" in after.body
    assert_quiet(world)


def test_a_renamed_plan_renames_its_tracking_issue(world: World) -> None:
    begun(world)
    world.edit("Plan: Water", "Plan: Water for all")
    assert not world.sync().failed
    assert tracking(world).title == "Water for all"
    assert_quiet(world)


def test_a_marker_that_people_took_out_is_put_back(world: World) -> None:
    begun(world)
    world.people.set_body(tracking(world).number, "Our words alone.")
    assert kinds(world.sync()) == ["update_issue"]
    assert "whole plan" in tracking(world).body
    assert_quiet(world)


def test_a_deleted_tracking_issue_is_not_opened_again_until_the_option_was_off(world: World) -> None:
    begun(world)
    number = tracking(world).number
    world.people.delete(number)
    world.clock.advance(timedelta(days=2))  # hosts are asked for what was deleted once a day
    report = world.sync()
    assert "create_issue" not in kinds(report)
    assert [p.code for p in only(report).problems if p.code.startswith("PS5")] == ["PS510"]
    assert kinds(world.sync()) == []
    world.rules = Rules()
    world.sync()
    world.rules = BOTH
    assert not world.sync().failed
    assert tracking(world).number != number
    assert children(world) == {LAY, FIT, TEST}


def test_removed_tasks_leave_the_tracking_issue_alone(world: World) -> None:
    begun(world, PLAN + FOURTH)
    world.write(world.read().partition("\n<!-- TASK:BEGIN id=T004")[0] + "\n")
    report = world.sync()
    assert kinds(report) == ["close_issue"]
    assert tracking(world).closed is None
    assert_quiet(world)


def test_a_link_to_the_tracking_issue_makes_it_nobodys(world: World) -> None:
    begun(world)
    issue = tracking(world)
    world.edit("### T002: Fit the tap", f"### T002: Fit the tap ([#{issue.number}]({issue.url}))")
    assert not world.sync().failed
    assert tracking(world).title == "Water"
    assert world.issues()[FIT].closed is None


def test_a_run_in_slices_relates_everything(world: World) -> None:
    world.limits = replace(world.limits, slice_creations=1)
    begun(world, PLAN + FOURTH)
    assert children(world) == {LAY, FIT, TEST, "Paint it"}
    assert blockers(world, TEST) >= {LAY, FIT}
    assert_quiet(world)


def test_a_new_name_for_the_file_keeps_the_tracking_issue(world: World) -> None:
    begun(world)
    text = world.read()
    (world.root / "plans/plan.md").unlink()
    world.write(text, "plans/water.md")
    report = world.sync()
    assert not report.failed
    assert "create_issue" not in kinds(report)
    assert "plans/water.md" in tracking(world).body


def test_a_dependency_that_a_person_adds_while_links_are_written_is_related_by_the_next_run(world: World) -> None:
    plan = PLAN.replace("- **Dependencies:** T001, T002", "- **Dependencies:** T001")
    begun(world, plan, replace(BOTH, own=frozenset({"title"})))  # else the text would change, and keep the gate open
    world.write(world.read() + FOURTH)

    def save(path: str) -> None:
        before, heading, after = world.read().partition("### T003")
        if "T001, T002" not in after:
            world.write(before + heading + after.replace("T001", "T001, T002", 1))

    target = replace(world.target(), source=WatchedSource(world.target().source, save))
    world.clock.advance()
    run_sync(Workshop((target,), world.store, world.clock, parse_plan, "host:1:1"), target, SyncRequest())
    assert "T001, T002" in world.read()
    assert FIT not in blockers(world, TEST)
    assert not world.sync().failed
    assert blockers(world, TEST) >= {LAY, FIT}
    assert_quiet(world)


# What only some trackers have


@pytest.fixture
def shared(tmp_path: Path) -> FakeTracker:
    """Return a tracker in memory, for a world of its own."""
    return FakeTracker()


def test_people_who_part_two_issues_are_not_overruled(tmp_path: Path, shared: FakeTracker) -> None:
    world = begun(fake_world(tmp_path, tracker=shared))
    shared.project.relations.clear()
    world.edit("Water flows", "Much water flows")
    report = world.sync()
    assert "relate_issue" not in kinds(report)
    assert shared.project.relations == set()
    world.store.close()


def test_a_quiet_run_asks_for_no_relations(tmp_path: Path, shared: FakeTracker) -> None:
    world = begun(fake_world(tmp_path, tracker=shared))
    requests = shared.traffic.requests
    world.sync()
    assert shared.traffic.requests == requests + 1
    world.store.close()


def test_a_tracker_that_relates_nothing_is_told_of(tmp_path: Path, shared: FakeTracker) -> None:
    shared.capabilities = replace(shared.capabilities, links=False)
    world = fake_world(tmp_path, tracker=shared, rules=BOTH)
    world.write(PLAN)
    report = world.sync()
    assert "relate_issue" not in kinds(report)
    assert report.notes == (
        "fake has no sub-issues; the tasks of a plan's tracking issue are not tied to it",
        "fake knows no issues that block others; dependencies stay text",
    )
    assert world.sync().notes == report.notes
    world.store.close()


def test_a_lost_answer_opens_no_second_tracking_issue(tmp_path: Path, shared: FakeTracker) -> None:
    world = fake_world(tmp_path, tracker=shared, rules=BOTH)
    world.write(PLAN)
    shared.lose_answers = {1}
    world.sync()
    assert not world.sync().failed
    assert tracking(world).title == "Water"
    assert children(world) == {LAY, FIT, TEST}
    world.store.close()


def test_two_tracking_issues_of_one_plan_become_one(tmp_path: Path) -> None:
    world = begun(local_world(tmp_path))
    kept = tracking(world)
    twin = world.people.create_issue("Water", kept.body)
    world.people.close(twin)
    assert kinds(world.sync()) == []
    world.people.reopen(twin)
    report = world.sync()
    assert "PS504" in [problem.code for problem in only(report).problems]
    world.store.close()


def on_github(root: Path, stack: ExitStack) -> tuple[World, GitHubPeople]:
    """Return a world on GitHub, and a person there who can do more than people elsewhere."""
    world = HOSTED["github"](root, stack)
    stack.callback(world.store.close)
    people = world.people
    assert isinstance(people, GitHubPeople)
    return world, people


def test_an_issue_that_has_another_parent_stays_there_with_a_note(tmp_path: Path) -> None:
    with ExitStack() as stack:
        world, people = on_github(tmp_path, stack)
        begun(world, rules=Rules())
        parent = people.create_issue("Our own list")
        people.add_sub_issue(parent, world.issues()[LAY].number)
        world.rules = BOTH
        report = world.sync()
        assert not report.failed
        messages = [change.message for change in report.changes if change.message]
        assert len(messages) == 1
        assert "one parent" in messages[0]
        assert children(world) == {FIT, TEST}
        assert_quiet(world)


def test_more_sub_issues_than_github_takes_are_told_of(tmp_path: Path) -> None:
    tasks = "\n".join(f"- [ ] Do thing number {number}" for number in range(103))
    plan = f"# Many\n\n**Status:** Draft\n\n## Implementation Phases\n\n### Phase 1: All\n\n**Tasks:**\n\n{tasks}\n"
    with ExitStack() as stack:
        world, _ = on_github(tmp_path, stack)
        begun(world, plan)
        assert len(children(world)) == 100
        assert_quiet(world)
        problems = only(world.preview()).problems
        assert [p.message for p in problems if p.code == "PS606"] == [
            "3 of the plan's sub-issues are more than an issue can have on github"
        ]
