"""Whose field is it: what the plan puts back, what people keep, and what is theirs after the first day (spec §4.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.rules import OWNABLE
from tests.support.example import MAP, PLAN, SEND, TITLES
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only


@pytest.fixture
def synced(world: World) -> World:
    """Return a world in step."""
    world.write(PLAN)
    world.sync()
    return world


def _is_quiet(world: World) -> bool:
    before, body = world.read(), world.tracker.traffic.writes
    report = world.sync()
    return kinds(report) == [] and world.read() == before and world.tracker.traffic.writes == body


def _issue(world: World, number: int) -> ObservedIssue:
    return next(issue for issue in world.all_issues() if issue.number == number)


def _without(world: World, *fields: str) -> None:
    world.rules = replace(world.rules, own=frozenset(OWNABLE) - set(fields))


def test_every_field_is_set_on_creation_whoever_owns_it(world: World) -> None:
    world.rules = replace(world.rules, own=frozenset())
    world.write(PLAN)
    world.sync()
    issue = _issue(world, world.number(MAP))
    assert issue.title == TITLES[4]
    assert "plansync" in issue.labels
    assert issue.milestone is not None
    assert "Customers know where their parcel is" in issue.body
    assert _is_quiet(world)


def test_a_title_that_is_peoples_survives_rewording(synced: World) -> None:
    _without(synced, "title")
    number = synced.number(MAP)
    synced.people.rename(number, "The map")
    synced.edit("on a map", "on a large map")
    synced.sync()
    assert _issue(synced, number).title == "The map"
    assert "on a large map" in _issue(synced, number).body
    assert _is_quiet(synced)


def test_a_body_that_is_peoples_keeps_their_words_when_the_task_is_reworded(synced: World) -> None:
    _without(synced, "body")
    number = synced.number(MAP)
    body = _issue(synced, number).body
    synced.people.set_body(number, body.replace("Customers know where their parcel is", "People asked for it"))
    assert _is_quiet(synced)
    synced.edit("on a map", "on a large map")
    synced.sync()
    issue = _issue(synced, number)
    assert "People asked for it" in issue.body
    assert issue.title == "Show the way of the parcel on a large map"
    assert _is_quiet(synced)
    line = next(line for line in synced.read().splitlines() if MAP in line)
    synced.edit(line, "  - [ ] Show the way of the parcel on a large map")
    synced.forget()
    assert kinds(synced.sync()) == []
    assert synced.number(MAP) == number


def test_ticks_go_both_ways_though_the_body_is_peoples(synced: World) -> None:
    _without(synced, "body")
    number = synced.number("Read the carrier's feed")
    synced.edit("    - [ ] Keep the raw message", "    - [x] Keep the raw message")
    synced.sync()
    assert "- [x] Keep the raw message" in _issue(synced, number).body
    assert _is_quiet(synced)
    synced.people.set_body(number, _issue(synced, number).body.replace("[x] Keep", "[ ] Keep"))
    synced.sync()
    assert "    - [ ] Keep the raw message" in synced.read()
    assert _is_quiet(synced)


def test_labels_that_are_peoples_are_not_put_back(synced: World) -> None:
    _without(synced, "labels")
    number = synced.number("The carrier changes")
    synced.people.remove_label(number, "risk:high")
    synced.edit("| M | H |", "| L | L |")
    synced.sync()
    assert not {"risk:high", "risk:low"} & _issue(synced, number).labels


def test_a_milestone_that_is_peoples_is_neither_moved_nor_renamed(synced: World) -> None:
    _without(synced, "milestone")
    number, was = synced.number(MAP), _issue(synced, synced.number(MAP)).milestone
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, "")
    synced.edit("  - [ ] Store parcels", f"{line}  - [ ] Store parcels")
    synced.edit("Phase 1: Reading", "Phase 1: Fetching")
    synced.sync()
    assert _issue(synced, number).milestone == was
    assert "Parcel tracking: Phase 1: Reading" in synced.milestones()


def test_switching_risks_off_leaves_their_issues_alone(synced: World) -> None:
    number = synced.number("The carrier changes")
    before = _issue(synced, number)
    synced.rules = replace(synced.rules, risks=False)
    assert kinds(synced.sync()) == []
    assert _issue(synced, number) == before
    line = next(line for line in synced.read().splitlines(keepends=True) if "The carrier changes" in line)
    synced.edit(line, "")
    assert kinds(synced.sync()) == []
    assert _issue(synced, number).closed is None


def test_switching_questions_off_again_leaves_their_issues_alone(world: World) -> None:
    world.rules = replace(world.rules, questions=True)
    world.write(PLAN)
    world.sync()
    world.rules = replace(world.rules, questions=False)
    assert kinds(world.sync()) == []
    assert all(issue.closed is None for issue in world.all_issues())


def _adopting(path: Path, **fields: object) -> tuple[World, int]:
    """Return a world whose plan links to an issue that a person opened with these fields."""
    tracker = FakeTracker()
    world = fake_world(path, tracker=tracker)
    number = world.people.create_issue("Our map", "We wrote this in May.")
    issue = tracker.project.issue(number)
    issue.seen = replace(issue.seen, **fields)  # type: ignore[arg-type]  # fields by name
    world.write(PLAN.replace("on a map", f"on a map ([#{number}]({issue.seen.url}))"))
    return world, number


def test_an_adopted_issue_keeps_title_assignees_and_milestone(tmp_path: Path) -> None:
    world, number = _adopting(tmp_path, assignees=("bea",))
    theirs = world.people.create_milestone("May")
    issue = world.tracker.project.issue(number)  # type: ignore[attr-defined]  # the fake's own
    issue.seen = replace(issue.seen, milestone=theirs)
    world.edit("on a map", "on a map — Assignee: @ann")
    world.sync()
    found = _issue(world, number)
    assert (found.title, found.assignees, found.milestone) == ("Our map", ("bea",), theirs)
    assert found.labels == {"plansync"}
    assert _is_quiet(world)
    world.store.close()


def test_an_adopted_issue_without_a_milestone_gets_its_phases(tmp_path: Path) -> None:
    world, number = _adopting(tmp_path)
    world.sync()
    assert _issue(world, number).milestone == world.milestones()["Parcel tracking: Phase 2: Telling"].number
    assert _is_quiet(world)
    world.store.close()


def test_an_issue_that_a_person_opened_with_plansyncs_own_account_is_adopted_as_well(tmp_path: Path) -> None:
    world, number = _adopting(tmp_path, author_is_us=True)
    world.sync()
    assert _issue(world, number).title == "Our map"
    assert _is_quiet(world)
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "")
    assert kinds(world.sync()) == []
    assert _issue(world, number).closed is None
    world.store.close()


def test_an_adopted_issue_follows_its_box(tmp_path: Path) -> None:
    world, number = _adopting(tmp_path)
    world.sync()
    world.edit("- [ ] Show the way", "- [x] Show the way")
    assert kinds(world.sync()) == ["close_issue"]
    assert _issue(world, number).closed is CloseReason.COMPLETED
    assert _is_quiet(world)
    world.store.close()


def test_labels_that_the_project_spells_otherwise_are_no_drift(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    first = world.people.create_issue("About labels")
    for name in ("Risk", "PlanSync", "RISK:High"):
        world.people.add_label(first, name)
    world.write(PLAN)
    world.sync()
    assert _issue(world, world.number("The carrier changes")).labels == {"Risk", "PlanSync", "RISK:High"}
    assert _is_quiet(world)
    world.edit("| M | H |", "| L | L |")
    world.sync()
    assert _issue(world, world.number("The carrier changes")).labels == {"Risk", "PlanSync", "risk:low"}
    assert _is_quiet(world)
    world.store.close()


def test_an_issue_that_reopens_is_wholly_in_step_at_once(synced: World) -> None:
    number = synced.number(SEND)
    synced.edit("- [ ] Send", "- [x] Send")
    synced.sync()
    synced.people.remove_label(number, "plansync")
    synced.people.rename(number, "Sent")
    synced.clock.advance(timedelta(days=2))  # a listing by label does not show who lost it: the daily one does
    assert _is_quiet(synced)
    synced.edit("- [x] Send", "- [ ] Send")
    synced.edit("every change of state", "every change of state — Assignee: @ann")
    synced.sync()
    found = _issue(synced, number)
    assert (found.closed, found.title, found.assignees) == (None, TITLES[3], ("ann",))
    assert "plansync" in found.labels
    assert _is_quiet(synced)


def test_what_came_back_after_a_removal_is_in_step_at_once(synced: World) -> None:
    whole = synced.read()
    line = next(line for line in whole.splitlines(keepends=True) if MAP in line)
    synced.edit(line, "")
    synced.sync()
    synced.write(whole)
    assert "reopen_issue" in kinds(synced.sync())
    assert _issue(synced, synced.number(MAP)).labels == {"plansync"}
    assert _is_quiet(synced)


def test_an_unknown_assignee_is_a_problem_and_nobody_is_assigned(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(users=("Ann",)))
    world.write(
        PLAN.replace("on a map", "on a map — Assignee: @zoe").replace("of state\n", "of state — Assignee: @ann\n")
    )
    report = world.sync()
    assert [p.message for p in only(report).problems if p.code == "PS604"] == [
        "'zoe' cannot be assigned on this tracker"
    ]
    assert _issue(world, world.number(MAP)).assignees == ()
    assert _issue(world, world.number(SEND)).assignees == ("Ann",)
    assert "PS604" in [p.code for p in only(world.sync()).problems]
    world.store.close()
