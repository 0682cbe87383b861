"""``undo`` of each kind of run brings plan and tracker back, and the plan is held until a person names it (spec §9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plansync.app.errand import Consent
from plansync.app.request import Silent
from plansync.core.changes import Change, Outcome
from plansync.core.observed import CloseReason
from tests.support.example import FEED, MAP, PAGES, PLAN, SEND, STORE, TITLES
from tests.support.undoing import picture, take_up, undo
from tests.support.world import World, kinds, only

BOXES = (FEED, STORE, PAGES)


@pytest.fixture
def synced(world: World) -> World:
    """A world whose example plan is in step."""
    world.write(PLAN)
    world.sync()
    return world


def test_a_first_sync_goes_back_to_nothing_but_closed_issues(world: World) -> None:
    world.write(PLAN)
    first = world.sync()
    report = undo(world, first.run)
    assert not report.failed
    assert world.read() == PLAN
    assert {issue.closed for issue in world.all_issues()} == {CloseReason.NOT_PLANNED}
    assert all("plansync:undone" in issue.labels for issue in world.all_issues())
    assert all(milestone.closed for milestone in world.milestones().values())
    assert "was undone" in world.people.comments(world.issues()[TITLES[0]].number)[0][1]


def test_what_was_undone_is_held_until_a_person_names_it(world: World) -> None:
    world.write(PLAN)
    first = world.sync()
    done = picture(world)
    undo(world, first.run)
    after = picture(world)
    for _ in range(2):
        held = world.sync(confirm_removals=True)
        assert (kinds(held), picture(world), held.failed) == ([], after, False)
        assert only(held).skipped.startswith(f"held since run {first.run[-6:]} was undone")
    assert (kinds(world.sync(plans=("plans/plan.md",))), picture(world)) == ([], after)
    again = take_up(world)
    assert set(kinds(again)) == {"reopen_issue", "reopen_milestone"}
    assert picture(world) == done
    quiet = world.sync()
    assert (kinds(quiet), only(quiet).skipped) == ([], "")


def test_an_undo_can_be_undone(world: World) -> None:
    world.write(PLAN)
    first = world.sync()
    done = picture(world)
    back = undo(world, first.run)
    again = undo(world, back.run)
    assert not again.failed
    assert picture(world) == done
    quiet = world.sync()
    assert (kinds(quiet), only(quiet).skipped, picture(world)) == ([], "", done)


def _reword(world: World) -> None:
    world.edit(MAP, "Show the whole way")


def _tick(world: World) -> None:
    for text in BOXES:
        world.edit(f"- [ ] {text}", f"- [x] {text}")


def _close(world: World) -> None:
    for text in BOXES:
        world.people.close(world.number(text))


def _remove(world: World) -> None:
    (line,) = [line for line in world.read().splitlines(keepends=True) if MAP in line]
    world.edit(line, "")


def _adopt(world: World) -> None:
    number = world.people.create_issue("Ask the carrier", "Their words.")
    url = next(issue.url for issue in world.all_issues() if issue.number == number)
    world.edit(f"  - [ ] {SEND}", f"  - [ ] Ask the carrier ([#{number}]({url}))\n  - [ ] {SEND}")


def _rename_phase(world: World) -> None:
    world.edit("### Phase 2: Telling", "### Phase 2: Telling them")


def _drop_label(world: World) -> None:
    world.people.remove_label(world.number(MAP), "plansync")


def _assign(world: World) -> None:
    (line,) = [line for line in world.read().splitlines() if MAP in line]
    world.edit(line, f"{line} — Assignee: @ann")


def _not_planned(world: World) -> None:
    world.people.close(world.number(MAP), not_planned=True)


DEEDS: list[Callable[[World], None]] = [
    _reword,
    _tick,
    _close,
    _remove,
    _adopt,
    _rename_phase,
    _drop_label,
    _assign,
    _not_planned,
]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__.strip("_"))
def test_a_later_run_goes_back_and_is_done_again_when_the_plan_is_named(
    synced: World, deed: Callable[[World], None]
) -> None:
    deed(synced)
    before = picture(synced)
    run = synced.sync()
    done = picture(synced)
    report = undo(synced, run.run)
    assert not report.failed
    assert picture(synced) == before
    assert kinds(synced.sync(confirm_removals=True)) == []
    assert picture(synced) == before
    take_up(synced)
    assert picture(synced) == done
    assert kinds(synced.sync()) == []


def test_people_that_a_run_assigned_are_taken_off_again(synced: World) -> None:
    _assign(synced)
    run = synced.sync()
    assert synced.issues()[TITLES[4]].assignees == ("ann",)
    undo(synced, run.run)
    assert synced.issues()[TITLES[4]].assignees == ()


def test_a_reopening_goes_back(synced: World) -> None:
    _tick(synced)
    synced.sync()
    synced.edit(f"- [x] {STORE}", f"- [ ] {STORE}")
    before = picture(synced)
    run = synced.sync()
    done = picture(synced)
    assert "reopen_issue" in kinds(run)
    undo(synced, run.run)
    assert picture(synced) == before
    take_up(synced)
    assert picture(synced) == done


def test_an_item_put_back_goes_away_again(synced: World) -> None:
    plan = synced.read()
    _remove(synced)
    synced.sync()
    synced.write(plan)
    before = picture(synced)
    run = synced.sync()
    assert kinds(run) == ["reopen_issue"]
    undo(synced, run.run)
    assert picture(synced) == before


def test_status_goes_back_with_the_boxes(synced: World) -> None:
    synced.people.close(synced.number(FEED))
    before = synced.read()
    run = synced.sync()
    assert "**Status:** In Progress" in synced.read()
    undo(synced, run.run)
    assert synced.read() == before


def test_a_preview_of_an_undo_shows_it_all_and_does_nothing(synced: World) -> None:
    _reword(synced)
    run = synced.sync()
    before, writes = picture(synced), synced.tracker.traffic.writes
    shown = undo(synced, run.run, dry_run=True)
    assert [(c.kind, c.outcome) for c in shown.changes] == [("update_issue", "planned")]
    assert (picture(synced), synced.tracker.traffic.writes) == (before, writes)
    assert kinds(synced.sync()) == []
    assert [c.kind for c in undo(synced, run.run).changes] == ["update_issue"]


def test_what_people_changed_since_stays(synced: World) -> None:
    _reword(synced)
    number = synced.number("Show the whole way")
    run = synced.sync()
    synced.people.rename(number, "Their own title")
    synced.people.add_label(number, "theirs")
    body = next(issue.body for issue in synced.all_issues() if issue.number == number)
    synced.people.set_body(number, f"Above\n\n{body}\n\nBelow")
    report = undo(synced, run.run)
    issue = next(issue for issue in synced.all_issues() if issue.number == number)
    assert issue.title == "Their own title"
    assert "theirs" in issue.labels
    assert issue.body.startswith("Above")
    assert synced.kept(issue.body).endswith("Below")
    assert f"issue #{number}: its title was changed since, and stays so" in report.notes


def test_issues_that_people_closed_or_reopened_since_stay_so(synced: World) -> None:
    gone = synced.number(MAP)
    _remove(synced)
    synced.edit(f"  - [ ] {SEND}", f"  - [ ] Print labels\n  - [ ] {SEND}")
    run = synced.sync()
    made = synced.number("Print labels")
    synced.people.close(made)
    synced.people.reopen(gone)
    report = undo(synced, run.run)
    states = {issue.number: issue.closed for issue in synced.all_issues()}
    assert (states[made], states[gone]) == (CloseReason.COMPLETED, None)
    assert f"issue #{made} was closed since, and stays so" in report.notes


def test_what_people_wrote_into_the_plan_since_stays(world: World) -> None:
    world.write(PLAN)
    run = world.sync()
    world.edit("- [ ] Store parcels", "- [ ] Keep parcels")
    world.edit("## 8. Open", "More words.\n\n## 8. Open")
    undo(world, run.run)
    expected = PLAN.replace("- [ ] Store parcels", "- [ ] Keep parcels")
    assert world.read() == expected.replace("## 8. Open", "More words.\n\n## 8. Open")


def test_ticks_of_people_in_an_issue_s_checklist_stay(synced: World) -> None:
    synced.edit("Note the time of arrival", "Note the hour of arrival")
    number = synced.number(FEED)
    run = synced.sync()
    body = next(issue.body for issue in synced.all_issues() if issue.number == number)
    synced.people.set_body(number, body.replace("- [ ] Keep the raw message", "- [x] Keep the raw message"))
    report = undo(synced, run.run)
    after = next(issue.body for issue in synced.all_issues() if issue.number == number)
    assert "Note the time of arrival" in after
    assert "- [x] Keep the raw message" in after
    assert report.notes == ()


def test_an_undo_with_nothing_to_do_says_so(synced: World) -> None:
    quiet = synced.sync()
    report = undo(synced, quiet.run)
    assert (report.failed, report.plans) == (False, ())
    assert report.notes == (f"run {quiet.run[-6:]} changed nothing",)


def test_an_undo_done_twice_changes_nothing_more(world: World) -> None:
    world.write(PLAN)
    run = world.sync()
    undo(world, run.run)
    after, writes = picture(world), world.tracker.traffic.writes
    again = undo(world, run.run)
    assert (kinds(again), picture(world), world.tracker.traffic.writes) == ([], after, writes)


def test_a_run_between_is_not_undone_with_it(synced: World) -> None:
    _reword(synced)
    first = synced.sync()
    _tick(synced)
    second = synced.sync()
    assert second.run != first.run
    undo(synced, first.run)
    closed = {issue.title for issue in synced.all_issues() if issue.closed is CloseReason.COMPLETED}
    assert closed == set(TITLES[:3])
    assert synced.issues()[TITLES[4]].closed is None


def test_more_removals_than_the_fuse_allows_are_undone_at_once(synced: World) -> None:
    report = undo(synced, synced.store.journal.runs("web", 1)[0].id)
    assert kinds(report).count("close_issue") == 7
    assert not report.failed


class Dying(Silent):
    """Ends the process, so to say, once so many changes are made."""

    def __init__(self, after: int) -> None:
        self.left = after

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        self.left -= 1
        if self.left == 0:
            raise SystemExit


@pytest.mark.parametrize("after", [1, 6, 9])
def test_an_undo_that_dies_is_finished_by_doing_it_again(world: World, after: int) -> None:
    world.write(PLAN)
    run = world.sync()
    with pytest.raises(SystemExit):
        undo(world, run.run, Consent(Dying(after)))
    half = picture(world)
    held = world.sync(confirm_removals=True)
    assert (kinds(held), picture(world)) == ([], half)
    undo(world, run.run)
    assert world.read() == PLAN
    assert {issue.closed for issue in world.all_issues()} == {CloseReason.NOT_PLANNED}
    take_up(world)
    assert {issue.closed for issue in world.all_issues()} == {None}
    assert kinds(world.sync()) == []


def test_what_changed_since_it_was_shown_stops_it_before_the_first_change(synced: World) -> None:
    _reword(synced)
    run = synced.sync()
    shown = undo(synced, run.run, dry_run=True)
    synced.people.rename(synced.number("Show the whole way"), "Their own title")
    before = picture(synced)
    report = undo(synced, run.run, Consent(agreed=shown.plans))
    assert report.errors == (("what there is to do changed since it was shown", "look at it again"),)
    assert picture(synced) == before
    again = undo(synced, run.run, Consent(agreed=undo(synced, run.run, dry_run=True).plans))
    assert not again.failed
