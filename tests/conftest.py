"""What all tests share: facts that a test records as properties are printed after a run, whichever process found them."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found]
    facts = {name: value for report in reports for name, value in getattr(report, "user_properties", ())}
    if facts:
        terminalreporter.section("facts")
    for name, value in facts.items():
        terminalreporter.write_line(f"{name}: {value}")
