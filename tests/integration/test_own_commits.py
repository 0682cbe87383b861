"""Commits of plansync's own in a real repository: they start no run, are gathered, and stop where a bot undoes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.example import MAP, PLAN
from tests.support.git_remote import Remote, git, source_on
from tests.support.two_files import PLAN as SPEC
from tests.support.two_files import PLAN_TEXT, TASKS_TEXT, TOGETHER
from tests.support.two_files import TASKS as SPEC_TASKS
from tests.support.world import World, kinds, local_world

PLACE, OTHER = "plans/plan.md", "plans/other.md"
LETTERS = PLAN.replace("021-parcels", "022-letters").replace("Parcel tracking", "Letters")
INTERVAL = timedelta(minutes=5)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote.new(tmp_path / "remote.git")
    made.commit({PLACE: PLAN.encode()})
    return made


@pytest.fixture
def world(remote: Remote, tmp_path: Path) -> Iterator[World]:
    (tmp_path / "work").mkdir()
    made = local_world(tmp_path / "work")
    made.around = lambda _: source_on(str(remote.folder), tmp_path / "state", limit=100_000)
    made.gather = INTERVAL
    yield made
    made.store.close()


def edit(remote: Remote, old: str, new: str, path: str = PLACE) -> None:
    text = remote.read(path).decode()
    assert old in text
    remote.commit({path: text.replace(old, new, 1).encode()})


def commits(remote: Remote) -> int:
    """Return how many commits are plansync's."""
    return remote.log("%an").count("plansync")


def test_a_push_of_our_own_commit_starts_no_run(world: World, remote: Remote) -> None:
    world.sync()
    assert commits(remote) == 1
    assert world.look(PLACE) is None
    world.sync()
    assert world.look(PLACE) is None
    assert commits(remote) == 1


def test_a_run_that_was_asked_for_by_our_own_push_would_do_nothing(world: World, remote: Remote) -> None:
    world.sync()
    tip, traffic = remote.tip(), world.tracker.traffic.writes
    report = world.sync(plans=(PLACE,), gathers=True)
    assert (kinds(report), [plan.unchanged for plan in report.plans]) == ([], [True])
    assert (remote.tip(), world.tracker.traffic.writes) == (tip, traffic)


def test_a_person_s_commit_counts_though_its_message_is_a_copy_of_ours(world: World, remote: Remote) -> None:
    world.sync()
    message = git(remote.folder, "log", "--max-count=1", "--format=%B", "main")
    assert "Plansync-Run: " in message
    edit(remote, MAP, f"{MAP} of the town")
    copied = git(remote.folder, "commit-tree", "main^{tree}", "-p", "main~1", "-m", message)
    git(remote.folder, "update-ref", "refs/heads/main", copied)
    report = world.look(PLACE)
    assert report is not None
    assert kinds(report) == ["update_issue"]


def test_a_daemon_gathers_what_it_commits(world: World, remote: Remote) -> None:
    world.sync(gathers=True)
    remote.commit({OTHER: LETTERS.encode()})
    held = world.look(OTHER)
    assert held is not None
    assert kinds(held).count("create_issue") == 7
    assert world.look(OTHER) is not None  # it is not in step, whoever pushes it
    assert (commits(remote), remote.read(OTHER).decode()) == (1, LETTERS)
    world.clock.advance(INTERVAL)
    assert kinds(world.sync(plans=(OTHER,), gathers=True)) == []
    assert commits(remote) == 2
    assert remote.read(OTHER).count(b"/issues/") == 7
    assert world.look(OTHER) is None


def test_a_bot_that_undoes_each_commit_is_left_alone_after_three(world: World, remote: Remote) -> None:
    links = re.compile(rb" \(\[#\d+\]\([^)]*\)\)")
    reports = []
    for _ in range(8):
        world.clock.advance(INTERVAL)
        reports.append(world.look(PLACE))
        remote.commit({PLACE: links.sub(b"", remote.read(PLACE))})
    assert commits(remote) == 3
    assert [report is not None and report.failed for report in reports] == [False] * 3 + [True] * 5
    assert len(world.all_issues()) == 7
    assert not world.sync(plans=(PLACE,)).failed
    assert commits(remote) == 4
    assert not world.sync().failed


def test_the_files_of_one_plan_are_written_in_one_commit(tmp_path: Path) -> None:
    remote = Remote.new(tmp_path / "remote.git")
    remote.commit({SPEC: PLAN_TEXT.encode(), SPEC_TASKS: TASKS_TEXT.encode()})
    (tmp_path / "work").mkdir()
    world = local_world(tmp_path / "work")
    world.together = TOGETHER
    world.around = lambda _: source_on(str(remote.folder), tmp_path / "state", limit=100_000)
    report = world.sync()
    assert [plan.path for plan in report.plans] == [SPEC]
    assert commits(remote) == 1
    assert "([#" in remote.read(SPEC).decode()
    assert remote.read(SPEC_TASKS).decode().count("([#") == 4
    assert world.look(SPEC_TASKS, SPEC) is None
    assert kinds(world.sync()) == []
    assert commits(remote) == 1
    world.store.close()
