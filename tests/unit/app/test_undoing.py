"""The way back from the journal: runs by name, lost answers, lost stores, plans that cannot be written (spec §9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plansync.app.undo import find_run
from plansync.core.observed import CloseReason
from plansync.core.rules import Rules
from plansync.errors import UsageError
from plansync.ports.entries import Record
from plansync.ports.source import Refused
from tests.support.clocks import NOON
from tests.support.example import FEED, MAP, PLAN
from tests.support.fake_tracker import FakeTracker
from tests.support.undoing import picture, take_up, undo
from tests.support.watched_source import WatchedSource
from tests.support.world import World, fake_world, kinds, only


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker()


@pytest.fixture
def world(tmp_path: Path, tracker: FakeTracker) -> Iterator[World]:
    made = fake_world(tmp_path, tracker=tracker)
    made.write(PLAN)
    yield made
    made.store.close()


def test_a_run_is_named_by_its_id_or_how_that_begins_or_ends(world: World) -> None:
    run, other = world.sync(), world.sync()
    history = world.store.history
    assert find_run(history, run.run).id == find_run(history, run.run[-6:]).id == run.run
    with pytest.raises(UsageError, match="no run 'nope'"):
        find_run(history, "nope")
    with pytest.raises(UsageError, match="2 runs are called '2026'") as error:
        find_run(history, "2026")
    assert run.run[-6:] in error.value.hint
    assert other.run[-6:] in error.value.hint


def test_what_a_run_opened_without_hearing_of_it_is_closed_as_well(world: World, tracker: FakeTracker) -> None:
    tracker.lose_answers = {0, 4}
    run = world.sync()
    assert run.failed
    undo(world, run.run)
    assert {issue.closed for issue in world.all_issues()} == {CloseReason.NOT_PLANNED}
    assert all(milestone.closed for milestone in world.milestones().values())
    assert world.read() == PLAN


def test_what_a_later_run_opened_is_not_undone_with_a_run_that_only_meant_to(
    world: World, tracker: FakeTracker
) -> None:
    tracker.lose_requests = {4}
    first = world.sync()
    world.clock.advance(world.limits.create_quarantine)
    second = world.sync()
    assert "create_issue" in kinds(second)
    made = next(change.number for change in second.changes if change.kind == "create_issue")
    undo(world, first.run)
    states = {issue.number: issue.closed for issue in world.all_issues()}
    assert states.pop(made or 0) is None
    assert set(states.values()) == {CloseReason.NOT_PLANNED}


def test_a_run_of_an_older_version_cannot_be_undone_and_nothing_is_done(world: World) -> None:
    world.sync()
    before = picture(world)
    run = world.store.journal.start("web", "once", NOON)
    old = Record("021-parcels", "t-1", "UpdateIssue", 1, "", "done", "", '{"title": "Old"}', NOON, '{"title": "New"}')
    world.store.journal.record(run, old)
    world.store.journal.finish(run, NOON, True, "{}")
    report = undo(world, run)
    assert "was made by an older plansync" in report.errors[0][0]
    assert picture(world) == before


def test_the_state_of_a_plan_may_have_been_lost(world: World) -> None:
    run = world.sync()
    lease = world.store.leases.acquire(["project:project"], "host:1:1", world.limits.lease, world.clock.now())
    world.store.plans.forget("project", ["021-parcels"], lease)  # type: ignore[arg-type]  # nobody else has it
    undo(world, run.run)
    assert world.read() == PLAN
    assert only(world.sync()).skipped.startswith("held since")


def test_a_plan_that_is_gone_is_told_and_its_issues_are_closed(world: World) -> None:
    run = world.sync()
    (world.root / "plans/plan.md").unlink()
    report = undo(world, run.run)
    assert any("nothing is taken back there" in note for note in report.notes)
    assert {issue.closed for issue in world.all_issues()} == {CloseReason.NOT_PLANNED}


def test_what_would_change_what_the_plan_says_is_not_written(world: World) -> None:
    run = world.sync()
    text = world.read()
    line = next(line for line in text.splitlines(keepends=True) if FEED in line)
    link = line[line.index(" ([#") :].rstrip("\n")
    world.write(text.replace(line, line.replace(link, f"{link} and see{link}")))
    changed = world.read()
    report = undo(world, run.run)
    assert (world.read() == changed) is bool(only(report).error)


def test_a_file_that_people_save_meanwhile_is_read_again(world: World) -> None:
    run = world.sync()
    saved: list[str] = []

    def save(path: str) -> None:
        if not saved:
            saved.append(path)
            world.edit("## 8. Open Questions", "More.\n\n## 8. Open Questions")

    world.around = lambda source: WatchedSource(source, save)
    report = undo(world, run.run)
    assert not report.failed
    assert world.read() == PLAN.replace("## 8. Open Questions", "More.\n\n## 8. Open Questions")


def _write_on(world: World) -> None:
    world.write(world.read() + "More.\n")


def test_a_file_that_somebody_saves_again_and_again_is_left(world: World) -> None:
    run = world.sync()
    world.around = lambda source: WatchedSource(source, lambda path: _write_on(world))
    report = undo(world, run.run)
    assert only(report).error == "plans/plan.md kept changing while it was written"


class Refusing(WatchedSource):
    """A source that takes nothing."""

    def save(self, replacements, note):  # type: ignore[no-untyped-def]  # as the port says
        del note
        return [Refused(item.content.path, "may not be written", "ask") for item in replacements]


def test_a_file_that_may_not_be_written_is_told_and_done_later(world: World) -> None:
    run = world.sync()
    before = world.around
    world.around = lambda source: Refusing(source, lambda path: None)
    report = undo(world, run.run)
    assert (only(report).error, only(report).hint, report.failed) == ("may not be written", "ask", True)
    world.around = before
    assert not undo(world, run.run).failed
    assert world.read() == PLAN


def test_changes_that_fail_are_told_and_done_by_doing_it_again(world: World, tracker: FakeTracker) -> None:
    run = world.sync()
    tracker.refuse = {len(tracker.calls)}
    report = undo(world, run.run)
    assert ("some changes did not take effect", "run it again: it goes on from there") in report.errors
    assert not undo(world, run.run).failed
    assert {issue.closed for issue in world.all_issues()} == {CloseReason.NOT_PLANNED}


def test_relations_stay_and_that_is_told(world: World) -> None:
    world.rules = Rules(tracking_issue=True)
    world.tracker.capabilities = replace(world.tracker.capabilities, sub_issues=True)  # type: ignore[misc]
    run = world.sync()
    report = undo(world, run.run)
    assert "5 relation(s) between issues stay" in report.notes
    take_up(world)
    assert {issue.closed for issue in world.all_issues()} == {None}


def test_an_item_that_moves_out_of_a_held_plan_is_not_taken_for_removed(world: World) -> None:
    run = world.sync()
    undo(world, run.run)
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "")
    assert kinds(world.sync()) == []


def test_a_held_plan_stays_held_under_another_name(world: World) -> None:
    run = world.sync()
    undo(world, run.run)
    (world.root / "plans/plan.md").rename(world.root / "plans/renamed.md")
    held = world.sync()
    assert (kinds(held), world.read("plans/renamed.md")) == ([], PLAN)
    assert only(held).skipped.endswith("`plansync once plans/renamed.md` takes it up again")
    take_up(world, "plans/renamed.md")
    assert {issue.closed for issue in world.all_issues()} == {None}
    assert kinds(world.sync()) == []


def test_a_plan_that_was_renamed_since_is_taken_back_under_its_new_name(world: World) -> None:
    run = world.sync()
    (world.root / "plans/plan.md").rename(world.root / "plans/renamed.md")
    world.sync()
    report = undo(world, run.run)
    assert (report.notes, only(report).path) == ((), "plans/renamed.md")
    assert world.read("plans/renamed.md") == PLAN


def test_an_installation_that_knows_of_no_hold_opens_nothing_again(world: World) -> None:
    run = world.sync()
    undo(world, run.run)
    world.forget()
    assert not {"create_issue", "reopen_issue"} & set(kinds(world.sync()))
    assert {issue.closed for issue in world.all_issues()} == {CloseReason.NOT_PLANNED}
    assert kinds(take_up(world)) == []
    assert "reopen_issue" in kinds(take_up(world, publish=True, allow_removals=True))
    assert {issue.closed for issue in world.all_issues()} == {None}
