"""From a scope to the request of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from plansync.app.narrow import narrow
from plansync.app.request import SyncRequest, Workshop
from plansync.core.parser import parse_plan
from plansync.core.scope import WHOLE, Glimpse, Scope
from tests.support.example import MAP, PLAN
from tests.support.world import World, fake_world

ANN = Glimpse("ann")
HERE, THERE = "plans/plan.md", "plans/other.md"
OTHER = PLAN.replace("021-parcels", "022-letters").replace("Parcel tracking", "Letters")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world with two plans in step."""
    made = fake_world(tmp_path)
    made.write(PLAN)
    made.write(OTHER, THERE)
    made.sync()
    yield made
    made.store.close()


def _narrow(world: World, *plans: str, issues: Mapping[int, Glimpse] | None = None) -> SyncRequest | None:
    target = world.target()
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    return narrow(workshop, target, Scope(plans=frozenset(plans), issues=issues or {}), "webhook")


def _everything() -> SyncRequest:
    return SyncRequest(trigger="webhook", confirm_removals=True, gathers=True)


def test_the_whole_is_everything(world: World) -> None:
    target = world.target()
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    assert narrow(workshop, target, WHOLE, "webhook") == _everything()


def test_nothing_is_no_run(world: World) -> None:
    assert _narrow(world) is None


def test_plans_are_themselves(world: World) -> None:
    world.edit(MAP, f"{MAP} again", HERE)
    request = _narrow(world, THERE, HERE)
    assert request is not None
    assert (request.plans, request.only, request.trigger) == ((THERE, HERE), None, "webhook")


def test_plans_that_were_pushed_as_they_were_left_are_no_run(world: World) -> None:
    assert _narrow(world, THERE, HERE) is None
    assert _narrow(world, HERE, issues={4711: ANN}) is None


def test_a_person_who_asks_for_plans_has_them_looked_at_as_they_are(world: World) -> None:
    target = world.target()
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    assert narrow(workshop, target, Scope(plans=frozenset({HERE})), "webhook, api") is not None


def test_a_pushed_plan_that_is_not_in_step_is_looked_at(world: World) -> None:
    world.edit("Parcel tracking", "Parcels tracked", HERE)
    assert _narrow(world, THERE, HERE) is not None
    world.write(MAP, HERE)
    assert _narrow(world, HERE) is not None
    world.write("bytes \0", HERE)
    assert _narrow(world, HERE) is not None
    (world.root / HERE).unlink()
    (world.root / HERE).symlink_to("/etc/hostname")
    assert _narrow(world, HERE) is not None
    (world.root / THERE).rename(world.root / "plans/third.md")
    assert _narrow(world, THERE) == _everything()
    assert _narrow(world, "plans/third.md") is not None


def test_an_issue_is_its_plan_and_itself_alone(world: World) -> None:
    number = world.number(MAP, THERE)
    request = _narrow(world, issues={number: ANN})
    assert request is not None
    assert (request.plans, request.only, request.confirm_removals) == ((THERE,), frozenset({number}), True)


def test_beside_a_plan_an_issue_is_its_plan(world: World) -> None:
    request = _narrow(world, HERE, issues={world.number(MAP, THERE): ANN})
    assert request is not None
    assert (request.plans, request.only) == ((THERE, HERE), None)


def test_what_no_plan_has_is_dropped(world: World) -> None:
    assert _narrow(world, issues={4711: ANN}) is None
    world.edit(MAP, f"{MAP} again", HERE)
    request = _narrow(world, HERE, issues={4711: ANN})
    assert request is not None
    assert request.plans == (HERE,)


def test_a_plan_that_is_gone_or_was_moved_widens_to_everything(world: World) -> None:
    number = world.number(MAP, THERE)
    assert _narrow(world, "plans/gone.md") == _everything()
    (world.root / THERE).rename(world.root / "plans/moved.md")
    assert _narrow(world, THERE) == _everything()
    assert _narrow(world, issues={number: ANN}) == _everything()


def test_an_issue_of_another_target_is_that_target_s_affair(world: World) -> None:
    number = world.number(MAP)
    moved = World(
        root=world.root / "elsewhere",
        tracker=world.tracker,
        people=world.people,
        clock=world.clock,
        store=world.store,
        rules=world.rules,
        limits=world.limits,
    )
    moved.write(PLAN)
    assert _narrow(moved, issues={number: ANN}) is None
