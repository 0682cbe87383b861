"""A process that runs the server of one test run, and takes it away when the run has ended, however it ended."""

from __future__ import annotations

import json
import os
import select
import shutil
import sys
import tempfile
import time
from pathlib import Path

from plansync.queue.knocks_schema import install
from plansync.store.open import upgrade
from plansync.store.postgres import connection_words
from tests.support.postgres import TEMPLATE, Server


def main(owner: int, place: Path) -> None:
    """Start the server, write where it is to ``place``, and let the caller go on while a child waits for the end."""
    ready, tell = os.pipe()
    if os.fork():
        os.close(tell)
        os._exit(0 if os.read(ready, 1) else 1)
    os.setsid()
    folder = Path(tempfile.mkdtemp(prefix="plansync-pg-"))
    server = Server(folder)
    try:
        make(server)
        place.write_text(json.dumps(str(folder)))
        os.write(tell, b"1")
        os.close(tell)
        for stream in (1, 2):  # whoever reads what the tests say need not wait for us
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        wait_for_end(owner)
    finally:
        server.stop()
        shutil.rmtree(folder)
        for made in (place, place.with_suffix(".lock")):
            made.unlink(missing_ok=True)


def wait_for_end(process: int) -> None:
    """Wait until a process that is not our child runs no more."""
    if sys.platform == "linux":
        select.select([os.pidfd_open(process)], [], [])
    while _lives(process):
        time.sleep(0.5)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return sys.platform != "linux"


def make(server: Server) -> None:
    """Start ``server`` with an empty state database that all others are copied from."""
    server.make()
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    upgrade(server.url(TEMPLATE))
    install(connection_words(server.url(TEMPLATE)))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
