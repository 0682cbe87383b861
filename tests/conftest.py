"""What all tests share: facts that a test records as properties are printed after a run, whichever process found them.

And a real PostgreSQL, which is started for the first test that asks for it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile("explore" if os.environ.get("PLANSYNC_TESTS_EXPLORE") else "gate")
"""A gate says the same of the same code, however busy the machine. PLANSYNC_TESTS_EXPLORE=1 looks at other examples."""


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore Ctrl-C, and so would everything that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Return the URL of a state database of the newest revision, for one test."""
    from tests.support.postgres import TEMPLATE, shared_server

    server = shared_server()
    with server.database(TEMPLATE) as name:
        yield server.url(name)


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """Return the URL of a database in which nothing is, for one test."""
    from tests.support.postgres import shared_server

    server = shared_server()
    with server.database() as name:
        yield server.url(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found]
    facts = {name: value for report in reports for name, value in getattr(report, "user_properties", ())}
    if facts:
        terminalreporter.section("facts")
    for name, value in facts.items():
        terminalreporter.write_line(f"{name}: {value}")
