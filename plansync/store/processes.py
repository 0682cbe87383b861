"""Which process holds a lease, and whether it still lives (spec §4).

A holder reads ``host:pid:started``. ``started`` is the process's start in clock ticks since boot, then ``@`` and a
digest of the boot and the process namespace it was seen in: the same pid in another container, or before a reboot,
is another process, of which nothing can be told from here.
"""

from __future__ import annotations

import hashlib
import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_ENDED = frozenset("ZX")  # a zombie holds its pid until its parent looks, yet does nothing any more


def this_process() -> str:
    """Return the holder string of the running process."""
    pid = os.getpid()
    started, _ = _seen_in_proc(pid) or ("", "")
    return f"{socket.gethostname()}:{pid}:{started}@{_world()}"


def is_dead(holder: str) -> bool:
    """Say whether ``holder`` surely runs no more on this host; False wherever that cannot be told."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    started, _, world = holder.rpartition(":")[2].partition("@")
    if host != socket.gethostname() or world != _world() or not rest.isdecimal():
        return False
    seen = _seen_in_proc(int(rest))
    if seen is None:
        return not _answers(int(rest))
    return seen[0] != started or seen[1] in _ENDED


def _seen_in_proc(pid: int) -> tuple[str, str] | None:
    """Return start time and state letter (proc(5), fields 22 and 3), or None where the system does not show them."""
    try:
        status = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = status.rpartition(")")[2].split()
    return fields[19], fields[0]


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)
    return True


@cache
def _world() -> str:
    """Return a digest of boot and process namespace; the same everywhere where the system shows neither."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii")
        space = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        boot, space = "", ""
    return hashlib.sha256(f"{boot}{space}".encode()).hexdigest()[:8]
