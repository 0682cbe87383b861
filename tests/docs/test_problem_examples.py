"""The plans on the page on Problems give their Problems in a sync, where one can be had with a few steps."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.lint import lint_plans
from plansync.core.parser import parse_plan
from plansync.ports.source import Content
from tests.docs.test_problems_page import example_of
from tests.support.clocks import TickingClock
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, only

TASK = "Print the cards"
START = example_of("PS503")
ISSUE = "https://github.com/acme/shop/issues/12"
MILESTONE = "https://github.com/acme/shop/milestone/3"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project with one plan that is in step."""
    made = fake_world(tmp_path, tracker=FakeTracker(clock=TickingClock()))
    made.write(START)
    made.sync()
    return made


def codes(world: World, code: str) -> list[str]:
    """Save the example of ``code``, its links leading to the task's issue and milestone, and return what a sync finds."""
    milestone = next(iter(world.milestones().values()))
    issue = world.issues()[TASK].url if TASK in world.issues() else ""
    world.write(example_of(code).replace(ISSUE, issue).replace(MILESTONE, milestone.url))
    world.clock.advance(timedelta(days=2))
    return [problem.code for problem in only(world.sync()).problems]


@pytest.mark.parametrize("code", ["PS501", "PS511", "PS701", "PS702", "PS703"])
def test_the_example_gives_its_problem_as_it_stands(world: World, code: str) -> None:
    assert codes(world, code) == [code]


@pytest.mark.parametrize("code", ["PS701", "PS702"])
def test_lint_finds_fault_with_the_status_too(code: str) -> None:
    (report,) = lint_plans([[Content("a.md", example_of(code).encode(), "")]], parse_plan)
    assert [problem.code for problem in report.problems] == [code]


def test_a_linked_issue_is_gone(world: World) -> None:
    url = world.issues()[TASK].url
    world.people.delete(1)
    world.write(example_of("PS502").replace(ISSUE, url))
    world.clock.advance(timedelta(days=2))
    assert [problem.code for problem in only(world.sync()).problems] == ["PS502"]


def test_two_plans_have_one_feature_id() -> None:
    data = example_of("PS505").encode()
    reports = lint_plans([[Content("a.md", data, "")], [Content("b.md", data, "")]], parse_plan)
    assert [[problem.code for problem in report.problems] for report in reports] == [[], ["PS505"]]


def test_an_issue_looks_like_the_task(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    world.write(START.replace(TASK, "Print the cards for the shop in Rome"))
    world.sync()
    world.write(example_of("PS506"))
    for report in (world.preview(), world.sync()):
        assert [problem.code for problem in only(report).problems] == ["PS506"]
    assert only(world.sync()).problems == ()


def test_an_assignee_does_not_exist(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(users=("ann",)))
    world.write(example_of("PS604"))
    assert [problem.code for problem in only(world.sync()).problems] == ["PS604"]


def test_the_end_of_a_region_was_deleted(world: World) -> None:
    body = world.issues()[TASK].body
    world.people.set_body(1, body.replace("<!-- /plansync -->", ""))
    assert codes(world, "PS508") == ["PS508"]


def test_a_linked_milestone_is_gone(world: World) -> None:
    milestone = next(iter(world.milestones().values()))
    world.people.delete_milestone(milestone.number)
    world.write(example_of("PS509").replace(MILESTONE, milestone.url))
    world.clock.advance(timedelta(days=2))
    assert "PS509" in [problem.code for problem in only(world.sync()).problems]


def test_box_and_issue_were_both_changed(world: World) -> None:
    world.people.close(1)
    world.people.reopen(1)
    assert codes(world, "PS601") == ["PS601"]


def test_an_answer_was_lost(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(clock=TickingClock(), lose_answers={1}))
    world.write(example_of("PS602"))
    assert [problem.code for problem in only(world.sync()).problems] == ["PS602"]


def test_the_removal_fuse_trips(world: World) -> None:
    world.write(START.replace(TASK, TASK + "".join(f"\n  - [ ] Print card {number}" for number in range(12))))
    world.sync()
    assert codes(world, "PS603") == ["PS603"]


def test_a_token_loses_labels(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(clock=TickingClock(), strip=("labels",)))
    world.write(example_of("PS605"))
    assert [problem.code for problem in only(world.sync()).problems] == ["PS605"]
