"""Settings become trackers on GitHub and GitLab, with their credential, their pace and their memory."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.request import Target, Workshop
from plansync.bootstrap import close_workshop, open_workshop
from plansync.errors import CredentialRefused
from plansync.ports.tracker import Asked
from plansync.settings import load_settings
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.github.tracker import MANNERS as GITHUB
from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.gitlab.tracker import MANNERS as GITLAB
from plansync.trackers.hosted.tracker import HostedTracker
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.wire import TestServer
from tests.support.certificates import self_signed
from tests.support.changes import done, new_issue
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import TOKEN

CANARY = "ghp_canary0canary0canary0"


class Bench:
    """A folder with a configuration, and workshops opened on it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.stack = stack

    def open(self, text: str, **environ: str) -> Workshop:
        """Open a workshop, which is closed after the test."""
        file = self.folder / "plansync.toml"
        file.write_text(text, "utf-8")
        workshop = open_workshop(load_settings(config=file, environ=environ), clock=self.clock)
        self.stack.callback(close_workshop, workshop)
        return workshop

    def target(self, text: str, **environ: str) -> Target:
        """Open a workshop with one target and return that."""
        (target,) = self.open(text, **environ).targets
        return target


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as stack:
        yield Bench(tmp_path, stack)


def table(kind: str, name: str = "web", **keys: object) -> str:
    """Return the configuration of a target on a host."""
    rest = "".join(f", {key} = {json.dumps(value)}" for key, value in {"project": "acme/web", **keys}.items())
    return f'[[targets]]\nname = "{name}"\ntracker = {{ kind = "{kind}"{rest} }}\n'


def hosted(target: Target) -> HostedTracker:
    assert isinstance(target.tracker, HostedTracker)
    return target.tracker


# ---------------------------------------------------------------------------------------------------------- wiring


def test_a_github_target_knows_its_addresses_limits_and_name(bench: Bench) -> None:
    target = bench.target(table("github", project="Acme/Web", formerly=["acme/old"]), PLANSYNC_GITHUB_TOKEN=CANARY)
    limits, address = target.tracker.capabilities, target.tracker.address
    assert target.project == "github:github.com/acme/web"
    assert (address.host, address.project, address.formerly) == ("github.com", "Acme/Web", ("acme/old",))
    assert (address.issues, address.milestones) == (
        "https://github.com/Acme/Web/issues/",
        "https://github.com/Acme/Web/milestone/",
    )
    assert (limits.name, limits.manners) == ("github", GITHUB)
    assert limits.account == f"api.github.com:{limits.credential}"
    desk = hosted(target).desk
    assert isinstance(desk, GitHubDesk)
    assert (desk.graphql, desk.bot_of, desk.credential) == (
        "https://api.github.com/graphql", None, limits.credential
    )  # fmt: skip


def test_an_enterprise_server_is_known_by_its_own_address(bench: Bench) -> None:
    url = "https://ghe.example.com/api/v3/"
    target = bench.target(table("github", api_url=url), PLANSYNC_GITHUB_TOKEN=CANARY)
    assert target.project == "github:ghe.example.com/acme/web"
    assert target.tracker.address.issues == "https://ghe.example.com/acme/web/issues/"
    assert target.tracker.capabilities.account.startswith("ghe.example.com:")
    desk = hosted(target).desk
    assert isinstance(desk, GitHubDesk)
    assert desk.graphql == "https://ghe.example.com/api/graphql"


def test_a_gitlab_target_knows_its_addresses_limits_and_name(bench: Bench) -> None:
    target = bench.target(table("gitlab", project="acme/platform/core"), PLANSYNC_GITLAB_TOKEN=CANARY)
    limits, address = target.tracker.capabilities, target.tracker.address
    assert target.project == "gitlab:gitlab.com/acme/platform/core"
    assert (address.host, address.project) == ("gitlab.com", "acme/platform/core")
    assert (limits.name, limits.manners) == ("gitlab", GITLAB)
    assert limits.account == f"gitlab.com:{limits.credential}"
    assert isinstance(hosted(target).desk, GitLabDesk)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_names_of_accounts_hold_no_secret_and_tell_tokens_apart(bench: Bench, kind: str) -> None:
    text = table(kind, "one") + table(kind, "two", project="acme/other") + table(kind, "three")
    variables = {f"PLANSYNC_TOKEN_{name}": CANARY for name in ("ONE", "TWO")} | {"PLANSYNC_TOKEN_THREE": CANARY + "x"}
    one, two, three = (target.tracker.capabilities for target in bench.open(text, **variables).targets)
    assert one.account == two.account != three.account
    assert not any(CANARY[at : at + 6] in one.account + one.credential for at in range(len(CANARY) - 6))


