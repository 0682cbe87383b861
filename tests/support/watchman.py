"""Watches what this process opens and starts, by Python's audit events, while it is asked to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Seen:
    """Files that were opened and programs that were started."""

    opened: list[Path] = field(default_factory=list)
    started: list[tuple[str, ...]] = field(default_factory=list)

    def opened_outside(self, *roots: Path) -> list[Path]:
        """Return the files below none of ``roots``; the interpreter's own and devices do not count."""
        own = (Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2], Path("/dev"), Path("/proc/self/fd"))
        return [path for path in self.opened if not any(path.is_relative_to(root) for root in (*roots, *own))]


_now: list[Seen] = []
_is_hooked: list[bool] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if not _now:
        return
    if event == "open" and isinstance(arguments[0], str | bytes):
        _now[-1].opened.append(Path(os.path.realpath(os.fsdecode(arguments[0]))))
    elif event == "subprocess.Popen":
        words = arguments[1]
        _now[-1].started.append(tuple(map(str, words)) if isinstance(words, list | tuple) else (str(words),))
    elif event in {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"}:
        _now[-1].started.append((event, *map(str, arguments)))


@contextmanager
def watching() -> Iterator[Seen]:
    """Give what is seen while the block runs. An audit hook stays for good, so there is one for all."""
    if not _is_hooked:
        _is_hooked.append(True)
        sys.addaudithook(_hear)
    seen = Seen()
    _now.append(seen)
    try:
        yield seen
    finally:
        _now.remove(seen)
