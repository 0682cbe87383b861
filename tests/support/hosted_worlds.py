"""Worlds on the test servers, at the pace that GitHub and GitLab really ask for, with their accountants watching.

Every request to GitHub, and every answer of it, is held against GitHub's own description, but where a world is free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from plansync.core.rules import Limits, Rules
from plansync.ports.tracker import Tracker
from plansync.store.open import SqlStore, open_store
from plansync.trackers.github.tracker import MANNERS as GITHUB_MANNERS
from plansync.trackers.gitlab.tracker import MANNERS as GITLAB_MANNERS
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.openapi import rest
from tests.servers.wire import TestServer
from tests.support.clocks import FakeClock
from tests.support.hosted import FREELY, PATIENT, github_on
from tests.support.hosted_gitlab import gitlab_on, labelling
from tests.support.leniency import ordered
from tests.support.world import World


@dataclass
class HostedWorld(World):
    """A world with the server that its project is on."""

    server: TestServer = field(kw_only=True)
    connect: Callable[..., Tracker] = field(kw_only=True)
    """Returns the tracker as a new process makes it, with what the store remembers or the ``snapshots`` given."""

    def reconnect(self) -> None:
        """Go on as another process would."""
        self.tracker = self.connect()

    def set_clock(self, clock: FakeClock) -> None:
        """Have plansync go by ``clock`` from the next connection on; the server's goes on as before."""
        super().set_clock(clock)
        connect = self.connect
        assert isinstance(connect, partial)
        self.connect = partial(connect.func, connect.args[0], clock, **connect.keywords)


PEOPLE = ("ann", "bob", "eve")


def github_with_people(clock: FakeClock) -> GitHub:
    """Return a GitHub where plansync is called as in the embedded tracker, with people who may write."""
    github = GitHub(clock, login="plansync")
    github.lenient = set(ordered("github"))
    for name in PEOPLE:
        github.add_user(name, "write")
    return github


def gitlab_with_people(clock: FakeClock) -> GitLab:
    """Return a GitLab where plansync is called as in the embedded tracker, with people who may write."""
    gitlab = GitLab(clock, login="plansync")
    gitlab.lenient.update(ordered("gitlab"))
    for name in PEOPLE:
        gitlab.add_user(name)
    return gitlab


def github_world(
    root: Path,
    stack: ExitStack,
    rules: Rules | None = None,
    limits: Limits | None = None,
    *,
    free: bool = False,
    timeout: timedelta = PATIENT,
) -> HostedWorld:
    """Return a world on a GitHub of its own, which ends with ``stack``; ``free``: without any limit or pace."""
    clock = FakeClock()
    github = github_with_people(clock)
    if free:
        github.accountant.off()
    stack.callback(_expect_good_manners, github.books.broken)
    server = stack.enter_context(serve_github(github, None if free else rest().check))
    store = _store(root)
    manners = FREELY if free else GITHUB_MANNERS
    connect = partial(
        github_on, github, clock, manners=manners, timeout=timeout, snapshots=store.snapshots, pacing=store.pacing
    )
    return HostedWorld(
        server=server,
        connect=connect,
        root=root,
        tracker=connect(),
        people=github.people("ann"),
        clock=clock,
        store=store,
        rules=rules or Rules(),
        limits=limits or Limits(),
        numbers=lambda: tuple(github.repository.issues),
    )


def gitlab_world(
    root: Path,
    stack: ExitStack,
    rules: Rules | None = None,
    limits: Limits | None = None,
    *,
    free: bool = False,
    timeout: timedelta = PATIENT,
) -> HostedWorld:
    """Return a world on a GitLab of its own, which ends with ``stack``; ``free``: without any limit or pace."""
    clock = FakeClock()
    gitlab = gitlab_with_people(clock)
    if free:
        gitlab.limits.requests = gitlab.limits.creations = gitlab.limits.notes = None
    stack.callback(_expect_good_manners, gitlab.books.broken)
    server = stack.enter_context(serve_gitlab(gitlab))
    store = _store(root)
    people = labelling(gitlab.people("ann"))
    manners = FREELY if free else GITLAB_MANNERS
    connect = partial(
        gitlab_on, gitlab, clock, manners=manners, timeout=timeout, snapshots=store.snapshots, pacing=store.pacing
    )
    return HostedWorld(
        server=server,
        connect=connect,
        root=root,
        tracker=connect(),
        people=people,
        clock=clock,
        store=store,
        rules=rules or Rules(),
        limits=limits or Limits(),
        numbers=lambda: tuple(issue.iid for issue in people.state.issues_of(people.project)),
        kept=lambda text: text.replace("\r", "").rstrip(),
    )


def _store(root: Path) -> SqlStore:
    state = root / ".plansync"
    state.mkdir(exist_ok=True)
    return open_store(f"sqlite:///{state}/state.db")


def _expect_good_manners(broken: list[str]) -> None:
    assert broken == []


WORLDS: Mapping[str, Callable[..., HostedWorld]] = {"github": github_world, "gitlab": gitlab_world}
