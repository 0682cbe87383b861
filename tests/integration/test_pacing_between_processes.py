"""Several real processes that ask for places at one host, or meet an older state database all at once."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.pace import Manners, Sending, next_slot
from plansync.store.database import Database
from plansync.store.migrate import migrate
from plansync.store.open import open_store
from tests.integration.test_state_between_processes import PROCESSES, ROUNDS, run_together
from tests.support.clocks import NOON

SECOND = timedelta(seconds=1)
MANNERS = Manners(write_interval=SECOND, creations_per_minute=20)

RESERVE = """
from plansync.core.pace import Manners, Sending
manners = Manners(write_interval=timedelta(seconds=1), creations_per_minute=20)
for _ in range(rounds):
    slot = store.pacing.reserve("github.com:3f2a", Sending.CREATE, manners, NOON, timedelta(days=1))
    assert slot.granted
    print(int((slot.at - NOON).total_seconds()))
"""
SAVE = """
for round in range(rounds):
    store.snapshots.save("web", {"round": round}, {round: {"by": me}})
    snapshot = store.snapshots.load("web")
    assert set(snapshot.rows) >= set(range(round + 1))
    print(len(snapshot.rows))
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state.db"


def test_no_place_is_given_twice_and_none_is_wasted(url: str) -> None:
    seconds = sorted(run_together(RESERVE, url))
    minutes = [minute * 61 for minute in range(3)]
    assert seconds == [minute + second for minute in minutes for second in range(20)][: PROCESSES * ROUNDS]
    with closing(open_store(url)) as store:
        sent = store.pacing.recent("github.com:3f2a", NOON)
    assert [entry.at for entry in sent] == [NOON + second * SECOND for second in seconds]
    assert next_slot(Sending.CREATE, sent, MANNERS, NOON) > sent[-1].at


def test_an_older_database_is_migrated_once_by_whoever_comes_first(url: str) -> None:
    database = Database(url, timedelta(0))
    with database.writing() as connection:
        migrate(connection, "0001")
    database.close()
    assert max(run_together(SAVE, url)) == ROUNDS
