"""When plans are written by commits: gathered, counted, stopped."""

from __future__ import annotations

from datetime import timedelta

from plansync.core.writings import FORGOTTEN, Answer, Wish, Written, follow, forgotten, held_until, note, weigh
from tests.support.clocks import NOON

MINUTE = timedelta(minutes=1)
LINK = Wish.of([b" ([#12](x))"], {12: "open"})
TICK = Wish.of([b"x"], {12: "completed"})


def commit(known: Written | None, wish: Wish = LINK, minute: int = 0) -> Written:
    written, is_news = note(known, wish, Answer.COMMITTED, NOON + minute * MINUTE)
    assert is_news
    return written


def test_edits_are_gathered_for_the_interval_after_a_commit() -> None:
    assert held_until(None, 5 * MINUTE, NOON) is None
    assert held_until(NOON, 5 * MINUTE, NOON) == NOON + 5 * MINUTE
    assert held_until(NOON, 5 * MINUTE, NOON + 4 * MINUTE) == NOON + 5 * MINUTE
    assert held_until(NOON, 5 * MINUTE, NOON + 5 * MINUTE) is None
    assert held_until(NOON, timedelta(0), NOON) is None


def test_a_commit_of_the_future_holds_nothing_up() -> None:
    assert held_until(NOON + MINUTE, 5 * MINUTE, NOON) is None


def test_the_same_commit_again_is_counted_and_the_third_in_a_row_is_not_made() -> None:
    once = commit(None)
    twice = commit(once, minute=5)
    thrice = commit(twice, minute=10)
    assert [once.unexplained, twice.unexplained, thrice.unexplained] == [0, 1, 2]
    assert not thrice.is_stopped
    assert weigh(thrice, LINK, NOON + 15 * MINUTE).is_stopped


def test_a_part_of_a_commit_again_is_the_same_again() -> None:
    first = commit(None, Wish.of([b"one", b"two"], {}))
    part = commit(first, Wish.of([b"two"], {}), minute=5)
    other = commit(part, Wish.of([b"one"], {}), minute=10)
    assert [part.unexplained, other.unexplained] == [1, 2]
    assert commit(other, Wish.of([b"one", b"three"], {})).unexplained == 0


def test_other_texts_or_other_issues_explain_a_commit() -> None:
    again = commit(commit(None), minute=5)
    assert commit(again, TICK).unexplained == 0
    assert commit(again, Wish.of([b" ([#12](x))"], {12: "completed"})).unexplained == 0


def test_what_was_done_long_ago_is_no_repetition() -> None:
    again = commit(commit(None))
    assert weigh(again, LINK, NOON + FORGOTTEN).unexplained == 2
    assert weigh(again, LINK, NOON + FORGOTTEN + MINUTE).unexplained == 0


def test_a_proposal_that_waits_is_news_once_and_counts_as_no_repetition() -> None:
    first, is_news = note(None, LINK, Answer.PROPOSED, NOON)
    assert (first, is_news) == (Written(LINK, NOON), True)
    assert note(first, LINK, Answer.PROPOSED, NOON + MINUTE) == (first, False)
    assert note(first, TICK, Answer.PROPOSED, NOON + MINUTE) == (Written(TICK, NOON + MINUTE), True)


def test_a_change_at_the_tracker_ends_a_row_but_frees_nothing_that_was_stopped() -> None:
    known = Written(LINK, NOON, 2)
    assert follow(None, LINK.issues) is None
    assert follow(known, LINK.issues) == known
    assert follow(known, TICK.issues) is None
    stopped = Written(LINK, NOON, 3)
    assert follow(stopped, TICK.issues) == stopped


def test_what_is_old_or_gone_is_forgotten_but_what_was_stopped_stays() -> None:
    known = {
        "new.md": Written(LINK, NOON + MINUTE),
        "old.md": Written(LINK, NOON),
        "stopped.md": Written(LINK, NOON, 3),
        "gone.md": Written(LINK, NOON + MINUTE, 3),
    }
    now = NOON + FORGOTTEN + MINUTE
    assert forgotten(known, {"new.md", "old.md", "stopped.md"}, now) == {"old.md", "gone.md"}
