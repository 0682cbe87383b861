"""Hosts that refuse, or are not there: one clear line with a remedy, the other targets go on, and no token is shown."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from plansync.bootstrap import SystemClock
from tests.servers.github import GitHub
from tests.servers.gitlab.service import GitLab
from tests.servers.wire import Fault
from tests.support.certificates import self_signed
from tests.support.hosted_shell import CANARY, NOTES, PROJECTS, WEB, HostedShell, Kind, hosted_shell
from tests.support.shell import Done, Shell

KINDS: tuple[Kind, ...] = ("github", "gitlab")


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, plansync: Shell, swift: None) -> Iterator[HostedShell]:
    del swift
    with hosted_shell(request.param, plansync) as made:
        yield made


def assert_told(site: HostedShell, done: Done, said: str, remedy: str) -> None:
    """Check that a run says of ``web`` what is wrong and what to do, and that ``notes`` was synced."""
    told, hint = done.stderr.splitlines()[-2:]
    assert told.startswith("plansync: web: ")
    assert said in told
    assert hint.startswith("hint: ")
    assert remedy in hint
    assert done.stderr.count("plansync: ") == 1
    assert "Traceback" not in done.stderr
    assert site.links(WEB) == 0
    assert site.links(NOTES) == 2


def assert_examined(done: Done, name: str, said: str, remedy: str) -> None:
    """Check that doctor has one line with what is wrong with ``web``, and went on to ``notes``."""
    lines = done.stdout.splitlines()
    failed = [line for line in lines if " ✗ " in line]
    assert len(failed) == 1, done.stdout
    assert failed[0].startswith(f"web    ✗ {name} ")
    message, _, hint = failed[0].partition(" → ")
    assert said in message
    assert remedy in hint
    assert any(line.startswith("notes  ✓ ") for line in lines)
    assert lines[-1].endswith("1 failed") or "1 failed, " in lines[-1]
    assert done.stderr == ""


def assert_refused(site: HostedShell, told: Told, shell: Shell | None = None) -> None:
    """Examine and sync; both must tell, and neither may show the token."""
    run = shell or site.shell
    examined = run("doctor", code=1)
    synced = run("once", code=1)
    assert_examined(examined, told.check, told.examined or told.synced, told.doctors_remedy or told.remedy)
    assert_told(site, synced, told.synced, told.remedy)
    wordy = run("once", "--verbose", "--log-format", "json", code=1)
    for done in (examined, synced, wordy, run("once", "--json", code=1), run("doctor", "--json", code=1)):
        assert CANARY[site.kind] not in done.stdout + done.stderr
    files = [file for file in run.folder.rglob("*") if file.is_file()]
    assert [file for file in files if CANARY[site.kind].encode() in file.read_bytes()] == []


class Told(NamedTuple):
    """What is said: by ``once`` and, if in other words, by doctor's ``check``; the remedy likewise."""

    synced: str
    remedy: str
    check: str
    examined: str = ""
    doctors_remedy: str = ""


class Case(NamedTuple):
    """How something is made wrong, and what is said about it."""

    break_it: Callable[[HostedShell], object]
    github: Told
    gitlab: Told


def _forget_tokens(site: HostedShell) -> None:
    tokens = site.host.world.tokens if isinstance(site.host, GitHub) else site.host.state.tokens
    tokens.clear()


def _expire(site: HostedShell) -> None:
    yesterday = SystemClock().now() - timedelta(days=1)
    if isinstance(site.host, GitHub):
        site.host.access.expires_at = yesterday
    else:
        site.host.state.tokens[CANARY["gitlab"]].expires_on = yesterday.date()


def _narrow(site: HostedShell) -> None:
    if isinstance(site.host, GitHub):
        site.host.access.scopes = ["read:org"]
    else:
        site.host.state.tokens[CANARY["gitlab"]].scopes = ("read_api",)


def _archive(site: HostedShell) -> None:
    if isinstance(site.host, GitHub):
        site.host.repository.archived = True
    else:
        site.host.project.archived = True


def _switch_issues_off(site: HostedShell) -> None:
    if isinstance(site.host, GitHub):
        site.host.repository.has_issues = False
    else:
        site.host.project.issues_enabled = False


