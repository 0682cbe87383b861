"""``plansync --help`` answers at once: it loads no library that it does not need."""

import json
import re
import subprocess
import sys

import pytest

HEAVY = (
    "sqlalchemy",
    "alembic",
    "github",
    "gitlab",
    "requests",
    "jinja2",
    "pydantic",
    "pyromark",
    "rapidfuzz",
    "apscheduler",
)
EVERYTHING = (
    "import plansync.cli.main, plansync.bootstrap, plansync.app.sync, plansync.core.parser, plansync.store.open, "
    "plansync.settings, plansync.rendering, plansync.trackers.local.tracker, sqlalchemy.orm, alembic.command, github, "
    "gitlab, pydantic_settings, jinja2, rich.table, structlog, apscheduler.schedulers.background"
)
HELP = """
import sys
from plansync.cli.main import app
app({arguments}, standalone_mode=False)
import json
print(json.dumps(sorted(name for name in sys.modules if "." not in name)), file=sys.stderr)
"""
TOTAL = re.compile(r"^import time:\s+(\d+) \|", re.MULTILINE)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python and return how it went."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def import_time(*arguments: str) -> int:
    """Return the time that a run spends on imports, in microseconds: the best of three."""
    return min(sum(map(int, TOTAL.findall(python("-X", "importtime", *arguments).stderr))) for _ in range(3))


@pytest.mark.parametrize("command", ["", "once", "local"])
def test_help_loads_no_library_of_trackers_store_or_templates(command: str) -> None:
    loaded = json.loads(python("-c", HELP.format(arguments=[*command.split(), "--help"])).stderr.splitlines()[-1])
    needed_by_typer = {"pydantic"} if command else set()
    assert [name for name in HEAVY if name in loaded and name not in needed_by_typer] == []


def test_help_spends_less_than_a_third_of_the_time_that_importing_everything_takes() -> None:
    assert import_time("-m", "plansync", "--help") * 3 < import_time("-c", EVERYTHING)
