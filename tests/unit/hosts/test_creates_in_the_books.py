"""Every fault of the test servers against creates, changes and reads, counted in the servers' own books."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import OutcomeUnknown, RateLimited, TrackerError
from plansync.ports.tracker import Asked
from plansync.trackers.hosted.desk import Desk, NewIssue, Patch
from plansync.trackers.hosted.tracker import HostedTracker
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.openapi import rest
from tests.servers.wire import Fault, TestServer
from tests.support.changes import close
from tests.support.clocks import FakeClock
from tests.support.hosted import HASTY, github_on
from tests.support.hosted_gitlab import gitlab_on
from tests.support.memory_pacing import MemoryPacing

APPLIED = {Fault.TIMEOUT_APPLIED, Fault.ERROR_502_APPLIED, Fault.TRUNCATED, Fault.RESET_APPLIED}
LOST = APPLIED | {Fault.TIMEOUT, Fault.ERROR_500, Fault.RESET, Fault.HTML}
LIMITS = frozenset({Fault.SECONDARY, Fault.SECONDARY_WITH_HEADER, Fault.TOO_MANY})
NEW = NewIssue(title="Write the parser", body="All of it.")


@dataclass
class Host:
    """A server, plansync's tracker on it, and what was made there."""

    server: TestServer
    tracker: HostedTracker
    clock: FakeClock
    titles: Callable[[], list[str]]
    milestones: Callable[[], int]
    comments: Callable[[int], int]
    limits: frozenset[Fault] = LIMITS

    @property
    def desk(self) -> Desk:
        return self.tracker.desk

    def creates(self, since: int = 0) -> int:
        """Return how many POSTs arrived that were not answered with a redirect."""
        entries = self.server.books[since:]
        return sum(entry.method == "POST" and entry.fault is not Fault.REDIRECT for entry in entries)


def on_github(stack: ExitStack) -> Host:
    clock = FakeClock()
    github = GitHub(clock)
    server = stack.enter_context(serve_github(github, rest().check))
    repository = github.repository
    return Host(
        server,
        github_on(github, clock, pacing=MemoryPacing(), timeout=HASTY),
        clock,
        lambda: [issue.title for issue in repository.issues.values()],
        lambda: len(repository.milestones),
        lambda number: len(repository.issues[number].comments),
    )


def on_gitlab(stack: ExitStack) -> Host:
    clock = FakeClock()
    gitlab = GitLab(clock)
    server = stack.enter_context(serve_gitlab(gitlab))
    people = gitlab.people("ann")
    return Host(
        server,
        gitlab_on(gitlab, clock, pacing=MemoryPacing(), timeout=HASTY),
        clock,
        lambda: [issue.title for issue in gitlab.state.issues_of(gitlab.project)],
        lambda: len(gitlab.state.milestones_for(gitlab.project)),
        lambda number: len(people.comments(number)),
        LIMITS - {Fault.SECONDARY},  # a limit that only GitHub has: here it is a mere 403
    )


@pytest.fixture(params=[on_github, on_gitlab])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    with ExitStack() as stack:
        found = request.param(stack)
        found.desk.facts()  # what is asked once is out of the way
        yield found


def outcome(deed: Callable[[], object]) -> TrackerError | None:
    """Return how a deed ended: with an error of ours, or well."""
    try:
        deed()
    except TrackerError as error:
        return error
    return None


@pytest.mark.parametrize("fault", Fault)
def test_no_create_is_sent_twice_by_anybody(host: Host, fault: Fault) -> None:
    row = host.desk.create_issue(NEW)
    deeds: list[tuple[Callable[[], object], Callable[[], int]]] = [
        (lambda: host.desk.create_issue(NEW), lambda: len(host.titles())),
        (lambda: host.desk.create_milestone("Web: Phase 1", ""), host.milestones),
        (lambda: host.desk.comment(row.number, "Done."), lambda: host.comments(row.number)),
    ]
    for deed, count in deeds:
        before, there = host.server.requests, count()
        host.server.fault_next(fault)
        error = outcome(deed)
        followed = (
            fault is Fault.REDIRECT and error is None
        )  # GitHub says 307, GitLab 301, which turns a POST into a GET
        assert host.creates(before) == (fault is not Fault.REDIRECT or followed)
        assert count() - there == (fault in APPLIED or followed)
        assert isinstance(error, OutcomeUnknown) is (fault in LOST)
        assert isinstance(error, RateLimited) is (fault in host.limits)
        assert (error is None) is followed
        host.clock.advance(timedelta(minutes=2))


@pytest.mark.parametrize("fault", sorted(LOST))
def test_a_read_is_repeated_three_times_at_most(host: Host, fault: Fault) -> None:
    row = host.desk.create_issue(NEW)
    for faults in (1, 3):
        before = host.server.requests
        for after in range(faults):
            host.server.fault_next(fault, after)
        error = outcome(lambda: host.desk.issue(row.number))
        assert host.server.requests - before == min(faults + 1, 3)
        assert (error is None) is (faults < 3)
        assert not isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("fault", sorted(LOST))
def test_a_change_is_repeated_and_takes_effect_once(host: Host, fault: Fault) -> None:
    row = host.desk.create_issue(NEW)
    before = host.server.requests
    host.server.fault_next(fault)
    patched = host.desk.patch_issue(row, Patch(title="New", close=CloseReason.COMPLETED))
    assert (patched.title, patched.closed) == ("New", "completed")
    assert host.server.requests - before == 2
    assert host.titles() == ["New"]


@pytest.mark.parametrize("fault", sorted(LIMITS))
def test_what_a_limit_refused_is_sent_again_after_the_pause_and_not_inside_it(host: Host, fault: Fault) -> None:
    if fault not in host.limits:
        pytest.skip("this host has no such limit")
    host.server.fault_next(fault)
    before = host.server.requests
    error = outcome(lambda: host.desk.create_issue(NEW))
    assert isinstance(error, RateLimited)
    assert isinstance(outcome(lambda: host.desk.create_issue(NEW)), RateLimited)
    assert host.server.requests - before == 1
    host.clock.advance(error.retry_after)
    host.desk.create_issue(NEW)
    assert host.server.requests - before == 2
    assert len(host.titles()) == 1


def test_a_comment_is_not_written_again_when_closing_had_to_wait(host: Host) -> None:
    number = host.desk.create_issue(NEW).number
    host.tracker.observe(Asked(frozenset({number})))
    host.server.fault_next(Fault.TOO_MANY, 2)  # comments are read, one is written
    with pytest.raises(RateLimited) as caught:
        host.tracker.apply(close(number, comment="Removed from the plan."))
    assert host.comments(number) == 1
    host.clock.advance(caught.value.retry_after)
    host.tracker.apply(close(number, comment="Removed from the plan."))
    assert host.comments(number) == 1
    row = host.desk.issue(number)
    assert row is not None
    assert row.closed is not None
