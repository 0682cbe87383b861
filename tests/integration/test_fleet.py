"""Daemons and workers on one PostgreSQL, some of which are killed while the database goes and comes.

The full size of the specification is run by ``tests/benchmarks/test_fleet_bench.py``.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.hosted_plans import Shape, plan_text
from tests.support.fleet import Machines, machines, runs_of, until
from tests.support.postgres import own_server

SHAPE = Shape(phases=2, tasks=3, risks=1)
CONFIGURATION = """
[limits]
creates = 0
[schedule]
interval = "8s"
jitter = "1s"
[daemon]
workers = 2
[web]
port = 0
"""
TARGET = """
[[targets]]
name = "t{number:02}"
source = {{ path = "t{number:02}", include = ["*.md"] }}
tracker = {{ kind = "local", path = "t{number:02}.db" }}
"""


def test_killed_workers_and_a_database_that_restarts_leave_every_plan_in_step(tmp_path: Path) -> None:
    prove(tmp_path, targets=6, plans=5)


def prove(folder: Path, *, targets: int, plans: int) -> None:
    """Let two daemons and three workers sync ``plans`` plans in each target through all that may happen to them."""
    write_plans(folder, targets, plans)
    with own_server() as server, machines(folder, server) as fleet:
        workers = [fleet.start("worker") for _ in range(3)]
        daemons = [fleet.start("daemon") for _ in range(2)]
        pids = {str(process.pid): process for process in workers}
        for _ in range(2):
            victim = pids.pop(one_that_works(fleet, pids))
            fleet.kill(victim)
            pids |= {str(process.pid): process for process in [fleet.start("worker")]}
        server.stop()
        server.start()
        until(lambda: len(done(fleet)) == targets, fleet)
        until(lambda: fleet.rows("SELECT 1 FROM running") == [], fleet)
        fleet.kill(daemons[0])
        before = {target: len(runs) for target, runs in runs_of(fleet).items()}
        until(lambda: all(len(runs) > before[target] for target, runs in runs_of(fleet).items()), fleet)
        assert set(fleet.end()) == {0}, fleet.said()
        preview = fleet.run("preview", "--exit-code")
        assert preview.returncode == 0, preview.stdout + fleet.said()
        assert_nothing_overlapped(fleet)
        assert "deadlock" not in (server.folder / "log").read_text()
        assert fleet.rows("SELECT 1 FROM running") == []
    for number in range(targets):
        assert_no_duplicates(folder / f"t{number:02}.db", plans)


def write_plans(folder: Path, targets: int, plans: int) -> None:
    parts = [CONFIGURATION, *(TARGET.format(number=number) for number in range(targets))]
    (folder / "plansync.toml").write_text("".join(parts))
    for number in range(targets * plans):
        place = folder / f"t{number // plans:02}/plan-{number:03}.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(plan_text(number, SHAPE))


def one_that_works(fleet: Machines, pids: Mapping[str, object]) -> str:
    """Return the pid of a worker that is in the middle of a sync."""
    found: list[str] = []

    def holds() -> bool:
        found[:] = [holder.split(":")[1] for (holder,) in fleet.rows("SELECT holder FROM running")]
        return not pids.keys().isdisjoint(found)

    until(holds, fleet)
    return next(pid for pid in found if pid in pids)


def done(fleet: Machines) -> set[str]:
    """Return the targets that are in step."""
    return {target for (target,) in fleet.rows("SELECT target FROM fortunes WHERE success_at IS NOT NULL")}


def assert_nothing_overlapped(fleet: Machines) -> None:
    for target, runs in runs_of(fleet).items():
        for (_, end), (start, _) in pairwise(runs):
            assert end <= start + timedelta(milliseconds=1), (target, runs)


def assert_no_duplicates(tracker: Path, plans: int) -> None:
    with closing(sqlite3.connect(tracker)) as raw:
        texts = Counter(body.partition("<!--")[2] for (body,) in raw.execute("SELECT body FROM issues"))
    assert len(texts) == plans * (SHAPE.phases * SHAPE.tasks + SHAPE.risks)
    assert set(texts.values()) == {1}
