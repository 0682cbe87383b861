"""``plansync daemon`` as a process: what it says, where it listens, and waiting for what it does."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.shell import Shell

PATIENCE_S = 30.0
"""How long a real process may take for what it does at once on an idle machine."""
_LISTENING = re.compile(r"listening at (http://\S+?):? ")


def until(holds: Callable[[], object], what: str, patience: float = PATIENCE_S) -> None:
    """Return when ``holds``; fail with ``what`` if that does not come to be."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@dataclass
class Daemon:
    """One running daemon; ``said`` are its lines so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def url(self) -> str:
        """Return where it listens, as soon as it says so."""
        until(lambda: self._found() or self.process.poll() is not None, "it does not listen")
        found = self._found()
        assert found, self.said
        return found

    def kill(self) -> None:
        """End it as a power failure of the process would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def _found(self) -> str:
        return next((found[1] for line in list(self.said) if (found := _LISTENING.search(line))), "")

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)


@contextmanager
def daemon(shell: Shell, *arguments: str) -> Iterator[Daemon]:
    """Run a daemon in the shell's folder; at the end it must stop well, unless it was killed."""
    process = shell.start(*arguments, "daemon")
    running = Daemon(process)
    try:
        yield running
        if process.poll() is None:
            code = running.stop()
            assert code == 0, "".join(running.said)
    finally:
        if process.poll() is None:
            running.kill()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
