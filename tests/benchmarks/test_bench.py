"""How long plans take, by their number: reading them, and a sync that finds everything in step.

Times are printed, and only their growth within one run is held to anything; counts are exact.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.sync import run_sync
from plansync.core.model import Plan
from plansync.core.parser import parse_plan
from plansync.core.rules import Limits
from tests.support.example import PLAN
from tests.support.world import World, local_world

SIZES = (1, 100, 1000)
ISSUES, MILESTONES = 7, 2
"""Of one plan."""

NO_LIMITS = Limits(creates=0, slice_creations=0)
LEEWAY = 2
"""Ten times the plans may take this much more than ten times the time: machines are busy with other things, too."""


@dataclass(frozen=True)
class Measured:
    """One sync: how long it took, how often a plan was parsed, and what it sent."""

    seconds: float
    parses: int
    requests: int
    writes: int
    report: TargetReport


def plan_text(number: int) -> str:
    """Return a plan of five tasks and two risks that is no other's twin."""
    return PLAN.replace("021-parcels", f"{number:04}-parcels").replace("Parcel tracking", f"Parcel tracking {number}")


def seconds_of(work: Callable[[], object]) -> float:
    """Return the best of three tries."""
    tries = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        tries.append(time.perf_counter() - start)
    return min(tries)


@contextmanager
def world_of(size: int, folder: Path) -> Iterator[World]:
    """Yield a world of ``size`` plans that nobody has synced."""
    folder.mkdir()
    world = local_world(folder, limits=NO_LIMITS)
    for number in range(size):
        world.write(plan_text(number), f"plans/{number:04}.md")
    yield world
    world.store.close()


def measured_sync(world: World) -> Measured:
    """Sync once, and count."""
    parses = 0

    def parse(data: bytes) -> Plan:
        nonlocal parses
        parses += 1
        return parse_plan(data)

    world.clock.advance()
    target = world.target()
    before = world.tracker.traffic
    start = time.perf_counter()
    report = run_sync(Workshop((target,), world.store, world.clock, parse, "host:1:1"), target, SyncRequest())
    seconds = time.perf_counter() - start
    assert not report.failed, report.errors
    after = world.tracker.traffic
    return Measured(seconds, parses, after.requests - before.requests, after.writes - before.writes, report)


def say(what: str, seconds: dict[int, float]) -> None:
    """Print one row: the times, and how they grow from size to size."""
    times = "  ".join(f"{size:>5,} plans {span * 1000:9.1f} ms" for size, span in seconds.items())
    growth = ", ".join(f"t({b})/t({a}) = {seconds[b] / seconds[a]:.1f}" for a, b in pairwise(SIZES))
    print(f"\n{what:<22}{times}   {growth}")


def test_reading_grows_with_the_number_of_plans() -> None:
    sources = [plan_text(number).encode() for number in range(max(SIZES))]

    def read(size: int) -> list[Plan]:
        return [parse_plan(data) for data in sources[:size]]

    seconds = {size: seconds_of(partial(read, size)) for size in SIZES}
    say("parse", seconds)
    assert seconds[1000] / seconds[100] < 10 * LEEWAY


def test_a_sync_without_changes_parses_nothing_and_asks_once_for_all_plans(tmp_path: Path) -> None:
    first: dict[int, Measured] = {}
    again: dict[int, Measured] = {}
    for size in SIZES:
        with world_of(size, tmp_path / str(size)) as world:
            first[size] = measured_sync(world)
            again[size] = min((measured_sync(world) for _ in range(3)), key=lambda measured: measured.seconds)
    say("first sync", {size: measured.seconds for size, measured in first.items()})
    say("sync without changes", {size: measured.seconds for size, measured in again.items()})
    for size, measured in again.items():
        print(f"{size:>5,} plans: {measured.requests} requests, {measured.writes} writes, {measured.parses} parsed")
    assert {size: measured.writes for size, measured in first.items()} == {
        size: size * (ISSUES + MILESTONES) for size in SIZES
    }
    assert [(measured.parses, measured.writes, measured.report.changes) for measured in again.values()] == [
        (0, 0, ())
    ] * 3
    assert len({measured.requests for measured in again.values()}) == 1
    assert again[1000].seconds / again[100].seconds < 10 * LEEWAY


@pytest.mark.parametrize("size", SIZES[:2])
def test_only_the_plan_that_changed_is_parsed(size: int, tmp_path: Path) -> None:
    with world_of(size, tmp_path / "plans of one folder") as world:
        measured_sync(world)
        world.edit("- **Goal:** Parcels are known", "- **Goal:** Parcels are known by number", "plans/0000.md")
        changed = measured_sync(world)
        print(
            f"\none of {size} plans changed: {changed.seconds * 1000:.1f} ms, {changed.parses} parsed, {changed.writes} writes"
        )
        assert changed.parses == 1
        assert [plan.path for plan in changed.report.plans if plan.changes] == ["plans/0000.md"]
