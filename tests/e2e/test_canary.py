"""The token is in nothing that plansync writes or says, whatever goes wrong (spec §10)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.servers.github import GitHub
from tests.servers.gitlab import GitLab
from tests.servers.wire import Answer, Fault, Request
from tests.support.hosted_shell import CANARY, HostedShell, Kind, hosted_shell
from tests.support.shell import Shell


@dataclass
class Nonsense:
    """Answers everything with JSON that is none of the host's."""

    real: GitHub | GitLab

    def now(self) -> datetime:
        return self.real.now()

    def credential(self, request: Request) -> str:
        return self.real.credential(request)

    def refusal(self, fault: Fault, request: Request) -> Answer:
        return self.real.refusal(fault, request)

    def answer(self, request: Request) -> Answer:
        return Answer(200, ["no", {"sense": request.headers.get("authorization", "")}])


REQUESTS = 14
"""More than the first sync of the small plan sends."""


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, plansync: Shell, swift: None) -> Iterator[HostedShell]:
    del swift
    kind: Kind = request.param
    with hosted_shell(kind, plansync) as made:
        yield made


def forms_of(token: str) -> list[str]:
    """Return the token as it might stand somewhere."""
    basic = [base64.b64encode(text.encode()).decode().rstrip("=") for text in (token, f":{token}", f"oauth2:{token}")]
    return [token, quote(token, safe=""), token[8:], *basic]


def assert_nowhere(site: HostedShell, said: str) -> None:
    """Check words, every file of the folder with its databases, and everything that the host was told."""
    files = [path.read_bytes() for path in site.shell.folder.rglob("*") if path.is_file()]
    issues = site.host.repository.issues.values() if isinstance(site.host, GitHub) else site.host.state.issues.values()
    told = json.dumps([str(issue) for issue in issues])
    for form in forms_of(CANARY[site.kind]):
        assert form not in said
        assert form not in told
        assert not any(form.encode() in data for data in files)


@pytest.mark.parametrize("fault", [fault for fault in Fault if "time-out" not in fault])
def test_no_fault_brings_the_token_to_light(site: HostedShell, fault: Fault) -> None:
    for index in range(REQUESTS):
        site.server.faults = {len(site.server.books) + index: fault}
        done = site.shell("once", "--verbose", "--log-format", "json", code=None)
        assert done.returncode in {0, 1}, done.stderr
        assert_nowhere(site, done.stdout + done.stderr)


def test_a_bug_in_plansync_tells_no_token_in_its_traceback(site: HostedShell) -> None:
    site.server.faults = {}
    site.server.service, site.server.watch = Nonsense(site.host), None
    done = site.shell("once", "--verbose", code=None)
    assert_nowhere(site, done.stdout + done.stderr)
    assert done.stderr


def test_the_token_is_on_no_command_line(plansync: Shell) -> None:
    with hosted_shell("github", plansync) as site:
        running = site.shell.start("once", "--verbose")
        seen = b""
        while running.poll() is None:
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    seen += process.read_bytes()
        said = "".join(running.communicate())
        assert b"once" in seen
        assert CANARY["github"].encode() not in seen
        assert_nowhere(site, said)


@pytest.mark.parametrize("fault", [fault for fault in Fault if "time-out" not in fault])
def test_no_fault_brings_a_webhook_s_secret_to_light(site: HostedShell, fault: Fault) -> None:
    if isinstance(site.host, GitHub):
        site.host.repository.permissions[site.host.login] = "admin"
    secret = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmE="
    variables = dict.fromkeys(("PLANSYNC_WEBHOOKS__GITHUB_SECRET", "PLANSYNC_WEBHOOKS__GITLAB_TOKEN"), secret)
    shell = site.shell.given(PLANSYNC_WEB__PUBLIC_URL="https://plans.example.com", **variables)
    for command in (("install",), ("install",), ("status", "--json"), ("remove",)):
        for index in range(3):
            site.server.faults = {len(site.server.books) + index: fault}
            done = shell("webhook", *command, "--verbose", "--log-format", "json", code=None)
            assert done.returncode in {0, 1}, done.stderr
            files = [path.read_bytes() for path in site.shell.folder.rglob("*") if path.is_file()]
            assert secret not in done.stdout + done.stderr
            assert not any(secret.encode() in data for data in files)
            assert_nowhere(site, done.stdout + done.stderr)


def test_a_bug_in_plansync_tells_no_webhook_s_secret_in_its_traceback(site: HostedShell) -> None:
    site.server.service, site.server.watch = Nonsense(site.host), None
    kept = site.shell.folder.parent / f"{site.shell.folder.name}-secrets"
    kept.mkdir()
    shell = site.shell.given(PLANSYNC_SECRETS_DIR=str(kept))
    done = shell("webhook", "install", "--url", "https://plans.example.com", "--verbose", code=None)
    (file,) = kept.iterdir()
    assert file.read_text("utf-8").strip() not in done.stdout + done.stderr
    assert_nowhere(site, done.stdout + done.stderr)
