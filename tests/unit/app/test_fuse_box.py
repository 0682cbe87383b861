"""The fuses of a run: who is asked, what is remembered of a token, and what a dry run says instead (spec §4.5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plansync.app.fuses import FuseBox
from plansync.app.request import Silent, SyncRequest
from plansync.app.runlog import RunLog
from tests.support.clocks import NOON
from tests.support.example import MAP, PLAN, SEND
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    tracker = FakeTracker()
    tracker.capabilities = replace(tracker.capabilities, credential="token-1")
    made = fake_world(tmp_path, tracker=tracker)
    made.write(PLAN)
    yield made
    made.store.close()


class Asked(Silent):
    """A terminal that answers what it is told to, and counts the questions."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[tuple[str, int, int]] = []

    def may_create(self, target: str, creations: int, limit: int) -> bool:
        self.questions.append((target, creations, limit))
        return self.answer


def test_a_dry_run_shows_what_is_above_the_limit_and_what_once_needs(world: World) -> None:
    world.limits = replace(world.limits, creates=3)
    preview = world.preview()
    assert kinds(preview).count("create_issue") == 7
    assert preview.notes == ("7 issues would be opened, more than the limit of 3: `once` needs --max-creates 7",)
    assert not preview.failed


def test_a_person_who_says_no_stops_the_run_before_its_first_change(world: World) -> None:
    world.limits = replace(world.limits, creates=3)
    asked = Asked(answer=False)
    report = world.sync(asked)
    assert asked.questions == [("web", 7, 3)]
    assert not world.all_issues()
    assert report.errors == (
        ("7 issues would be opened, more than the limit of 3", "if that is right, run `plansync once --max-creates 7`"),
    )


def test_a_person_who_said_yes_is_not_asked_again_in_the_next_slice(world: World) -> None:
    world.limits = replace(world.limits, creates=3, slice_creations=2)
    asked = Asked(answer=True)
    assert not world.sync(asked).failed
    assert len(asked.questions) == 1
    assert len(world.all_issues()) == 7


@pytest.mark.parametrize(("asked_for", "stops"), [(7, False), (6, True), (0, False)])
def test_the_limit_of_the_request_counts_more_than_the_configurations(
    world: World, asked_for: int, stops: bool
) -> None:
    world.limits = replace(world.limits, creates=1)
    assert world.sync(max_creates=asked_for).failed is stops


def test_the_removals_of_one_plan_hold_only_that_plan(world: World) -> None:
    world.write(PLAN.replace("021-parcels", "022").replace("Parcel", "Package"), "plans/two.md")
    world.sync()
    for line in [line for line in world.read().splitlines(keepends=True) if "/issues/" in line]:
        world.edit(line, "")
    world.edit("- [ ] Send", "- [x] Send", "plans/two.md")
    report = world.sync()
    assert kinds(report) == ["close_issue"]
    assert [bool(plan.fused) for plan in report.plans] == [True, False]
    assert report.errors[0][0] == "1 plan(s) are held by the removal fuse"
    held = report.plans[0]
    assert held.status.after == held.status.before
    assert held.diff == ""


def _box(world: World) -> FuseBox:
    target = world.target()
    request = SyncRequest()
    return FuseBox(target, request, Silent(), RunLog(target, request))


def _run(world: World, stripped: str, *, ended: bool = True) -> None:
    journal = world.store.journal
    run = journal.start("web", "once", world.clock.advance())
    if ended:
        journal.finish(run, world.clock.advance(), False, json.dumps({"stripped": stripped}))


def test_the_last_finished_run_tells_whether_this_very_token_loses_labels(world: World) -> None:
    def looked_back() -> str:
        box = _box(world)
        box.look_back(world.store.journal)
        return box.stripped

    assert looked_back() == ""
    _run(world, "token-1")
    assert looked_back() == "token-1"
    _run(world, "", ended=False)
    assert looked_back() == "token-1"
    _run(world, "token-2")
    assert looked_back() == ""
    _run(world, "")
    assert looked_back() == ""
    assert world.clock.now() > NOON


def test_a_token_that_loses_labels_still_closes_and_writes(world: World) -> None:
    world.sync()
    _run(world, "token-1")
    world.edit("- [ ] Send", "- [x] Send")
    report = world.sync()
    assert kinds(report) == ["close_issue"]
    assert not report.failed
    assert world.number(SEND)
    world.edit("  - [ ] Store", "  - [ ] Weigh parcels\n  - [ ] Store")
    stopped = world.sync()
    assert kinds(stopped) == []
    assert stopped.errors[0][0] == "nothing is created: the token was seen to lose labels or milestones"
    assert world.number(MAP)
