"""Several real processes on one state database: no update is lost, no lease given twice, and death frees what it held."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from plansync.ports.store import Held, Lease
from plansync.store.open import open_store
from plansync.store.processes import this_process
from tests.contract.test_store import MINUTE
from tests.support.clocks import NOON

PROCESSES, ROUNDS = 4, 15

PRELUDE = """
import sys
from dataclasses import replace
from datetime import timedelta
from plansync.core.baseline import PlanState
from plansync.ports.store import Lease
from plansync.store.open import open_store
from plansync.store.processes import this_process
from tests.support.clocks import NOON

MINUTE = timedelta(minutes=1)
url, rounds = sys.argv[1], int(sys.argv[2])
store = open_store(url, busy_timeout=timedelta(seconds=30))
me = this_process()
"""
COUNT = """
empty = PlanState(key="plan", source="s", path="p", target="t", summary="0")
for _ in range(rounds):
    while not isinstance(lease := store.leases.acquire(["plan"], me, MINUTE, NOON), Lease):
        pass
    before = store.plans.load("project").get("plan", empty)
    store.plans.save("project", [replace(before, summary=str(int(before.summary) + 1))], lease)
    print(lease.token)
    store.leases.release(lease)
"""
INTEND = """
for round in range(rounds):
    print(store.journal.intend(me, "web", "plan", f"t-{round}", NOON))
"""
HOLD = """
store.leases.acquire(["plan", "other"], me, MINUTE, NOON)
store.journal.intend("run", "web", "plan", "t-1", NOON)
print(me, flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/state.db"


def start(code: str, url: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PRELUDE + code, url, str(ROUNDS)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_together(code: str, url: str) -> list[int]:
    """Run ``code`` in several processes at once, on a database that none of them finds, and return what they said."""
    said = []
    processes = [start(code, url) for _ in range(PROCESSES)]
    for process in processes:
        out, err = process.communicate()
        assert process.returncode == 0, err
        said += [int(line) for line in out.split()]
    return said


def test_no_update_is_lost_and_no_token_given_twice(url: str) -> None:
    tokens = run_together(COUNT, url)
    assert len(set(tokens)) == PROCESSES * ROUNDS
    with closing(open_store(url)) as store:
        assert store.plans.load("project")["plan"].summary == str(PROCESSES * ROUNDS)


def test_no_intent_is_lost(url: str) -> None:
    intents = run_together(INTEND, url)
    with closing(open_store(url)) as store:
        assert [intent.id for intent in store.journal.unsettled("web")] == sorted(intents)
    assert len(set(intents)) == PROCESSES * ROUNDS


def test_a_killed_process_leaves_its_intent_and_frees_its_leases_at_once(url: str) -> None:
    with start(HOLD, url) as process:
        assert process.stdout is not None
        holder = process.stdout.readline().strip()
        with closing(open_store(url)) as store:
            assert store.leases.acquire(["plan"], this_process(), MINUTE, NOON) == Held("plan", holder, NOON + MINUTE)
            process.kill()
            process.wait()
            assert isinstance(store.leases.acquire(["plan"], this_process(), MINUTE, NOON), Lease)
            assert [intent.key for intent in store.journal.unsettled("web")] == ["t-1"]
