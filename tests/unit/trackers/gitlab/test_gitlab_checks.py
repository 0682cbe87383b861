"""What doctor finds out about a GitLab project and the token: well, not well, and what to do then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from plansync.core.pace import Manners
from plansync.hosts.calls import Call, Lost, NoCredential, Reply, Wire
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.checkup import Check
from plansync.trackers.gitlab.checks import examine
from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.gitlab.hooking import EVENTS
from tests.servers.gitlab import GitLab, serve
from tests.servers.gitlab.values import GUEST, PLANNER, Hook, TokenKind
from tests.support.clocks import NOON, FakeClock
from tests.support.hosted_gitlab import TOKEN, desk_on, gitlab_on
from tests.support.memory_pacing import MemoryPacing

CANARY = "glpat-canary0canary0"


@dataclass
class Site:
    """A GitLab, and plansync's desk in one of its projects."""

    gitlab: GitLab
    ours: FakeClock
    """The clock of the machine that plansync runs on."""

    def checks(self, token: str = TOKEN, project: str = "acme/platform/core") -> dict[str, Check]:
        """Examine, and return the checks by name, in order."""
        found = examine(desk_on(self.gitlab, self.ours, token=token, project=project))
        assert "glpat" not in repr(found)
        return {check.name: check for check in found}


@pytest.fixture
def site() -> Iterator[Site]:
    gitlab = GitLab(FakeClock())
    with serve(gitlab):
        yield Site(gitlab, FakeClock())


def hook(site: Site, url: str = "https://plans.example.com/webhooks/gitlab?key=x", *, issues: bool = True) -> None:
    made = Hook(1, url, site.gitlab.project, NOON, events={**dict.fromkeys(EVENTS, True), "issues_events": issues})
    site.gitlab.state.hooks[made.id] = made


def test_all_is_well(site: Site) -> None:
    hook(site)
    found = site.checks()
    assert {name: (check.ok, check.hint) for name, check in found.items()} == {
        "server": (True, ""),
        "clock": (True, ""),
        "limits": (found["limits"].ok, ""),
        "account": (True, ""),
        "token": (True, ""),
        "scopes": (True, ""),
        "project": (True, ""),
        "access": (True, ""),
        "webhook": (True, ""),
    }
    assert found["server"].message.endswith("answers, GitLab 18.5.1-ee")
    assert found["account"].message == "plansync-bot, a personal token"
    assert found["project"].message == "acme/platform/core, private"
    assert found["access"].message == "Maintainer"


def test_the_tracker_adds_what_is_the_same_for_all_hosts(site: Site) -> None:
    checks = {check.name: check for check in gitlab_on(site.gitlab, site.ours).examine()}
    assert checks["labels"].ok
    assert "plansync:not-planned" in checks["labels"].message


@pytest.mark.parametrize("kind", [TokenKind.PROJECT, TokenKind.GROUP])
def test_a_bots_token_says_whose_it_is(site: Site, kind: TokenKind) -> None:
    site.gitlab.add_bot("glpat-bot", kind=kind)
    found = site.checks("glpat-bot")
    assert found["account"].message.endswith(f", a {kind}'s token")
    assert found["access"].ok


@pytest.mark.parametrize(("days", "hint"), [(30, ""), (6, "make a new one in time"), (1, "make a new one in time")])
def test_a_token_that_ends_soon_is_worth_a_word(site: Site, days: int, hint: str) -> None:
    end = NOON.date() + timedelta(days=days)
    site.gitlab.add_token("plansync-bot", "glpat-short", expires_on=end)
    token = site.checks("glpat-short")["token"]
    assert (token.ok, token.hint) == (True, hint)
    assert f"valid until {end}" in token.message


