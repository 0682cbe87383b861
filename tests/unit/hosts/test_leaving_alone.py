"""Limits on a line: nothing is sent before its time, whoever asks, and what a limit refused is not lost."""

from datetime import timedelta
from typing import Any

import pytest

from plansync.core.pace import Manners
from plansync.errors import RateLimited
from plansync.hosts.calls import Call, Reply
from plansync.hosts.pace import Pace
from tests.support.clocks import NOON, FakeClock
from tests.support.memory_pacing import MemoryPacing
from tests.unit.hosts.scripted import CREATE, HOST, READ, WRITE, line_of, reply, script

SECONDARY = reply(403, {"message": "You have exceeded a secondary rate limit"})
RESET = str(int((NOON + timedelta(minutes=7)).timestamp()))
USED_UP: dict[str, Any] = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": RESET}
GRAPHQL = reply(200, {"errors": [{"type": "RATE_LIMITED"}]})
LONG = [
    (SECONDARY, 60),
    (reply(403, {"message": "secondary rate limit"}, retry_after="90"), 90),
    (reply(429, {}), 60),
    (reply(429, {}, retry_after="21"), 21),
    (reply(403, {"message": "API rate limit exceeded"}, **USED_UP), 421),
    (GRAPHQL, 60),
]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.mark.parametrize("call", [READ, WRITE, CREATE], ids=lambda call: call.method)
@pytest.mark.parametrize("seconds", [1, 5, 20])
def test_a_short_pause_is_sat_out_and_the_request_sent_again_after_it(
    clock: FakeClock, call: Call, seconds: int
) -> None:
    wire = script(clock, reply(429, {}, retry_after=str(seconds)), reply(201))
    assert line_of(wire).ask(call).status == 201
    assert wire.asked == [call, call]
    assert wire.seconds == [0, seconds]


@pytest.mark.parametrize("call", [READ, WRITE, CREATE], ids=lambda call: call.method)
@pytest.mark.parametrize(("refusal", "seconds"), LONG)
def test_a_long_pause_is_told_and_nothing_is_sent_meanwhile(
    clock: FakeClock, call: Call, refusal: Reply, seconds: int
) -> None:
    wire = script(clock, refusal, reply(201))
    line = line_of(wire)
    with pytest.raises(RateLimited, match=f"{HOST} has to be left alone until 2026-03-02 12:") as caught:
        line.ask(call)
    assert caught.value.retry_after == timedelta(seconds=seconds)
    assert caught.value.transient
    patience = seconds - 21
    for passed in (0, 0, patience):
        clock.advance(timedelta(seconds=passed))
        with pytest.raises(RateLimited) as again:
            line.ask(call)
        assert again.value.retry_after == timedelta(seconds=seconds - passed)
    assert len(wire.asked) == 1
    clock.advance(timedelta(seconds=1))
    assert line.ask(call).status == 201
    assert wire.seconds == [0, seconds]


def test_another_line_with_the_same_pacing_waits_as_well(clock: FakeClock) -> None:
    pacing = MemoryPacing()
    first, second = script(clock, SECONDARY), script(clock, reply())
    with pytest.raises(RateLimited):
        line_of(first, pacing).ask(CREATE)
    other = line_of(second, pacing)
    with pytest.raises(RateLimited, match="it said that too much was sent at once") as caught:
        other.ask(READ)
    assert caught.value.retry_after == timedelta(minutes=1)
    assert second.asked == []
    clock.advance(timedelta(seconds=45))
    other.ask(READ)
    assert clock.now() == NOON + timedelta(minutes=1)


def test_another_account_need_not_wait(clock: FakeClock) -> None:
    pacing = MemoryPacing()
    with pytest.raises(RateLimited):
        line_of(script(clock, SECONDARY), pacing).ask(READ)
    other = line_of(script(clock, reply()), pacing)
    other.pace = Pace(HOST, f"{HOST}:other", Manners(), pacing, clock)
    assert other.ask(READ).status == 200


def test_the_last_call_allowed_is_answered_and_the_next_one_is_not_sent(clock: FakeClock) -> None:
    wire = script(clock, reply(201, {"number": 7}, **USED_UP))
    line = line_of(wire)
    assert line.ask(CREATE).json() == {"number": 7}
    with pytest.raises(RateLimited) as caught:
        line.ask(READ)
    assert caught.value.retry_after == timedelta(seconds=421)
    assert len(wire.asked) == 1


def test_short_pauses_are_sat_out_three_times_at_most(clock: FakeClock) -> None:
    wire = script(clock, *[reply(429, {}, retry_after="2")] * 9)
    with pytest.raises(RateLimited) as caught:
        line_of(wire).ask(CREATE)
    assert caught.value.retry_after == timedelta(seconds=2)
    assert wire.seconds == [0, 2, 4]


def test_pauses_without_a_stated_length_double_from_request_to_request(clock: FakeClock) -> None:
    wire = script(clock, SECONDARY, SECONDARY, SECONDARY, reply(), SECONDARY)
    line = line_of(wire)
    pauses: list[float] = []
    for _ in range(4):
        try:
            line.ask(READ)
        except RateLimited as limit:
            pauses.append(limit.retry_after.total_seconds())
            clock.advance(limit.retry_after)
    with pytest.raises(RateLimited) as caught:
        line.ask(READ)
    assert pauses == [60, 120, 240]
    assert caught.value.retry_after == timedelta(minutes=1)
    assert wire.seconds == [0, 60, 180, 420, 420]


def test_a_repetition_and_a_redirect_take_their_turn_as_well(clock: FakeClock) -> None:
    manners = Manners(write_interval=timedelta(seconds=10))
    wire = script(clock, reply(500), reply(307, location=f"https://{HOST}/api/x"), reply())
    line_of(wire, manners=manners).ask(WRITE)
    assert wire.seconds == [0, 10, 20]


def test_what_is_not_soon_in_order_is_told_and_not_sent(clock: FakeClock) -> None:
    wire = script(clock, reply(201))
    line = line_of(wire, manners=Manners(creations_per_hour=1))
    line.ask(CREATE)
    with pytest.raises(RateLimited, match="1 creations an hour are used up") as caught:
        line.ask(CREATE)
    assert caught.value.retry_after == timedelta(hours=1, seconds=1)
    assert "run again then" in caught.value.hint
    assert len(wire.asked) == 1


def test_a_pause_that_another_process_heard_of_while_this_one_waited_is_kept() -> None:
    pacing = MemoryPacing()

    class Eventful(FakeClock):
        def sleep(self, span: timedelta) -> None:
            super().sleep(span)
            pacing.back_off(f"{HOST}:c", self.now() + timedelta(minutes=2), "it asked for a pause")

    wire = script(Eventful(), reply(), reply())
    line = line_of(wire, pacing, Manners(write_interval=timedelta(seconds=3)))
    line.ask(WRITE)
    with pytest.raises(RateLimited, match="it asked for a pause") as caught:
        line.ask(CREATE)
    assert caught.value.retry_after == timedelta(minutes=2)
    assert len(wire.asked) == 1
