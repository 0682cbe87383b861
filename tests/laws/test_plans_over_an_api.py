"""Plans in a repository on GitHub or GitLab, synced over the API: requests, commits, races, requests for review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import ceil
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.core.rules import Limits
from tests.servers.wire import Fault
from tests.support.hosted_source_worlds import SourceWorld, source_world
from tests.support.hosted_sources import Write
from tests.support.two_files import PLAN as SHOP
from tests.support.two_files import TASKS as SHOP_TASKS
from tests.support.two_files import write_both
from tests.support.world import only

BRANCH = "plansync/sync"
AT_ONCE = Limits(creates=0, slice_creations=0)
Make = Callable[..., SourceWorld]


def plan(number: int = 1, tasks: int = 2) -> str:
    """Return a plan that is no other's twin."""
    head = f"# Implementation Plan: Canal {number}\n\n**Status:** Draft\n\n## 5. Implementation Phases\n\n"
    lines = "".join(f"- [ ] Build lock {task} of canal {number}\n" for task in range(1, tasks + 1))
    return f"{head}### Phase 1: Reach of canal {number}\n\n{lines}"


@pytest.fixture(params=["github", "gitlab"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def made(write: Write = "auto", limits: Limits = AT_ONCE) -> SourceWorld:
            world = source_world(request.param, tmp_path, stack, write=write, limits=limits)
            stack.callback(world.store.close)
            return world

        yield made


def synced(world: SourceWorld) -> TargetReport:
    """Sync as a new process does; it must go well."""
    world.reconnect()
    report = world.sync()
    assert not report.failed, report.errors
    return report


@contextmanager
def sent(world: SourceWorld) -> Iterator[list[str]]:
    """Count what is sent meanwhile."""
    before, found = len(world.server.books), list[str]()
    yield found
    found += [f"{entry.method} {entry.path} {entry.status}" for entry in world.server.books[before:]]


def moves_of(world: SourceWorld, number: int) -> Sequence[str]:
    """Return what plansync wrote to an issue since it was opened."""
    return [entry.path for entry in world.server.books if entry.writes and entry.path.endswith(f"/issues/{number}")]


def test_a_first_run_over_a_hundred_plans_is_one_commit_and_the_next_one_asks_for_next_to_nothing(make: Make) -> None:
    world = make()
    for number in range(100):
        world.write(plan(number, 1), f"plans/{number:03}.md")
    before = len(world.repository.commits())
    synced(world)
    assert len(world.repository.commits()) == before + 1
    assert all(world.number("Build lock 1", f"plans/{number:03}.md") for number in range(100))
    synced(world)
    with sent(world) as requests:
        report = synced(world)
    assert not report.changes
    assert len(requests) <= 2 + ceil(100 / 100), requests
    assert len(world.repository.commits()) == before + 1


def test_slices_of_fifty_are_a_commit_each(make: Make) -> None:
    world = make(limits=Limits(creates=0, slice_creations=50))
    for number in range(25):
        world.write(plan(number, 3), f"plans/{number:03}.md")
    before = len(world.repository.commits())
    synced(world)
    assert len(world.repository.commits()) == before + 2  # 75 issues and 25 milestones


def test_a_plan_that_is_edited_between_read_and_write_has_both_changes(make: Make) -> None:
    world = make()
    world.write(plan())
    synced(world)
    world.people.close(world.number("Build lock 1"))
    source = world.source()
    source.refresh()
    world.edit("Build lock 2", "Build the second lock")
    report = synced(world)
    text = world.read()
    assert "- [x] Build lock 1" in text
    assert "Build the second lock" in text
    assert not report.errors


def test_a_commit_says_what_it_holds_and_which_run_made_it(make: Make) -> None:
    world = make()
    world.write(plan())
    synced(world)
    message = world.repository.commits()[0]
    assert re.fullmatch(
        r"docs: sync plans/plan\.md with the tracker\n\n- plans/plan\.md: 3 links\n\nPlansync-Run: \S+\n?", message
    )


def test_where_the_branch_is_protected_one_request_waits_and_is_kept_up_to_date(make: Make) -> None:
    world = make()
    world.write(plan())
    world.repository.protect()
    before = world.repository.commits()
    synced(world)
    assert world.repository.commits() == before
    [(state, title, text)] = world.repository.requests()
    assert (state, title) == ("open", "docs: sync plans of web with the tracker")
    assert "| plans/plan.md | 3 |  |  |" in text
    proposed = world.repository.read("plans/plan.md", "plansync/sync").decode()
    assert len(re.findall(r"Build lock \d of canal 1 \(\[#", proposed)) == 2
    world.write(plan(2), "plans/other.md")
    synced(world)
    [(state, _, text)] = world.repository.requests()
    assert state == "open"
    assert "| plans/other.md | 3 |" in text
    assert len(world.repository.commits("plansync/sync")) == len(world.repository.commits()) + 1


def test_a_source_that_is_told_to_asks_for_review_at_once(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    assert len(world.repository.requests()) == 1


def test_a_source_that_must_write_directly_says_what_is_in_the_way(make: Make) -> None:
    world = make("direct")
    world.write(plan())
    world.repository.protect()
    world.reconnect()
    report = world.sync()
    assert report.failed
    assert "takes no commit" in only(report).error
    assert world.repository.requests() == []


def test_while_a_request_waits_nothing_is_opened_or_closed_and_quiet_runs_are_quiet(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    proposed = world.repository.read("plans/plan.md", "plansync/sync").decode()
    found = re.search(r"Build lock 1 of canal 1 \(\[#(\d+)\]", proposed)
    assert found
    number = int(found[1])
    for turn in range(10):
        (world.people.reopen if turn % 2 else world.people.close)(number)
        begun = len(world.server.books)
        report = synced(world)
        box = " " if turn % 2 else "x"
        assert f"- [{box}] Build lock 1" in world.repository.read("plans/plan.md", "plansync/sync").decode()
        assert [change.kind for change in report.changes if "issue" in change.kind] == []
        synced(world)
        with sent(world) as requests:
            assert not synced(world).changes
        assert len(requests) <= 3, requests
        assert not any(f"/issues/{number}" in entry.path for entry in world.server.books[begun:] if entry.writes)
    assert len([state for state, _, _ in world.repository.requests() if state == "open"]) == 1
    assert len(world.repository.requests()) == 1


def test_a_request_that_is_merged_is_over_and_the_next_run_is_quiet(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    world.repository.merge()
    synced(world)
    assert not synced(world).changes
    assert [state for state, _, _ in world.repository.requests()] == ["closed"]
    assert world.number("Build lock 1")
    world.people.close(world.number("Build lock 1"))
    synced(world)
    assert [state for state, _, _ in world.repository.requests()] == ["closed", "open"]


def test_a_request_that_nothing_is_left_of_is_closed(make: Make) -> None:
    world = make("request")
    world.write(plan().replace("**Status:** Draft\n\n", ""))
    synced(world)
    world.repository.merge()
    synced(world)
    number = world.number("Build lock 1")
    world.people.close(number)
    synced(world)
    world.people.reopen(number)
    synced(world)
    assert [state for state, _, _ in world.repository.requests()] == ["closed", "closed"]
    assert not synced(world).changes


def test_a_request_that_somebody_closes_moves_no_issue(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    world.repository.merge()
    synced(world)
    number = world.number("Build lock 1")
    world.people.close(number)
    synced(world)
    world.repository.close()
    begun = len(world.server.books)
    for _ in range(3):
        synced(world)
    assert [entry for entry in world.server.books[begun:] if entry.writes] == []
    assert [state for state, _, _ in world.repository.requests()] == ["closed", "closed"]


def test_a_plan_that_is_edited_while_it_waits_is_decided_anew(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    world.edit("Build lock 2 of", "Build the lock 2 of")
    synced(world)
    proposed = world.repository.read("plans/plan.md", "plansync/sync").decode()
    assert re.search(r"Build the lock 2 of canal 1 \(\[#\d+\]", proposed)
    assert len(world.repository.requests()) == 1
    assert len([title for title in world.issues() if "lock" in title]) == 2
    assert not synced(world).changes


def test_a_plan_that_is_edited_while_a_box_waits_moves_no_issue(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    world.repository.merge()
    synced(world)
    number = world.number("Build lock 1")
    world.people.close(number)
    synced(world)
    world.edit("Reach of canal 1", "The reach of canal 1")
    synced(world)
    assert "- [x] Build lock 1" in world.repository.read("plans/plan.md", BRANCH).decode()
    assert "The reach of canal 1" in world.repository.read("plans/plan.md", BRANCH).decode()
    assert world.issues()["Build lock 1 of canal 1"].closed
    assert not synced(world).changes


def test_a_commit_of_others_on_the_request_s_branch_stops_it_until_the_branch_is_gone(make: Make) -> None:
    world = make("request")
    world.write(plan())
    synced(world)
    proposed = world.repository.read("plans/plan.md", BRANCH)
    theirs = proposed.replace(b"lock 2", b"gate 2")
    world.repository.put("plans/plan.md", theirs, BRANCH)
    assert not synced(world).changes
    found = re.search(rb"Build lock 1 of canal 1 \(\[#(\d+)\]", proposed)
    assert found
    world.people.close(int(found[1]))
    for _ in range(2):
        world.reconnect()
        report = only(world.sync())
        assert "plansync/sync of acme/" in report.error
        assert "holds a commit that is not plansync's" in report.error
        assert "delete the branch" in report.hint
    assert world.repository.read("plans/plan.md", BRANCH) == theirs
    assert [state for state, _, _ in world.repository.requests()] == ["open"]
    assert moves_of(world, int(found[1])) == []
    world.repository.drop(BRANCH)
    synced(world)
    assert b"- [x] Build lock 1" in world.repository.read("plans/plan.md", BRANCH)
    assert not synced(world).changes


FAULTS = [Fault.RESET, Fault.RESET_APPLIED, Fault.ERROR_502_APPLIED, Fault.TRUNCATED, Fault.NOT_FOUND, Fault.HTML]


@pytest.mark.parametrize("write", ["direct", "request"])
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_breaks_on_the_way_the_next_run_is_in_step(fault: Fault, write: Write, make: Make) -> None:
    world = make(write)
    world.write(plan())
    synced(world)
    branch = BRANCH if write == "request" else ""
    found = re.search(rb"Build lock 1 of canal 1 \(\[#(\d+)\]", world.repository.read("plans/plan.md", branch))
    assert found
    number = int(found[1])
    for index in range(2, 9):
        (world.people.reopen if index % 2 else world.people.close)(number)
        world.server.faults = {len(world.server.books) + index: fault}
        world.reconnect()
        world.sync()
        world.server.faults = {}
        synced(world)
        box = b" " if index % 2 else b"x"
        assert b"- [%s] Build lock 1" % box in world.repository.read("plans/plan.md", branch)
        assert moves_of(world, number) == []
        assert not synced(world).changes
    assert len([title for title in world.issues() if "lock" in title]) == 2
    assert len([state for state, _, _ in world.repository.requests() if state == "open"]) == (write == "request")


def test_the_files_of_one_plan_are_written_in_one_commit(make: Make) -> None:
    world = make()
    write_both(world)
    before = len(world.repository.commits())
    assert [one.path for one in synced(world).plans] == [SHOP]
    assert len(world.repository.commits()) == before + 1
    assert "([#" in world.read(SHOP)
    assert world.read(SHOP_TASKS).count("([#") == 4
    assert not synced(world).changes
    assert len(world.repository.commits()) == before + 1


def test_the_files_of_one_plan_wait_in_one_request(make: Make) -> None:
    world = make("request")
    write_both(world)
    report = synced(world)
    assert [one.waits_at != "" for one in report.plans] == [True]
    assert [state for state, _, _ in world.repository.requests()] == ["open"]
    assert "([#" in world.repository.read(SHOP_TASKS, BRANCH).decode()
    count = len(world.all_issues())
    synced(world)
    assert len(world.all_issues()) == count == 5
    world.repository.merge()
    assert not synced(world).changes
    assert (world.read(SHOP).count("([#"), world.read(SHOP_TASKS).count("([#")) == (1, 4)