def test_two_targets_share_a_project_exactly_when_it_is_the_same(bench: Bench) -> None:
    text = (
        table("github", "a")
        + table("github", "b", project="ACME/web")
        + table("github", "c", api_url="https://api.github.com/")
        + table("github", "d", api_url="https://ghe.example.com/api/v3")
        + table("gitlab", "e")
        + table("gitlab", "f", api_url="https://gitlab.com/api/v4")
    )
    plain = text.replace("tracker =", 'source = { include = ["%s/*.md"] }\ntracker =')
    names = [target.project for target in bench.open(plain % ("a", "b", "c", "d", "e", "f")).targets]
    assert names[0] == names[1] == names[2] != names[3]
    assert names[4] == names[5]
    assert len(set(names)) == 3


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_manners_from_the_settings_go_over_the_published_ones(bench: Bench, kind: str) -> None:
    published = GITHUB if kind == "github" else GITLAB
    pacing = f'[pacing]\ncreations_per_minute = 7\n[pacing."{kind}.com"]\nwrite_interval = 3\n'
    target = bench.target(pacing + table(kind))
    assert target.tracker.capabilities.manners == replace(
        published, creations_per_minute=7, write_interval=timedelta(seconds=3)
    )
    own = bench.target(pacing + table(kind, api_url="https://git.example.com"))
    assert own.tracker.capabilities.manners == replace(published, creations_per_minute=7)


# ----------------------------------------------------------------------------------------------------- credentials


@pytest.mark.parametrize(
    ("kind", "variable"), [("github", "PLANSYNC_GITHUB_TOKEN"), ("gitlab", "PLANSYNC_GITLAB_TOKEN")]
)
def test_without_a_token_nothing_is_sent_and_the_variables_are_named(bench: Bench, kind: str, variable: str) -> None:
    target = bench.target(table(kind, "web-app"))
    assert target.tracker.capabilities.credential == ""
    with pytest.raises(CredentialRefused, match="there is no token for the target web-app") as caught:
        target.tracker.observe(Asked())
    assert "PLANSYNC_TOKEN_WEB_APP" in caught.value.hint
    assert variable in caught.value.hint


def test_without_an_app_s_key_nothing_is_sent_and_the_variables_are_named(bench: Bench) -> None:
    target = bench.target(table("github", app_id=7), PLANSYNC_GITHUB_TOKEN=CANARY)
    assert target.tracker.capabilities.account == "api.github.com:app-7"
    with pytest.raises(CredentialRefused, match="has an app_id, but the App's private key is not set") as caught:
        target.tracker.observe(Asked())
    assert "PLANSYNC_GITHUB_APP_KEY_FILE" in caught.value.hint


# --------------------------------------------------------------------------------------------------- on the servers


@pytest.fixture
def github(bench: Bench) -> GitHub:
    github = GitHub(bench.clock)
    github.accountant.off()
    return github


@pytest.fixture
def server(bench: Bench, github: GitHub) -> TestServer:
    return bench.stack.enter_context(serve_github(github))


def test_a_github_target_works_with_its_token_and_remembers(bench: Bench, github: GitHub, server: TestServer) -> None:
    text = table("github", api_url=github.api)
    tracker = bench.target(text, PLANSYNC_TOKEN_WEB=github.token).tracker
    tracker.observe(Asked())
    number = done(tracker, new_issue(labels=("plansync",)))
    assert [issue.number for issue in tracker.observe(Asked()).issues] == [number]
    assert {entry.token for entry in server.books} == {github.token}
    before = server.requests
    again = bench.target(text, PLANSYNC_TOKEN_WEB=github.token).tracker
    assert [issue.number for issue in again.observe(Asked()).issues] == [number]
    assert [entry.status for entry in server.books[before:]] == [304, 304]


