"""Commands that are run in a folder, undisturbed or killed at one of their side effects."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative: the signal), its side effects in order, what it said."""

    code: int
    effects: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Runner:
    """Runs plansync commands in a folder, killed at a side effect or undisturbed.

    ``variables`` are set in their environment.
    """

    process: subprocess.Popen[str]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, at: int = 0, moment: str = "before") -> Ended:
        order: dict[str, object] = {"folder": str(self.folder), "arguments": arguments, "at": at, "moment": moment}
        order["variables"] = dict(self.variables)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(order), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return Ended(answer["code"], tuple(answer["effects"]), answer["output"])

    def quietly(self, *arguments: str) -> Ended:
        """Run a command that must succeed."""
        ended = self(*arguments)
        assert ended.code == 0, ended.output
        return ended


def environment() -> dict[str, str]:
    """Return the environment without what would configure plansync, and without the measuring of coverage."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLANSYNC_", "COVERAGE_"))}
    return kept | {"USER": "ann", "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Stage:
    """A folder that can be put back as it was before a run; always at the same path, which the state database knows."""

    folder: Path

    @property
    def kept(self) -> Path:
        return self.folder.with_suffix(".kept")

    def keep(self) -> None:
        shutil.copytree(self.folder, self.kept)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
