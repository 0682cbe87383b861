"""A GitHub App from run to run: one token an hour, and what its answers were good for stays good (spec §7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest
from plansync.app.sync import run_sync
from plansync.bootstrap import close_workshop, open_workshop
from plansync.settings import load_settings
from tests.servers.github import GitHub, serve
from tests.servers.github.state import App
from tests.servers.openapi import rest
from tests.servers.wire import TestServer
from tests.support.clocks import FakeClock
from tests.support.example import PLAN


@dataclass(frozen=True)
class Installed:
    """A folder whose target acts as an App; each run opens everything anew, as a process does."""

    folder: Path
    github: GitHub
    server: TestServer
    app: App
    clock: FakeClock

    def once(self, key: str | None = None) -> TargetReport:
        environ = {"PLANSYNC_GITHUB_APP_KEY": key or self.app.private_key.replace("\n", "\\n")}
        workshop = open_workshop(load_settings(working=self.folder, environ=environ), clock=self.clock)
        try:
            return run_sync(workshop, workshop.targets[0], SyncRequest())
        finally:
            close_workshop(workshop)


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    clock = FakeClock()
    github = GitHub(clock)
    app = github.add_app("plan-keeper")
    with serve(github, rest().check) as server:
        (tmp_path / "plans").mkdir()
        (tmp_path / "plans/plan.md").write_text(PLAN, "utf-8")
        (tmp_path / "plansync.toml").write_text(
            f'[[targets]]\nname = "web"\ntracker = {{ kind = "github", project = "acme/web", '
            f'api_url = "{github.api}", app_id = {app.id} }}\n',
            "utf-8",
        )
        yield Installed(tmp_path, github, server, app, clock)


def test_a_token_is_fetched_once_an_hour_and_not_once_a_run(installed: Installed) -> None:
    for _ in range(6):
        report = installed.once()
        assert not report.failed, report.errors
        installed.clock.advance(timedelta(minutes=5))
    assert installed.app.handed_out == 1
    installed.clock.advance(timedelta(minutes=60))
    installed.once()
    assert installed.app.handed_out == 2


def test_answers_to_conditional_reads_are_good_from_run_to_run_of_one_token(installed: Installed) -> None:
    for _ in range(3):
        installed.once()
    before = len(installed.server.books)
    installed.once()
    assert [entry.status for entry in installed.server.books[before:]] == [304, 304]


def test_a_new_token_costs_the_answers_once(installed: Installed) -> None:
    for _ in range(3):
        installed.once()
    installed.clock.advance(timedelta(minutes=60))
    installed.once()
    before = len(installed.server.books)
    installed.once()
    assert [entry.status for entry in installed.server.books[before:]] == [304, 304]


def test_its_issues_are_its_own(installed: Installed) -> None:
    installed.once()
    assert {issue.user.login for issue in installed.github.repository.issues.values()} == {"plan-keeper[bot]"}
    assert installed.once().changes == ()


def test_a_token_that_was_revoked_is_replaced(installed: Installed) -> None:
    installed.once()
    for token in installed.github.world.tokens.values():
        if token.text.startswith("ghs_"):
            token.revoked = True
    report = installed.once()
    assert not report.failed, report.errors
    assert installed.app.handed_out == 2


def test_a_key_that_is_none_is_one_clear_line(installed: Installed) -> None:
    report = installed.once("no key at all")
    assert [message for message, _ in report.errors] == ["the GitHub App's private key cannot be read"]
    assert "PLANSYNC_GITHUB_APP_KEY" in report.errors[0][1]


def test_the_state_database_holds_neither_token_nor_key(installed: Installed) -> None:
    installed.once()
    tokens = [token.text for token in installed.github.world.tokens.values()]
    kept = b"".join(path.read_bytes() for path in installed.folder.rglob("*") if path.is_file())
    assert tokens
    assert [token for token in tokens if token.encode() in kept] == []
    assert b"PRIVATE KEY" not in kept
