"""What tests of faults share: a process that has imported plansync once for all of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.runner import ROOT, Runner, environment


@pytest.fixture(scope="session")
def warm() -> Iterator[subprocess.Popen[str]]:
    """Yield a process that has imported everything, which takes longer than many commands do."""
    command = [sys.executable, "-m", "tests.faults.warm_plansync"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment()) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def plansync(warm: subprocess.Popen[str], tmp_path: Path) -> Runner:
    """Return what runs commands in a folder for plans."""
    folder = tmp_path / "desk"
    (folder / "plans").mkdir(parents=True)
    return Runner(warm, folder)
