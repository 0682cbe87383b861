"""What the test servers send comes through the doors: people's doings are asked for, our own can be told from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import requests

from plansync.bootstrap.doors import open_doors
from plansync.core.changes import Change, MilestoneRef
from plansync.core.observed import CloseReason
from plansync.core.scope import WHOLE, Glimpse, Scope
from plansync.ports.queue import Ask, Letter
from plansync.ports.tracker import Asked
from plansync.ports.webhook import Door
from plansync.settings import load_settings
from plansync.trackers.hosted.book import Book
from plansync.trackers.hosted.tracker import HostedTracker
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.gitlab.asking import Asking
from tests.support.changes import close, done, new_issue, new_milestone, region, reopen, update
from tests.support.clocks import FakeClock
from tests.support.hosted import github_on
from tests.support.hosted_gitlab import PROJECT, gitlab_on
from tests.support.memory_snapshots import MemorySnapshots
from tests.support.posting import SECRET, lower

SIGNING = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Sent(Protocol):
    """A delivery of either server."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


@dataclass
class World:
    """One host with a webhook, plansync's tracker there, and its door."""

    server: Any
    tracker: HostedTracker
    snapshots: MemorySnapshots
    name: str
    door: Door
    clock: FakeClock
    heard: int = 0

    def asks(self) -> list[Ask]:
        """Return what all deliveries since the last look ask for."""
        new: Sequence[Sent] = self.server.deliveries[self.heard :]
        self.heard += len(new)
        letters = [self.door.read(lower(one.headers), one.body, self.clock.now()) for one in new]
        asks: list[Ask] = []
        for letter in letters:
            assert isinstance(letter, Letter), letter
            asks += letter.asks
        return asks

    def glimpses(self) -> dict[int, Glimpse]:
        """Return what was last shown of each issue since the last look."""
        found = Scope()
        for ask in self.asks():
            if not ask.scope.whole:
                found |= ask.scope
        return dict(found.issues)

    def digest(self, number: int) -> str:
        """Return the digest of an issue's row in the book."""
        return Book.load(self.snapshots, self.name).issues[number].digest

    def apply(self, change: Change) -> int:
        """Make a change as plansync does, and put down what it leaves."""
        number = done(self.tracker, change)
        self.tracker.observe(Asked(frozenset({number})))
        return number


def door(folder: Path, kind: str, project: str, api_url: str, secret: dict[str, str]) -> Door:
    file = folder / "plansync.toml"
    tracker = f'tracker = {{ kind = "{kind}", project = "{project}", api_url = "{api_url}" }}'
    file.write_text(f'[[targets]]\nname = "web"\n{tracker}\n', "utf-8")
    return open_doors(load_settings(config=file, environ=secret))[kind]


@pytest.fixture(params=["github", "gitlab token", "gitlab signed"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    clock, snapshots = FakeClock(), MemorySnapshots()
    kind, _, way = request.param.partition(" ")
    if kind == "github":
        github = GitHub(clock)
        with serve_github(github):
            listen_to_github(github)
            came = door(tmp_path, kind, "Acme/Web", github.api, {"PLANSYNC_WEBHOOKS__GITHUB_SECRET": SECRET})
            tracker = github_on(github, clock, snapshots=snapshots)
            yield World(github, tracker, snapshots, "github:acme/web", came, clock)
        return
    gitlab = GitLab(clock)
    with serve_gitlab(gitlab):
        kept = {"token": SECRET} if way == "token" else {"signing_token": SIGNING}
        every = ("push_events", "issues_events", "confidential_issues_events", "note_events", "milestone_events")
        Asking(gitlab).post("hooks", url="https://plansync.example/hook", **kept, **dict.fromkeys(every, True))
        (secret,) = kept.values()
        came = door(tmp_path, kind, PROJECT, gitlab.base, {"PLANSYNC_WEBHOOKS__GITLAB_TOKEN": secret})
        tracker = gitlab_on(gitlab, clock, snapshots=snapshots)
        yield World(gitlab, tracker, snapshots, f"gitlab:{PROJECT}", came, clock)


def listen_to_github(github: GitHub) -> None:
    """Let a webhook be installed, for which one has to be an administrator."""
    github.repository.permissions[github.login] = "admin"
    config = {"url": "https://plansync.example/hook", "content_type": "json", "secret": SECRET}
    hooks = f"{github.api}/repos/acme/web/hooks"
    made = {"config": config, "events": ["*"], "active": True}
    answer = requests.post(hooks, json=made, headers={"Authorization": f"token {github.token}"}, timeout=10)
    assert answer.status_code == 201, answer.text


def test_an_issue_that_a_person_closes_is_asked_for_by_its_number(world: World) -> None:
    number = world.apply(new_issue())
    world.asks()
    world.server.people("ann").close(number)
    (ask,) = world.asks()
    assert (ask.target, ask.trigger, ask.reason) == ("web", "webhook", f"issues closed #{number}")
    glimpse = ask.scope.issues[number]
    assert glimpse.actor == "ann"
    assert glimpse.digest not in {"", world.digest(number)}
    world.tracker.observe(Asked(frozenset({number})))
    assert glimpse.digest == world.digest(number)


def test_our_own_doings_show_what_the_book_holds(world: World) -> None:
    world.server.people("ann")
    milestone = done(world.tracker, new_milestone())
    number = world.apply(new_issue(labels=("plansync", "risk"), milestone=MilestoneRef(milestone), assignees=("ann",)))
    assert world.glimpses()[number].actor == "plansync-bot"
    steps = (
        update(number, title="Write a parser", region=region("Half of it.  ")),
        update(number, add_labels=("urgent",), remove_labels=("risk",)),
        close(number, CloseReason.COMPLETED, "Done."),
        reopen(number),
        close(number, CloseReason.NOT_PLANNED),
    )
    for step in steps:
        world.apply(step)
        glimpse = world.glimpses()[number]
        assert (glimpse.actor, glimpse.digest) == ("plansync-bot", world.digest(number)), step


def test_a_person_with_our_account_shows_something_else_than_the_book_holds(world: World) -> None:
    number = world.apply(new_issue())
    world.asks()
    world.server.people("plansync-bot").close(number)
    glimpse = world.glimpses()[number]
    assert glimpse.actor == "plansync-bot"
    assert glimpse.digest not in {"", world.digest(number)}


def test_comments_ask_for_nothing(world: World) -> None:
    number = world.apply(new_issue())
    world.asks()
    world.server.people("ann").comment(number, "Why?")
    assert world.asks() == []


def test_a_milestone_asks_for_all(world: World) -> None:
    world.server.people("ann").create_milestone("Phase 1")
    (ask,) = world.asks()
    assert (ask.reason, ask.scope) == ("milestone created", WHOLE)


def test_another_secret_opens_no_door(world: World) -> None:
    world.apply(new_issue())
    one = world.server.deliveries[-1]
    headers = {name: value.swapcase() for name, value in lower(one.headers).items()}
    assert not isinstance(world.door.read(headers, one.body, world.clock.now()), Letter)
    assert not isinstance(world.door.read({}, one.body, world.clock.now()), Letter)
