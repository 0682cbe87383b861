"""Two machines that knew nothing of each other opened an issue each for one item (spec §4.7): in the end one is open, and linked."""

from __future__ import annotations

import pytest

from plansync.core.changes import CloseIssue, CreateIssue, Done
from plansync.core.identity import ItemKey, PlanKey
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason
from tests.support.example import MAP, PLAN
from tests.support.world import World, kinds

_PLAN, _KEY = PlanKey("021-parcels"), ItemKey("t-any")


@pytest.fixture
def ours(world: World) -> int:
    """Return the number of our issue, of a plan in step."""
    world.write(PLAN)
    world.sync()
    return world.number(MAP)


@pytest.fixture
def theirs(world: World, ours: int) -> int:
    """Return the number of the issue that the other machine opened, with our account."""
    (issue,) = [issue for issue in world.all_issues() if issue.number == ours]
    create = CreateIssue(
        plan=_PLAN, key=_KEY, kind=ItemKind.TASK, title=issue.title, body=issue.body, labels=("plansync",)
    )
    done = world.tracker.apply(create)
    assert isinstance(done, Done)
    world.clock.advance()
    return done.number


def close_as_duplicate(world: World, number: int, of: int) -> None:
    """Close an issue as the other machine does."""
    close = CloseIssue(plan=_PLAN, key=_KEY, number=number, because=CloseReason.DUPLICATE, duplicate_of=of)
    assert isinstance(world.tracker.apply(close), Done)
    world.clock.advance()


def open_twins(world: World, *numbers: int) -> list[int]:
    return [issue.number for issue in world.all_issues() if issue.number in numbers and issue.closed is None]


def test_ours_stays_and_theirs_is_closed(world: World, ours: int, theirs: int) -> None:
    assert kinds(world.sync()) == ["close_issue"]
    assert open_twins(world, ours, theirs) == [ours]
    assert kinds(world.sync()) == []


def test_where_the_other_machine_kept_its_own_our_link_follows(world: World, ours: int, theirs: int) -> None:
    close_as_duplicate(world, ours, theirs)
    world.sync()
    world.sync()
    assert world.number(MAP) == theirs
    assert open_twins(world, ours, theirs) == [theirs]
    assert "- [ ] Show the way" in world.read()
    assert kinds(world.sync()) == []


def test_where_each_machine_closed_the_others_ours_is_reopened(world: World, ours: int, theirs: int) -> None:
    close_as_duplicate(world, ours, theirs)
    close_as_duplicate(world, theirs, ours)
    assert "reopen_issue" in kinds(world.sync())
    world.sync()
    assert world.number(MAP) == ours
    assert open_twins(world, ours, theirs) == [ours]
    assert kinds(world.sync()) == []


def test_what_a_person_closed_again_stays_closed(world: World, ours: int, theirs: int) -> None:
    world.sync()
    world.people.close(ours, not_planned=True)
    world.sync()
    world.sync()
    assert open_twins(world, ours, theirs) == []
    assert kinds(world.sync()) == []
