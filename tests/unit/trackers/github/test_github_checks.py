"""What doctor finds out about a GitHub repository and the token: well, not well, and what to do then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from plansync.core.pace import Manners
from plansync.hosts.calls import Call, Lost, NoCredential, Reply, Wire
from plansync.hosts.github_app import Installation, InstallationWire, app_auth
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.checkup import Check
from plansync.trackers.github.checks import examine
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.github.hooking import EVENTS
from plansync.trackers.github.reading import ACTIONS_BOT
from tests.servers.github import GitHub, serve
from tests.servers.github.state import App, Hook
from tests.servers.wire import Fault, TestServer
from tests.support.clocks import NOON, FakeClock
from tests.support.hosted import github_on
from tests.support.memory_pacing import MemoryPacing
from tests.support.memory_snapshots import MemorySnapshots

CANARY = "ghp_canary0canary0canary0"


class Site:
    """A GitHub, and plansync's desk in one of its repositories."""

    def __init__(self, github: GitHub, server: TestServer, clock: FakeClock) -> None:
        self.github = github
        self.server = server
        self.clock = clock
        self.ours = FakeClock()
        """The clock of the machine that plansync runs on."""

    def desk(self, wire: Wire | None = None, project: str = "acme/web") -> GitHubDesk:
        """Return a desk with the main token, or another wire."""
        made = wire or GitHubWire(token_auth(self.github.token), self.github.api)
        return GitHubDesk(Line(made, self._pace()), project)

    def desk_of_app(self, app: App) -> GitHubDesk:
        """Return a desk that acts as an installation."""
        as_app = Line(GitHubWire(app_auth(app.id, app.private_key, self.ours), self.github.api), self._pace())
        found = Installation(app.id, app.private_key, "acme/web", as_app, MemorySnapshots(), self.ours)
        desk = self.desk(InstallationWire(found, lambda token: GitHubWire(token_auth(token), self.github.api)))
        desk.app, desk.bot_of = found, found.login
        return desk

    def checks(self, desk: GitHubDesk | None = None) -> dict[str, Check]:
        """Examine, and return the checks by name, in order."""
        found = examine(desk or self.desk())
        assert CANARY not in repr(found)
        handed_out = sum(app.handed_out for app in self.github.world.apps.values())
        assert self.server.writes == handed_out
        return {check.name: check for check in found}

    def _pace(self) -> Pace:
        return Pace(self.github.base.partition("//")[2], "test", Manners(), MemoryPacing(), self.ours)


@dataclass
class Canned:
    """A host that answers what it is told to, by path; everything else does not exist."""

    answers: dict[str, Reply]
    asked: list[str] = field(default_factory=list)

    def send(self, call: Call) -> Reply:
        self.asked.append(call.path)
        return self.answers.get(call.path) or answer({"message": "Not Found"}, 404)


