"""A GitHub App reaches plans by Git as well: with the token of its installation, renewed, and kept nowhere (spec §7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.sync import run_sync
from plansync.bootstrap import close_workshop, open_workshop
from plansync.settings import load_settings
from tests.servers.githttp import GitHttp, serve_git
from tests.servers.github import GitHub, serve
from tests.servers.github.state import App
from tests.servers.openapi import rest
from tests.support.clocks import FakeClock
from tests.support.example import PLAN
from tests.support.git_remote import Remote

PATH = "plans/plan.md"
RIGHTS = {"issues": "write", "metadata": "read", "contents": "write", "pull_requests": "write"}


@dataclass(frozen=True)
class Installed:
    """A host with a repository of plans, and a folder whose target acts as an App on both; git comes in as it."""

    folder: Path
    github: GitHub
    site: GitHttp
    remote: Remote
    app: App
    clock: FakeClock

    def workshop(self, **environ: str) -> Workshop:
        """Open everything anew, as a process does."""
        given = environ or {"PLANSYNC_GITHUB_APP_KEY": self.app.private_key.replace("\n", "\\n")}
        return open_workshop(load_settings(working=self.folder, environ=given), clock=self.clock)

    def once(self, **environ: str) -> TargetReport:
        workshop = self.workshop(**environ)
        try:
            return run_sync(workshop, workshop.targets[0], SyncRequest())
        finally:
            close_workshop(workshop)

    def accepts(self, secret: str) -> bool:
        """Say whether the host lets somebody in who has ``secret``."""
        found = self.github.world.tokens.get(secret)
        if found is None or found.revoked:
            return False
        return found.expires_at is None or self.clock.now() < found.expires_at

    def end(self) -> None:
        """End all tokens of the App before their time."""
        for token in self.github.world.tokens.values():
            token.revoked |= token.text.startswith("ghs_")


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    (tmp_path / "host/acme").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    clock = FakeClock()
    github = GitHub(clock)
    github.add_user("ann", "write")
    app = github.add_app("plan-keeper", permissions=RIGHTS)
    remote = Remote.new(tmp_path / "host/acme/web.git")
    remote.commit({PATH: PLAN.encode()})
    with serve(github, rest().check) as server, serve_git(tmp_path / "host") as site:
        site.api, github.base = server.url, site.url
        (tmp_path / "work/plansync.toml").write_text(
            f'[[targets]]\nname = "web"\nsource = {{ kind = "git", url = "{site.url}/acme/web.git" }}\n'
            f'tracker = {{ kind = "github", project = "acme/web", api_url = "{site.url}/api/v3", app_id = {app.id} }}\n'
        )
        made = Installed(tmp_path / "work", github, site, remote, app, clock)
        site.accepts = made.accepts
        yield made


def test_plans_are_read_and_written_with_the_token_that_issues_are_kept_with(installed: Installed) -> None:
    report = installed.once()
    assert not report.failed, report.errors
    assert installed.remote.read(PATH).count(b"/issues/") == 7
    assert installed.site.pushes() == 1
    assert installed.app.handed_out == 1
    assert installed.once().changes == ()
    assert installed.app.handed_out == 1


def test_a_token_that_ends_while_a_process_lives_is_replaced(installed: Installed) -> None:
    workshop = installed.workshop()
    for _ in range(3):
        assert not run_sync(workshop, workshop.targets[0], SyncRequest()).failed
        installed.clock.advance(timedelta(minutes=61))
    close_workshop(workshop)
    assert installed.app.handed_out == 3


def test_a_token_that_is_revoked_while_a_process_lives_is_replaced(installed: Installed) -> None:
    installed.once()
    workshop = installed.workshop()
    workshop.targets[0].source.refresh()
    installed.end()
    installed.remote.commit({PATH: installed.remote.read(PATH) + b"\n## Notes\n"})
    installed.github.people("ann").close(next(iter(installed.github.repository.issues)))
    report = run_sync(workshop, workshop.targets[0], SyncRequest())
    close_workshop(workshop)
    assert not report.failed, report.errors
    assert installed.remote.read(PATH).count(b"- [x] ") == 1
    assert (installed.site.pushes(), installed.app.handed_out) == (2, 2)


def test_the_preview_needs_no_state_database(installed: Installed) -> None:
    key = installed.app.private_key.replace("\n", "\\n")
    settings = load_settings(working=installed.folder, environ={"PLANSYNC_GITHUB_APP_KEY": key})
    workshop = open_workshop(settings, read_only=True, clock=installed.clock)
    report = run_sync(workshop, workshop.targets[0], SyncRequest(dry_run=True))
    close_workshop(workshop)
    assert len(report.changes) == 9
    assert sorted(path.name for path in installed.folder.iterdir()) == ["plansync.toml"]


def test_without_the_key_one_line_says_what_is_missing(installed: Installed) -> None:
    report = installed.once(PLANSYNC_GITHUB_TOKEN="ghp_0of0another0account")
    assert [message for message, _ in report.errors] == [
        "the target web has an app_id, but the App's private key is not set"
    ]
    assert "PLANSYNC_GITHUB_APP_KEY" in report.errors[0][1]
    assert installed.site.books == []


def test_an_app_that_is_not_installed_there_is_told(installed: Installed) -> None:
    config = installed.folder / "plansync.toml"
    config.write_text(config.read_text().replace("/acme/web.git", "/else/where.git"))
    [(message, hint)] = installed.once().errors
    assert "for else/where on" in message
    assert "install the App" in hint


def test_another_host_is_not_shown_the_app_s_token(installed: Installed, tmp_path: Path) -> None:
    with serve_git(tmp_path / "host", token="s3cret") as other:
        config = installed.folder / "plansync.toml"
        config.write_text(config.read_text().replace(f"{installed.site.url}/acme/web.git", f"{other.url}/acme/web.git"))
        key = installed.app.private_key.replace("\n", "\\n")
        report = installed.once(PLANSYNC_GITHUB_APP_KEY=key, PLANSYNC_GIT_TOKEN="s3cret")
        assert not report.failed, report.errors
        secrets = {other.password(headers.get("authorization", "")) for _, _, headers in other.books}
    assert secrets == {"", "s3cret"}


def test_token_and_key_are_in_no_file_and_in_no_address(installed: Installed) -> None:
    installed.once()
    secrets = [text for text in installed.github.world.tokens if text.startswith("ghs_")]
    kept = b"".join(path.read_bytes() for path in installed.folder.rglob("*") if path.is_file())
    assert secrets
    assert [secret for secret in secrets if secret.encode() in kept] == []
    assert b"PRIVATE KEY" not in kept
    assert not any(re.search("ghs_", path) for _, path, _ in installed.site.books)
