"""What all tests share: facts that a test records as properties are printed after a run, whichever process found them.

And a real PostgreSQL, which is started for the first test that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest


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
