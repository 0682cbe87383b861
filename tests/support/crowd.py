"""Several plansync commands at once, each a process of its own, forked from one that has imported everything.

Run as a program it reads orders as lines of JSON and starts what they name; all of them write their words to its own
output as they go, so that whoever reads it sees the work while it is done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.warm_plansync import be_plansync, import_everything

ROOT = Path(__file__).parents[2]
_ENDED = "\x00"


@dataclass(frozen=True)
class Crowd:
    """Starts commands in ``folder``, all at once."""

    process: subprocess.Popen[str]
    folder: Path

    def __call__(self, commands: Sequence[Sequence[str]], hear: Callable[[str], None]) -> Sequence[int]:
        """Run ``commands`` and return how each ended; ``hear`` is called with every line as it is written."""
        assert self.process.stdin is not None
        print(json.dumps([str(self.folder), commands]), file=self.process.stdin, flush=True)
        codes: dict[int, int] = {}
        while len(codes) < len(commands):
            line = self._line()
            if line.startswith(_ENDED):
                index, code = json.loads(line.removeprefix(_ENDED))
                codes[index] = code
            else:
                hear(line)
        return [codes[index] for index in range(len(commands))]

    def once(self, *options: str) -> str:
        """Run one ``plansync once``, which must end well, and return what it said."""
        said: list[str] = []
        codes = self([["once", *options]], said.append)
        assert codes == [0], "\n".join(said)
        return "\n".join(said)

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the crowd is gone"
        return line.rstrip("\n")


@contextmanager
def crowd(folder: Path) -> Iterator[Crowd]:
    """Have a crowd at hand that is configured by the folder alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLANSYNC_", "COVERAGE_"))}
    command = [sys.executable, "-m", __name__]
    pipe = subprocess.PIPE
    environment = kept | {"USER": "ann", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment) as process:
        yield Crowd(process, folder)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    import_everything()
    for line in sys.stdin:
        folder, commands = json.loads(line)
        running = {_start(folder, words): index for index, words in enumerate(commands)}
        while running:
            pid, status = os.wait()
            ended = running.pop(pid), os.waitstatus_to_exitcode(status)
            os.write(sys.stdout.fileno(), f"{_ENDED}{json.dumps(ended)}\n".encode())


def _start(folder: str, words: Sequence[str]) -> int:
    pid = os.fork()
    if pid == 0:
        sys.stdout = sys.stderr = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8")
        be_plansync(folder, words)
    return pid


if __name__ == "__main__":
    _serve()
