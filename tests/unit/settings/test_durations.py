"""Durations as people write them."""

from datetime import timedelta

import pytest

from plansync.settings.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (0, 0),
        (2.5, 2.5),
        ("30", 30),
        ("30s", 30),
        (" 10M ", 600),
        ("1.5h", 5400),
        ("1d", 86400),
        (timedelta(minutes=1), 60),
    ],
)
def test_a_duration_is_a_number_of_seconds_or_a_number_with_a_unit(written: object, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["", "soon", "10 weeks", "-5", "1h30m", -1, float("inf"), float("nan"), True, [], None]
)
def test_anything_else_is_refused_with_what_is_allowed(written: object) -> None:
    with pytest.raises(ValueError, match=r'"30s", "10m"'):
        parse_duration(written)


def test_a_duration_beyond_counting_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than"):
        parse_duration("9999999999999999d")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, 0), (0.5, 0.5), (2, "2s"), (60, "1m"), (90, "90s"), (7200, "2h"), (86400, "1d")]
)
def test_a_duration_is_shown_in_its_largest_whole_unit(seconds: float, shown: object) -> None:
    assert format_duration(timedelta(seconds=seconds)) == shown
    assert parse_duration(shown) == timedelta(seconds=seconds)
