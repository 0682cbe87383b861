"""The laws of the Hooks port, kept by GitHub and by GitLab, on servers that really deliver what they are told to."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import get_args

import pytest

from plansync.errors import CredentialRefused, TrackerError
from plansync.ports.hooking import Hooks
from plansync.settings.targets import TrackerSettings
from plansync.trackers.github import webhook as github_door
from plansync.trackers.github.hooking import GitHubHooks
from plansync.trackers.gitlab import webhook as gitlab_door
from plansync.trackers.gitlab.hooking import GitLabHooks
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.gitlab.values import DEVELOPER
from tests.servers.openapi import rest
from tests.servers.wire import Request, TestServer
from tests.support.clocks import NOON, FakeClock
from tests.support.hosted import line_to
from tests.support.hosted_gitlab import desk_on
from tests.support.receiver import Receiver

SECRETS = {"github": "hush-hush", "gitlab": f"whsec_{base64.b64encode(b'k' * 32).decode()}"}
OTHERS = "https://ci.example.com/hook"


@dataclass
class Site:
    """A host, plansync's webhooks there, and where they lead."""

    kind: str
    host: GitHub | GitLab
    hooks: Hooks
    receiver: Receiver
    url: str

    @property
    def secret(self) -> str:
        return SECRETS[self.kind]

    def happen(self) -> None:
        """Let somebody open an issue, and wait until that is told."""
        self.host.people("ann").create_issue("Something")
        self.settle()

    def settle(self) -> None:
        (self.host.post if isinstance(self.host, GitHub) else self.host.webhooks).wait()

    def demote(self) -> None:
        """Take the right to manage webhooks from plansync's account."""
        if isinstance(self.host, GitHub):
            self.host.repository.permissions[self.host.login] = "write"
        else:
            self.host.set_access("plansync-bot", DEVELOPER)

    def archive(self) -> None:
        if isinstance(self.host, GitHub):
            self.host.repository.archived = True
        else:
            self.host.project.archived = True


def github(clock: FakeClock, stack: ExitStack) -> tuple[GitHub, Hooks, Hooks]:
    host = GitHub(clock)
    host.repository.permissions[host.login] = "admin"
    host.post.deliver = True
    stack.enter_context(serve_github(host, rest().check))
    line = line_to(host, clock)
    return host, GitHubHooks(line, "acme/web"), GitHubHooks(line, "acme/nowhere")


def gitlab(clock: FakeClock, stack: ExitStack) -> tuple[GitLab, Hooks, Hooks]:
    host = GitLab(clock)
    host.webhooks.deliver = True
    stack.enter_context(serve_gitlab(host))
    desk = desk_on(host, clock)
    return host, GitLabHooks(desk.line, desk.project, desk.site), GitLabHooks(desk.line, "acme/nowhere", desk.site)


MAKERS: Mapping[str, Callable[[FakeClock, ExitStack], tuple[GitHub | GitLab, Hooks, Hooks]]] = {
    "github": github,
    "gitlab": gitlab,
}


@pytest.fixture(params=sorted(MAKERS))
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    clock = FakeClock()
    receiver = Receiver(clock)
    with ExitStack() as stack:
        server = stack.enter_context(TestServer(receiver))
        host, hooks, _ = MAKERS[request.param](clock, stack)
        yield Site(request.param, host, hooks, receiver, f"{server.url}/webhooks/{request.param}")


def is_genuine(kind: str, request: Request) -> bool:
    """Say whether plansync's own door believes a delivery, by its signature: the secret is not sent along."""
    doubt = github_door.doubt if kind == "github" else gitlab_door.doubt
    is_bare = SECRETS[kind] in str(request.headers)
    return not is_bare and doubt(request.headers, request.body, ["older", SECRETS[kind]], NOON) == ""


def test_every_tracker_has_the_laws_but_the_embedded_one() -> None:
    assert set(MAKERS) == set(get_args(TrackerSettings.model_fields["kind"].annotation)) - {"local"}


