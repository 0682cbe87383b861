"""Closing with a word, once, in an order that is safe; and what the tracker tells of events, users and traffic."""

import pytest

from plansync.core.changes import (
    Change,
    CloseIssue,
    Failed,
)
from plansync.core.observed import CloseReason
from plansync.errors import CredentialRefused, IssueGone, TrackerError
from plansync.ports.tracker import Asked
from tests.servers.wire import Fault
from tests.support.changes import KEY, PLAN, close, done, new_issue, update
from tests.support.clocks import NOON
from tests.unit.trackers.hosted.sites import HOUR, Site, github_desk

WORDS = "Removed from the plan."


def failed(site: Site, change: Change) -> Failed:
    outcome = site.run().apply(change)
    assert isinstance(outcome, Failed), outcome
    return outcome


# ------------------------------------------------------------------------------------------- closing and opening


def test_a_comment_and_labels_come_before_closing(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    tracker = site.run()
    site.observe(tracker=tracker)
    site.requests()
    change = CloseIssue(
        plan=PLAN,
        key=KEY,
        number=number,
        because=CloseReason.NOT_PLANNED,
        comment=WORDS,
        add_labels=("plansync:removed",),
    )
    done(tracker, change)
    place = f"/issues/{number}"
    assert site.requests()[-4:] == [
        f"GET {place}/comments 200", f"POST {place}/comments 201", f"POST {place}/labels 200", f"PATCH {place} 200",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.SECONDARY_WITH_HEADER])
def test_a_comment_is_not_repeated_after_a_stop_between_comment_and_closing(site: Site, fault: Fault) -> None:
    (number,) = site.make()
    tracker = site.run()
    site.observe(tracker=tracker)
    for after in (2, 3, 4):
        site.server.fault_next(fault, after)
    with pytest.raises(TrackerError):
        tracker.apply(close(number, comment=WORDS))
    assert (site.people.issue(number).state, len(site.people.comments(number))) == ("open", 1)
    site.server.faults.clear()
    site.clock.advance(HOUR)
    for run in (tracker, site.run()):  # the same run goes on, or another one
        done(run, close(number, comment=WORDS + "\n"))
        assert (site.people.issue(number).state, len(site.people.comments(number))) == ("closed", 1)
        site.people.reopen(number)
        site.observe(tracker=run)


def test_what_others_said_does_not_count_as_said(site: Site) -> None:
    (number,) = site.make()
    site.people.comment(number, WORDS)
    site.observe()
    done(site.run(), close(number, comment=WORDS))
    assert site.people.comments(number) == [("ann", WORDS), ("plansync-bot", WORDS)]


def test_a_locked_issue_is_closed_by_those_who_may_write_and_fails_alone_for_others(site: Site) -> None:
    first, second = site.make(2)
    for number in (first, second):
        site.people.lock(number)
    site.observe()
    done(site.run(), close(first, comment=WORDS))
    site.github.may_push = False
    outcome = failed(site, close(second, comment=WORDS))
    assert "is locked" in outcome.message
    assert "unlock the issue" in outcome.hint


def test_a_token_that_is_not_accepted_ends_the_run(site: Site) -> None:
    site.github.access.revoked = True
    with pytest.raises(CredentialRefused, match="does not accept the token for acme/web"):
        site.run().apply(new_issue())


# -------------------------------------------------------------------------------------------------- the tracker


def test_an_unlabelled_issue_s_answer_goes_into_the_book_at_once(site: Site) -> None:
    (number,) = site.make(labels=())
    site.observe()
    done(site.run(), update(number, title="New"))
    titles = [issue.title for issue in site.observe().issues]
    assert titles == ["New"]


def test_events_are_told_of_known_and_unknown_issues(site: Site) -> None:
    (number,) = site.make()
    tracker = site.run()
    site.clock.advance(HOUR)
    done(tracker, close(number))
    site.clock.advance(HOUR)
    site.people.reopen(number)
    for run in (tracker, site.run()):
        assert [(event.closed, event.by_us) for event in run.events(number, NOON)] == [
            (CloseReason.COMPLETED, True),
            (None, False),
        ]
        assert [event.closed for event in run.events(number, site.clock.now() - HOUR)] == [None]
        site.observe(tracker=run)
    with pytest.raises(IssueGone, match="issue #4711 does not exist"):
        tracker.events(4711, NOON)


def test_users_are_asked_about_once_a_run(site: Site) -> None:
    tracker = site.run()
    for _ in range(2):
        assert tracker.existing_users(["ann", "nobody"]) == {"ann"}
    assert sorted(site.requests()) == ["GET /assignees/ann 204", "GET /assignees/nobody 404"]


def test_traffic_counts_requests_and_writes(site: Site) -> None:
    tracker = site.run()
    tracker.observe(Asked())
    done(tracker, new_issue())
    assert (tracker.traffic.requests, tracker.traffic.writes) == (5, 1)
    assert github_desk(tracker).sent == (5, 1)
