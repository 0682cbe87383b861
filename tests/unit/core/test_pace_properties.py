"""Laws of the pace over any sequence of requests: no limit is ever broken, and nothing waits without need."""

from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plansync.core.pace import HOUR, MARGIN, MINUTE, POINTS, Manners, Sending, Sent, bearing, forecast, next_slot
from tests.support.clocks import NOON

TICK = timedelta(microseconds=1)

some_manners = st.builds(
    Manners,
    write_interval=st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(seconds=7.5), 2 * MINUTE]),
    creations_per_minute=st.none() | st.integers(1, 5),
    creations_per_hour=st.none() | st.integers(1, 12),
    points_per_minute=st.none() | st.integers(5, 40),
)
kinds = st.sampled_from(Sending)
gaps = st.floats(0, 90).map(lambda seconds: timedelta(seconds=round(seconds, 3)))
small_steps = st.floats(-2, 5).map(lambda seconds: timedelta(seconds=round(seconds, 3)))
"""Clocks of several processes, which go forward, but not together."""


def in_time(entry: Sent) -> datetime:
    return entry.at


def reserved(steps: Iterable[tuple[Sending, timedelta]], manners: Manners) -> list[Sent]:
    """Let many processes ask one after the other, none of which waits for another's request to be sent."""
    past: list[Sent] = []
    now = NOON
    for kind, gap in steps:
        now += gap
        insort(past, Sent(next_slot(kind, past, manners, now), kind), key=in_time)
    return past


def fits(times: Sequence[datetime], most: int | None, window: timedelta) -> bool:
    """Say whether no span of time as long as ``window``, its end left out, holds more than ``most``."""
    return most is None or all(last - first >= window for first, last in zip(times, times[most:], strict=False))


def is_polite(past: Sequence[Sent], manners: Manners, margin: timedelta) -> bool:
    """Say whether every limit is kept, with ``margin`` added to every window."""
    writes = [entry.at for entry in past if entry.kind is not Sending.READ]
    creations = [entry.at for entry in past if entry.kind is Sending.CREATE]
    points = [entry.at for entry in past for _ in range(POINTS[entry.kind])]
    return (
        fits(writes, 1, manners.write_interval)
        and fits(creations, manners.creations_per_minute, MINUTE + margin)
        and fits(creations, manners.creations_per_hour, HOUR + margin)
        and fits(points, manners.points_per_minute, MINUTE + margin)
    )


@given(st.lists(st.tuples(kinds, small_steps), max_size=60), some_manners)
def test_no_window_ever_holds_more_than_is_allowed(steps: list[tuple[Sending, timedelta]], manners: Manners) -> None:
    assert is_polite(reserved(steps, manners), manners, MARGIN)


@given(st.lists(st.tuples(kinds, small_steps), max_size=40), some_manners)
def test_whoever_writes_later_gets_a_later_place(steps: list[tuple[Sending, timedelta]], manners: Manners) -> None:
    past: list[Sent] = []
    now = NOON
    for kind, gap in steps:
        now += gap
        at = next_slot(kind, past, manners, now)
        assert at >= now
        assert kind is Sending.READ or all(entry.at <= at for entry in past if entry.kind is not Sending.READ)
        insort(past, Sent(at, kind), key=in_time)


@given(st.lists(st.tuples(kinds, gaps), max_size=40), some_manners)
def test_who_waits_waits_because_any_earlier_is_too_early(
    steps: list[tuple[Sending, timedelta]], manners: Manners
) -> None:
    past: list[Sent] = []
    now = NOON
    for kind, gap in steps:
        now += gap
        at = next_slot(kind, past, manners, now)
        assert at == now or not is_polite([*past, Sent(at - TICK, kind)], manners, MARGIN)
        past.append(Sent(at, kind))
        now = at


@given(st.lists(st.tuples(kinds, small_steps), max_size=40), some_manners, kinds, gaps)
def test_what_bears_no_more_on_others_may_be_forgotten(
    steps: list[tuple[Sending, timedelta]], manners: Manners, kind: Sending, gap: timedelta
) -> None:
    past = reserved(steps, manners)
    now = max((entry.at for entry in past), default=NOON) + gap
    remembered = [entry for entry in past if entry.at > now - bearing(entry.kind, manners)]
    assert next_slot(kind, remembered, manners, now) == next_slot(kind, past, manners, now)


@given(st.lists(st.tuples(kinds, small_steps), max_size=20), st.lists(kinds, max_size=40), some_manners)
def test_a_forecast_is_what_reserving_comes_to(
    steps: list[tuple[Sending, timedelta]], to_come: list[Sending], manners: Manners
) -> None:
    past = reserved(steps, manners)
    expected = forecast(to_come, past, manners, NOON)
    now = NOON
    for kind in to_come:
        if kind is not Sending.READ:
            now = next_slot(kind, past, manners, now)
            insort(past, Sent(now, kind), key=in_time)
    assert expected == now - NOON