@pytest.mark.parametrize("token", [f"{CANARY}\nX", f"{CANARY}“"])
def test_a_token_that_cannot_be_sent_is_told_without_showing_it(
    bench: Bench, github: GitHub, server: TestServer, token: str
) -> None:
    target = bench.target(table("github", api_url=github.api), PLANSYNC_TOKEN_WEB=token)
    with pytest.raises(CredentialRefused, match="cannot be sent") as caught:
        target.tracker.observe(Asked())
    assert CANARY not in str(caught.value)
    assert server.requests == 0


def test_an_app_works_with_tokens_of_its_installation(bench: Bench, github: GitHub, server: TestServer) -> None:
    app = github.add_app()
    text = table("github", api_url=github.api, app_id=app.id)
    bench.target(text, PLANSYNC_GITHUB_APP_KEY=app.private_key).tracker.observe(Asked())
    target = bench.target(text, PLANSYNC_GITHUB_APP_KEY=app.private_key)
    tracker = target.tracker
    tracker.observe(Asked())
    assert hosted(target).desk.login() == "plansync[bot]"
    number = done(tracker, new_issue(labels=("plansync",)))
    assert github.repository.issues[number].user.login == "plansync[bot]"
    assert app.handed_out == 1
    assert tracker.observe(Asked()).issues[0].author_is_us
    assert {entry.token.partition("_")[0] for entry in server.books if entry.writes} >= {"ghs"}
    database = b"".join(file.read_bytes() for file in bench.folder.rglob("state.db*"))
    assert b"ghs_" not in database
    assert app.private_key.encode()[60:100] not in database


def test_an_app_whose_token_is_not_accepted_any_more_gets_another(
    bench: Bench, github: GitHub, server: TestServer
) -> None:
    app = github.add_app()
    tracker = bench.target(
        table("github", api_url=github.api, app_id=app.id), PLANSYNC_GITHUB_APP_KEY=app.private_key
    ).tracker
    tracker.observe(Asked())
    for token in github.world.tokens.values():
        token.revoked = token.app is not None
    tracker.observe(Asked())
    assert app.handed_out == 2
    assert (
        server.requests == tracker.traffic.requests + 5
    )  # what the App itself asked: twice for a token, once its name


@pytest.fixture
def gitlab(bench: Bench) -> Iterator[tuple[GitLab, TestServer]]:
    gitlab = GitLab(bench.clock)
    with serve_gitlab(gitlab) as server:
        yield gitlab, server


def test_a_gitlab_target_works_with_its_token(bench: Bench, gitlab: tuple[GitLab, TestServer]) -> None:
    host, server = gitlab
    text = table("gitlab", api_url=f"{host.base}/api/v4", project="acme/platform/core")
    tracker = bench.target(text, PLANSYNC_TOKEN_WEB=TOKEN).tracker
    tracker.observe(Asked())
    number = done(tracker, new_issue(labels=("plansync",)))
    assert [issue.number for issue in tracker.observe(Asked()).issues] == [number]
    assert {entry.token for entry in server.books} == {TOKEN}


def test_a_job_s_own_token_is_sent_as_one(
    bench: Bench, gitlab: tuple[GitLab, TestServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, server = gitlab
    seen: list[set[str]] = []
    server.watch = lambda request, _: seen.append({"private-token", "job-token"} & request.headers.keys())
    text = table("gitlab", api_url=host.base, project="acme/platform/core")
    monkeypatch.setenv("CI_JOB_TOKEN", "ci-job-1")
    for token in ("ci-job-1", TOKEN):
        tracker = bench.target(text, PLANSYNC_TOKEN_WEB=token).tracker
        if token == TOKEN:
            tracker.observe(Asked())
        else:
            with pytest.raises(CredentialRefused):
                tracker.observe(Asked())
    assert seen[0] == {"job-token"}
    assert seen[-1] == {"private-token"}


def test_a_bundle_of_certificates_of_one_s_own_is_trusted(bench: Bench) -> None:
    authority, context = self_signed(bench.folder)
    github = GitHub(bench.clock)
    server = bench.stack.enter_context(TestServer(github, None, context))
    github.base = server.url
    text = table("github", api_url=github.api, ca_file=authority.name)
    assert bench.target(text, PLANSYNC_TOKEN_WEB=github.token).tracker.observe(Asked()).issues == ()
