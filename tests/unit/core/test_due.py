"""When a waiting sync is due, and how failures are put off."""

from datetime import timedelta

import pytest

from plansync.core.due import FIRST_PAUSE, LONGEST_PAUSE, burst_since, due_after_burst, pause_after
from tests.support.clocks import NOON

SECOND = timedelta(seconds=1)
DEBOUNCE, LONGEST = 2 * SECOND, 30 * SECOND


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        (2, 1, 3),  # one more event puts it off
        (29, 28, 30),  # but not for ever
        (2, 2, 2),  # what is due stays due
        (2, 9, 2),
    ],
)
def test_events_put_a_sync_off_until_they_pause_or_it_took_too_long(due: int, now: int, expected: int) -> None:
    found = due_after_burst(NOON, NOON + due * SECOND, NOON + now * SECOND, DEBOUNCE, LONGEST)
    assert found == NOON + expected * SECOND


def test_what_was_put_off_for_long_is_no_burst() -> None:
    now = NOON + 9 * SECOND
    assert burst_since(NOON, now + LONGEST, now, LONGEST) == NOON
    assert burst_since(NOON, now + LONGEST + SECOND, now, LONGEST) == now


def test_pauses_double_up_to_a_longest_one() -> None:
    assert [pause_after(n, 1.0) for n in (1, 2, 3)] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pause_after(8, 1.0) == pause_after(1000, 1.0) == LONGEST_PAUSE


def test_luck_spreads_a_pause_over_its_second_half() -> None:
    assert pause_after(1, 0.0) == FIRST_PAUSE / 2
    assert pause_after(1, 0.5) == FIRST_PAUSE * 0.75
