"""GitHub's webhooks: what is sent, what an older server is sent, and what is made of its answers."""

from __future__ import annotations

from typing import Any

import pytest

from plansync.errors import ChangeRefused, CredentialRefused, OutcomeUnknown
from plansync.hosts.calls import Call, Lost, Reply
from plansync.hosts.github_app import Installation, InstallationWire, app_auth
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.ports.hooking import Hook
from plansync.trackers.github.hooking import EVENTS, YOUNG_EVENTS, GitHubHooks, hook_of
from tests.servers.github import GitHub, serve
from tests.support.clocks import FakeClock
from tests.support.hosted import line_to
from tests.support.memory_snapshots import MemorySnapshots
from tests.unit.trackers.github.wires import ROOT, Wires

URL = "https://plans.example.com/webhooks/github"
OURS = Hook(id=7, url=URL, active=True, events=EVENTS)


def wire(**fields: object) -> dict[str, Any]:
    """Return a webhook as GitHub answers it, with ``fields`` of one's own."""
    return {
        "id": 7,
        "active": True,
        "events": sorted((*EVENTS, *YOUNG_EVENTS)),
        "config": {"url": URL, "content_type": "json", "insecure_ssl": "0", "secret": "********"},
        "last_response": {"code": None, "status": "unused", "message": None},
    } | fields


def hooks(wires: Wires) -> GitHubHooks:
    return GitHubHooks(wires.desk.line, "acme/web")


def test_a_new_webhook_is_asked_for_everything_that_a_sync_depends_on(wires: Wires) -> None:
    wires.answer("POST", "/hooks", wire(), 201)
    assert hooks(wires).create(URL, "hush").missing == ()
    assert wires.body() == {
        "name": "web",
        "active": True,
        "events": ["issue_dependencies", "issues", "label", "milestone", "push", "repository", "sub_issues"],
        "config": {"url": URL, "content_type": "json", "secret": "hush", "insecure_ssl": "0"},
    }


def test_a_server_that_does_not_know_the_younger_events_is_asked_for_the_others(wires: Wires) -> None:
    said = {"message": "Validation Failed", "errors": ["The following events are not valid: sub_issues"]}
    wires.answer("PATCH", "/hooks/7", said, 422)
    wires.answer("PATCH", "/hooks/7", wire(events=list(EVENTS)))
    found = hooks(wires).update(OURS, URL, "hush")
    assert (found.events, found.missing) == (EVENTS, ())
    assert wires.body()["events"] == list(EVENTS)


def test_another_refusal_is_told_and_nothing_sent_again(wires: Wires) -> None:
    said = {
        "message": "Validation Failed",
        "errors": [{"resource": "Hook", "code": "custom", "message": "Too many hooks"}],
    }
    wires.answer("POST", "/hooks", said, 422)
    with pytest.raises(ChangeRefused, match=r"could not put up the webhook in acme/web .*Too many hooks"):
        hooks(wires).create(URL, "hush")
    assert wires.requests() == ["POST /hooks"]


def test_a_fine_grained_token_without_the_permission_is_told_which(wires: Wires) -> None:
    wires.answer(
        "GET", "/hooks?per_page=100&page=1", {"message": "Resource not accessible by personal access token"}, 403
    )
    with pytest.raises(CredentialRefused, match="may not list the webhooks") as refused:
        hooks(wires).all()
    assert "Webhooks: read and write" in refused.value.hint


def test_single_sign_on_is_told_as_such(wires: Wires) -> None:
    sso = "required; url=https://github.com/orgs/acme/sso?a=1"
    wires.answer("GET", "/hooks?per_page=100&page=1", {"message": "Protected"}, 403, X_GitHub_SSO=sso)
    with pytest.raises(CredentialRefused, match="requires single sign-on"):
        hooks(wires).all()


def test_a_token_that_is_not_accepted_is_told_as_such(wires: Wires) -> None:
    wires.answer("GET", "/hooks?per_page=100&page=1", {"message": "Bad credentials"}, 401)
    with pytest.raises(CredentialRefused, match="does not accept the token"):
        hooks(wires).all()


def test_webhooks_are_hidden_from_those_who_may_not_manage_them(wires: Wires) -> None:
    wires.answer("GET", "/hooks?per_page=100&page=1", {"message": "Not Found"}, 404)
    wires.answer("GET", ROOT, {"full_name": "acme/web"})
    with pytest.raises(CredentialRefused, match="may not list the webhooks in acme/web"):
        hooks(wires).all()


def test_a_create_whose_answer_was_lost_is_not_repeated(wires: Wires) -> None:
    class Silent:
        sent = 0

        def send(self, call: Call) -> Reply:
            del call
            self.sent += 1
            raise Lost("it did not answer", sent=True)

    silent = wires.desk.line.wire = Silent()
    with pytest.raises(OutcomeUnknown):
        hooks(wires).create(URL, "hush")
    assert silent.sent == 1


@pytest.mark.parametrize(
    ("fields", "active", "last", "trouble"),
    [
        ({}, True, None, ""),
        ({"last_response": {"code": 202}}, True, 202, ""),
        ({"last_response": {"code": 503}}, True, 503, "its last delivery was answered with 503"),
        ({"last_response": {"code": 0}}, True, None, "its last delivery was not answered"),
        ({"last_response": None, "active": False}, False, None, "it is switched off"),
        ({"config": {"url": URL, "content_type": "form"}}, True, None, ""),
        ({"config": {"url": URL, "insecure_ssl": 1}}, True, None, "it does not check plansync's certificate"),
    ],
)  # fmt: skip
def test_what_keeps_deliveries_away_is_found(
    fields: dict[str, Any], active: bool, last: int | None, trouble: str
) -> None:
    found = hook_of(wire(**fields))
    assert (found.url, found.active, found.last, found.trouble) == (URL, active, last, trouble)


def test_a_webhook_that_hears_everything_misses_nothing() -> None:
    assert hook_of(wire(events=["*"])).missing == ()
    assert hook_of(wire(events=["push"])).missing == ("issues", "label", "milestone", "repository")


def test_an_app_needs_the_permission_and_no_role() -> None:
    github = GitHub(FakeClock())
    clock = FakeClock()
    with serve(github):
        for permissions, may in (({"issues": "write"}, False), ({"repository_hooks": "write"}, True)):
            app = github.add_app(f"app-{may}".lower(), permissions)
            as_app = line_to(github, clock)
            as_app.wire = GitHubWire(app_auth(app.id, app.private_key, clock), github.api)
            found = Installation(app.id, app.private_key, "acme/web", as_app, MemorySnapshots(), clock)
            line = line_to(github, clock)
            line.wire = InstallationWire(found, lambda token: GitHubWire(token_auth(token), github.api))
            managed = GitHubHooks(line, "acme/web")
            if may:
                assert managed.create(URL, "hush").active
            else:
                with pytest.raises(CredentialRefused, match="may not put up the webhook") as refused:
                    managed.create(URL, "hush")
                assert "Webhooks: read and write" in refused.value.hint


def test_a_token_for_webhooks_alone_is_enough() -> None:
    github = GitHub(FakeClock())
    github.repository.permissions[github.login] = "admin"
    github.access.scopes = ["admin:repo_hook"]
    with serve(github):
        managed = GitHubHooks(line_to(github, FakeClock()), "acme/web")
        assert managed.create(URL, "hush").active
        github.access.scopes = ["read:user"]
        with pytest.raises(CredentialRefused, match="may not put up the webhook") as refused:
            managed.create(URL, "hush")
        assert "admin:repo_hook" in refused.value.hint