@pytest.mark.parametrize("token", ["glpat-expired", "glpat-revoked", "glpat-unknown", "glpat-job"])
def test_a_token_that_is_not_accepted_ends_the_questions(site: Site, token: str) -> None:
    site.gitlab.add_token("plansync-bot", "glpat-expired", expires_on=NOON.date())
    site.gitlab.add_token("plansync-bot", "glpat-revoked").revoked = True
    site.gitlab.add_token("plansync-bot", "glpat-job", kind=TokenKind.JOB)
    found = site.checks(token)
    assert [*found] == ["server", "clock", "token"]
    assert (found["server"].ok, found["token"].ok) == (True, False)
    assert "scope api" in found["token"].hint
    if token in {"glpat-expired", "glpat-revoked"}:
        assert token.removeprefix("glpat-") in found["token"].message


@pytest.mark.parametrize(
    ("scopes", "ok", "words"),
    [
        (("api", "read_user"), True, "api, read_user"),
        (("read_api",), False, "read_api: enough for preview, not for writing"),
        (("read_user", "read_repository"), False, "not enough"),
    ],
)
def test_the_scopes_decide_what_a_token_can_do(site: Site, scopes: tuple[str, ...], ok: bool, words: str) -> None:
    site.gitlab.add_token("plansync-bot", "glpat-scoped", scopes=scopes)
    found = site.checks("glpat-scoped")["scopes"]
    assert (found.ok, words in found.message) == (ok, True)


def test_a_project_that_is_not_there_or_not_to_be_seen(site: Site) -> None:
    found = site.checks(project="acme/nowhere")
    assert found["project"].ok is False
    assert "tracker.project" in found["project"].hint
    assert not {"access", "webhook"} & {*found}


def test_a_project_that_takes_no_changes(site: Site) -> None:
    site.gitlab.project.archived = True
    assert "archived" in site.checks()["project"].message
    site.gitlab.project.archived, site.gitlab.project.issues_enabled = False, False
    found = site.checks()["project"]
    assert (found.ok, "switched off" in found.message) == (False, True)


def test_a_renamed_project_is_found_under_its_old_name_with_a_word(site: Site) -> None:
    site.gitlab.rename_project("acme/tools/kernel")
    found = site.checks()["project"]
    assert (found.ok, found.message) == (True, "acme/platform/core is acme/tools/kernel now")
    assert found.hint


@pytest.mark.parametrize(("level", "ok"), [(GUEST, False), (PLANNER, True)])
def test_the_role_decides_whether_labels_can_be_set(site: Site, level: int, ok: bool) -> None:
    site.gitlab.add_user("ann", level, "glpat-ann")
    found = site.checks("glpat-ann")
    assert found["access"].ok is ok
    assert found["webhook"].ok is None
    assert "Maintainer" in found["webhook"].message


def test_a_stranger_has_no_role(site: Site) -> None:
    site.gitlab.project.visibility = "public"
    site.gitlab.add_user("ann", 0, "glpat-ann")
    found = site.checks("glpat-ann")
    assert found["access"].ok is False
    assert found["access"].message.startswith("no role")
    assert found["project"].message.endswith("not private")


def test_an_administrator_needs_no_role() -> None:
    wire = Answers({**ANSWERS, "/user": {"username": "root", "is_admin": True}, "/projects/acme%2Fcore": PROJECT})
    assert checks_on(wire)["access"] == Check("access", True, "an administrator")


def test_without_a_webhook_syncs_go_by_schedule(site: Site) -> None:
    hook(site, "https://ci.example.com/hook")
    found = site.checks()["webhook"]
    assert (found.ok, found.message) == (True, "none: syncs by schedule only")


def test_a_webhook_that_tells_nothing_of_issues_is_worth_a_word(site: Site) -> None:
    hook(site, issues=False)
    found = site.checks()["webhook"]
    assert found.message == "there, but it hears nothing of issues_events"
    assert found.hint == "`plansync webhook install` brings it up to date"


PROJECT = {"id": 42, "path_with_namespace": "acme/core", "permissions": {}, "visibility": "private"}
ANSWERS: dict[str, object] = {
    "/user": {"username": "ann"},
    "/personal_access_tokens/self": {"scopes": ["api"]},
    "/projects/acme%2Fcore": {**PROJECT, "permissions": {"project_access": {"access_level": 40}}},
}


