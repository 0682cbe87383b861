"""More than one machine: the full size of the proof, and how many syncs a second 1, 2 and 4 workers do.

The processes of the measurement share this machine's cores; what they wait for is a GitHub 50 ms away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plansync.bootstrap import SystemClock
from plansync.ports.queue import Ask, Letter, Queue, Rhythm
from plansync.queue.embedded import BelledQueue
from plansync.queue.knocks import Knocks
from plansync.store.open import open_store
from plansync.store.postgres import connection_words
from plansync.store.processes import is_dead
from tests.benchmarks.hosted_plans import Shape, plan_text
from tests.integration.test_fleet import prove
from tests.servers.github import GitHub
from tests.servers.wire import Answer, Fault, Request, TestServer
from tests.support.fleet import Machines, machines, until
from tests.support.leniency import ordered
from tests.support.postgres import own_server

LATENCY = 0.05
TARGETS, ROUNDS = 16, 3
SHAPE = Shape(phases=1, tasks=3, risks=1)
CONFIGURATION = """
[limits]
creates = 0
[pacing]
write_interval = 0
[daemon]
workers = 1
"""
TARGET = """
[[targets]]
name = "t{number:02}"
source = {{ path = "t{number:02}", include = ["*.md"] }}
tracker = {{ kind = "github", project = "acme/t{number:02}", api_url = "{api}" }}
"""


class Far(TestServer):
    """A server whose every answer takes a while on its way."""

    def handle(self, request: Request) -> tuple[Answer | None, Fault | None]:
        time.sleep(LATENCY)
        return super().handle(request)


def test_two_hundred_plans_in_twenty_targets_outlive_kills_and_a_restart(tmp_path: Path) -> None:
    start = time.perf_counter()
    prove(tmp_path, targets=20, plans=10)
    print(
        f"\n200 plans in 20 targets, 2 daemons and 3 workers, killed and restarted: {time.perf_counter() - start:.0f} s"
    )


@pytest.mark.parametrize("rounds", [ROUNDS])
def test_more_workers_do_more_syncs(tmp_path: Path, rounds: int) -> None:
    rates = {}
    with far_fleet(tmp_path) as (fleet, queue):
        with workers(fleet, 4):
            sync_all(fleet, queue)
        for count in (1, 2, 4):
            with workers(fleet, count):
                sync_all(fleet, queue)
                start = time.perf_counter()
                for _ in range(rounds):
                    sync_all(fleet, queue)
                rates[count] = TARGETS * rounds / (time.perf_counter() - start)
    told = ", ".join(f"{count} workers {rate:.1f}/s ({rate / rates[1]:.1f} times)" for count, rate in rates.items())
    print(f"\nquiet syncs at {LATENCY * 1000:.0f} ms a request on {os.cpu_count()} cores: {told}")
    assert rates[4] > 1.5 * rates[1]


@contextmanager
def far_fleet(folder: Path) -> Iterator[tuple[Machines, Queue]]:
    """Yield processes that sync ``TARGETS`` repositories, and the queue that they work on."""
    github = GitHub(SystemClock())
    github.accountant.off()
    github.lenient = set(ordered("github"))
    tokens = {}
    for number in range(TARGETS):
        github.add_repository(f"acme/t{number:02}")
        tokens[f"PLANSYNC_TOKEN_T{number:02}"] = f"ghp_test{number:02}"
    for token in tokens.values():
        github.add_user(f"bot-{token[-2:]}", "write", token)
    with ExitStack() as stack:
        server = stack.enter_context(Far(github))
        github.base = server.url
        parts = [CONFIGURATION, *(TARGET.format(number=number, api=github.api) for number in range(TARGETS))]
        (folder / "plansync.toml").write_text("".join(parts))
        for number in range(TARGETS):
            (folder / f"t{number:02}").mkdir()
            (folder / f"t{number:02}/plan.md").write_text(plan_text(number, SHAPE))
        fleet = stack.enter_context(machines(folder, stack.enter_context(own_server()), **tokens))
        url = fleet.server.url(fleet.name)
        store = stack.enter_context(closing(open_store(url)))
        knocks = Knocks(connection_words(url), store.queue, SystemClock(), is_dead)
        knocks.start()
        stack.callback(knocks.end)
        yield fleet, BelledQueue(store.queue, knocks)


@contextmanager
def workers(fleet: Machines, count: int) -> Iterator[None]:
    """Let ``count`` workers be there for the length of the block."""
    for _ in range(count):
        fleet.start("worker")
    until(lambda: fleet.rows("SELECT count(*) FROM procrastinate_workers") == [(count,)], fleet)
    yield
    assert set(fleet.end()) == {0}


def sync_all(fleet: Machines, queue: Queue) -> None:
    """Ask for every target, and wait until all are in step."""
    asks = tuple(Ask(target=f"t{number:02}", trigger="bench") for number in range(TARGETS))
    queue.accept([Letter(asks)], Rhythm(), datetime.now(UTC))
    left = "SELECT 1 FROM waiting UNION ALL SELECT 1 FROM running"
    until(lambda: fleet.rows(left) == [], fleet, timedelta(minutes=2))
    failing = fleet.rows("SELECT target, error FROM fortunes WHERE failing_since IS NOT NULL")
    assert failing == [], fleet.said()[-5000:]
