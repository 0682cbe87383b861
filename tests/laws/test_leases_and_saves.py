"""Other processes, and people who save the plan while plansync works (spec §4, §5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.sync import run_sync
from plansync.core.parser import parse_plan
from plansync.errors import SourceError
from plansync.ports.store import Held, Lease
from tests.support.example import MAP, PLAN, TITLES
from tests.support.watched_source import WatchedSource
from tests.support.world import World, fake_world, kinds, local_world, only


def _sync(world: World, before_write: Callable[[], None]) -> tuple[object, Target]:
    world.clock.advance()
    target = world.target()
    target = replace(target, source=WatchedSource(target.source, lambda path: before_write()))
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    return run_sync(workshop, target, SyncRequest()), target


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = local_world(tmp_path)
    made.write(PLAN)
    return made


def test_what_a_person_saves_meanwhile_is_kept_and_the_links_come_as_well(world: World) -> None:
    saved: list[bool] = []

    def save() -> None:
        if not saved:
            saved.append(True)
            world.edit("Parcels are known", "Parcels are known to everyone")

    _sync(world, save)
    assert "known to everyone" in world.read()
    assert all(world.number(title) for title in TITLES)
    world.sync()
    assert kinds(world.sync()) == []


def test_a_task_that_a_person_removes_meanwhile_is_closed_by_the_next_run(world: World) -> None:
    line = next(line for line in PLAN.splitlines(keepends=True) if MAP in line)
    saved: list[bool] = []

    def save() -> None:
        if not saved:
            saved.append(True)
            world.edit(line, "")

    _sync(world, save)
    assert MAP not in world.read()
    assert "close_issue" in kinds(world.sync())
    assert len(world.all_issues()) == 7


def test_a_file_that_never_rests_is_left_to_the_next_run(world: World) -> None:
    count = [0]

    def save() -> None:
        count[0] += 1
        world.edit("Parcels are known", f"Parcels are known {count[0]}")

    report, _ = _sync(world, save)
    assert only(report).error  # type: ignore[arg-type]
    assert count[0] == 5
    assert not world.sync().failed
    assert all(world.number(title) for title in TITLES)
    assert len(world.all_issues()) == 7


def test_a_file_that_cannot_be_written_keeps_the_issues_for_the_next_run(world: World) -> None:
    def refuse() -> None:
        raise SourceError("plans/plan.md is read-only", hint="chmod u+w plans/plan.md")

    report, _ = _sync(world, refuse)
    assert "read-only" in only(report).error  # type: ignore[arg-type]
    assert world.read() == PLAN
    world.sync()
    assert len(world.all_issues()) == 7
    assert all(world.number(title) for title in TITLES)


def test_a_tick_that_could_not_be_written_comes_with_the_next_run_and_reopens_nothing(world: World) -> None:
    def refuse() -> None:
        raise SourceError("plans/plan.md is read-only", hint="chmod u+w plans/plan.md")

    world.sync()
    number = world.number(MAP)
    world.people.close(number)
    _sync(world, refuse)
    report = world.sync()
    assert kinds(report) == []
    assert f"- [x] {TITLES[4]}" in world.read()


def test_a_living_lease_is_waited_for_and_named(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    world.write(PLAN)
    names = ["project:project"]
    held = world.store.leases.acquire(names, "elsewhere:77:1", timedelta(hours=1), world.clock.now())
    assert isinstance(held, Lease)
    report = world.sync()
    assert "process 77 on elsewhere is at work on project" in report.errors[0][0]
    assert sum(world.clock.slept, timedelta()) >= world.limits.lease_wait
    assert not world.all_issues()
    world.store.leases.release(held)
    assert not world.sync().failed


def test_a_lease_that_ran_out_is_taken_over(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    world.write(PLAN)
    assert not isinstance(
        world.store.leases.acquire(["project:project"], "elsewhere:77:1", timedelta(seconds=5), world.clock.now()), Held
    )
    world.clock.advance(timedelta(seconds=6))
    assert not world.sync().failed


def test_a_lease_lost_in_the_middle_stops_the_run_before_its_next_write(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    world.write(PLAN)
    tracker = world.tracker
    real = tracker.apply
    calls: list[object] = []

    def apply(change: object) -> object:
        calls.append(change)
        if len(calls) == 3:
            world.clock.advance(timedelta(minutes=5))
            taken = world.store.leases.acquire(
                ["project:project"], "elsewhere:77:1", timedelta(hours=1), world.clock.now()
            )
            assert isinstance(taken, Lease)
        return real(change)  # type: ignore[arg-type]

    tracker.apply = apply  # type: ignore[method-assign,assignment]
    report = world.sync()
    assert len(calls) == 3
    assert report.failed
