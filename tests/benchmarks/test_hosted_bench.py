"""How many requests syncs send to GitHub and GitLab: exact counts, held to the bounds that the docs promise.

A world on a test server is asked as plansync asks the real one; pacing is off, for time is no matter here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.core.rules import Limits
from plansync.ports.tracker import Asked
from tests.benchmarks.hosted_plans import PEOPLE, Shape, plan_text
from tests.servers.wire import Entry
from tests.support.hosted_worlds import WORLDS, HostedWorld

LABELS = 4
"""plansync, risk, and two levels at most."""
AT_ONCE = Limits(creates=0, slice_creations=0)
SMALL, LARGE = Shape(phases=3, tasks=8, risks=4), Shape(phases=3, tasks=30, risks=10)
PLANS = 100
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Counted:
    """What one sync sent."""

    report: TargetReport
    entries: Sequence[Entry]
    seconds: float

    @property
    def writes(self) -> int:
        return sum(entry.writes for entry in self.entries)

    @property
    def unchanged(self) -> int:
        """Count the answers without content."""
        return sum(entry.status == 304 for entry in self.entries)


@contextmanager
def world_of(kind: str, folder: Path, plans: int, shape: Shape, limits: Limits = AT_ONCE) -> Iterator[HostedWorld]:
    with ExitStack() as stack:
        world = WORLDS[kind](folder, stack, limits=limits, free=True)
        stack.callback(world.store.close)
        for number in range(plans):
            world.write(plan_text(number, shape), f"plans/{number:03}.md")
        yield world


def counted(world: HostedWorld) -> Counted:
    world.reconnect()
    before = len(world.server.books)
    start = time.perf_counter()
    report = world.sync()
    seconds = time.perf_counter() - start
    assert not report.failed, report.errors
    return Counted(report, world.server.books[before:], seconds)


def tell(kind: str, what: str, sync: Counted, bound: int) -> None:
    sent = f"{len(sync.entries):6} requests (at most {bound}), {sync.writes} writes"
    print(f"\n{kind:7} {what:48} {sent}, {sync.seconds:.1f} s", end="")
    assert len(sync.entries) <= bound


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_first_sync_sends_hardly_more_than_it_makes(kind: str, tmp_path: Path) -> None:
    with world_of(kind, tmp_path, 1, SMALL) as world:
        made = SMALL.phases + SMALL.items
        in_the_cycle = 2
        bound = 6 + LABELS + len(PEOPLE) + made + 2 * in_the_cycle
        first = counted(world)
        assert len(world.all_issues()) == SMALL.items
        tell(kind, f"first sync of {SMALL.phases} phases, {SMALL.items} items", first, bound)
        quiet = counted(world)
        tell(kind, "second sync", quiet, 2 + 1)
        assert quiet.writes == 0


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_slices_of_a_long_run_add_an_observation_each(kind: str, tmp_path: Path) -> None:
    limits = replace(AT_ONCE, slice_creations=10)
    with world_of(kind, tmp_path, 1, SMALL, limits) as world:
        creations = SMALL.phases + SMALL.items
        slices = ceil(creations / 10) + 1
        bound = 6 + LABELS + len(PEOPLE) + creations + 4 + (2 + 1) * slices
        tell(kind, f"the same in slices of 10 ({slices} of them)", counted(world), bound)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_ten_thousand_items_are_quiet_and_changes_cost_two_requests_each(kind: str, tmp_path: Path) -> None:
    with world_of(kind, tmp_path, PLANS, LARGE) as world:
        items, milestones = PLANS * LARGE.items, PLANS * LARGE.phases
        pages = ceil(milestones / 100)
        bound = 6 + LABELS + len(PEOPLE) + items + milestones + 4 * PLANS
        tell(kind, f"first sync of {items} items in {PLANS} plans", counted(world), bound)
        counted(world)
        world.clock.advance(HALF_AN_HOUR)
        quiet = counted(world)
        tell(kind, f"no-op sync of {items} items", quiet, 2 + pages)
        assert quiet.writes == 0
        if kind == "github":
            assert quiet.unchanged == len(quiet.entries)
        for changes in (1, 10, 150):
            _reword(world, changes)
            sync = counted(world)
            tell(kind, f"{changes} reworded", sync, 2 + pages + 2 * changes + ceil(changes / 100))
            counted(world)
            world.clock.advance(HALF_AN_HOUR)
        for changes in (1, 120):
            _close(world, changes)
            sync = counted(world)
            settled = sync.report.counts.get("close_milestone", 0)
            bound = 2 + pages + 2 * changes + ceil(changes / 100) + settled
            tell(kind, f"{changes} closed by people, {settled} milestones with them", sync, bound)
            assert sync.writes == settled
            counted(world)
            world.clock.advance(HALF_AN_HOUR)


def _reword(world: HostedWorld, changes: int) -> None:
    """Reword the criteria of ``changes`` tasks, plan by plan."""
    left = changes
    for file in sorted((world.root / "plans").glob("*.md")):
        if not left:
            return
        text, count = re.subn(
            r"The chamber holds", f"The chamber holds water ({changes})", file.read_text(), count=left
        )
        if not count:
            text, count = re.subn(r"holds water \(\d+\)", f"holds water ({changes})", file.read_text(), count=left)
        file.write_text(text)
        left -= count


def _close(world: HostedWorld, changes: int) -> None:
    """Close open issues of tasks as people do."""
    found = world.tracker.observe(Asked()).issues
    open_tasks = [i for i in found if i.closed is None and not i.title.startswith("Risk")]
    for issue in open_tasks[:changes]:
        world.people.close(issue.number)
