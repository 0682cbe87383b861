"""A burst of ten thousand deliveries at the daemon, and at a route that only stores them: the ratio is what counts.

``PLANSYNC_BENCH_DELIVERIES`` makes it smaller. Both run as a process of their own, one after the other in turns, and
keep what they commit alike; the figures of the machine are printed and held to nothing.
"""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import pytest
import requests

from tests.support.burst import Delivery, Told, add_stone, bare, make_folder, plan_names, pushes, send
from tests.support.daemon import Daemon, daemon, until
from tests.support.shell import Shell

COUNT = int(os.environ.get("PLANSYNC_BENCH_DELIVERIES", "10000"))
PLANS, CONNECTIONS, TURNS = 100, 50, 3
LEAST_RATIO = 0.4
LONGEST_S = 30
"""A sync starts after this time even if more events arrive."""
MOST_GROWTH_KB = 128 * 1024


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    yield make_folder(Shell(tmp_path / "daemon"), PLANS)


def rest(service: Daemon) -> None:
    """Return when nothing waits or runs, and the target was in step."""

    def is_at_rest() -> bool:
        ready = requests.get(f"{service.url}/readyz", timeout=30).json()
        fares = ready["targets"]["web"]["success_age_seconds"]
        return not ready["waiting"] and not ready["running"] and fares is not None

    until(is_at_rest, "it does not come to rest", patience=300)


def memory_kb(service: Daemon) -> int:
    """Return the most memory that the daemon ever had."""
    lines = Path(f"/proc/{service.process.pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def count(shell: Shell, rows: str) -> int:
    """Return how many rows of a table of the state database there are."""
    with closing(sqlite3.connect(shell.folder / ".plansync/state.db")) as database:
        (number,) = database.execute(f"SELECT count(*) FROM {rows}").fetchone()
    return int(number)


def turns(deliveries: list[Delivery]) -> Iterator[list[Delivery]]:
    """Yield the deliveries in as many parts as there are turns."""
    size = len(deliveries) // TURNS
    for turn in range(TURNS):
        yield deliveries[turn * size : (turn + 1) * size if turn < TURNS - 1 else None]


def test_a_burst_costs_little_more_than_a_bare_acknowledgement(shell: Shell, tmp_path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    deliveries = pushes(COUNT, plan_names(PLANS))
    told = Told()
    ratios: list[float] = []
    syncs: list[int] = []
    with daemon(shell) as service, bare(tmp_path) as floor:
        rest(service)
        for turn, part in enumerate(turns(deliveries)):
            for name in plan_names(PLANS):
                add_stone(shell, name, f"stone {turn + 2}")
            plain, ours = send(floor, part, CONNECTIONS), send(service.url, part, CONNECTIONS)
            assert plain.statuses == {202}
            ratios.append(plain.seconds / ours.seconds)
            told.answers += ours.answers
            told.seconds += ours.seconds
            rest(service)
            syncs.append(count(shell, "runs WHERE trigger = 'webhook'") - sum(syncs))
            assert 1 <= syncs[-1] <= 2 * (1 + ours.seconds // LONGEST_S)
    print(
        f"\n{COUNT} deliveries: {COUNT / told.seconds:.0f} a second, slowest {told.slowest:.2f} s, {sum(syncs)} syncs"
    )
    print(f"throughput to that of a bare acknowledgement: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    assert (told.statuses, len(told.answers)) == ({202}, COUNT)
    assert count(shell, "deliveries") == len({delivery.id for delivery in deliveries})
    assert told.slowest < 10
    assert median(ratios) >= LEAST_RATIO


def test_what_is_forged_or_oversized_is_refused_in_bounded_memory(shell: Shell) -> None:
    forged = pushes(COUNT, plan_names(PLANS), secret="another secret")
    large = [Delivery(d.id, d.plan, oversized(number)) for number, d in enumerate(forged[: COUNT // 10])]
    with daemon(shell) as service:
        rest(service)
        before = memory_kb(service)
        told = send(service.url, forged, CONNECTIONS)
        assert (told.statuses, len(told.answers)) == ({401}, COUNT)
        for delivery in large:  # each ends its connection
            assert send(service.url, [delivery], 1).statuses <= {413}
        growth = memory_kb(service) - before
        assert requests.get(f"{service.url}/readyz", timeout=30).json()["waiting"] == 0
    print(f"\n{COUNT} forged and {len(large)} oversized deliveries: {growth / 1024:.0f} MB more memory at most")
    assert growth < MOST_GROWTH_KB


def oversized(number: int) -> bytes:
    """Return a request that is too large: declared so, or in pieces without a word of their size."""
    head = b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\n"
    if number % 2:
        return head + b"Content-Length: 3000000\r\n\r\n" + b"x" * 100_000
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 3
