"""A run keeps its lease, also while the tracker wants to be left alone."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.keeping import Keeper
from plansync.app.request import Silent
from plansync.errors import ChangeRefused, LeaseHeld, RateLimited
from plansync.ports.store import Held, Lease
from plansync.store.open import open_store
from tests.support.clocks import NOON, FakeClock

SPAN = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)


@dataclass
class Ear(Silent):
    """Hears what a run waits for."""

    heard: list[tuple[str, timedelta, str]] = field(default_factory=list)

    def waiting(self, target: str, span: timedelta, reason: str) -> None:
        self.heard.append((target, span, reason))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keeper(tmp_path: Path, clock: FakeClock) -> Iterator[Keeper]:
    with closing(open_store(f"sqlite:///{tmp_path}/state.db")) as store:
        lease = store.leases.acquire(("plan",), "host:1:1", SPAN, NOON)
        assert isinstance(lease, Lease)
        yield Keeper(store.leases, clock, SPAN, lease, "web", Ear())


def ear(keeper: Keeper) -> Ear:
    assert isinstance(keeper.listener, Ear)
    return keeper.listener


def limited(span: timedelta) -> RateLimited:
    return RateLimited(f"git.example.com has to be left alone for {span}", retry_after=span)


def flaky(*ends: Exception) -> Callable[[], str]:
    """Return a step that ends with one error after the other, and then well."""
    left = iter(ends)

    def step() -> str:
        for error in left:
            raise error
        return "well"

    return step


def test_a_lease_is_prolonged_when_a_third_of_it_is_used_up(keeper: Keeper, clock: FakeClock) -> None:
    clock.advance(timedelta(seconds=19))
    keeper.keep()
    assert keeper.lease.expires_at == NOON + SPAN
    clock.advance(timedelta(seconds=1))
    keeper.keep()
    assert keeper.lease.expires_at == NOON + timedelta(seconds=80)


def test_a_lost_lease_ends_the_run(keeper: Keeper, clock: FakeClock) -> None:
    clock.advance(2 * SPAN)
    assert isinstance(keeper.leases.acquire(("plan",), "other:2:2", SPAN, clock.now()), Lease)
    with pytest.raises(LeaseHeld, match="another process took over") as caught:
        keeper.keep()
    assert caught.value.hint == "run again"


def test_a_released_lease_is_free_for_others(keeper: Keeper, clock: FakeClock) -> None:
    assert isinstance(keeper.leases.acquire(("plan",), "other:2:2", SPAN, clock.now()), Held)
    keeper.release()
    assert isinstance(keeper.leases.acquire(("plan",), "other:2:2", SPAN, clock.now()), Lease)


def test_a_step_that_goes_well_is_taken_once(keeper: Keeper, clock: FakeClock) -> None:
    assert keeper.patiently(flaky()) == "well"
    assert (clock.slept, ear(keeper).heard) == ([], [])


def test_a_pause_is_told_and_sat_out_with_the_lease_alive(keeper: Keeper, clock: FakeClock) -> None:
    pause = timedelta(seconds=150)
    assert keeper.patiently(flaky(limited(pause))) == "well"
    assert clock.now() == NOON + pause
    assert max(clock.slept) <= SPAN / 3
    assert keeper.lease.expires_at > clock.now() + SPAN / 3
    assert ear(keeper).heard == [("web", pause, "git.example.com has to be left alone for 0:02:30")]


def test_the_longest_pause_that_is_sat_out_is_five_minutes(keeper: Keeper, clock: FakeClock) -> None:
    assert keeper.patiently(flaky(limited(5 * MINUTE))) == "well"
    with pytest.raises(RateLimited) as caught:
        keeper.patiently(flaky(limited(5 * MINUTE + timedelta(seconds=1))))
    assert caught.value.retry_after == timedelta(seconds=301)
    assert clock.now() == NOON + 5 * MINUTE


def test_pauses_that_double_are_sat_out_until_they_are_too_long(keeper: Keeper, clock: FakeClock) -> None:
    pauses = [limited(MINUTE * 2**n) for n in range(5)]
    with pytest.raises(RateLimited) as caught:
        keeper.patiently(flaky(*pauses))
    assert caught.value is pauses[3]
    assert clock.now() == NOON + 7 * MINUTE


def test_a_step_that_never_goes_well_is_given_up(keeper: Keeper) -> None:
    with pytest.raises(RateLimited):
        keeper.patiently(flaky(*[limited(timedelta(seconds=1))] * 21))
    assert len(ear(keeper).heard) == 20
    assert keeper.patiently(flaky(*[limited(timedelta(seconds=1))] * 20)) == "well"


def test_other_errors_are_not_waited_for(keeper: Keeper, clock: FakeClock) -> None:
    with pytest.raises(ChangeRefused):
        keeper.patiently(flaky(limited(MINUTE), ChangeRefused("no")))
    assert clock.now() == NOON + MINUTE


def test_a_lease_that_is_lost_in_a_pause_ends_the_run(keeper: Keeper, clock: FakeClock) -> None:
    keeper.release()
    with pytest.raises(LeaseHeld):
        keeper.patiently(flaky(limited(MINUTE)))
    assert clock.now() < NOON + MINUTE
