"""``retire`` ends a plan on purpose: its issues are closed or let go, and runs leave it alone (spec §4.3, §9)."""

from __future__ import annotations

from typing import Any

import pytest

from plansync.app.errand import Consent
from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.retire import retire_plan
from plansync.core.observed import CloseReason
from plansync.core.parser import parse_plan
from tests.support.example import FEED, PLAN, SEND, TITLES
from tests.support.undoing import picture, take_up, undo
from tests.support.world import World, kinds, only


@pytest.fixture
def synced(world: World) -> World:
    """A world whose example plan is in step, with one task done and one issue adopted."""
    world.write(PLAN)
    world.sync()
    number = world.people.create_issue("Ask the carrier", "Their words.")
    url = next(issue.url for issue in world.all_issues() if issue.number == number)
    world.edit(f"  - [ ] {SEND}", f"  - [ ] Ask the carrier ([#{number}]({url}))\n  - [ ] {SEND}")
    world.people.close(world.number(FEED))
    world.sync()
    return world


def _retire(world: World, *, release: bool = False, **request: Any) -> TargetReport:
    world.clock.advance()
    target = world.target()
    workshop = Workshop((target, *world.others), world.store, world.clock, parse_plan, "host:1:1")
    wish = SyncRequest(plans=("plans/plan.md",), **request)
    report = retire_plan(workshop, target, wish, Consent(), release=release)
    world.clock.advance()
    return report


def test_its_open_issues_are_closed_and_what_people_opened_is_let_go(synced: World) -> None:
    text = synced.read()
    report = _retire(synced)
    assert not report.failed
    issues = synced.issues()
    assert issues[TITLES[0]].closed is CloseReason.COMPLETED
    assert issues[TITLES[3]].closed is CloseReason.NOT_PLANNED
    assert "plansync:retired" in issues[TITLES[3]].labels
    assert "was retired" in synced.people.comments(issues[TITLES[3]].number)[-1][1]
    adopted = issues["Ask the carrier"]
    assert (adopted.closed, synced.kept(adopted.body), adopted.labels) == (None, "Their words.", frozenset())
    assert all(milestone.closed for milestone in synced.milestones().values())
    assert synced.read() == text


@pytest.mark.parametrize("release", [False, True])
def test_runs_leave_it_alone_until_a_person_publishes_it_again(synced: World, release: bool) -> None:
    before = picture(synced)
    _retire(synced, release=release)
    after = picture(synced)
    for report in (synced.sync(confirm_removals=True), take_up(synced), synced.sync(publish=True)):
        assert (kinds(report), report.failed) == ([], False)
        assert only(report).skipped.startswith("retired; ")
    assert picture(synced) == after
    take_up(synced, publish=True)
    again = picture(synced)
    assert {n: issue[:4] for n, issue in again["issues"].items()} == {n: i[:4] for n, i in before["issues"].items()}
    assert again["plan"] == before["plan"]
    quiet = synced.sync()
    assert (kinds(quiet), only(quiet).skipped) == ([], "")


def test_a_release_leaves_everything_open_without_our_text(synced: World) -> None:
    _retire(synced, release=True)
    issues = synced.issues()
    assert issues[TITLES[3]].closed is None
    opened = [issue for issue in issues.values() if issue.closed is None]
    assert all("plansync" not in issue.body and not issue.labels for issue in opened)
    assert not any(milestone.closed for milestone in synced.milestones().values())


@pytest.mark.parametrize("release", [False, True])
def test_it_can_be_undone_and_the_plan_is_in_step_as_before(synced: World, release: bool) -> None:
    before = picture(synced)
    report = _retire(synced, release=release)
    undo(synced, report.run)
    assert picture(synced) == before
    quiet = synced.sync()
    assert (kinds(quiet), only(quiet).skipped) == ([], "")


def test_a_preview_does_nothing(synced: World) -> None:
    before, writes = picture(synced), synced.tracker.traffic.writes
    shown = _retire(synced, dry_run=True)
    assert {change.outcome for change in shown.changes} == {"planned"}
    assert (picture(synced), synced.tracker.traffic.writes) == (before, writes)
    assert kinds(synced.sync()) == []


def test_a_file_that_is_no_plan_cannot_be_retired(world: World) -> None:
    world.write("# Words\n")
    report = _retire(world)
    assert report.errors[0][0] == "plans/plan.md: no phases, tasks or risks in it; nothing is retired"
