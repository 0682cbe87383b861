"""Bursts of deliveries over real sockets, at the daemon as a process: nothing that was accepted is lost.

``PLANSYNC_BURST_DELIVERIES=10000`` makes them as large as a burst is meant to be.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.support.burst import Told, add_stone, make_folder, plan_names, pushes, send
from tests.support.daemon import Daemon, daemon, until
from tests.support.shell import Shell

COUNT = int(os.environ.get("PLANSYNC_BURST_DELIVERIES", "500"))
PLANS, CONNECTIONS = (10, 20) if COUNT <= 1000 else (100, 50)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    yield make_folder(Shell(tmp_path), PLANS)


def rows(shell: Shell, question: str) -> list[str]:
    """Return the first column of what the state database answers."""
    with closing(sqlite3.connect(f"file:{shell.folder}/.plansync/state.db?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute(question)]


def rest(service: Daemon) -> None:
    """Return when nothing waits or runs, and the target was in step."""

    def is_at_rest() -> bool:
        ready = requests.get(f"{service.url}/readyz", timeout=10).json()
        fares = ready["targets"]["web"]["success_age_seconds"]
        return not ready["waiting"] and not ready["running"] and fares is not None

    until(is_at_rest, "it does not come to rest", patience=60)


def test_a_burst_is_answered_and_becomes_few_syncs(shell: Shell) -> None:
    with daemon(shell) as service:
        rest(service)
        for name in plan_names(PLANS):
            add_stone(shell, name)
        told = send(service.url, pushes(COUNT, plan_names(PLANS)), CONNECTIONS)
        assert (told.statuses, len(told.answers)) == ({202}, COUNT)
        assert told.slowest < 10
        rest(service)
    runs = rows(shell, "SELECT id FROM runs WHERE trigger = 'webhook'")
    assert 1 <= len(runs) <= 2
    assert len(rows(shell, "SELECT id FROM deliveries")) == COUNT * 9 // 10


def test_what_was_accepted_outlives_a_kill_in_the_middle(shell: Shell) -> None:
    deliveries, told = pushes(COUNT, plan_names(PLANS)), Told()
    with daemon(shell) as service:
        rest(service)
        for name in plan_names(PLANS):
            add_stone(shell, name)
        sending = threading.Thread(target=send, args=(service.url, deliveries, CONNECTIONS, told))
        sending.start()
        until(lambda: len(told.accepted) > COUNT // 3, "nothing is accepted")
        service.kill()
        sending.join()
    assert len(told.answers) < COUNT
    assert told.statuses == {202}
    assert {f"github:{name}" for name in told.accepted} <= set(rows(shell, "SELECT id FROM deliveries"))
    scopes = rows(shell, "SELECT scope FROM waiting UNION SELECT scope FROM running")
    accepted = {delivery.plan for delivery in deliveries if delivery.id in told.accepted}
    assert all(any(plan in scope for scope in scopes) for plan in accepted)

    with daemon(shell) as service:
        assert send(service.url, deliveries, CONNECTIONS).statuses == {202}
        rest(service)
    assert len(rows(shell, "SELECT id FROM deliveries")) == COUNT * 9 // 10
    assert [shell.read(name).count("/issues/") for name in plan_names(PLANS)] == [2] * PLANS


def test_forged_deliveries_are_refused_and_leave_nothing(shell: Shell) -> None:
    with daemon(shell) as service:
        rest(service)
        told = send(service.url, pushes(COUNT, plan_names(PLANS), secret="another secret"), CONNECTIONS)
        assert (told.statuses, len(told.answers)) == ({401}, COUNT)
    assert rows(shell, "SELECT id FROM deliveries") == []
    assert rows(shell, "SELECT id FROM runs WHERE trigger = 'webhook'") == []
