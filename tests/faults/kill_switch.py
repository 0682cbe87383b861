"""Counts a process's side effects from outside and kills or stops it at one of them.

Knows nothing of plansync: files are seen by Python's audit events, databases by SQLite's own trace of the statements it
begins, requests by the audit event of Python's HTTP client. What a killed process leaves is what SIGKILL leaves: nothing is flushed, closed or rolled back by it.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset(
    f"os.{name}"
    for name in (
        "chmod",
        "chown",
        "link",
        "mkdir",
        "remove",
        "rename",
        "rmdir",
        "setxattr",
        "symlink",
        "truncate",
        "utime",
    )
)
_REQUEST = re.compile(rb"(?P<verb>[A-Z]{3,7}) (?P<path>/\S*) HTTP/")
_STATEMENTS = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP", "PRAGMA JOURNAL_MODE =")


@dataclass
class KillSwitch:
    """Writes a line to the descriptor ``log`` for every side effect below ``folder``; signals at number ``at``, if it is not 0.

    ``moment`` is ``before`` or ``after``: right before the system or the database is asked, or as soon as it has answered.
    """

    folder: Path
    log: int
    at: int = 0
    moment: str = "before"
    signal: int = signal.SIGKILL
    count: int = 0
    _opening: str = field(default="", repr=False)

    def arm(self) -> None:
        """Watch the process from here on, to its end."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITES:
                self._on_file(event, path)
        elif event in _CHANGES:
            self._on_file(event, arguments[0])
        elif event == "http.client.send":
            self._on_request(arguments[1])
        elif event == "sqlite3.connect":
            self._opening = Path(os.fsdecode(str(arguments[0]))).name
        elif event == "sqlite3.connect/handle":
            connection = arguments[0]
            assert isinstance(connection, sqlite3.Connection)
            listener = self._listener(self._opening, connection)
            _soon(lambda: connection.set_trace_callback(listener))  # it takes none before it is quite open

    def _listener(self, name: str, connection: sqlite3.Connection) -> Callable[[str], None]:
        def listen(statement: str) -> None:
            words = statement.lstrip().upper()
            if words.startswith("COMMIT") or (words.startswith(_STATEMENTS) and not connection.in_transaction):
                self._on_effect(f"{words.partition(' ')[0].lower()} {name}")

        return listen

    def _on_request(self, data: object) -> None:
        """A request is sent: its first bytes tell whether it may change anything."""
        head = bytes(data[:400]) if isinstance(data, bytes | bytearray | memoryview) else b""
        found = _REQUEST.match(head)
        if found is not None and found["verb"] not in {b"GET", b"HEAD"}:
            self._on_effect(f"send {found['verb'].decode()} {found['path'].decode()}")

    def _on_file(self, event: str, path: object) -> None:
        if isinstance(path, int) and event in _CHANGES:
            self._on_effect(f"{event} of an open file")  # one that was opened for writing before
        elif isinstance(path, str | bytes | os.PathLike):
            file = Path.cwd() / os.fsdecode(path)
            if file.is_relative_to(self.folder):
                self._on_effect(f"{event} {file.relative_to(self.folder)}")

    def _on_effect(self, name: str) -> None:
        self.count += 1
        os.write(self.log, f"{name}\n".encode())
        if self.count != self.at:
            return
        if self.moment == "before":
            self._signal()
        else:
            _soon(self._signal)

    def _signal(self) -> None:
        os.kill(os.getpid(), self.signal)


def _soon(act: Callable[[], None]) -> None:
    """Act at the first thing that happens in other code than this, which is when the call that was heard has ended."""

    def look(frame: FrameType, event: str, argument: object) -> None:
        del event, argument
        if frame.f_code.co_filename != __file__:
            sys.setprofile(None)
            act()

    sys.setprofile(look)