CASES = {
    "wrong token": Case(
        _forget_tokens,
        Told(
            "does not accept the token for acme/web", "set a valid token", "token", "does not accept it", "Issues: read"
        ),
        Told("does not accept the token", "scope api", "token"),
    ),
    "expired token": Case(
        _expire,
        Told("does not accept the token for acme/web", "set a valid token", "token", "has expired", "make a new one"),
        Told("it is expired", "scope api", "token"),
    ),
    "missing scope": Case(
        _narrow,
        Told("a scope is missing", "the scope repo", "scopes", "read:org: repo is missing"),
        Told("its scope does not allow it", "the scope api", "scopes", "not for writing"),
    ),
    "project not found": Case(
        lambda site: site.configure(project="acme/nowhere"),
        Told("acme/nowhere on", "check tracker.project", "project"),
        Told("acme/nowhere on", "check tracker.project", "project"),
    ),
    "archived project": Case(
        _archive,
        Told("is archived", "unarchive the repository", "project"),
        Told("is archived", "unarchive the project", "project"),
    ),
    "issues switched off": Case(
        _switch_issues_off,
        Told("issues are switched off in acme/web", "switch them on", "project"),
        Told("issues are switched off in acme/platform/core", "switch them on", "project"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_refusal_is_one_line_with_a_remedy(case: Case, site: HostedShell) -> None:
    case.break_it(site)
    assert_refused(site, case.github if site.kind == "github" else case.gitlab)


def test_single_sign_on_names_the_page_where_the_token_is_authorised(plansync: Shell) -> None:
    with hosted_shell("github", plansync) as site:
        assert isinstance(site.host, GitHub)
        site.host.access.sso_required = True
        assert_refused(site, Told("requires single sign-on", f"{site.server.url}/orgs/acme/sso", "project"))


def test_a_missing_token_is_told_with_the_variable_that_it_goes_into(site: HostedShell) -> None:
    kind = site.kind.upper()
    remedy = f"set PLANSYNC_TOKEN_WEB, or PLANSYNC_{kind}_TOKEN"
    without = Shell(site.shell.folder, {"PLANSYNC_PACING__WRITE_INTERVAL": "0"})
    assert_refused(site, Told("there is no token for the target web", remedy, "token"), without)
    assert site.server.requests == 0


def test_a_renamed_project_is_synced_under_its_old_name_and_doctor_names_the_new_one(site: HostedShell) -> None:
    if isinstance(site.host, GitHub):
        site.host.rename_repository(PROJECTS["github"], "acme/site")
    else:
        site.host.rename_project("acme/platform/site")
    examined = site.shell("doctor")
    (line,) = (line for line in examined.stdout.splitlines() if " project " in line)
    assert line.startswith("web    ! project ")
    assert "/site now" in line
    assert line.endswith(" → name its new path in tracker.project")
    site.shell("once")
    assert site.links(WEB) == site.links(NOTES) == 2


# ---------------------------------------------------------------------------------------------- nobody, or another


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def test_a_server_that_is_down(site: HostedShell) -> None:
    site.configure(api_url=f"http://127.0.0.1:{closed_port()}/api/v3")
    assert_refused(site, Told("it cannot be reached", "check the address", "server"))


def test_a_certificate_that_nobody_signed_and_the_file_that_makes_it_trusted(plansync: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    file, context = self_signed(folder)
    for kind in KINDS:
        with hosted_shell(kind, plansync, context) as site:
            told = Told("its certificate cannot be verified", "tracker.ca_file", "server")
            assert_refused(site, told)
            assert site.server.requests == 0
            site.shell.given(REQUESTS_CA_BUNDLE=str(file))("doctor")
            site.configure(more=', ca_file = "tls/authority.pem"')
            site.shell("doctor")
            site.shell("once")
            assert site.links(WEB) == 2
            (plansync.folder / ".plansync/state.db").unlink()


def test_a_proxy_that_refuses(site: HostedShell) -> None:
    proxy = f"http://127.0.0.1:{closed_port()}"
    behind = site.shell.given(HTTP_PROXY=proxy, http_proxy=proxy, NO_PROXY="", no_proxy="")
    assert_refused(site, Told("the proxy refused the connection", "HTTP_PROXY", "server"), behind)
    assert site.server.requests == 0


def test_a_page_in_place_of_json(site: HostedShell) -> None:
    for index in range(1000):
        site.server.faults[index] = Fault.HTML
    assert_refused(site, Told("a page instead of JSON", "check api_url and the proxy", "server"))
    assert site.server.writes == 0


def test_an_address_that_is_not_the_interface_of_github(plansync: Shell) -> None:
    with hosted_shell("gitlab", plansync) as other:
        assert isinstance(other.host, GitLab)
        with hosted_shell("github", plansync) as site:
            site.configure(api_url=other.server.url)
            done = site.shell("doctor", code=1)
    assert " ✗ " in done.stdout
    assert CANARY["github"] not in done.stdout + done.stderr
