"""The state database deleted, or put back as it was a week ago, whatever people did meanwhile (spec §3.2, §4.2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.observed import CloseReason
from plansync.store.open import open_store
from plansync.trackers.local.tracker import LocalTracker
from tests.laws.conftest import WORLDS
from tests.support.example import FEED, MAP, PAGES, PLAN, SEND, STORE, TITLES
from tests.support.hosted_worlds import WORLDS as HOSTED
from tests.support.hosted_worlds import HostedWorld
from tests.support.people import LocalPeople
from tests.support.world import World, fake_world, kinds, local_world

STATE = ".plansync/state.db"
OTHER = "plans/other.md"
OTHER_PLAN = """\
# Implementation Plan: Parcel returns

**Feature ID:** 022-returns

## 5. Implementation Phases

### Phase 1: Taking back

- **Tasks:**
  - [ ] Print a label for the way back
"""
NEW = "Weigh every parcel twice"
LABEL = "Print a label"
Loss = Callable[[World], None]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return a world on each tracker in turn, with two plans that were in step a week ago, one box ticked."""
    with ExitStack() as stack:
        match request.param:
            case "local":
                made: World = local_world(tmp_path)
            case "shared":
                made = fake_world(tmp_path)
            case name:
                made = HOSTED[name](tmp_path, stack, free=True)
        made.write(PLAN)
        made.write(OTHER_PLAN, OTHER)
        made.sync()
        tick(made, STORE)
        made.sync()
        back_up(made)
        made.clock.advance(timedelta(days=7))
        yield made
        made.store.close()


@pytest.fixture(params=["deleted", "a week old"])
def lose(request: pytest.FixtureRequest) -> Loss:
    """Return what becomes of the state database."""
    return delete if request.param == "deleted" else restore


def back_up(world: World) -> None:
    with (
        closing(sqlite3.connect(world.root / STATE)) as database,
        closing(sqlite3.connect(world.root / "state.backup")) as backup,
    ):
        database.backup(backup)


def delete(world: World) -> None:
    world.forget()
    _start_again(world)


def restore(world: World) -> None:
    world.store.close()
    (world.root / STATE).write_bytes((world.root / "state.backup").read_bytes())
    world.store = open_store(f"sqlite:///{world.root / STATE}")
    _start_again(world)


def _start_again(world: World) -> None:
    """Forget what the process knew as well."""
    if isinstance(world, HostedWorld):
        world.reconnect()


def line_of(world: World, text: str, path: str = "plans/plan.md") -> str:
    return next(line for line in world.read(path).splitlines(keepends=True) if text in line)


def tick(world: World, text: str, old: str = "[ ]", new: str = "[x]") -> None:
    line = line_of(world, text)
    assert old in line
    world.edit(line, line.replace(old, new))


def untick(world: World, text: str) -> None:
    tick(world, text, "[x]", "[ ]")


def is_ticked(world: World, text: str) -> bool:
    return "[x]" in line_of(world, text)


def move_to_other(world: World, text: str) -> None:
    line = line_of(world, text)
    world.edit(line, "")
    label = line_of(world, LABEL, OTHER)
    world.edit(label, label + line, OTHER)


def facts(world: World) -> object:
    """Return everything that people see: files, and issues as they are."""
    issues = [(issue.number, issue.title, issue.body, issue.closed, issue.labels) for issue in world.all_issues()]
    return world.read(), world.read(OTHER), issues


def check_each_once(world: World) -> None:
    titles = [issue.title for issue in world.all_issues()]
    assert sorted(titles) == sorted(set(titles))


def check_quiet(world: World) -> None:
    before = facts(world)
    assert kinds(world.sync()) == []
    assert facts(world) == before


def test_what_was_in_step_stays_as_it_is(world: World, lose: Loss) -> None:
    issues = {text: world.number(text) for text in (FEED, STORE, PAGES, SEND, MAP)}
    tick(world, FEED)
    world.people.reopen(issues[STORE])
    world.people.close(issues[SEND], not_planned=True)
    move_to_other(world, MAP)
    world.edit(PAGES, "Answer every `GET /parcels`")
    world.edit(line_of(world, PAGES[:6]), f"{line_of(world, PAGES[:6])}  - [ ] {NEW}\n")
    world.sync()
    world.edit(line_of(world, NEW), "")
    assert "close_issue" in kinds(world.sync(allow_removals=True))
    assert world.number(MAP, OTHER) == issues[MAP]
    check_quiet(world)
    assert (is_ticked(world, FEED), is_ticked(world, STORE)) == (True, False)

    lose(world)
    check_quiet(world)
    check_quiet(world)

    untick(world, FEED)
    tick(world, STORE)
    world.people.close(world.number(LABEL, OTHER))
    world.sync()
    closed = {issue.number: issue.closed for issue in world.all_issues()}
    assert (closed[issues[FEED]], closed[issues[STORE]]) == (None, CloseReason.COMPLETED)
    assert "[x]" in line_of(world, LABEL, OTHER)
    check_quiet(world)


