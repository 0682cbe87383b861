"""Several real processes on one queue: no wish is lost, no delivery counts twice, no target is synced by two at once."""

import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.store.open import open_store

PROCESSES, ROUNDS, DELIVERIES, TARGETS = 3, 12, 40, 5

WORK = f"""
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from plansync.core.scope import Scope
from plansync.ports.queue import Ask, Ending, Letter, Rhythm, Urgency
from plansync.store.open import open_store
from plansync.store.processes import this_process

url, marks, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
luck = random.Random(seed)
queue = open_store(url, busy_timeout=timedelta(seconds=30)).queue
targets = [f"t{{number}}" for number in range({TARGETS})]
rhythm = Rhythm(timedelta(0), timedelta(0))
me, span = this_process(), timedelta(minutes=1)


def letter(number):
    asks = [
        Ask(target=target, trigger="webhook", scope=Scope(plans=frozenset([str(number)])), urgency=Urgency.DEBOUNCED)
        for target in luck.sample(targets, 2)
    ]
    return Letter(tuple(asks), f"github:{{number}}")


for round in range({ROUNDS}):
    numbers = luck.sample(range({DELIVERIES}), 8)
    for number, new in zip(numbers, queue.accept([letter(n) for n in numbers], rhythm, datetime.now(UTC))):
        if new:
            print("new", number)
    taken = queue.take(luck.sample(targets, {TARGETS}), me, span, datetime.now(UTC))
    if taken is None:
        continue
    mark = marks / taken.target
    mark.touch(exist_ok=False)
    assert queue.renew(taken, span, datetime.now(UTC))
    for plan in taken.scope.plans:
        print("did", taken.target, plan)
    mark.unlink()
    again = datetime.now(UTC) if luck.random() < 0.3 else None
    assert queue.finish(taken, Ending(ok=again is None, retry_at=again), datetime.now(UTC))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/state.db"


def test_processes_share_the_work(url: str, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    said = run_together(url, marks)
    new = [words[1] for words in said if words[0] == "new"]
    assert len(new) == len(set(new))
    with closing(open_store(url)) as store:
        overview = store.queue.overview()
    assert overview.running == ()
    waiting = {(wish.target, plan) for wish in overview.waiting for plan in wish.scope.plans}
    done = {(words[1], words[2]) for words in said if words[0] == "did"}
    assert len(done) > PROCESSES
    assert {plan for _, plan in waiting | done} == set(new)


def run_together(url: str, marks: Path) -> list[list[str]]:
    """Run several processes at once; return what they said, word by word."""
    commands = [[sys.executable, "-c", WORK, url, str(marks), str(seed)] for seed in range(PROCESSES)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for command in commands
    ]
    said: list[list[str]] = []
    for process in started:
        out, err = process.communicate(timeout=timedelta(minutes=2).total_seconds())
        assert process.returncode == 0, err
        said += [line.split() for line in out.splitlines()]
    return said
