"""What GitLab does that trips careless tools, and what becomes of a plan there (spec §4.1, §4.2, §4.5, §7, §8).

Each test needs the behaviour that it is about: ``tests/servers_matter`` turns that off, and the test goes red.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.gitlab import GitLab
from tests.servers.gitlab.values import GUEST
from tests.support.example import FEED, MAP, PLAN, TITLES
from tests.support.hosted_gitlab import line_to
from tests.support.hosted_worlds import HostedWorld, gitlab_world
from tests.support.ways import Careless, Overheard, is_quiet
from tests.support.world import kinds, only

RISK = "Risk: The carrier changes its feed"
READING = "Parcel tracking: Phase 1: Reading"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HostedWorld]:
    """A world on GitLab, whose plan is the example."""
    with ExitStack() as stack:
        made = gitlab_world(tmp_path, stack)
        made.write(PLAN)
        yield made
        made.store.close()


@pytest.fixture
def gitlab(world: HostedWorld) -> GitLab:
    assert isinstance(world.server.service, GitLab)
    return world.server.service


@pytest.fixture
def careless(world: HostedWorld, gitlab: GitLab) -> Careless:
    return Careless(line_to(gitlab, world.clock), f"/projects/{gitlab.project.id}")


@pytest.fixture
def heard(world: HostedWorld) -> Overheard:
    return Overheard.at(world.server)


def line_of(world: HostedWorld, words: str) -> str:
    return next(line for line in world.read().splitlines() if words in line)


def test_a_strangers_token_opens_one_issue_that_is_kept_and_no_more(world: HostedWorld, gitlab: GitLab) -> None:
    world.sync()
    gitlab.project.visibility = "public"
    gitlab.set_access("plansync", 0)
    world.edit(f"  - [ ] {MAP}", f"  - [ ] Weigh the parcel\n  - [ ] Wrap the parcel\n  - [ ] {MAP}")
    report = world.sync()
    assert "the token may not set labels or milestones" in [change.message for change in report.changes]
    assert [p.code for plan in report.plans for p in plan.problems] == ["PS605"]
    made = world.issues()["Weigh the parcel"]
    assert not made.labels
    assert made.milestone is None
    assert world.number("Weigh the parcel")
    assert report.failed
    assert world.sync().failed
    assert "Wrap the parcel" not in world.issues()


def test_a_guests_token_that_cannot_put_labels_back_is_told_and_stops(world: HostedWorld, gitlab: GitLab) -> None:
    world.sync()
    number = world.number("The carrier changes")
    gitlab.set_access("plansync", GUEST)
    gitlab.people("ann").remove_label(number, "risk")
    report = world.sync()
    assert report.failed
    assert "risk" not in world.issues()[RISK].labels
    assert any("without its label" in error for error, _ in report.errors)


def test_labels_that_people_added_stay_where_a_list_of_labels_would_replace_them(
    world: HostedWorld, gitlab: GitLab, careless: Careless
) -> None:
    world.sync()
    number, ann = world.number("The carrier changes"), gitlab.people("ann")
    ann.add_label(number, "help wanted")
    put = careless.ask("PUT", f"/issues/{number}", labels="plansync,risk,risk:medium").json()
    assert put["labels"] == ["plansync", "risk", "risk:medium"]
    ann.add_label(number, "help wanted")
    world.edit("| M | H | Keep raw", "| L | L | Keep raw")
    assert kinds(world.sync()) == ["update_issue"]
    assert world.issues()[RISK].labels == {"plansync", "risk", "risk:low", "help wanted"}


def test_a_title_that_a_milestone_took_a_moment_ago_fails_one_run_and_is_numbered_in_the_next(
    world: HostedWorld, gitlab: GitLab
) -> None:
    gitlab.people("ann").create_milestone(READING)
    gitlab.lag = timedelta(minutes=5)
    report = world.sync()
    assert any("already being used" in change.message for change in report.changes)
    assert report.failed
    assert TITLES[4] in world.issues()
    gitlab.lag = timedelta()
    assert not world.sync().failed
    assert f"{READING} (2)" in world.milestones()
    assert world.number(FEED)


def test_a_title_that_a_group_above_took_since_yesterday_is_numbered_in_the_next_run(
    world: HostedWorld, gitlab: GitLab
) -> None:
    world.write("# Implementation Plan: Parcel tracking\n\n**Feature ID:** 021-parcels\n**Status:** Draft\n")
    world.sync()
    gitlab.desk.new_milestone(gitlab.state.group_at("acme"), gitlab.user("ann"), READING, {})
    world.write(PLAN)
    report = world.sync()
    assert any("already being used" in change.message for change in report.changes)
    assert not world.sync().failed
    assert f"{READING} (2)" in world.milestones()
    assert world.number(FEED)


def test_a_label_in_another_case_is_another_label_and_stays_beside_ours(world: HostedWorld, gitlab: GitLab) -> None:
    gitlab.desk.new_label(gitlab.project, "Risk")
    assert not world.sync().failed
    assert {label.name for label in gitlab.state.labels.values() if label.name.casefold() == "risk"} == {"Risk", "risk"}
    assert "risk" in world.issues()[RISK].labels
    assert is_quiet(world)


def test_an_issue_goes_into_the_milestone_that_its_id_names_not_its_number(
    world: HostedWorld, gitlab: GitLab, careless: Careless
) -> None:
    assert not world.sync().failed
    made = careless.ask("POST", "/issues", title="By the number in the address", milestone_id=1).json()
    assert made["milestone"] is None
    assert gitlab.issue(world.number(FEED)).milestone is gitlab.people("ann").milestone(1)
    assert world.milestones()[READING].number == 1


def test_an_issue_that_was_moved_takes_its_link_along_and_its_box_stays_open(
    world: HostedWorld, gitlab: GitLab
) -> None:
    world.sync()
    moved = gitlab.people("ann").move(world.number(MAP), gitlab.state.add_project("acme/platform/shop"))
    assert kinds(world.sync()) == []
    assert f"/acme/platform/shop/-/issues/{moved.iid})" in line_of(world, MAP)
    assert "- [ ]" in line_of(world, MAP)
    assert is_quiet(world)


def test_an_issue_that_became_an_epic_is_no_task_that_was_done(world: HostedWorld, gitlab: GitLab) -> None:
    gitlab.licensed = True
    world.sync()
    gitlab.people("ann").promote(world.number(MAP))
    report = world.sync()
    assert kinds(report) == []
    assert "- [ ]" in line_of(world, MAP)
    assert (only(report).status.done, only(report).status.total) == (0, 4)
    assert is_quiet(world)
    world.forget()
    world.reconnect()
    assert is_quiet(world)


def test_our_issues_are_found_on_the_second_page_as_well(world: HostedWorld, gitlab: GitLab, heard: Overheard) -> None:
    for number in range(100):
        gitlab.people("ann").create_issue(f"Question {number}")
    world.sync()
    world.forget()
    world.reconnect()
    assert is_quiet(world)
    assert [len(answer.content) for answer in heard.answers("/issues")][-2:] == [100, 7]


def test_a_list_whose_pages_are_not_counted_is_read_to_its_end(
    world: HostedWorld, gitlab: GitLab, heard: Overheard
) -> None:
    gitlab.countable = 50
    for number in range(100):
        gitlab.people("ann").create_issue(f"Question {number}")
    world.sync()
    world.forget()
    world.reconnect()
    assert is_quiet(world)
    assert [answer.headers.get("X-Total-Pages") for answer in heard.answers("/issues")][-2:] == [None, None]


def test_lines_that_gitlab_would_carry_out_do_nothing_in_a_plan(world: HostedWorld, gitlab: GitLab) -> None:
    world.edit("| The carrier changes its feed |", "| /assign @bob |")
    world.sync()
    number = world.number("/assign @bob")
    issue = next(issue for issue in world.all_issues() if issue.number == number)
    assert (gitlab.executed, issue.assignees) == ([], ())
    assert any(line.startswith("/") and "assign" in line for line in issue.body.splitlines())
    world.people.set_body(number, f"{issue.body}\n\n/assign @bob")
    assert gitlab.executed == [(f"acme/platform/core#{number}", "assign", "@bob")]
    assert is_quiet(world)


def test_a_renamed_project_is_synced_under_its_old_name_and_its_old_links_count(
    world: HostedWorld, gitlab: GitLab, heard: Overheard
) -> None:
    world.sync()
    gitlab.rename_project("acme/retail/core")
    world.edit(f"  - [ ] {MAP}", f"  - [ ] Weigh the parcel\n  - [ ] {MAP}")
    world.clock.advance(timedelta(days=2))
    world.reconnect()
    assert kinds(world.sync()) == ["create_issue"]
    assert 301 in heard.statuses
    assert "/acme/retail/core/-/issues/" in line_of(world, "Weigh the parcel")
    assert is_quiet(world)


def test_text_that_gitlab_tidied_is_no_drift(world: HostedWorld, gitlab: GitLab) -> None:
    world.sync()
    number = world.number(MAP)
    body = gitlab.issue(number).description or ""
    world.people.set_body(number, f"Ours.\r\n\r\n{body}\r\n\r\nBelow.  \r\n\r\n")
    assert (gitlab.issue(number).description or "").endswith("\n\nBelow.")
    assert is_quiet(world)
    world.edit("on a map", "on a large map")
    assert kinds(world.sync()) == ["update_issue"]
    assert is_quiet(world)


def test_a_milestone_whose_title_had_blanks_around_it_takes_the_title_without(
    world: HostedWorld, careless: Careless
) -> None:
    careless.ask("POST", "/milestones", title=f" {READING}  ")
    assert not world.sync().failed
    assert f"{READING} (2)" in world.milestones()
    assert is_quiet(world)


def test_issues_that_are_called_work_items_are_linked_and_found_under_either_address(
    world: HostedWorld, gitlab: GitLab
) -> None:
    gitlab.work_items = True
    world.sync()
    assert "/acme/platform/core/-/work_items/" in line_of(world, MAP)
    assert is_quiet(world)
    world.write(world.read().replace("/-/work_items/", "/-/issues/"))
    world.forget()
    world.reconnect()
    assert kinds(world.sync()) == []
    assert len(world.all_issues()) == 7


def test_a_body_that_was_saved_in_a_browser_is_no_drift(world: HostedWorld, gitlab: GitLab) -> None:
    world.sync()
    number = world.number(MAP)
    gitlab.people("ann").save_from_browser(number)
    assert "\r\n" in (gitlab.issue(number).description or "")
    assert is_quiet(world)
    world.edit("on a map", "on a large map")
    assert kinds(world.sync()) == ["update_issue"]
    assert is_quiet(world)
