"""The laws of the Pacing port; every database and every fake keeps them by subclassing ``PacingLaws``."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.pace import Manners, Sending, Sent, forecast
from plansync.ports.pacing import Pacing, Slot
from plansync.store.open import open_store
from tests.support.clocks import NOON
from tests.support.memory_pacing import MemoryPacing

READ, WRITE, CREATE = Sending.READ, Sending.WRITE, Sending.CREATE
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
AT_ONCE, PATIENT = timedelta(0), timedelta(days=1)
CALM = Manners(write_interval=SECOND, creations_per_minute=3, creations_per_hour=5, points_per_minute=30)
BY_WRITES = Manners(write_interval=SECOND)
ACCOUNT, OTHER = "github.com:3f2a", "gitlab.com:77aa"
PAUSE = "the host asked for a pause"


class PacingLaws:
    """What every memory of requests does. Who subclasses gives the fixture ``pacing``."""

    # places

    @pytest.mark.parametrize("kind", Sending)
    def test_the_first_request_is_sent_at_once(self, pacing: Pacing, kind: Sending) -> None:
        assert pacing.reserve(ACCOUNT, kind, CALM, NOON, AT_ONCE) == Slot(NOON, granted=True)

    def test_whoever_writes_later_gets_a_later_place(self, pacing: Pacing) -> None:
        slots = [pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, PATIENT) for _ in range(4)]
        assert [slot.at for slot in slots] == [NOON + n * SECOND for n in range(4)]
        assert [slot.granted for slot in slots] == [True] * 4
        assert slots[0].reason == ""
        assert all(slot.reason for slot in slots[1:])

    def test_a_place_as_far_off_as_the_patience_is_granted_and_one_further_off_is_not(self, pacing: Pacing) -> None:
        pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, AT_ONCE)
        short = SECOND - timedelta(microseconds=1)
        refused = pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, short)
        assert (refused.at, refused.granted) == (NOON + SECOND, False)
        granted = pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, SECOND)
        assert (granted.at, granted.granted) == (NOON + SECOND, True)

    def test_a_refusal_reserves_nothing(self, pacing: Pacing) -> None:
        pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, AT_ONCE)
        for _ in range(3):
            pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, AT_ONCE)
        assert pacing.recent(ACCOUNT, NOON) == [Sent(NOON, WRITE)]

    def test_the_hourly_wall_is_told_with_its_end(self, pacing: Pacing) -> None:
        slots = [pacing.reserve(ACCOUNT, CREATE, CALM, NOON + n * MINUTE, AT_ONCE) for n in range(6)]
        assert [slot.granted for slot in slots] == [True] * 5 + [False]
        assert slots[5] == Slot(NOON + HOUR + SECOND, granted=False, reason="5 creations an hour are used up")
        there = NOON + HOUR + SECOND
        assert pacing.reserve(ACCOUNT, CREATE, CALM, there, AT_ONCE) == Slot(there, granted=True)

    def test_updates_go_on_at_the_hourly_wall(self, pacing: Pacing) -> None:
        for minute in range(5):
            pacing.reserve(ACCOUNT, CREATE, CALM, NOON + minute * MINUTE, AT_ONCE)
        assert pacing.reserve(ACCOUNT, WRITE, CALM, NOON + 5 * MINUTE, AT_ONCE).granted

    def test_reads_and_writes_share_the_points(self, pacing: Pacing) -> None:
        manners = Manners(points_per_minute=10)
        kinds = [READ] * 5 + [WRITE]
        assert all(pacing.reserve(ACCOUNT, kind, manners, NOON, AT_ONCE).granted for kind in kinds)
        wait = Slot(NOON + MINUTE + SECOND, granted=False, reason="10 points a minute are used up")
        assert pacing.reserve(ACCOUNT, READ, manners, NOON, AT_ONCE) == wait
        assert pacing.reserve(ACCOUNT, READ, manners, wait.at, AT_ONCE).granted

    def test_a_read_that_no_limit_counts_never_waits(self, pacing: Pacing) -> None:
        pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, AT_ONCE)
        slots = [pacing.reserve(ACCOUNT, READ, BY_WRITES, NOON, AT_ONCE) for _ in range(50)]
        assert slots == [Slot(NOON, granted=True)] * 50

    def test_accounts_do_not_see_each_other(self, pacing: Pacing) -> None:
        pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, AT_ONCE)
        pacing.back_off(ACCOUNT, NOON + HOUR, PAUSE)
        assert pacing.reserve(OTHER, WRITE, BY_WRITES, NOON, AT_ONCE).granted
        assert pacing.backing_off(OTHER) is None
        assert pacing.recent(OTHER, NOON) == [Sent(NOON, WRITE)]

    def test_a_long_interval_is_kept_beyond_an_hour(self, pacing: Pacing) -> None:
        slow = Manners(write_interval=2 * HOUR)
        pacing.reserve(ACCOUNT, WRITE, slow, NOON, AT_ONCE)
        late = NOON + HOUR + MINUTE
        assert pacing.reserve(ACCOUNT, WRITE, slow, late, PATIENT).at == NOON + 2 * HOUR

    # what was sent

    def test_nothing_was_sent_at_first(self, pacing: Pacing) -> None:
        assert pacing.recent(ACCOUNT, NOON) == []

    def test_what_was_sent_or_reserved_within_an_hour_is_remembered_oldest_first(self, pacing: Pacing) -> None:
        kinds = [CREATE, WRITE, CREATE]
        for kind in kinds:
            pacing.reserve(ACCOUNT, kind, CALM, NOON, PATIENT)
        expected = [Sent(NOON + n * SECOND, kind) for n, kind in enumerate(kinds)]
        assert pacing.recent(ACCOUNT, NOON) == expected
        assert pacing.recent(ACCOUNT, NOON + HOUR) == expected
        assert pacing.recent(ACCOUNT, NOON + HOUR + 2 * SECOND) == expected[2:]

    def test_a_forecast_from_what_was_sent_is_what_reserving_comes_to(self, pacing: Pacing) -> None:
        for second in range(4):
            pacing.reserve(ACCOUNT, CREATE, CALM, NOON + second * SECOND, PATIENT)
        now = NOON + 10 * SECOND
        expected = forecast([CREATE, WRITE, CREATE], pacing.recent(ACCOUNT, now), CALM, now)
        slots = [pacing.reserve(ACCOUNT, kind, CALM, now, PATIENT) for kind in (CREATE, WRITE, CREATE)]
        assert slots[-1].at - now == expected

    # back-off windows

    def test_without_a_back_off_there_is_none(self, pacing: Pacing) -> None:
        pacing.reserve(ACCOUNT, WRITE, CALM, NOON, AT_ONCE)
        assert pacing.backing_off(ACCOUNT) is None

    @pytest.mark.parametrize("kind", Sending)
    @pytest.mark.parametrize("manners", [CALM, BY_WRITES])
    def test_nothing_is_sent_within_a_back_off_window(self, pacing: Pacing, kind: Sending, manners: Manners) -> None:
        end = NOON + MINUTE
        pacing.back_off(ACCOUNT, end, PAUSE)
        assert pacing.backing_off(ACCOUNT) == (end, PAUSE)
        assert pacing.reserve(ACCOUNT, kind, manners, NOON, AT_ONCE) == Slot(end, granted=False, reason=PAUSE)
        assert pacing.recent(ACCOUNT, NOON) == []
        assert pacing.reserve(ACCOUNT, kind, manners, end, AT_ONCE) == Slot(end, granted=True)

    @pytest.mark.parametrize("kind", Sending)
    def test_who_has_patience_gets_the_windows_end(self, pacing: Pacing, kind: Sending) -> None:
        pacing.back_off(ACCOUNT, NOON + MINUTE, PAUSE)
        assert pacing.reserve(ACCOUNT, kind, CALM, NOON, MINUTE) == Slot(NOON + MINUTE, granted=True, reason=PAUSE)

    def test_limits_hold_after_a_back_off_window(self, pacing: Pacing) -> None:
        pacing.back_off(ACCOUNT, NOON + MINUTE, PAUSE)
        slots = [pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, PATIENT) for _ in range(3)]
        assert [slot.at for slot in slots] == [NOON + MINUTE + n * SECOND for n in range(3)]
        assert [slot.reason for slot in slots] == [PAUSE] * 3

    def test_a_later_end_that_is_known_stays(self, pacing: Pacing) -> None:
        pacing.back_off(ACCOUNT, NOON + MINUTE, PAUSE)
        pacing.back_off(ACCOUNT, NOON + SECOND, "less")
        assert pacing.backing_off(ACCOUNT) == (NOON + MINUTE, PAUSE)
        pacing.back_off(ACCOUNT, NOON + HOUR, "more")
        assert pacing.backing_off(ACCOUNT) == (NOON + HOUR, "more")

    def test_a_window_that_has_passed_is_known_and_hinders_nothing(self, pacing: Pacing) -> None:
        pacing.back_off(ACCOUNT, NOON - SECOND, PAUSE)
        assert pacing.backing_off(ACCOUNT) == (NOON - SECOND, PAUSE)
        assert pacing.reserve(ACCOUNT, WRITE, CALM, NOON, AT_ONCE) == Slot(NOON, granted=True)

    # threads

    def test_threads_never_get_the_same_place(self, pacing: Pacing) -> None:
        assert_places_differ([pacing] * 4)


def assert_places_differ(pacings: list[Pacing]) -> None:
    """Let every one of ``pacings`` reserve in a thread of its own, and look at what they all got."""
    got: list[Slot] = []

    def work(pacing: Pacing) -> None:
        got.extend(pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, PATIENT) for _ in range(10))

    threads = [threading.Thread(target=work, args=[pacing]) for pacing in pacings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slot.at for slot in got) == [NOON + n * SECOND for n in range(10 * len(pacings))]
    assert [entry.at for entry in pacings[0].recent(ACCOUNT, NOON)] == sorted(slot.at for slot in got)


class TestMemoryPacing(PacingLaws):
    @pytest.fixture
    def pacing(self) -> Pacing:
        return MemoryPacing()


class SqlPacingLaws(PacingLaws):
    """What places as rows do besides. Who subclasses gives the fixture ``url``."""

    @pytest.fixture
    def pacing(self, url: str) -> Iterator[Pacing]:
        with closing(open_store(url)) as store:
            yield store.pacing

    def test_several_stores_on_one_file_never_give_out_the_same_place(self, url: str) -> None:
        with ExitStack() as opened:
            stores = [opened.enter_context(closing(open_store(url, busy_timeout=MINUTE))) for _ in range(4)]
            assert_places_differ([store.pacing for store in stores])

    def test_places_and_windows_outlive_the_store(self, url: str) -> None:
        with closing(open_store(url)) as store:
            store.pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, AT_ONCE)
            store.pacing.back_off(OTHER, NOON + HOUR, PAUSE)
        with closing(open_store(url)) as store:
            assert store.pacing.reserve(ACCOUNT, WRITE, BY_WRITES, NOON, PATIENT).at == NOON + SECOND
            assert store.pacing.backing_off(OTHER) == (NOON + HOUR, PAUSE)


class TestSqlitePacing(SqlPacingLaws):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/state.db"


class TestPostgresPacing(SqlPacingLaws):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
