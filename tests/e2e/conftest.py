"""The command line as a process, in a folder of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Shell:
    """Runs ``plansync`` in ``folder`` as a user would."""

    folder: Path

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command; it must end with ``code``."""
        command = [sys.executable, "-m", "plansync", *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLANSYNC_")}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=kept | {"USER": "ann", "COLUMNS": "100"},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def write(self, path: str, text: str) -> Path:
        """Write a file below the folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file


@pytest.fixture
def plansync(tmp_path: Path) -> Shell:
    """Run ``plansync`` in an empty folder that is no Git checkout."""
    return Shell(tmp_path)
