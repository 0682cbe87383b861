"""The command line, in a folder of its own."""

from pathlib import Path

import pytest

from tests.support.shell import Shell


@pytest.fixture
def plansync(tmp_path: Path) -> Shell:
    """Run ``plansync`` in an empty folder that is no Git checkout."""
    return Shell(tmp_path)
