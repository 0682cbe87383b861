"""The command line, in a folder of its own."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from tests.support.shell import Shell


@pytest.fixture
def plansync(tmp_path: Path) -> Shell:
    """Run ``plansync`` in an empty folder that is no Git checkout."""
    return Shell(tmp_path)


@pytest.fixture
def swift(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every sleep of this process pass at once, on clocks that show it."""
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as traveller:
        monkeypatch.setattr(time, "sleep", lambda seconds: traveller.shift(timedelta(seconds=seconds)))
        yield