def test_what_people_did_at_the_tracker_before_the_loss_was_noticed_is_kept(world: World, lose: Loss) -> None:
    feed, store, pages, send, stray = (world.number(text) for text in (FEED, STORE, PAGES, SEND, MAP))
    tick(world, FEED)
    world.people.reopen(store)
    world.sync()
    assert (is_ticked(world, FEED), is_ticked(world, STORE)) == (True, False)
    world.people.reopen(feed)
    world.people.close(store)
    world.people.close(pages)
    world.people.close(stray, not_planned=True)
    tick(world, SEND)

    lose(world)
    world.sync()
    closed = {issue.number: issue.closed for issue in world.all_issues()}
    assert (closed[feed], is_ticked(world, FEED)) == (None, False)
    assert (closed[store], is_ticked(world, STORE)) == (CloseReason.COMPLETED, True)
    assert (closed[pages], is_ticked(world, PAGES)) == (CloseReason.COMPLETED, True)
    assert (closed[send], is_ticked(world, SEND)) == (CloseReason.COMPLETED, True)
    assert (closed[stray], is_ticked(world, MAP)) == (CloseReason.NOT_PLANNED, False)
    check_quiet(world)


def test_what_people_did_in_the_plans_before_the_loss_was_noticed_gives_no_second_issue(
    world: World, lose: Loss
) -> None:
    numbers = {text: world.number(text) for text in (FEED, STORE, PAGES, SEND, MAP)}
    move_to_other(world, MAP)
    world.edit("Send a message on every change of state", "Send a message on each change of state")
    unlinked = line_of(world, PAGES)
    world.edit(unlinked, f"{unlinked.partition(' ([#')[0]}\n")
    world.people.rename(numbers[FEED], "Feed!")
    world.edit(line_of(world, STORE), f"  - [ ] {NEW}\n{line_of(world, STORE)}")

    lose(world)
    report = world.sync()
    assert kinds(report).count("create_issue") == 1
    check_each_once(world)
    assert world.number("Send a message on each") == numbers[SEND]
    assert world.number(PAGES) == numbers[PAGES]
    assert world.number(MAP, OTHER) == numbers[MAP]
    assert {issue.closed for issue in world.all_issues()} == {None, CloseReason.COMPLETED}
    assert TITLES[0] in world.issues()
    check_quiet(world)


def test_a_link_to_the_embedded_tracker_proves_nothing_by_itself(tmp_path: Path) -> None:
    world = local_world(tmp_path)
    world.write(PLAN)
    world.sync()
    numbers = {text: world.number(text) for text in (FEED, STORE, MAP)}
    swapped = (
        line_of(world, FEED).replace(f"#{numbers[FEED]}]", "#!]").replace(f"/{numbers[FEED]})", f"/{numbers[MAP]})")
    )
    world.edit(line_of(world, FEED), swapped.replace("#!]", f"#{numbers[MAP]}]"))
    delete(world)
    report = world.sync()
    assert set(kinds(report)) <= {"update_issue"}
    assert {text: world.number(text) for text in numbers} == numbers
    assert "create_issue" not in kinds(world.sync())


def test_a_conflict_that_an_old_copy_cannot_judge_is_told(world: World) -> None:
    feed = world.number(FEED)
    tick(world, FEED)
    world.sync()
    world.people.reopen(feed)
    restore(world)
    report = world.sync()
    assert not is_ticked(world, FEED)
    assert [p.code for plan in report.plans for p in plan.problems].count("PS601") == 1
    check_quiet(world)


@pytest.mark.parametrize("is_state_lost", [True, False], ids=["with the state lost", "alone"])
def test_an_embedded_tracker_put_back_as_it_was_gets_again_what_it_lost(tmp_path: Path, is_state_lost: bool) -> None:
    world = local_world(tmp_path)
    world.write(PLAN)
    world.sync()
    tracker = tmp_path / ".plansync/tracker.db"
    with (
        closing(sqlite3.connect(tracker)) as database,
        closing(sqlite3.connect(tmp_path / "backup")) as backup,
    ):
        database.backup(backup)
    send = world.number(SEND)
    tick(world, FEED)
    world.people.close(send)
    world.edit(line_of(world, STORE), f"{line_of(world, STORE)}  - [ ] {NEW}\n")
    world.sync()
    assert (is_ticked(world, FEED), is_ticked(world, SEND)) == (True, True)

    assert isinstance(world.tracker, LocalTracker)
    assert isinstance(world.people, LocalPeople)
    world.tracker.close()
    world.people.desk.close_file()
    tracker.write_bytes((tmp_path / "backup").read_bytes())
    assert NEW not in world.issues()
    if is_state_lost:
        delete(world)
    world.sync()
    assert (is_ticked(world, FEED), is_ticked(world, SEND)) == (True, True)
    assert world.issues()[TITLES[0]].closed is CloseReason.COMPLETED
    assert world.number(NEW) == world.issues()[NEW].number
    check_each_once(world)
    check_quiet_plan(world)


def check_quiet_plan(world: World) -> None:
    before = world.read()
    assert kinds(world.sync()) == []
    assert world.read() == before


def test_a_person_who_reopens_while_the_clock_is_set_back_is_heard(tmp_path: Path) -> None:
    world = local_world(tmp_path)
    world.write(PLAN)
    world.sync()
    tick(world, FEED)
    world.sync()
    world.clock.advance(timedelta(hours=-1))
    world.people.reopen(world.number(FEED))
    world.sync()
    assert not is_ticked(world, FEED)
    check_quiet_plan(world)
