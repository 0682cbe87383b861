"""Turns that a plan rarely takes, and after which it must be as quiet as ever (spec §4.2, §4.3, §4.6, §4.7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plansync.core.observed import CloseReason, ObservedIssue
from tests.support.example import FEED, MAP, PLAN, SEND, STORE
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only

BLOCKS = """\
# Implementation Plan: Bakery

**Feature ID:** 041-bakery
**Status:** Draft

## 5. Implementation Tasks

<!-- TASK:BEGIN id=T001 -->
### T001: Bake bread
**Metadata:**
- **Dependencies:** None
<!-- TASK:END -->
"""
OVEN = """
<!-- TASK:BEGIN id=T002 -->
### T002: Build an oven
**Metadata:**
- **Dependencies:** None
<!-- TASK:END -->
"""


@pytest.fixture
def synced(world: World) -> World:
    """Return a world in step."""
    world.write(PLAN)
    world.sync()
    return world


def _is_quiet(world: World) -> bool:
    before, writes = world.read(), world.tracker.traffic.writes
    report = world.sync()
    return kinds(report) == [] and world.read() == before and world.tracker.traffic.writes == writes


def _issue(world: World, number: int) -> ObservedIssue:
    return next(issue for issue in world.all_issues() if issue.number == number)


def _line(world: World, words: str) -> str:
    return next(line for line in world.read().splitlines(keepends=True) if words in line)


def test_a_task_that_comes_to_depend_on_a_new_one_is_linked_to_it_in_the_same_run(world: World) -> None:
    world.write(BLOCKS)
    world.sync()
    world.edit("- **Dependencies:** None", "- **Dependencies:** T002")
    world.write(world.read() + OVEN)
    assert kinds(world.sync()) == ["create_issue", "update_issue"]
    bread, oven = world.issues()["Bake bread"], world.issues()["Build an oven"]
    assert f"[#{oven.number}]({oven.url}) Build an oven" in bread.body
    assert _is_quiet(world)


def test_a_preview_shows_an_issue_to_come_without_a_number(world: World) -> None:
    world.write(BLOCKS)
    world.sync()
    world.edit("- **Dependencies:** None", "- **Dependencies:** T002")
    world.write(world.read() + OVEN)
    update = world.preview().changes[1]
    assert "#? Build an oven" in update.fields[0].new


def test_without_a_store_a_tick_on_either_side_counts(synced: World) -> None:
    number = synced.number(FEED)
    synced.people.set_body(number, _issue(synced, number).body.replace("[ ] Keep", "[x] Keep"))
    synced.forget()
    synced.sync()
    assert "    - [x] Keep the raw message" in synced.read()
    assert _is_quiet(synced)


def test_a_text_that_is_no_longer_struck_out_reopens_its_issue(synced: World) -> None:
    line = _line(synced, MAP)
    text = line.split("] ", 1)[1].split(" ([#")[0]
    synced.edit(text, f"~~{text}~~")
    synced.sync()
    number = synced.number(MAP)
    assert _issue(synced, number).closed is CloseReason.NOT_PLANNED
    synced.edit(f"~~{text}~~", text)
    synced.sync()
    assert _issue(synced, number).closed is None
    assert _is_quiet(synced)


def test_while_the_loss_guard_holds_a_plan_nothing_is_reopened_as_put_back(synced: World) -> None:
    line = _line(synced, MAP)
    text = line.split("] ", 1)[1].split(" ([#")[0]
    synced.edit(text, f"~~{text}~~")
    synced.sync()
    synced.edit(f"~~{text}~~", text)
    synced.write(synced.read() + "\n```\nnever closed\n")
    assert kinds(synced.sync()) == []
    assert _issue(synced, synced.number(MAP)).closed is CloseReason.NOT_PLANNED
    synced.edit("\n```\nnever closed\n", "")
    assert "reopen_issue" in kinds(synced.sync())
    assert _is_quiet(synced)


def test_while_the_loss_guard_holds_a_plan_boxes_go_on(synced: World) -> None:
    synced.edit("- [ ] Send", "- [x] Send")
    synced.sync()
    synced.edit("- [x] Send", "- [ ] Send")
    synced.write(synced.read() + "\n```\nnever closed\n")
    assert kinds(synced.sync()) == ["reopen_issue"]
    assert _is_quiet(synced)


def test_an_ignored_item_whose_region_is_damaged_loses_its_labels_and_keeps_its_body(synced: World) -> None:
    number = synced.number(MAP)
    body = _issue(synced, number).body.replace("<!-- /plansync -->", "")
    synced.people.set_body(number, body)
    line = _line(synced, MAP)
    synced.edit(line, line.rstrip("\n") + " <!-- plansync:ignore -->\n")
    report = synced.sync()
    assert [change.outcome for change in report.changes] == ["done"]
    assert "PS508" in [p.code for p in only(report).problems]
    assert _issue(synced, number).body == synced.kept(body)
    assert not _issue(synced, number).labels
    assert _is_quiet(synced)


def test_a_milestone_is_settled_when_its_last_open_task_is_ignored(synced: World) -> None:
    synced.people.close(synced.number(SEND))
    synced.sync()
    line = _line(synced, MAP)
    synced.edit(line, line.rstrip("\n") + " <!-- plansync:ignore -->\n")
    assert kinds(synced.sync()) == ["update_issue", "close_milestone"]
    assert _is_quiet(synced)


def test_a_milestone_whose_answer_was_lost_is_not_made_twice(tmp_path: Path) -> None:
    tracker = FakeTracker(lose_requests={0})
    world = fake_world(tmp_path, tracker=tracker)
    world.write(PLAN)
    report = world.sync()
    assert report.failed
    assert [m for m in world.milestones() if "Phase 1" in m] == []
    world.sync()
    assert len(world.milestones()) <= 2
    world.clock.advance(world.limits.create_quarantine)
    world.sync()
    world.sync()
    assert sorted(world.milestones()) == ["Parcel tracking: Phase 1: Reading", "Parcel tracking: Phase 2: Telling"]
    assert all(issue.milestone for issue in world.all_issues() if "risk" not in issue.labels)
    assert _is_quiet(world)
    world.store.close()


def test_a_removed_issue_that_was_adopted_stays_open_and_unlabelled(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    number = world.people.create_issue("Our store")
    url = _issue(world, number).url
    world.write(PLAN.replace("Store parcels", f"[#{number}]({url}) Store parcels"))
    world.sync()
    world.edit(_line(world, STORE), "")
    assert kinds(world.sync()) == []
    assert _issue(world, number).closed is None
    world.store.close()
