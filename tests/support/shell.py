"""The command line as people use it: in a folder of its own, with what it prints and the code it ends with."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

from plansync.cli.main import app, run

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Shell:
    """Runs ``plansync`` in ``folder``.

    Called, it runs the command inside this process, which takes a tenth of the time; ``process`` starts a real one,
    for what only shows there. ``variables`` are added to the environment, which has none of plansync's otherwise.
    """

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def given(self, **variables: str) -> Shell:
        """Return a shell in the same folder with these variables as well."""
        return replace(self, variables={**self.variables, **variables})

    def __call__(self, *arguments: str, code: int | None = 0) -> Done:
        """Run one command; it must end with ``code``, unless that is None."""
        out, err = io.StringIO(), io.StringIO()
        with (
            chdir(self.folder),
            patch.dict(os.environ, self._environment(), clear=True),
            patch.object(sys, "argv", ["plansync", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            ended = _exit_code()
        return self._checked(Done(list(arguments), ended, out.getvalue(), err.getvalue()), code)

    def process(self, *arguments: str, code: int = 0, command: tuple[str, ...] = ()) -> Done:
        """Run one command as a process, behind ``command`` if one is given; it must end with ``code``."""
        return self._checked(self.run(*command, *self.command(*arguments)), code)

    def run(self, *words: str) -> Done:
        """Run any program in the folder."""
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one command as a process, and do not wait for it; where it listens, it takes any port."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env={"PLANSYNC_WEB__PORT": "0"} | self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """Return the words that start the command with this Python."""
        return [sys.executable, "-m", "plansync", *arguments]

    def write(self, path: str, text: str) -> Path:
        """Write a file below the folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def read(self, path: str) -> str:
        """Read a file below the folder."""
        return (self.folder / path).read_text("utf-8")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLANSYNC_")}
        return kept | {"USER": "ann", "COLUMNS": "100"} | dict(self.variables)

    @staticmethod
    def _checked(done: Done, code: int | None) -> Done:
        assert code is None or done.returncode == code, f"{done.args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done


def _exit_code() -> int:
    """Run the command line as ``main`` does, and return what it would end the process with."""
    try:
        return run(app)
    except SystemExit as ended:
        return int(ended.code or 0)
