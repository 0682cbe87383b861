"""Sub-issues and dependencies on GitHub: what is sent, what is refused, and what another hand did meanwhile."""

from collections.abc import Iterator

import pytest

from plansync.core.changes import Done, Relate
from plansync.core.identity import ItemKey
from plansync.core.observed import RelationKind
from plansync.trackers.hosted.tracker import HostedTracker
from tests.servers.github import GitHub, relations, serve
from tests.servers.github.people import GitHubPeople
from tests.servers.wire import Fault, TestServer
from tests.support.changes import KEY, PLAN, update
from tests.support.clocks import FakeClock
from tests.support.hosted import HASTY, github_on

SUB, BLOCKED = RelationKind.SUB_ISSUE, RelationKind.BLOCKED_BY


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> GitHub:
    github = GitHub(clock, login="plansync")
    github.add_user("ann", "write")
    return github


@pytest.fixture
def server(github: GitHub) -> Iterator[TestServer]:
    with serve(github) as server:
        yield server


@pytest.fixture
def people(github: GitHub) -> GitHubPeople:
    return github.people("ann")


@pytest.fixture
def tracker(github: GitHub, server: TestServer, clock: FakeClock) -> HostedTracker:
    assert server.url
    return github_on(github, clock, timeout=HASTY)


def relate(tracker: HostedTracker, number: int, kind: RelationKind, other: int) -> Done:
    change = Relate(plan=PLAN, key=KEY, number=number, relation=kind, other_key=ItemKey("t-2"), other=other)
    outcome = tracker.apply(change)
    assert isinstance(outcome, Done), outcome
    return outcome


@pytest.mark.parametrize("kind", [SUB, BLOCKED])
def test_a_relation_takes_one_write(people: GitHubPeople, tracker: HostedTracker, kind: RelationKind) -> None:
    one, two = people.create_issue("One"), people.create_issue("Two")
    assert relate(tracker, one, kind, two).note == ""
    assert tracker.traffic.writes == 1
    assert tracker.relations(kind, one) == {two}


@pytest.mark.parametrize("kind", [SUB, BLOCKED])
def test_what_somebody_related_meanwhile_is_no_refusal(
    people: GitHubPeople, tracker: HostedTracker, kind: RelationKind
) -> None:
    one, two = people.create_issue("One"), people.create_issue("Two")
    if kind is SUB:
        people.add_sub_issue(one, two)
    else:
        people.block(one, two)
    assert relate(tracker, one, kind, two).note == ""


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_APPLIED, Fault.ERROR_502_APPLIED, Fault.ERROR_500])
def test_a_lost_answer_relates_once_and_needs_no_note(
    people: GitHubPeople, server: TestServer, tracker: HostedTracker, fault: Fault
) -> None:
    one, two = people.create_issue("One"), people.create_issue("Two")
    assert isinstance(tracker.apply(update(one, title="One")), Done)
    assert isinstance(tracker.apply(update(two, title="Two")), Done)
    server.fault_next(fault)
    assert relate(tracker, one, SUB, two).note == ""
    assert tracker.relations(SUB, one) == {two}


def test_an_issue_has_one_parent_and_keeps_it(people: GitHubPeople, tracker: HostedTracker) -> None:
    one, two, child = (people.create_issue(title) for title in ("One", "Two", "Child"))
    people.add_sub_issue(one, child)
    done = relate(tracker, two, SUB, child)
    assert done.note.startswith(f"left unrelated to #{child}: could not relate issues #{two} and #{child}")
    assert "one parent" in done.note
    assert tracker.relations(SUB, one) == {child}


def test_issues_that_block_each_other_are_refused_with_a_note(people: GitHubPeople, tracker: HostedTracker) -> None:
    one, two = people.create_issue("One"), people.create_issue("Two")
    relate(tracker, one, BLOCKED, two)
    assert relate(tracker, two, BLOCKED, one).note.startswith(f"left unrelated to #{one}")


def test_only_issues_of_this_repository_are_told_of(
    people: GitHubPeople, github: GitHub, tracker: HostedTracker
) -> None:
    """A sub-issue may live in another repository, where its number means another issue."""
    github.add_repository("acme/shop")
    shop = github.people("ann", "acme/shop")
    stranger = [shop.create_issue(title) for title in ("First", "Second", "Third")][-1]
    parent, child = people.create_issue("Parent"), people.create_issue("Child")
    people.add_sub_issue(parent, child)
    relations.add_child(people.desk, people.issue(parent), shop.issue(stranger))
    assert tracker.relations(SUB, parent) == {child}


def test_a_server_too_old_for_relations_has_none(tracker: HostedTracker) -> None:
    assert tracker.relations(SUB, 4711) == frozenset()
