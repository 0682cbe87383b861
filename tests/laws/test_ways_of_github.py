"""What GitHub does that trips careless tools, and what becomes of a plan there (spec §4.1, §4.5, §7).

Each test needs the behaviour that it is about: ``tests/servers_matter`` turns that off, and the test goes red.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.changes import CreateIssue
from plansync.hosts.calls import Call
from tests.servers.github import GitHub
from tests.support.example import FEED, MAP, PLAN, TITLES
from tests.support.hosted import line_to
from tests.support.hosted_worlds import HostedWorld, github_world
from tests.support.ways import Careless, Meddler, Overheard, is_quiet
from tests.support.world import kinds, only

RISK = "Risk: The carrier changes its feed"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HostedWorld]:
    """A world on GitHub, whose plan is the example."""
    with ExitStack() as stack:
        made = github_world(tmp_path, stack)
        made.write(PLAN)
        yield made
        made.store.close()


@pytest.fixture
def github(world: HostedWorld) -> GitHub:
    assert isinstance(world.server.service, GitHub)
    return world.server.service


@pytest.fixture
def careless(world: HostedWorld, github: GitHub) -> Careless:
    return Careless(line_to(github, world.clock), "/repos/acme/web")


@pytest.fixture
def heard(world: HostedWorld) -> Overheard:
    return Overheard.at(world.server)


def test_a_token_that_may_not_push_opens_one_issue_that_is_kept_and_no_more(world: HostedWorld, github: GitHub) -> None:
    world.sync()
    github.may_push = False
    world.edit(f"  - [ ] {MAP}", f"  - [ ] Weigh the parcel\n  - [ ] Wrap the parcel\n  - [ ] {MAP}")
    report = world.sync()
    made = world.issues()["Weigh the parcel"]
    assert not made.labels
    assert made.milestone is None
    assert world.number("Weigh the parcel")
    assert "Wrap the parcel" not in world.issues()
    assert report.failed
    assert "the token may not set labels or milestones" in [change.message for change in report.changes]
    assert world.sync().failed
    assert "Wrap the parcel" not in world.issues()


def test_labels_that_people_added_stay_where_a_list_of_labels_would_replace_them(
    world: HostedWorld, github: GitHub, careless: Careless
) -> None:
    world.sync()
    number, ann = world.number("The carrier changes"), github.people("ann")
    ann.add_label(number, "help wanted")
    patched = careless.ask("PATCH", f"/issues/{number}", labels=["plansync", "risk", "risk:medium"]).json()
    assert {label["name"] for label in patched["labels"]} == {"plansync", "risk", "risk:medium"}
    ann.add_label(number, "help wanted")
    world.edit("| M | H | Keep raw", "| L | L | Keep raw")
    assert kinds(world.sync()) == ["update_issue"]
    assert world.issues()[RISK].labels == {"plansync", "risk", "risk:low", "help wanted"}


def test_a_title_that_a_milestone_took_a_moment_ago_fails_one_run_and_is_numbered_in_the_next(
    world: HostedWorld, github: GitHub
) -> None:
    github.people("ann").create_milestone("Parcel tracking: Phase 1: Reading")
    github.lag = timedelta(minutes=5)
    report = world.sync()
    assert any("already_exists" in change.message for change in report.changes)
    assert report.failed
    assert TITLES[4] in world.issues()
    world.clock.advance(timedelta(minutes=15))
    assert not world.sync().failed
    assert "Parcel tracking: Phase 1: Reading (2)" in world.milestones()
    assert world.number(FEED)


def test_a_renamed_repository_is_synced_under_its_old_name_and_its_old_links_count(
    world: HostedWorld, github: GitHub, heard: Overheard
) -> None:
    world.sync()
    github.rename_repository("acme/web", "acme/shop")
    world.edit(f"  - [ ] {MAP}", f"  - [ ] Weigh the parcel\n  - [ ] {MAP}")
    world.clock.advance(timedelta(days=2))
    world.reconnect()
    assert kinds(world.sync()) == ["create_issue"]
    assert {301, 307} <= {*heard.statuses}
    assert "/acme/shop/issues/" in next(line for line in world.read().splitlines() if "Weigh the parcel" in line)
    assert is_quiet(world)


def test_a_label_that_somebody_made_a_moment_ago_is_used_in_their_case(world: HostedWorld, github: GitHub) -> None:
    ann = github.people("ann")
    report = world.sync(Meddler(lambda change: isinstance(change, CreateIssue), lambda: ann.create_label("Risk")))
    assert not report.failed
    assert [label.name for label in github.repository.labels if label.name.casefold() == "risk"] == ["Risk"]
    assert "Risk" in world.issues()[RISK].labels
    assert is_quiet(world)


def test_a_milestone_whose_title_had_blanks_around_it_takes_the_title_without(
    world: HostedWorld, careless: Careless
) -> None:
    careless.ask("POST", "/milestones", title=" Parcel tracking: Phase 1: Reading  ")
    assert not world.sync().failed
    assert "Parcel tracking: Phase 1: Reading (2)" in world.milestones()
    assert is_quiet(world)


def test_a_pull_request_with_the_text_of_an_issue_is_none(world: HostedWorld, github: GitHub, heard: Overheard) -> None:
    world.sync()
    ann = github.people("ann")
    pull = ann.open_pull_request("Draw the map", github.repository.issues[world.number(MAP)].body or "")
    ann.add_label(pull, "plansync")
    assert is_quiet(world)
    assert [row["number"] for row in heard.listed("/issues") if "pull_request" in row] == [pull]
    assert world.number(MAP) != pull


def test_our_issues_are_found_on_the_second_page_as_well(world: HostedWorld, github: GitHub, heard: Overheard) -> None:
    ann = github.people("ann")
    for number in range(100):
        ann.create_issue(f"Question {number}")
    world.sync()
    world.forget()
    world.reconnect()
    assert is_quiet(world)
    assert [len(answer.content) for answer in heard.answers("/issues")][-2:] == [100, 7]


def test_a_long_list_is_followed_by_the_links_where_pages_are_not_counted_any_more(
    world: HostedWorld, github: GitHub, careless: Careless
) -> None:
    github.world.countable = 300
    ann = github.people("ann")
    for number in range(400):
        ann.create_issue(f"Question {number}")
    world.sync()
    assert careless.ask("GET", "/issues", state="all", per_page=100, page=4).status == 422
    world.forget()
    world.reconnect()
    assert is_quiet(world)


def test_what_was_answered_to_one_token_is_not_taken_for_an_answer_to_another(
    world: HostedWorld, github: GitHub, heard: Overheard
) -> None:
    world.sync()
    assert is_quiet(world)
    assert is_quiet(world)
    assert heard.statuses[-2:] == [304, 304]
    tags = [answer.headers["ETag"] for answer in heard.answers("/issues") if answer.status == 304]
    github.add_user(github.login, "write", "ghp_another0token")
    github.token = "ghp_another0token"
    renewed = Careless(line_to(github, world.clock), "/repos/acme/web")
    asked = {"state": "all", "sort": "updated", "direction": "desc", "per_page": "100", "labels": "plansync"}
    stale = Call(path=f"{renewed.root}/issues", query=asked, headers={"If-None-Match": tags[-1]})
    assert renewed.line.ask(stale).status == 200
    world.people.close(world.number(MAP))
    world.reconnect()
    world.sync()
    assert f"- [x] {MAP}" in world.read()
    assert is_quiet(world)
    assert is_quiet(world)
    assert heard.statuses[-2:] == [304, 304]


def test_an_issue_that_was_deleted_is_a_problem_and_not_made_again(
    world: HostedWorld, github: GitHub, heard: Overheard
) -> None:
    world.sync()
    github.people("ann").delete(world.number(MAP))
    world.clock.advance(timedelta(days=2))
    report = world.sync()
    assert 410 in heard.statuses
    assert "PS502" in [problem.code for problem in only(report).problems]
    assert kinds(report) == []


def test_a_pull_request_in_a_milestone_is_none_of_its_issues(
    world: HostedWorld, github: GitHub, heard: Overheard
) -> None:
    world.rules = replace(world.rules, progress="milestone")
    world.sync()
    ann, issue = github.people("ann"), github.repository.issues[world.number(MAP)]
    assert issue.milestone is not None
    pull = ann.open_pull_request("Draw the map")
    ann.put_in_milestone(pull, issue.milestone.number)
    ann.close(pull)
    report = world.sync()
    assert 1 in [row["closed_issues"] for row in heard.listed("/milestones")]
    assert (only(report).status.done, only(report).status.total) == (0, 5)


def test_an_assignee_who_is_unknown_there_is_left_out_and_the_issue_is_made(
    world: HostedWorld, careless: Careless
) -> None:
    assert careless.ask("POST", "/issues", title="Assigned to nobody", assignees=["ghost"]).status == 422
    world.edit("of state\n", "of state — Assignee: @bob\n")
    world.edit("on a map", "on a map — Assignee: @ghost")
    assert not world.sync().failed
    assert (world.issues()[TITLES[3]].assignees, world.issues()[TITLES[4]].assignees) == (("bob",), ())
    assert is_quiet(world)


def test_a_text_that_is_too_long_is_cut_to_what_github_takes(world: HostedWorld, careless: Careless) -> None:
    assert careless.ask("POST", "/issues", title="x" * 257).status == 422
    assert careless.ask("POST", "/issues", title="x", body="y" * 65_537).status == 422
    world.edit("on a map", "on a map " + "with every street " * 4_000)
    assert not world.sync().failed
    (long,) = [issue for title, issue in world.issues().items() if title.startswith(MAP)]
    assert (len(long.title) <= 255, len(long.body) <= 65_536, long.title[-1]) == (True, True, "…")
    assert is_quiet(world)


def test_a_body_that_was_saved_in_a_browser_is_no_drift_and_keeps_its_line_ends(
    world: HostedWorld, github: GitHub
) -> None:
    world.sync()
    number = world.number(MAP)
    github.people("ann").save_from_browser(number)
    assert "\r\n" in (github.repository.issues[number].body or "")
    assert is_quiet(world)
    world.edit("on a map", "on a large map")
    assert kinds(world.sync()) == ["update_issue"]
    assert "\n" not in (github.repository.issues[number].body or "").replace("\r\n", "")


def test_the_link_follows_an_issue_that_was_transferred(world: HostedWorld, github: GitHub) -> None:
    world.sync()
    number = world.number(MAP)
    github.add_repository("acme/shop")
    there = github.people("ann").transfer(number, "acme/shop")
    world.clock.advance(timedelta(days=2))
    report = world.sync()
    assert kinds(report) == []
    (line,) = [line for line in world.read().splitlines() if MAP in line]
    assert f"/acme/shop/issues/{there})" in line
    assert "- [ ]" in line
    assert is_quiet(world)
