"""Several processes of plansync on one state database, as if each of them were a machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.support.postgres import Server

Process = subprocess.Popen[bytes]
POLL = 0.02


@dataclass
class Machines:
    """Processes in ``folder``, whose ``plansync.toml`` they share, on the database ``name`` of ``server``."""

    folder: Path
    server: Server
    name: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    running: list[Process] = field(default_factory=list)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        words = [sys.executable, "-m", "plansync", *command]
        return subprocess.run(
            words, cwd=self.folder, env=self._environment(), capture_output=True, text=True, check=False
        )

    def start(self, command: str) -> Process:
        """Start a process that stays; what it says goes to a file beside the plans."""
        with (self.folder / f"{command}-{len(list(self.folder.glob('*.log')))}.log").open("wb") as log:
            words = [sys.executable, "-m", "plansync", command, "--verbose", "--log-format", "json"]
            process = subprocess.Popen(words, cwd=self.folder, env=self._environment(), stdout=log, stderr=log)
        self.running.append(process)
        return process

    def kill(self, process: Process) -> None:
        """Let it die as a machine does."""
        self.running.remove(process)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> list[int]:
        """Ask all to end, and return their exit codes."""
        for process in self.running:
            process.terminate()
        codes = [process.wait(60) for process in self.running]
        self.running.clear()
        return codes

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in the state database."""
        with self.server.connect(database=self.name) as connection:
            return connection.execute(query).fetchall()

    def said(self) -> str:
        """Return what all processes said."""
        return "".join(f"== {log.name}\n{log.read_text()}" for log in sorted(self.folder.glob("*.log")))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLANSYNC_")}
        return kept | {"USER": "ann", "PLANSYNC_STATE__URL": self.server.url(self.name)} | dict(self.variables)


@contextmanager
def machines(folder: Path, server: Server, **variables: str) -> Iterator[Machines]:
    """Make the state database; whatever still runs at the end is killed."""
    with server.database() as name:
        fleet = Machines(folder, server, name, variables)
        try:
            made = fleet.run("db", "upgrade")
            assert made.returncode == 0, made.stderr
            yield fleet
        finally:
            for process in list(fleet.running):
                fleet.kill(process)


def until(holds: Callable[[], bool], fleet: Machines, span: timedelta = timedelta(minutes=2)) -> None:
    """Wait until something holds, which it must within ``span``; a database that is away holds nothing."""
    deadline = time.monotonic() + span.total_seconds()
    while not _holds(holds):
        assert time.monotonic() < deadline, fleet.said()[-20_000:]
        time.sleep(POLL)


def _holds(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except psycopg.OperationalError:
        return False


def runs_of(fleet: Machines) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return from when to when each target was synced; of a run that was cut off, until its last sign of life."""
    query = """
        SELECT target, started_at, greatest(started_at, ended_at, max(outcomes.at)) FROM runs
        LEFT JOIN outcomes ON outcomes.run = runs.id GROUP BY runs.id ORDER BY target, started_at
    """
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for target, start, end in fleet.rows(query):
        found.setdefault(target, []).append((start, end))
    return found
