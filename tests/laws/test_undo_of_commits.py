"""An undo where plans are written by commits: one commit takes all of them back, and what waits for review goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.example import PLAN
from tests.support.git_remote import Remote, source_on
from tests.support.hosted_source_worlds import SourceWorld, source_world
from tests.support.hosted_sources import Write
from tests.support.undoing import take_up, undo
from tests.support.world import World, kinds, local_world

OTHER = PLAN.replace("021-parcels", "022-letters").replace("Parcel tracking", "Letters")
HERE, THERE = "plans/plan.md", "plans/letters.md"
Make = Callable[..., SourceWorld]


@pytest.fixture(params=["github", "gitlab"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def made(write: Write = "auto") -> SourceWorld:
            world = source_world(request.param, tmp_path, stack, write=write)
            stack.callback(world.store.close)
            return world

        yield made


def test_over_an_api_one_commit_takes_all_plans_back(make: Make) -> None:
    world = make()
    world.write(PLAN, HERE)
    world.write(OTHER, THERE)
    run = world.sync()
    before = len(world.repository.commits())
    report = undo(world, run.run)
    assert not report.failed
    assert (world.read(HERE), world.read(THERE)) == (PLAN, OTHER)
    commits = world.repository.commits()
    assert len(commits) == before + 1
    assert commits[0].startswith(f"docs: take back what run {run.run[-6:]} wrote into 2 plans\n")
    assert f"Plansync-Run: {report.run}" in commits[0]
    world.reconnect()
    assert kinds(world.sync()) == []
    assert len(world.repository.commits()) == before + 1


def test_edits_that_wait_for_review_are_taken_out_of_the_request(make: Make) -> None:
    world = make(write="request")
    world.write(PLAN, HERE)
    run = world.sync()
    assert [state for state, _, _ in world.repository.requests()] == ["open"]
    report = undo(world, run.run)
    assert not report.failed
    assert world.read(HERE) == PLAN
    assert [state for state, _, _ in world.repository.requests()] == ["closed"]
    world.reconnect()
    assert kinds(world.sync()) == []
    assert [state for state, _, _ in world.repository.requests()] == ["closed"]


@dataclass
class GitWorld(World):
    """The embedded tracker, with plans on a Git remote."""

    remote: Remote = field(kw_only=True)

    def read(self, path: str = HERE) -> str:
        return self.remote.read(path).decode()


@pytest.fixture
def git_world(tmp_path: Path) -> Iterator[GitWorld]:
    remote = Remote.new(tmp_path / "remote.git")
    local = local_world(tmp_path)
    source = source_on(f"file://{remote.folder}", tmp_path / "state")
    source.plan_bytes = 100_000
    parts = {name: getattr(local, name) for name in ("root", "tracker", "people", "clock", "store", "rules", "limits")}
    yield GitWorld(**parts, remote=remote, around=lambda folder: source)
    local.store.close()


def test_on_a_git_remote_one_commit_takes_the_plan_back(git_world: GitWorld) -> None:
    git_world.remote.commit({HERE: PLAN.encode()})
    run = git_world.sync()
    synced = git_world.read()
    assert synced != PLAN
    git_world.remote.commit({"README.md": b"meanwhile"})
    undo(git_world, run.run)
    assert git_world.read() == PLAN
    subjects = git_world.remote.log("%s")
    assert subjects[0] == f"docs: take back what run {run.run[-6:]} wrote into {HERE}"
    assert subjects[1] == "by hand"
    assert kinds(git_world.sync()) == []
    take_up(git_world)
    assert git_world.read() == synced
