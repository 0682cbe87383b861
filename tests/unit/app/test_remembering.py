"""What the store keeps of a plan, and what it must not take for a baseline (spec §4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plansync.core.baseline import ItemState, PlanState
from tests.support.example import FEED, MAP, PLAN, SEND, TITLES
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = fake_world(tmp_path)
    made.write(PLAN)
    made.sync()
    yield made
    made.store.close()


def _state(world: World) -> PlanState:
    return world.store.plans.load("project")["021-parcels"]


def _item(world: World, text: str) -> ItemState:
    return next(item for item in _state(world).items if item.text.startswith(text))


def test_a_plan_is_kept_with_place_digest_gate_items_and_phases(world: World) -> None:
    state = _state(world)
    assert (state.path, state.target, state.feature_id) == ("plans/plan.md", "web", "021-parcels")
    assert state.gate
    assert [item.text for item in state.items[:5]] == list(TITLES)
    assert [(phase.id, phase.name, phase.number) for phase in state.phases] == [
        ("1", "Reading", 1),
        ("2", "Telling", 2),
    ]


def test_an_item_is_kept_with_its_issue_its_link_and_both_sides(world: World) -> None:
    item = _item(world, MAP)
    assert (item.number, item.linked, item.box, item.issue, item.struck) == (5, True, False, "open", False)
    assert item.phase == _state(world).phases[1].key
    assert [(d.text, d.ticked) for d in _item(world, FEED).details] == [("keep the raw message", False)]


def test_the_sides_are_those_after_the_run(world: World) -> None:
    world.people.close(world.number(SEND))
    world.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    world.sync()
    assert [(_item(world, text).box, _item(world, text).issue) for text in (SEND, MAP)] == [(True, "completed")] * 2
    world.people.close(world.number(FEED), not_planned=True)
    world.sync()
    assert (_item(world, FEED).box, _item(world, FEED).issue) == (False, "not_planned")


def test_what_could_not_be_brought_together_keeps_the_baseline_of_before(tmp_path: Path) -> None:
    tracker = FakeTracker()
    world = fake_world(tmp_path, tracker=tracker)
    world.write(PLAN)
    world.sync()
    before = _item(world, MAP)
    tracker.refuse = {len(tracker.calls)}
    world.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    assert world.sync().failed
    after = _item(world, MAP)
    assert (after.box, after.issue, after.at) == (before.box, before.issue, before.at)
    assert _state(world).gate == ""
    assert kinds(world.sync()) == ["close_issue"]
    world.store.close()


def test_a_struck_item_that_people_reopened_stays_apart_without_a_new_baseline(world: World) -> None:
    text = "Show the way of the parcel on a map"
    world.edit(text, f"~~{text}~~")
    world.sync()
    closed = next(item for item in _state(world).items if item.number == 5)
    assert (closed.struck, closed.issue) == (True, "not_planned")
    world.people.reopen(5)
    assert kinds(world.sync()) == ["update_issue"]
    assert kinds(world.sync()) == []
    kept = next(item for item in _state(world).items if item.number == 5)
    assert kept == closed
    assert next(issue for issue in world.all_issues() if issue.number == 5).closed is None


def test_an_item_that_lost_its_link_is_linked_again_and_then_kept_as_linked(world: World) -> None:
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, f"  - [ ] {TITLES[4]}\n")
    world.sync()
    assert _item(world, MAP).linked


def test_a_milestone_is_ours_to_reopen_only_while_we_closed_it(world: World) -> None:
    for text in (SEND, MAP):
        world.people.close(world.number(text))
    world.sync()
    assert [phase.closed_by_us for phase in _state(world).phases] == [False, True]
    world.people.reopen(world.number(MAP))
    assert kinds(world.sync()) == ["reopen_milestone"]
    assert [phase.closed_by_us for phase in _state(world).phases] == [False, False]


def test_items_tracked_elsewhere_and_copies_of_links_keep_no_issue(world: World) -> None:
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    copy = line.replace("on a map", "on a globe")
    away = "  - [ ] Weigh it ([#4](https://tracker.example/acme/scales/issues/4))\n"
    world.edit(line, f"{line}{copy}{away}")
    world.sync()
    found = {item.text: (item.number, item.linked, item.issue) for item in _state(world).items}
    assert found["Show the way of the parcel on a globe"] == (None, False, "")
    assert found["Weigh it"] == (None, False, "")


def test_a_gone_issue_keeps_its_number_and_its_old_sides(world: World) -> None:
    before = _item(world, MAP)
    world.people.delete(5)
    world.sync()
    after = _item(world, MAP)
    assert (after.number, after.box, after.issue) == (5, before.box, before.issue)
    assert not after.linked


def test_a_plan_that_a_fuse_holds_keeps_what_was_known(world: World) -> None:
    before = _state(world)
    for line in [line for line in world.read().splitlines(keepends=True) if "/issues/" in line]:
        world.edit(line, "")
    world.sync()
    assert _state(world) == before