class Answers:
    """A wire with an answer for each path; 404 for all others."""

    def __init__(self, answers: dict[str, object], headers: dict[str, str] | None = None) -> None:
        self._answers = {"/version": {"version": "18.5.1"}, "/projects/42/hooks": [], **answers}
        self._headers = {"content-type": "application/json", **(headers or {})}

    def send(self, call: Call) -> Reply:
        content = self._answers.get(call.path)
        if isinstance(content, Exception):
            raise content
        if content is None:
            return Reply(404, self._headers, '{"message": "404 Not Found"}')
        return Reply(200, self._headers, json.dumps(content))


def checks_on(wire: Wire) -> dict[str, Check]:
    pace = Pace("gitlab.example.com", "a", Manners(), MemoryPacing(), FakeClock())
    return {check.name: check for check in examine(GitLabDesk(Line(wire, pace), "acme/core", "https://x"))}


@pytest.mark.parametrize(
    ("token", "ok"),
    [({"revoked": True}, False), ({"active": False}, False), ({"active": True}, True)],
)
def test_what_a_token_says_of_itself(token: dict[str, object], ok: bool) -> None:
    wire = Answers({**ANSWERS, "/personal_access_tokens/self": {"scopes": ["api"], **token}})
    assert checks_on(wire)["token"].ok is ok


def test_an_older_gitlab_does_not_tell_what_a_token_is() -> None:
    found = checks_on(Answers({**ANSWERS, "/personal_access_tokens/self": None}))
    assert found["token"].ok is None
    assert "scopes" not in found
    assert "clock" not in found


def test_a_token_that_may_not_even_say_whose_it_is() -> None:
    assert checks_on(Answers({**ANSWERS, "/user": None}))["account"].ok is False


@pytest.mark.parametrize(("left", "hint"), [("1999", ""), ("0", "plansync waits by itself")])
def test_the_requests_that_are_left_are_told(left: str, hint: str) -> None:
    found = checks_on(Answers(ANSWERS, {"ratelimit-remaining": left, "ratelimit-limit": "2000"}))["limits"]
    assert (found.ok, found.message, found.hint) == (True, f"{left} of 2000 requests are left for now", hint)


def test_a_webhook_that_gitlab_has_switched_off_is_worth_a_word() -> None:
    hooks = [{"id": 1, "url": "https://p/webhooks/gitlab", "issues_events": True, "alert_status": "disabled"}]
    found = checks_on(Answers({**ANSWERS, "/projects/42/hooks": hooks}))["webhook"]
    assert (found.ok, "switched it off" in found.message, bool(found.hint)) == (True, True, True)


def test_a_webhook_list_that_cannot_be_read_is_no_verdict() -> None:
    found = checks_on(Answers({**ANSWERS, "/projects/42/hooks": Lost("it did not answer in time", sent=True)}))
    assert found["webhook"].ok is None


def test_a_server_that_does_not_answer_is_all_there_is_to_say() -> None:
    found = checks_on(Answers({"/version": Lost("it cannot be reached", "check the network", sent=False)}))
    assert [(check.name, check.ok, check.hint) for check in found.values()] == [("server", False, "check the network")]


def test_a_missing_token_is_all_there_is_to_say() -> None:
    found = checks_on(NoCredential("there is no token for the target core", "set PLANSYNC_GITLAB_TOKEN"))
    assert [(check.name, check.ok) for check in found.values()] == [("token", False)]


def test_an_address_where_no_gitlab_is() -> None:
    class Page:
        def send(self, call: Call) -> Reply:
            return Reply(404, {"content-type": "text/html"}, "<html>")

    found = checks_on(Page())
    assert [(check.name, check.ok) for check in found.values()] == [("server", False)]
    assert "tracker.api_url" in found["server"].hint


def test_a_clock_that_is_far_off_is_told(site: Site) -> None:
    site.ours.advance(timedelta(minutes=10))
    found = site.checks()["clock"]
    assert "600 s ahead of the server's" in found.message
    assert found.hint
