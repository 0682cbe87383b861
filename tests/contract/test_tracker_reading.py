"""The laws of the Tracker port on reading: what is observed, and what became of closing and reopening."""

import pytest

from plansync.core.changes import (
    Done,
    MilestoneRef,
)
from plansync.core.links import Reference, RefKind, Where, read_reference
from plansync.core.observed import CloseReason
from plansync.ports.tracker import Asked, Tracker
from tests.support.changes import (
    MARKER,
    close,
    done,
    issue,
    new_issue,
    new_milestone,
    region,
    reopen,
    update,
)
from tests.support.clocks import FakeClock
from tests.support.people import People


class ReadingLaws:
    """What every tracker shows.

    Who subclasses gives the fixtures ``tracker`` and ``people``, who work in the same project by hand.
    """

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    def test_an_empty_project_has_nothing_and_tells_the_time(self, tracker: Tracker, clock: FakeClock) -> None:
        state = tracker.observe(Asked())
        assert (state.issues, state.milestones, state.gone, state.at) == ((), (), frozenset(), clock.now())

    def test_a_created_issue_is_observed_as_it_was_sent(self, tracker: Tracker) -> None:
        in_milestone = MilestoneRef(done(tracker, new_milestone()))
        sent = new_issue(labels=("plansync", "risk"), milestone=in_milestone, assignees=("ann", "bob"))
        outcome = tracker.apply(sent)
        assert isinstance(outcome, Done)
        (seen,) = tracker.observe(Asked()).issues
        assert (seen.number, seen.url) == (outcome.number, outcome.url)
        assert (seen.title, seen.body, seen.closed) == (sent.title, sent.body, None)
        assert seen.labels == {"plansync", "risk"}
        assert seen.milestone == in_milestone.number
        assert seen.assignees == ("ann", "bob")
        assert seen.author_is_us
        assert seen.author_trusted

    def test_numbers_grow_in_the_order_of_creation(self, tracker: Tracker) -> None:
        numbers = [done(tracker, new_issue(f"Task {index}")) for index in range(3)]
        assert numbers == sorted(set(numbers))
        assert [issue.title for issue in tracker.observe(Asked()).issues] == ["Task 0", "Task 1", "Task 2"]

    def test_its_url_names_the_issue_or_milestone_of_this_project(self, tracker: Tracker) -> None:
        for change, kind in ((new_issue(), RefKind.ISSUE), (new_milestone(), RefKind.MILESTONE)):
            outcome = tracker.apply(change)
            assert isinstance(outcome, Done)
            assert read_reference(outcome.url, tracker.address) == Reference(kind, outcome.number, Where.HERE)

    def test_an_owned_issue_is_observed_open_or_closed(self, tracker: Tracker) -> None:
        number = done(tracker, new_issue())
        done(tracker, close(number, CloseReason.NOT_PLANNED))
        assert [seen.closed for seen in tracker.observe(Asked()).issues] == [CloseReason.NOT_PLANNED]

    def test_a_foreign_issue_is_observed_only_when_asked_for(self, tracker: Tracker, people: People) -> None:
        number = people.create_issue("By hand", f"They wrote {MARKER} in mid-line")
        assert tracker.observe(Asked()).issues == ()
        seen = issue(tracker, number)
        assert (seen.title, seen.author_is_us) == ("By hand", False)

    def test_a_marker_by_somebody_who_may_write_is_to_be_trusted(self, tracker: Tracker, people: People) -> None:
        number = people.create_issue("By hand", region("copied"))
        seen = issue(tracker, number)
        assert (seen.author_is_us, seen.author_trusted) == (False, True)

    def test_what_was_asked_for_and_is_gone_is_named(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue())
        people.delete(number)
        state = tracker.observe(Asked(frozenset({number, 4711}), frozenset({4712})))
        assert state.issues == ()
        assert state.gone == {number, 4711}
        assert state.gone_milestones == {4712}

    def test_the_number_of_a_deleted_issue_is_not_given_again(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue())
        people.delete(number)
        assert done(tracker, new_issue()) > number

    def test_observing_writes_nothing(self, tracker: Tracker) -> None:
        number = done(tracker, new_issue())
        before = issue(tracker, number)
        writes = tracker.traffic.writes
        tracker.observe(Asked(frozenset({number})))
        assert issue(tracker, number) == before
        assert tracker.traffic.writes == writes

    @pytest.mark.parametrize("deed", ["comment", "rename", "set_body", "add_label", "assign"])
    def test_of_two_issues_with_one_marker_it_is_seen_what_others_did(
        self, tracker: Tracker, people: People, deed: str
    ) -> None:
        first, second = done(tracker, new_issue()), done(tracker, new_issue())
        words = {"set_body": f"Mine.\n\n{region('All of it.')}", "assign": "ann"}.get(deed, "something")
        getattr(people, deed)(second, words)
        assert not issue(tracker, first).touched_by_others
        assert issue(tracker, second).touched_by_others

    def test_what_we_do_is_no_touch_of_others(self, tracker: Tracker) -> None:
        number, _ = done(tracker, new_issue()), done(tracker, new_issue())
        done(tracker, update(number, title="New", region=region("new"), add_labels=("risk",)))
        done(tracker, close(number, comment="Done."))
        done(tracker, reopen(number))
        assert not issue(tracker, number).touched_by_others

    def test_a_change_moves_the_time_of_the_last_one(self, tracker: Tracker, people: People, clock: FakeClock) -> None:
        number = done(tracker, new_issue())
        born = clock.now()
        later = clock.advance()
        people.comment(number, "Hello")
        assert (issue(tracker, number).created_at, issue(tracker, number).updated_at) == (born, later)

    def test_users_are_answered_as_they_are_spelled(self, tracker: Tracker) -> None:
        assert "ann" in tracker.existing_users(["ann"])
        assert tracker.existing_users([]) == frozenset()

    def test_requests_and_writes_are_counted(self, tracker: Tracker) -> None:
        before = tracker.traffic
        number = done(tracker, new_issue())
        tracker.observe(Asked())
        tracker.apply(close(number))
        assert tracker.traffic.requests >= before.requests + 3
        assert tracker.traffic.writes >= before.writes + 2
