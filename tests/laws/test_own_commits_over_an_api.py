"""Commits of plansync's own over an API: they start no run, are gathered, and stop where a bot undoes them (spec §5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.example import MAP, PLAN
from tests.support.hosted_source_worlds import SourceWorld, source_world
from tests.support.world import kinds

PLACE, OTHER = "plans/plan.md", "plans/other.md"
LETTERS = PLAN.replace("021-parcels", "022-letters").replace("Parcel tracking", "Letters")
INTERVAL = timedelta(minutes=5)
ISSUES = 7
_LINK = re.compile(rb" \(\[#\d+\]\([^)]*\)\)")


@pytest.fixture(params=["github", "gitlab"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SourceWorld]:
    with ExitStack() as stack:
        made = source_world(request.param, tmp_path, stack)
        stack.callback(made.store.close)
        made.gather = INTERVAL
        made.write(PLAN, PLACE)
        yield made


def ours(world: SourceWorld) -> int:
    """Return how many commits are plansync's."""
    return sum("Plansync-Run: " in message for message in world.repository.commits())


def test_a_push_of_our_own_commit_starts_no_run(world: SourceWorld) -> None:
    world.sync()
    assert ours(world) == 1
    assert world.look(PLACE) is None
    world.sync()
    assert world.look(PLACE) is None
    assert ours(world) == 1


def test_a_person_s_commit_counts_though_its_message_is_a_copy_of_ours(world: SourceWorld) -> None:
    world.sync()
    world.repository.amend(PLACE, world.read().replace(MAP, f"{MAP} of the town").encode(), "main")
    assert ours(world) == 1
    report = world.look(PLACE)
    assert report is not None
    assert kinds(report) == ["update_issue"]


def test_a_daemon_gathers_what_it_commits(world: SourceWorld) -> None:
    world.sync(gathers=True)
    world.write(LETTERS, OTHER)
    held = world.look(OTHER)
    assert held is not None
    assert held.gathered is not None
    assert kinds(held).count("create_issue") == ISSUES
    assert held.gathered.paths == {OTHER}
    assert (ours(world), world.read(OTHER)) == (1, LETTERS)
    world.people.close(world.number(MAP))
    again = world.sync(gathers=True)
    assert again.gathered is not None
    assert (kinds(again), ours(world)) == ([], 1)
    assert again.gathered.paths == {PLACE, OTHER}
    world.clock.advance(INTERVAL)
    assert kinds(world.sync(plans=(OTHER, PLACE), gathers=True)) == []
    assert ours(world) == 2
    assert f"- [x] {MAP}" in world.read()
    assert world.read(OTHER).count("/issues/") == ISSUES
    assert world.look(OTHER) is None


def test_a_bot_that_undoes_each_commit_is_left_alone_after_three(world: SourceWorld) -> None:
    reports = []
    for _ in range(6):
        world.clock.advance(INTERVAL)
        reports.append(world.look(PLACE))
        world.repository.put(PLACE, _LINK.sub(b"", world.repository.read(PLACE)))
    assert ours(world) == 3
    assert [report is not None and report.failed for report in reports] == [False] * 3 + [True] * 3
    assert reports[3] is not None
    assert "what plansync writes is undone again and again" in reports[3].errors[0][0]
    assert len([issue for issue in world.all_issues() if not issue.closed]) == ISSUES
    assert not world.sync(plans=(PLACE,)).failed
    assert ours(world) == 4
    assert not world.sync().failed
