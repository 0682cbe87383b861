"""The laws of the Tracker port on closing and reopening."""

from dataclasses import replace
from datetime import timedelta

import pytest

from plansync.core.observed import CloseReason
from plansync.ports.tracker import Tracker
from tests.support.changes import (
    close,
    done,
    issue,
    new_issue,
    reopen,
)
from tests.support.clocks import FakeClock
from tests.support.people import People


class ClosingLaws:
    """How every tracker closes and reopens.

    Who subclasses gives the fixtures ``tracker`` and ``people``, who work in the same project by hand.
    """

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.mark.parametrize("because", [CloseReason.COMPLETED, CloseReason.NOT_PLANNED, CloseReason.DUPLICATE])
    def test_an_issue_is_closed_with_its_reason(self, tracker: Tracker, because: CloseReason) -> None:
        number = done(tracker, new_issue())
        done(tracker, close(number, because))
        assert issue(tracker, number).closed is because

    def test_a_repeated_closing_leaves_no_second_comment(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue())
        removal = replace(
            close(number, CloseReason.NOT_PLANNED, "The task was removed."), add_labels=("plansync:removed",)
        )
        for _ in range(2):
            done(tracker, removal)
        assert people.comments(number) == [("plansync", "The task was removed.")]
        assert issue(tracker, number).labels == {"plansync:removed"}

    def test_a_duplicate_is_closed_as_one(self, tracker: Tracker) -> None:
        first, second = done(tracker, new_issue()), done(tracker, new_issue())
        done(tracker, replace(close(second, CloseReason.DUPLICATE), duplicate_of=first))
        assert issue(tracker, second).closed is CloseReason.DUPLICATE
        assert issue(tracker, first).closed is None

    def test_reopening_takes_off_the_label_of_a_removal(self, tracker: Tracker) -> None:
        number = done(tracker, new_issue(labels=("plansync", "plansync:removed")))
        done(tracker, close(number))
        done(tracker, reopen(number, "plansync:removed"))
        seen = issue(tracker, number)
        assert seen.closed is None
        assert seen.labels == {"plansync"}

    def test_events_tell_who_closed_and_reopened_and_why(
        self, tracker: Tracker, people: People, clock: FakeClock
    ) -> None:
        number = done(tracker, new_issue())
        start = clock.now()
        for act in (
            lambda: done(tracker, close(number)),
            lambda: people.reopen(number),
            lambda: people.rename(number, "Reworded"),
            lambda: people.close(number, not_planned=True),
        ):
            clock.advance()
            act()
        told = [(event.closed, event.by_us) for event in tracker.events(number, start)]
        assert told == [(CloseReason.COMPLETED, True), (None, False), (CloseReason.NOT_PLANNED, False)]

    def test_only_events_later_than_asked_are_told(self, tracker: Tracker, people: People, clock: FakeClock) -> None:
        number = done(tracker, new_issue())
        people.close(number)
        assert tracker.events(number, clock.now()) == ()
        at = clock.advance()
        people.reopen(number)
        assert [event.at for event in tracker.events(number, at - timedelta(seconds=1))] == [at]
