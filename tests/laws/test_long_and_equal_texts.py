"""Texts longer than the tracker holds, texts that occur twice, and texts that two plans hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from plansync.core.fit import Capabilities
from plansync.core.observed import ObservedIssue
from plansync.core.region import sole_region
from tests.support.example import MAP, PLAN, STORE
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only

TWICE = """\
# Implementation Plan: Two shops

**Feature ID:** 040-shops
**Status:** Draft

## 5. Implementation Phases

### Phase 1: North

- **Tasks:**
  - [ ] Paint the door
  - [ ] Hang the sign

### Phase 2: South

- **Tasks:**
  - [ ] Paint the door
  - [ ] Clean the yard
"""

BLOCKS = """\
# Implementation Plan: Bakery

**Feature ID:** 041-bakery
**Status:** Draft

## 5. Implementation Tasks

<!-- TASK:BEGIN id=T001 -->
### T001: Bake bread
**Metadata:**
- **Size:** S
- **Dependencies:** T002, T003
- **Label:** feature, urgent

**Description:**
Every morning.
<!-- TASK:END -->

<!-- TASK:BEGIN id=T002 -->
### T002: Build an oven
**Metadata:**
- **Dependencies:** None
<!-- TASK:END -->

<!-- TASK:BEGIN id=T003 -->
### T003: Buy flour
**Metadata:**
- **Dependencies:** T002
<!-- TASK:END -->
"""


def _is_quiet(world: World) -> bool:
    before, writes = world.read(), world.tracker.traffic.writes
    report = world.sync()
    return kinds(report) == [] and world.read() == before and world.tracker.traffic.writes == writes


def _issue(world: World, number: int) -> ObservedIssue:
    return next(issue for issue in world.all_issues() if issue.number == number)


def _links(world: World) -> list[int]:
    lines = [line for line in world.read().splitlines() if "Paint the door" in line]
    return [int(line.split("[#")[1].split("]")[0]) for line in lines]


@pytest.fixture
def small(tmp_path: Path) -> World:
    """Return a world on a tracker whose bodies hold 2,000 characters."""
    capabilities = Capabilities(name="small", body_limit=2000, milestone_body_limit=1200)
    return fake_world(tmp_path, tracker=FakeTracker(capabilities=capabilities))


def test_a_body_beyond_the_limit_is_cut_at_a_line_with_its_region_whole(small: World) -> None:
    details = "".join(f"    - Look at the map of district number {i:03}\n" for i in range(200))
    small.write(PLAN.replace("on a map\n", f"on a map\n{details}"))
    report = small.sync()
    assert not report.failed
    body = _issue(small, small.number(MAP)).body
    region = sole_region(body)
    assert region is not None and region.whole
    assert len(body) <= 2000
    lines = [line for line in body.splitlines() if "district number" in line]
    assert lines and all(line[-3:].isdigit() for line in lines)
    assert "…" in body.splitlines()
    assert _is_quiet(small)
    small.store.close()


def test_a_marker_of_a_long_path_leaves_room_for_itself(small: World) -> None:
    path = f"plans/{'ü' * 100}.md"
    details = "".join(f"    - Look at the map of district number {i:03}\n" for i in range(200))
    text = PLAN.replace("on a map\n", f"on a map\n{details}").replace("**Feature ID:** 021-parcels\n", "")
    small.write(text, path)
    assert not small.sync().failed
    assert kinds(small.sync()) == []
    small.store.close()


def test_links_to_come_are_counted_in_the_length_of_a_body(small: World) -> None:
    blocks = "".join(
        f"<!-- TASK:BEGIN id=T{i:03} -->\n### T{i:03}: Do {i:03}\n<!-- TASK:END -->\n\n" for i in range(4, 40)
    )
    wanted = ", ".join(f"T{i:03}" for i in range(2, 40))
    small.write(BLOCKS.replace("T002, T003", wanted) + "\n" + blocks)
    report = small.sync()
    assert not report.failed, report.errors
    assert len(small.issues()["Bake bread"].body) <= 2000
    assert kinds(small.sync()) == []
    small.store.close()


def test_a_milestone_has_a_limit_of_its_own(small: World) -> None:
    goal = " ".join(["Parcels are known to everybody."] * 60)
    small.write(PLAN.replace("Parcels are known\n", f"Parcels are known\n\n{goal}\n\n"))
    goals = "\n\n  ".join(f"Reason number {i:03} to know where they are." for i in range(60))
    small.edit("Customers know where their parcel is", goals)
    small.sync()
    assert all(len(milestone.description) <= 1200 for milestone in small.milestones().values())
    assert kinds(small.sync()) == []
    small.store.close()


def test_equal_texts_in_two_phases_have_issues_of_their_own(world: World) -> None:
    world.write(TWICE)
    world.sync()
    north, south = _links(world)
    assert _issue(world, north).milestone != _issue(world, south).milestone
    assert _is_quiet(world)


def test_equal_texts_without_their_links_find_the_issues_of_their_phases(world: World) -> None:
    world.write(TWICE)
    world.sync()
    north, south = _links(world)
    world.write(TWICE)
    world.forget()
    assert kinds(world.sync()) == []
    assert _links(world) == [north, south]


def test_lines_of_equal_text_that_change_places_take_their_issues_along(world: World) -> None:
    world.write(TWICE)
    world.sync()
    north, south = _links(world)
    first, second = (line for line in world.read().splitlines() if "Paint the door" in line)
    world.write(world.read().replace(first, "<>").replace(second, first).replace("<>", second))
    before = {number: _issue(world, number).milestone for number in (north, south)}
    world.sync()
    assert _links(world) == [south, north]
    assert _issue(world, north).milestone == before[south]
    assert _issue(world, south).milestone == before[north]
    assert _is_quiet(world)


def test_phases_that_change_places_keep_the_issues_of_their_equal_texts(world: World) -> None:
    world.write(TWICE)
    world.sync()
    north, south = _links(world)
    head, one, two = TWICE.replace("### Phase", "<>### Phase").split("<>")
    world.write(f"{head}{two}\n{one}")
    assert "create_issue" not in kinds(world.sync())
    assert _links(world) == [south, north]


def test_dependencies_in_a_list_are_linked_each_and_opened_before(world: World) -> None:
    world.write(BLOCKS)
    world.sync()
    issues = world.issues()
    bread = next(issue for title, issue in issues.items() if "Bake" in title)
    oven = next(issue for title, issue in issues.items() if "oven" in title)
    flour = next(issue for title, issue in issues.items() if "flour" in title)
    assert oven.number < flour.number < bread.number
    assert f"[#{oven.number}]({oven.url})" in bread.body
    assert f"[#{flour.number}]({flour.url})" in bread.body
    assert bread.body.index(f"[#{oven.number}]") < bread.body.index(f"[#{flour.number}]")
    assert "feature, urgent" in bread.body
    assert bread.labels == {"plansync"}
    assert _is_quiet(world)


def test_a_link_that_was_copied_to_another_plan_moves_nothing_while_its_own_still_holds_the_task(world: World) -> None:
    world.write(PLAN)
    world.sync()
    number = world.number(MAP)
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "  - [ ] Show the way of the parcel on a map\n")
    world.write(f"# Maps\n\n## 5. Implementation Phases\n\n### Phase 1: Maps\n\n- **Tasks:**\n{line}", "plans/z.md")
    report = world.sync()
    assert "create_issue" not in kinds(report)
    assert world.number(MAP) == number
    assert "PS501" in [p.code for plan in report.plans for p in plan.problems if plan.path == "plans/z.md"]
    assert kinds(world.sync()) == []


def test_moving_to_a_new_phase_goes_through_in_slices_as_well(world: World) -> None:
    world.limits = replace(world.limits, slice_creations=1)
    world.write(PLAN)
    world.sync()
    line = next(line for line in world.read().splitlines(keepends=True) if STORE in line)
    world.edit(line, "")
    new = "".join(f"  - [ ] Frame picture {i}\n" for i in "abc")
    world.edit("## 7. Risks", f"### Phase 3: Showing\n\n- **Tasks:**\n{line}\n## 7. Risks")
    world.edit("  - [ ] Answer", f"{new}  - [ ] Answer")
    report = world.sync()
    assert [change.outcome for change in report.changes if change.outcome != "done"] == []
    assert (
        _issue(world, world.number(STORE)).milestone == world.milestones()["Parcel tracking: Phase 3: Showing"].number
    )
    assert _is_quiet(world)


@pytest.mark.parametrize("status", ["Approved", "**Approved**", "[APPROVED]", "✅ approved", "Approved (2026-03-01)"])
def test_a_status_word_publishes_in_whatever_form_it_is_written(world: World, status: str) -> None:
    world.rules = replace(world.rules, publish_when=("Approved",))
    world.write(PLAN.replace("**Status:** Draft", f"**Status:** {status}"))
    report = world.sync()
    assert only(report).skipped == ""
    assert kinds(report).count("create_issue") == 7


def test_a_status_word_of_the_same_group_publishes_nothing(world: World) -> None:
    world.rules = replace(world.rules, publish_when=("Approved",))
    world.write(PLAN)
    report = world.sync()
    assert only(report).skipped == "its Status is Draft; publish_when names Approved"
    assert not world.all_issues()


def test_a_copied_plan_takes_nothing_though_only_its_own_issues_changed(world: World) -> None:
    """The original is unchanged then, and known by its state alone."""
    world.write(PLAN)
    world.sync()
    copy = world.read().replace("021-parcels", "022-copy")
    world.write(copy + "\n- How fast?\n", "plans/z.md")
    world.edit("  - [ ] Store parcels", "  - [ ] Look at parcels\n  - [ ] Store parcels", "plans/z.md")
    world.sync()
    assert kinds(world.sync()) == []
    before = {issue.number: issue.body for issue in world.all_issues()}
    world.people.close(world.number("Look at parcels", "plans/z.md"))
    report = world.sync()
    assert kinds(report) == []
    assert {p.code for plan in report.plans for p in plan.problems} & {"PS501", "PS507"} == {"PS501"}
    assert {issue.number: issue.body for issue in world.all_issues()} == before


def test_one_line_longer_than_the_limit_is_cut_at_the_same_place_ever_after(world: World) -> None:
    world.write(PLAN.replace("Show the way of the parcel on a map", "Show the way " * 9000))
    world.sync()
    assert kinds(world.sync()) == []
    world.forget()
    assert kinds(world.sync()) == []
