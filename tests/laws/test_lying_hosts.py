"""GitHub and GitLab that lie: lists that lag, answers that are lost, times equal to the second, clocks that differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plansync.core.observed import CloseReason
from plansync.ports.tracker import Asked
from tests.servers.wire import Fault
from tests.support.clocks import OtherClock
from tests.support.example import FEED, MAP, PLAN, TITLES
from tests.support.hosted_worlds import WORLDS, HostedWorld
from tests.support.memory_snapshots import MemorySnapshots
from tests.support.world import kinds

NEW = "Weigh every parcel twice"
QUARANTINE = timedelta(minutes=10)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LOST = (Fault.ERROR_502_APPLIED, Fault.RESET_APPLIED)


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HostedWorld]:
    """Return a world on each host in turn, whose plan is in step for an hour."""
    with ExitStack() as stack:
        made = WORLDS[request.param](tmp_path, stack, free=True)
        made.write(PLAN)
        made.sync()
        made.clock.advance(HOUR)
        yield made
        made.store.close()


def host_of(world: HostedWorld) -> Any:
    """Return the GitHub or GitLab behind the server."""
    return world.server.service


def line_of(world: HostedWorld, text: str) -> str:
    return next(line for line in world.read().splitlines(keepends=True) if text in line)


def add(world: HostedWorld, text: str = NEW) -> None:
    """Write a new task into the plan."""
    world.edit(line_of(world, FEED), f"  - [ ] {text}\n{line_of(world, FEED)}")


def lose(world: HostedWorld, fault: Fault) -> None:
    """Have the answer to the next creation of an issue get lost."""
    world.server.fault_on("POST", "/issues", fault)


def made(world: HostedWorld, text: str = NEW) -> list[int]:
    """Return the open issues that were made for a task, as somebody else sees them: what we look at we would know."""
    seen = world.connect(snapshots=MemorySnapshots()).observe(Asked(issues=frozenset(world.numbers())))
    return sorted(issue.number for issue in seen.issues if issue.title == text and issue.closed is None)


def check_in_step(world: HostedWorld) -> None:
    titles = [issue.title for issue in world.all_issues() if issue.closed is None]
    assert sorted(titles) == sorted(set(titles))
    assert set(TITLES) <= set(titles)
    assert all(world.number(title) for title in titles if title in TITLES)
    assert kinds(world.sync()) == []


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("lag", [10 * SECOND, 8 * MINUTE], ids=["10 s", "8 min"])
def test_a_list_that_lags_is_not_taken_for_absence(world: HostedWorld, lag: timedelta, fault: Fault) -> None:
    host_of(world).lag = lag
    add(world)
    lose(world, fault)
    assert world.sync().failed
    for _ in range(3):
        world.clock.advance(lag / 6)
        assert "create_issue" not in kinds(world.sync())
    world.clock.advance(lag)
    assert not world.sync().failed
    assert made(world) == [world.number(NEW)]
    check_in_step(world)


def test_a_lag_beyond_the_quarantine_is_healed_by_the_first_list_that_shows_both(world: HostedWorld) -> None:
    host_of(world).lag = HOUR
    add(world)
    lose(world, Fault.ERROR_502_APPLIED)
    world.sync()
    world.clock.advance(QUARANTINE)
    world.sync()
    assert len(made(world)) == 2
    linked = world.number(NEW)
    world.clock.advance(10 * MINUTE)
    assert kinds(world.sync()) == []

    world.clock.advance(HOUR)
    assert kinds(world.sync()) == ["close_issue"]
    assert made(world) == [linked] == [world.number(NEW)]
    check_in_step(world)


def test_a_list_that_lags_behind_a_first_sync_shows_nothing_twice_to_one_that_lost_its_state(
    world: HostedWorld,
) -> None:
    host_of(world).lag = 8 * MINUTE
    add(world)
    world.sync()
    number = world.number(NEW)
    world.forget()
    world.reconnect()
    assert kinds(world.sync()) == []
    assert world.number(NEW) == number
    world.clock.advance(QUARANTINE)
    assert made(world) == [number]
    check_in_step(world)


def test_what_people_do_in_the_second_of_a_run_is_seen_by_the_next(world: HostedWorld) -> None:
    feed, way = world.number(FEED), world.number(MAP)
    world.sync()
    world.clock.advance(-SECOND)
    world.people.close(feed)
    world.sync()
    assert "[x]" in line_of(world, FEED)
    world.clock.advance(-SECOND)
    world.people.reopen(feed)
    world.people.close(way)
    world.sync()
    assert "[ ]" in line_of(world, FEED)
    assert "[x]" in line_of(world, MAP)
    check_in_step_but(world, way)


def check_in_step_but(world: HostedWorld, closed: int) -> None:
    """Check that only this issue is closed, and that nothing is left to do."""
    assert [issue.number for issue in world.all_issues() if issue.closed is not None] == [closed]
    assert kinds(world.sync()) == []


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_of_this_machine_decides_nothing_that_the_hosts_clock_must(world: HostedWorld, hours: int) -> None:
    feed, way = world.number(FEED), world.number(MAP)
    _misjudge_the_time(world, hours * HOUR)
    add(world)
    lose(world, Fault.ERROR_500)
    assert world.sync().failed
    assert kinds(world.sync()) == []
    world.clock.advance(QUARANTINE)
    assert kinds(world.sync()) == ["create_issue"]
    assert made(world) == [world.number(NEW)]

    world.people.close(feed)
    world.edit(line_of(world, MAP), line_of(world, MAP).replace("[ ]", "[x]"))
    world.sync()
    assert "[x]" in line_of(world, FEED)
    world.people.reopen(feed)
    world.people.reopen(way)
    world.people.close(way)
    world.edit(line_of(world, MAP), line_of(world, MAP).replace("[x]", "[ ]"))
    world.sync()
    assert "[ ]" in line_of(world, FEED)
    assert "[x]" in line_of(world, MAP)
    assert world.issues()[TITLES[4]].closed is CloseReason.COMPLETED
    check_in_step_but(world, way)


def _misjudge_the_time(world: HostedWorld, off: timedelta) -> None:
    """Go on with a clock on this machine that is off by so much from the host's."""
    world.set_clock(OtherClock(world.clock, off))
    world.reconnect()
