"""GitLab's webhooks: signed where the server can, with a token elsewhere, and never both."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from plansync.errors import ChangeRefused, CredentialRefused
from plansync.trackers.gitlab.hooking import EVENTS, GitLabHooks, hook_of
from tests.servers.gitlab import GitLab, serve
from tests.servers.gitlab.values import Hook as Kept
from tests.servers.wire import TestServer
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import desk_on

URL = "https://plans.example.com/webhooks/gitlab"
KEY = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
OTHER_KEY = f"whsec_{base64.b64encode(b'o' * 32).decode()}"


class Site:
    """A GitLab, and plansync's webhooks in its project."""

    def __init__(self, gitlab: GitLab, server: TestServer) -> None:
        self.gitlab = gitlab
        self.server = server
        desk = desk_on(gitlab, FakeClock())
        self.hooks = GitLabHooks(desk.line, desk.project, desk.site)

    @property
    def kept(self) -> Kept:
        (kept,) = self.gitlab.state.hooks.values()
        return kept

    @property
    def credentials(self) -> tuple[str, str]:
        return self.kept.signing_token, self.kept.token


@pytest.fixture
def site() -> Iterator[Site]:
    gitlab = GitLab(FakeClock())
    with serve(gitlab) as server:
        yield Site(gitlab, server)


def test_a_new_webhook_hears_of_everything_that_a_sync_depends_on_and_checks_the_certificate(site: Site) -> None:
    made = site.hooks.create(URL, KEY)
    assert (made.events, made.missing) == (EVENTS, ())
    assert site.kept.enable_ssl_verification
    assert site.credentials == (KEY, "")


def test_a_server_that_does_not_sign_is_given_the_secret_as_a_token(site: Site) -> None:
    site.gitlab.webhooks.young = False
    made = site.hooks.create(URL, KEY)
    assert site.credentials == ("", KEY)
    site.hooks.update(made, URL, OTHER_KEY)
    assert site.credentials == ("", OTHER_KEY)


def test_a_secret_that_is_no_key_is_a_token(site: Site) -> None:
    site.hooks.create(URL, "hush")
    assert site.credentials == ("", "hush")


def test_of_two_ways_to_prove_a_delivery_only_one_is_left(site: Site) -> None:
    made = site.hooks.create(URL, "hush")
    site.hooks.update(made, URL, KEY)
    assert site.credentials == (KEY, "")
    site.hooks.update(made, URL, "hush")
    assert site.credentials == ("", "hush")
    writes = site.server.writes
    site.hooks.update(made, URL, "hush hush")
    assert site.server.writes == writes + 1


def test_a_renamed_project_is_written_to_by_its_number(site: Site) -> None:
    site.gitlab.rename_project("acme/platform/heart")
    made = site.hooks.create(URL, KEY)
    site.hooks.ping(made)
    assert [hook.id for hook in site.hooks.all()] == [made.id]
    site.hooks.remove(made)
    assert site.gitlab.state.hooks == {}


def test_an_address_that_gitlab_does_not_call_is_explained(site: Site) -> None:
    with pytest.raises(ChangeRefused, match="Invalid url given") as refused:
        site.hooks.create("nowhere", KEY)
    assert "Outbound requests" in refused.value.hint
    with pytest.raises(ChangeRefused, match="could not test the webhook") as other:
        site.gitlab.webhooks.deliver = True
        site.hooks.ping(site.hooks.create("http://127.0.0.1:9/x", KEY))
    assert other.value.hint == ""


def test_a_token_that_is_not_accepted_is_told_as_such(site: Site) -> None:
    site.gitlab.state.tokens.clear()
    with pytest.raises(CredentialRefused, match="does not accept the token"):
        site.hooks.all()


def test_a_server_without_a_list_of_events_tells_no_answer(site: Site) -> None:
    made = site.hooks.create(URL, KEY)
    site.gitlab.webhooks.young = False
    assert site.hooks.last_answer(made) is None


@pytest.mark.parametrize(
    ("fields", "active", "trouble"),
    [
        ({}, True, ""),
        ({"alert_status": None}, True, ""),
        ({"alert_status": "disabled"}, False, "GitLab has switched it off, because deliveries failed"),
        (
            {"alert_status": "temporarily_disabled", "disabled_until": "2026-03-02T13:00:00Z"},
            False,
            "GitLab leaves it alone for a while, because deliveries failed, until 2026-03-02T13:00:00Z",
        ),
        ({"enable_ssl_verification": False}, True, "it does not check plansync's certificate"),
    ],
)
def test_what_keeps_deliveries_away_is_found(fields: dict[str, Any], active: bool, trouble: str) -> None:
    found = hook_of({"id": 1, "url": URL, "push_events": True, "alert_status": "executable", **fields})
    assert (found.active, found.trouble, found.events) == (active, trouble, ("push_events",))
    assert found.missing == EVENTS[:3]