def test_a_webhook_that_is_put_up_is_listed_and_delivers_with_a_signature(site: Site) -> None:
    assert list(site.hooks.all()) == []
    made = site.hooks.create(site.url, site.secret)
    assert (made.url, made.active, made.missing, made.trouble) == (site.url, True, (), "")
    site.settle()
    site.receiver.heard.clear()
    site.happen()
    (heard,) = site.receiver.heard
    assert json.loads(heard.body)
    assert is_genuine(site.kind, heard)
    (listed,) = site.hooks.all()
    assert (listed.id, site.hooks.last_answer(listed)) == (made.id, 202)
    assert site.secret not in repr(listed)


def test_an_update_gives_another_secret_and_makes_whole_what_was_changed_by_hand(site: Site) -> None:
    made = site.hooks.create(OTHERS, "an older one")
    found = site.hooks.update(made, site.url, site.secret)
    assert (found.id, found.url, found.missing) == (made.id, site.url, ())
    assert [hook.url for hook in site.hooks.all()] == [site.url]
    site.settle()
    site.receiver.heard.clear()
    site.happen()
    assert [is_genuine(site.kind, heard) for heard in site.receiver.heard] == [True]


def test_removing_takes_one_away_and_one_that_is_gone_is_no_error(site: Site) -> None:
    other, ours = site.hooks.create(OTHERS, "x"), site.hooks.create(site.url, site.secret)
    site.hooks.remove(ours)
    site.hooks.remove(ours)
    assert [hook.id for hook in site.hooks.all()] == [other.id]


def test_an_update_of_one_that_is_gone_says_so(site: Site) -> None:
    made = site.hooks.create(site.url, site.secret)
    site.hooks.remove(made)
    with pytest.raises(TrackerError, match="does not exist"):
        site.hooks.update(made, site.url, site.secret)


def test_a_ping_is_delivered_and_its_answer_told(site: Site) -> None:
    made = site.hooks.create(site.url, site.secret)
    site.settle()
    site.receiver.heard.clear()
    site.hooks.ping(made)
    site.settle()
    assert len(site.receiver.heard) == 1
    (listed,) = site.hooks.all()
    assert site.hooks.last_answer(listed) == 202


def test_a_receiver_that_fails_is_seen(site: Site) -> None:
    site.hooks.create(site.url, site.secret)
    site.receiver.status = 500
    for _ in range(5):
        site.happen()
    (listed,) = site.hooks.all()
    assert site.hooks.last_answer(listed) == 500
    assert listed.trouble


def test_one_that_was_never_called_tells_no_answer(site: Site) -> None:
    if isinstance(site.host, GitHub):
        site.host.post.deliver = False
    made = site.hooks.create(site.url, site.secret)
    assert site.hooks.last_answer(made) is None


def test_an_account_without_the_right_is_told_which_it_takes(site: Site) -> None:
    made = site.hooks.create(site.url, site.secret)
    site.demote()
    needed = "Admin and.*admin:repo_hook.*Webhooks: read and write" if site.kind == "github" else "Maintainer"
    for act in (site.hooks.all, lambda: site.hooks.create(OTHERS, site.secret)):
        with pytest.raises(CredentialRefused, match=r"the token may not (list|put up) the webhook") as refused:
            act()
        assert re.search(needed, refused.value.hint)
        assert site.secret not in str(refused.value)
    assert made.active


def test_an_archived_project_takes_no_webhook(site: Site) -> None:
    site.archive()
    with pytest.raises(TrackerError, match="is archived and cannot be changed"):
        site.hooks.create(site.url, site.secret)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_a_project_that_is_not_there_is_said_to_be_missing(kind: str) -> None:
    with ExitStack() as stack:
        _, _, nowhere = MAKERS[kind](FakeClock(), stack)
        with pytest.raises(TrackerError, match=r"acme/nowhere on .* was not found"):
            nowhere.all()
        with pytest.raises(TrackerError, match=r"acme/nowhere on .* was not found"):
            nowhere.create(OTHERS, "x")
