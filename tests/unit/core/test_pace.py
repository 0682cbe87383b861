"""When the next request is in order: each limit by itself, and which of them is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from plansync.core.pace import Manners, Place, Sending, Sent, bearing, forecast, next_place, next_slot
from tests.support.clocks import NOON

READ, WRITE, CREATE = Sending.READ, Sending.WRITE, Sending.CREATE
GITHUB = Manners(
    write_interval=timedelta(seconds=1), creations_per_minute=80, creations_per_hour=500, points_per_minute=900
)
NO_LIMITS = Manners()


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def sent(kind: Sending, *ats: float) -> list[Sent]:
    """Return requests of ``kind``, so many seconds after noon."""
    return [Sent(NOON + seconds(at), kind) for at in ats]


def wait(kind: Sending, past: list[Sent], manners: Manners, at: float = 0) -> tuple[float, str]:
    """Return how many seconds after noon the next ``kind`` is in order, and why so late."""
    place = next_place(kind, past, manners, NOON + seconds(at))
    return (place.at - NOON).total_seconds(), place.reason


@pytest.mark.parametrize("kind", Sending)
@pytest.mark.parametrize("manners", [GITHUB, NO_LIMITS])
def test_the_first_request_is_in_order_at_once(kind: Sending, manners: Manners) -> None:
    assert next_place(kind, [], manners, NOON) == Place(NOON)
    assert next_slot(kind, [], manners, NOON) == NOON


@pytest.mark.parametrize("kind", Sending)
def test_without_limits_nothing_waits(kind: Sending) -> None:
    assert wait(kind, sent(CREATE, *[0] * 1000), NO_LIMITS) == (0, "")


def test_writes_are_kept_apart_and_reads_are_not() -> None:
    manners = Manners(write_interval=seconds(1))
    assert wait(WRITE, sent(CREATE, 0), manners, 0.25) == (1, "writes go one after the other")
    assert wait(CREATE, sent(WRITE, 0), manners, 0.25) == (1, "writes go one after the other")
    assert wait(WRITE, sent(READ, 0), manners, 0.25) == (0.25, "")
    assert wait(READ, sent(WRITE, 0), manners, 0.25) == (0.25, "")
    assert wait(WRITE, sent(WRITE, 0), manners, 1) == (1, "")


def test_a_write_queues_behind_places_reserved_for_later() -> None:
    assert wait(WRITE, sent(WRITE, 0, 7), Manners(write_interval=seconds(1))) == (8, "writes go one after the other")
    assert wait(WRITE, sent(WRITE, 0, 7), NO_LIMITS) == (7, "writes go one after the other")


def test_a_read_comes_between_places_reserved_for_later() -> None:
    assert wait(READ, sent(WRITE, 0, 7), GITHUB) == (0, "")


def test_creations_wait_until_the_window_and_a_second_have_room() -> None:
    by_minute, by_hour = Manners(creations_per_minute=2), Manners(creations_per_hour=2)
    assert wait(CREATE, sent(CREATE, 0), by_minute, 5) == (5, "")
    assert wait(CREATE, sent(CREATE, 0, 3), by_minute, 5) == (61, "2 creations a minute are used up")
    assert wait(CREATE, sent(CREATE, 0, 3), by_minute, 61) == (61, "")
    assert wait(CREATE, sent(CREATE, 0, 3), by_hour, 5) == (3601, "2 creations an hour are used up")
    assert wait(WRITE, sent(CREATE, 0, 3), by_hour, 5) == (5, "")
    assert wait(CREATE, sent(WRITE, 0, 3), by_hour, 5) == (5, "")


def test_the_limit_that_takes_longest_is_told() -> None:
    both = Manners(write_interval=seconds(1), creations_per_minute=2, creations_per_hour=3)
    assert wait(CREATE, sent(CREATE, 0, 1), both, 2) == (61, "2 creations a minute are used up")
    assert wait(CREATE, sent(CREATE, 0, 1, 61), both, 62) == (3601, "3 creations an hour are used up")


def test_a_write_takes_five_points_and_a_read_one() -> None:
    manners = Manners(points_per_minute=10)
    assert wait(WRITE, sent(READ, 0, 1, 2, 3, 4), manners, 5) == (5, "")
    assert wait(WRITE, sent(READ, 0, 1, 2, 3, 4, 5), manners, 5) == (61, "10 points a minute are used up")
    assert wait(CREATE, [*sent(READ, 0, 1), *sent(WRITE, 2)], manners, 5) == (62, "10 points a minute are used up")
    assert wait(READ, [*sent(READ, 0), *sent(WRITE, 2)], manners, 5) == (5, "")
    assert wait(READ, sent(CREATE, 0, 2), manners, 5) == (61, "10 points a minute are used up")


def test_the_past_may_come_in_any_order() -> None:
    assert wait(CREATE, sent(CREATE, 3, 0), Manners(creations_per_minute=2), 5) == (
        61,
        "2 creations a minute are used up",
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Manners(creations_per_minute=0), "creations_per_minute must be at least 1"),
        (lambda: Manners(creations_per_hour=0), "creations_per_hour must be at least 1"),
        (lambda: Manners(points_per_minute=4), "points_per_minute must be at least 5"),
        (lambda: Manners(write_interval=seconds(-1)), "write_interval must not be negative"),
    ],
)
def test_limits_under_which_nothing_could_ever_be_sent_are_refused(make: Callable[[], Manners], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


def test_a_request_bears_on_others_for_the_longest_window_that_counts_it() -> None:
    assert [bearing(kind, GITHUB) for kind in Sending] == [seconds(61), seconds(61), seconds(3601)]
    assert [bearing(kind, NO_LIMITS) for kind in Sending] == [seconds(61)] * 3
    slow = Manners(write_interval=timedelta(hours=2), creations_per_hour=1)
    assert [bearing(kind, slow) for kind in Sending] == [seconds(61), timedelta(hours=2), timedelta(hours=2)]


def test_a_thousand_creations_take_hardly_longer_than_the_least_possible() -> None:
    least = seconds(3600 + 499)
    assert least <= forecast([CREATE] * 1000, [], GITHUB, NOON) <= 1.02 * least


def test_ten_thousand_creations_are_forecast_to_the_second() -> None:
    past = sent(CREATE, *range(-500, 0))
    wall = 3601 - 500
    assert forecast([CREATE] * 10_000, past, GITHUB, NOON) == seconds(wall + 19 * 3601 + 499)


def test_reads_are_forecast_to_take_no_time() -> None:
    past = sent(READ, *[0] * 900)
    assert forecast([READ] * 10, past, GITHUB, NOON) == seconds(0)
    assert forecast([], past, GITHUB, NOON) == seconds(0)
    assert forecast([READ, WRITE, READ], past, GITHUB, NOON) == seconds(61)