def answer(content: Any, status: int = 200, **headers: str) -> Reply:
    """Return a reply of JSON; underscores in names of headers stand for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "application/json", **named}, json.dumps(content))


@pytest.fixture
def site() -> Iterator[Site]:
    clock = FakeClock()
    github = GitHub(clock, token=CANARY)
    with serve(github) as server:
        yield Site(github, server, clock)


def test_all_is_well_with_a_classic_token_that_may_write(site: Site) -> None:
    checks = site.checks()
    host = site.github.base.partition("//")[2]
    assert [(check.name, check.message) for check in checks.values()] == [
        ("server", f"{host} answers"),
        ("clock", "the same as the server's"),
        ("limits", "5000 of 5000 requests are left until 13:00 UTC"),
        ("account", "plansync-bot, a classic token"),
        ("token", "valid, without an end"),
        ("scopes", "repo"),
        ("project", "acme/web, public"),
        ("access", "Write"),
        ("webhook", "the token may not list webhooks; that takes Webhooks: read, or the role Admin"),
    ]
    assert [check.ok for check in checks.values()] == [True] * 8 + [None]
    assert not any(check.hint for check in checks.values())


def test_a_tracker_adds_what_is_the_same_for_all_hosts(site: Site) -> None:
    site.github.people().create_label("RISK:high")
    site.github.people().create_label("plansync")
    found = github_on(site.github, site.clock).examine()
    assert found[0].name == "server"
    labels = found[-1]
    assert (labels.name, labels.ok) == ("labels", True)
    made = labels.message.removeprefix("to be made when needed: ").split(", ")
    assert made[:3] == ["risk", "risk:medium", "risk:low"]
    assert not {"plansync", "risk:high", "plansync:not-planned"} & set(made)


def test_without_a_project_nothing_more_is_asked_about_it(site: Site) -> None:
    names = [check.name for check in github_on(site.github, site.clock, project="acme/nowhere").examine()]
    assert names[-1] == "project"


def test_labels_that_cannot_be_listed_are_no_verdict(site: Site) -> None:
    site.server.fault_next(Fault.GONE, after=4)  # limits, account, project and webhooks come before
    labels = github_on(site.github, site.clock).examine()[-1]
    assert (labels.name, labels.ok) == ("labels", None)


# ------------------------------------------------------------------------------------------------- server and limits


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        ("its certificate cannot be verified", "name it: tracker.ca_file"),
        ("the proxy refused the connection", "check HTTPS_PROXY"),
        ("it answered with a page instead of JSON", "check api_url and the proxy"),
    ],
)
def test_a_host_that_does_not_answer_is_one_line_and_no_more(site: Site, why: str, hint: str) -> None:
    class Silent:
        def send(self, call: Call) -> Reply:
            raise Lost(why, hint, sent=False)

    checks = site.checks(site.desk(Silent()))
    assert list(checks) == ["server"]
    server = checks["server"]
    assert server.ok is False
    assert why in server.message
    assert server.hint == hint


def test_an_address_that_is_no_rest_interface_is_told(site: Site) -> None:
    page = Reply(404, {"content-type": "text/html"}, "<html>Not found</html>")
    checks = site.checks(site.desk(Canned({"/rate_limit": page})))
    assert list(checks) == ["server"]
    assert checks["server"].ok is False
    assert "https://HOST/api/v3" in checks["server"].hint


def test_a_server_that_refuses_is_quoted(site: Site) -> None:
    refused = answer({"message": "Your account was suspended"}, 403)
    checks = site.checks(site.desk(Canned({"/rate_limit": refused})))
    assert list(checks) == ["server"]
    assert "Your account was suspended" in checks["server"].message


def test_an_enterprise_server_tells_its_version_and_may_have_no_limits(site: Site) -> None:
    head = {"x_github_enterprise_version": "3.19.0", "x_oauth_scopes": "repo"}
    wire = Canned(
        {
            "/rate_limit": answer({"message": "Rate limiting is not enabled."}, 404, **head),
            "/user": answer({"login": "bot"}),
            "/repos/acme/web": answer({"full_name": "acme/web", "permissions": {"admin": True}}),
            "/repos/acme/web/hooks": answer([]),
        }
    )
    checks = site.checks(site.desk(wire))
    assert checks["server"].message.endswith(" answers, Enterprise Server 3.19.0")
    assert (checks["limits"].ok, checks["limits"].message) == (None, "the server tells no limits")
    assert (checks["clock"].ok, checks["clock"].message) == (None, "the server does not tell its time")
    assert checks["access"].message == "Admin"
    assert checks["webhook"].message == "none: syncs by schedule only"


def test_limits_that_are_used_up_are_a_warning(site: Site) -> None:
    core = {"limit": 60, "remaining": 0, "reset": NOON.timestamp() + 1800}
    checks = site.checks(site.desk(Canned({"/rate_limit": answer({"resources": {"core": core}})})))
    assert checks["limits"].message == "0 of 60 requests are left until 12:30 UTC"
    assert checks["limits"].hint


# ------------------------------------------------------------------------------------------------------------- clock


@pytest.mark.parametrize(("ahead", "ok"), [(60, True), (61, None), (-60, True), (-3600, None)])
def test_a_clock_that_differs_by_more_than_a_minute_is_a_warning(site: Site, ahead: int, ok: bool | None) -> None:
    site.clock.advance(timedelta(seconds=ahead))
    clock = site.checks()["clock"]
    assert clock.ok is ok
    assert bool(clock.hint) is not bool(ok)
    if not ok:
        assert clock.message == f"{abs(ahead)} s {'behind' if ahead > 0 else 'ahead of'} the server's"


def test_an_app_s_clock_fails_when_it_differs(site: Site) -> None:
    app = site.github.add_app()
    site.clock.advance(timedelta(seconds=90))
    clock = site.checks(site.desk_of_app(app))["clock"]
    assert clock.ok is False


def test_an_app_that_is_refused_is_told_what_its_clock_has_to_do_with_it(site: Site) -> None:
    app = site.github.add_app()
    site.clock.advance(timedelta(hours=1))
    checks = site.checks(site.desk_of_app(app))
    assert list(checks) == ["token", "clock"]
    assert "this machine's clock" in checks["token"].hint
    assert (checks["clock"].ok, checks["clock"].message) == (False, "3600 s behind the server's")


# ------------------------------------------------------------------------------------------------------------- token


def test_a_token_that_is_not_there_is_told_without_a_request(site: Site) -> None:
    checks = site.checks(site.desk(NoCredential("there is no token for the target web", "set PLANSYNC_TOKEN_WEB")))
    assert list(checks) == ["token"]
    assert "there is no token for the target web" in checks["token"].message
    assert site.server.requests == 0


@pytest.mark.parametrize("case", ["wrong", "revoked", "expired"])
def test_a_token_that_is_not_accepted_ends_the_checkup(site: Site, case: str) -> None:
    if case == "wrong":
        site.github.world.tokens.clear()
    else:
        site.github.access.revoked = case == "revoked"
        site.github.access.expires_at = NOON
    checks = site.checks()
    assert list(checks) == ["server", "clock", "token"]
    assert checks["token"].ok is False
    assert "Issues: read and write" in checks["token"].hint


@pytest.mark.parametrize(
    ("left", "said", "warns"),
    [
        (timedelta(days=8), "valid until 2026-03-10, 8 days more", False),
        (timedelta(days=7), "valid until 2026-03-09, 7 days more", True),
        (timedelta(hours=13), "valid until 2026-03-03, 1 day more", True),
    ],
)
def test_a_token_that_ends_within_a_week_is_a_warning(site: Site, left: timedelta, said: str, warns: bool) -> None:
    site.github.access.expires_at = NOON + left
    token = site.checks()["token"]
    assert (token.ok, token.message, bool(token.hint)) == (True, said, warns)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-03-04 01:00:00 +0200", "valid until 2026-03-03, 1 day more"),
        ("sometime", "valid until sometime"),
    ],
)
def test_other_forms_of_the_end_are_read_or_shown_as_they_are(site: Site, text: str, said: str) -> None:
    limits = answer({}, github_authentication_token_expiration=text)
    checks = site.checks(site.desk(Canned({"/rate_limit": limits, "/user": answer({"login": "bot"})})))
    assert checks["token"].message == said


@pytest.mark.parametrize(
    ("scopes", "ok", "said"),
    [
        (["repo", "gist"], True, "repo, gist"),
        (["public_repo"], None, "public_repo: enough for public repositories alone"),
        (["read:org"], False, "read:org: repo is missing"),
        ([], False, "none: repo is missing"),
    ],
)
def test_the_scope_that_is_missing_is_named(site: Site, scopes: list[str], ok: bool | None, said: str) -> None:
    site.github.access.scopes = scopes
    found = site.checks()["scopes"]
    assert (found.ok, found.message) == (ok, said)


def test_a_fine_grained_token_does_not_tell_what_it_may_do(site: Site) -> None:
    site.github.access.permissions = {"issues": "write", "metadata": "read"}
    checks = site.checks()
    assert checks["account"].message == "plansync-bot, a fine-grained token"
    assert (checks["scopes"].ok, checks["access"].ok) == (None, True)


def test_a_workflow_s_own_token_tells_next_to_nothing(site: Site) -> None:
    wire = Canned(
        {
            "/rate_limit": answer({}),
            "/user": answer({"message": "Resource not accessible by integration"}, 403),
            "/repos/acme/web": answer({"full_name": "acme/web", "permissions": {"pull": True}}),
        }
    )
    checks = site.checks(site.desk(wire))
    assert checks["account"].message == f"{ACTIONS_BOT}, a workflow's own token"
    assert "scopes" not in checks
    assert checks["access"].ok is None
    assert "issues: write" in checks["access"].message


def test_a_token_whose_account_cannot_be_asked_for_is_not_well(site: Site) -> None:
    wire = Canned({"/rate_limit": answer({}), "/user": answer({"message": "Sorry"}, 401)})
    checks = site.checks(site.desk(wire))
    assert checks["token"].ok is False


def test_an_app_shows_its_permissions(site: Site) -> None:
    checks = site.checks(site.desk_of_app(site.github.add_app(permissions={"issues": "write", "metadata": "read"})))
    assert checks["account"].message.startswith("plansync[bot], an installation of the App ")
    assert checks["token"].message == "valid; renewed every hour"
    assert (checks["access"].ok, checks["access"].message) == (True, "issues: write, metadata: read")


def test_a_permission_that_an_app_lacks_is_named(site: Site) -> None:
    access = site.checks(site.desk_of_app(site.github.add_app(permissions={"issues": "read"})))["access"]
    assert (access.ok, access.message) == (False, "issues: read: issues: write is missing")
    assert "accept that for the installation" in access.hint


# ----------------------------------------------------------------------------------------------- project and access


def test_a_project_that_does_not_exist_is_told_with_both_reasons(site: Site) -> None:
    project = site.checks(site.desk(project="acme/nowhere"))["project"]
    assert (project.ok, project.message.partition(" on ")[0]) == (False, "acme/nowhere")
    assert "404 for both" in project.hint


def test_a_project_whose_host_breaks_off_is_not_well(site: Site) -> None:
    class Breaking(Canned):
        def send(self, call: Call) -> Reply:
            if call.path == "/repos/acme/web":
                raise Lost("the connection broke", sent=True)
            return super().send(call)

    wire = Breaking({"/rate_limit": answer({}), "/user": answer({"login": "bot"})})
    project = site.checks(site.desk(wire))["project"]
    assert (project.ok, "the connection broke" in project.message) == (False, True)


def test_single_sign_on_says_where_to_authorise_the_token(site: Site) -> None:
    site.github.access.sso_required = True
    project = site.checks()["project"]
    assert project.ok is False
    assert "requires single sign-on" in project.message
    assert f"{site.github.base}/orgs/acme/sso" in project.hint


def test_archived_switched_off_private_and_renamed_are_told(site: Site) -> None:
    repository = site.github.repository
    repository.private = True
    assert site.checks()["project"].message == "acme/web, private"
    site.github.rename_repository("acme/web", "acme/site")
    renamed = site.checks()["project"]
    assert (renamed.ok, renamed.message) == (True, "acme/web is acme/site now")
    assert renamed.hint
    repository.has_issues = False
    off = site.checks()["project"]
    assert (off.ok, "issues are switched off in acme/site" in off.message) == (False, True)
    repository.archived = True
    archived = site.checks()["project"]
    assert (archived.ok, "is archived" in archived.message) == (False, True)
    assert off.hint
    assert archived.hint


@pytest.mark.parametrize(
    ("level", "ok", "role"),
    [
        ("admin", True, "Admin"),
        ("maintain", True, "Maintain"),
        ("write", True, "Write"),
        ("triage", True, "Triage"),
        ("read", False, "Read: issues would be made without labels and milestone"),
    ],
)
def test_whoever_may_only_read_would_lose_labels(site: Site, level: str, ok: bool, role: str) -> None:
    site.github.repository.permissions["plansync-bot"] = level
    access = site.checks()["access"]
    assert (access.ok, access.message) == (ok, role)


# ----------------------------------------------------------------------------------------------------------- webhook


@pytest.mark.parametrize(
    ("url", "active", "said", "warns"),
    [
        ("https://plansync.example.com/webhooks/github", True, "there", False),
        ("https://plansync.example.com/webhooks/github?x=1", True, "there", False),
        ("https://plansync.example.com/webhooks/github", False, "there, but it is switched off", True),
        ("https://ci.example.com/hook", True, "none: syncs by schedule only", False),
    ],
)
def test_a_webhook_of_plansync_s_is_known_by_its_path(
    site: Site, url: str, active: bool, said: str, warns: bool
) -> None:
    site.github.repository.permissions["plansync-bot"] = "admin"
    site.github.repository.hooks[1] = Hook(1, url, "s", list(EVENTS), NOON, NOON, active)
    webhook = site.checks()["webhook"]
    assert (webhook.ok, webhook.message, bool(webhook.hint)) == (True, said, warns)


def test_a_webhook_that_does_not_hear_of_everything_is_a_warning(site: Site) -> None:
    site.github.repository.permissions["plansync-bot"] = "admin"
    url = "https://plansync.example.com/webhooks/github"
    site.github.repository.hooks[1] = Hook(1, url, "s", ["issues", "push"], NOON, NOON)
    webhook = site.checks()["webhook"]
    assert webhook.message == "there, but it hears nothing of label, milestone, repository"
    assert webhook.hint == "`plansync webhook install` brings it up to date"
    site.github.repository.hooks[2] = Hook(2, url, "s", ["*"], NOON, NOON)
    assert site.checks()["webhook"].message == "there"


@pytest.mark.parametrize(("code", "warns"), [(200, False), (None, False), (502, True)])
def test_a_webhook_whose_last_delivery_failed_is_a_warning(site: Site, code: int | None, warns: bool) -> None:
    hook = {
        "id": 1,
        "active": True,
        "events": ["*"],
        "config": {"url": "https://x.example.com/webhooks/github"},
        "last_response": {"code": code},
    }
    wire = Canned(
        {
            "/rate_limit": answer({}, x_oauth_scopes="repo"),
            "/user": answer({"login": "bot"}),
            "/repos/acme/web": answer({"full_name": "acme/web", "permissions": {"admin": True}}),
            "/repos/acme/web/hooks": answer([hook]),
        }
    )
    webhook = site.checks(site.desk(wire))["webhook"]
    assert bool(webhook.hint) is warns
    assert ("502" in webhook.message) is warns


def test_webhooks_that_cannot_be_listed_are_no_verdict(site: Site) -> None:
    wire = Canned(
        {
            "/rate_limit": answer({}, x_oauth_scopes="repo"),
            "/user": answer({"login": "bot"}),
            "/repos/acme/web": answer({"full_name": "acme/web", "permissions": {"admin": True}}),
            "/repos/acme/web/hooks": answer({"message": "Validation failed"}, 422),
        }
    )
    webhook = site.checks(site.desk(wire))["webhook"]
    assert (webhook.ok, "Validation failed" in webhook.message) == (None, True)
