"""Hosted trackers on the test servers, wired as in real life but for the clock and the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from plansync.core.pace import Manners
from plansync.core.rules import Limits, Rules
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.clock import Clock
from plansync.ports.pacing import Pacing
from plansync.ports.snapshots import Snapshots
from plansync.store.open import open_store
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.github.tracker import MANNERS as GITHUB_MANNERS
from plansync.trackers.github.tracker import capabilities_of, github_tracker, graphql_url
from plansync.trackers.hosted.tracker import HostedTracker, host_of
from tests.servers.github import GitHub, serve
from tests.support.clocks import FakeClock
from tests.support.memory_pacing import MemoryPacing
from tests.support.memory_snapshots import MemorySnapshots
from tests.support.world import World

TIMEOUT = timedelta(seconds=0.4)
"""How long these clients wait for an answer: the servers are near, and faults hold answers back for good."""


FREELY = Manners()
"""As fast as one likes: for tests that are about something else, on a server whose accountant is away."""
PEOPLE = ("ann", "bob", "eve")


def github_with_people(clock: Clock) -> GitHub:
    """Return a GitHub whose account for plansync is called as in the embedded tracker, with people who may write."""
    github = GitHub(clock, login="plansync")
    for name in PEOPLE:
        github.add_user(name, "write")
    return github


def github_world(root: Path, stack: ExitStack, rules: Rules | None = None, limits: Limits | None = None) -> World:
    """Return a world on a GitHub of its own, which ends with ``stack``."""
    clock = FakeClock()
    github = github_with_people(clock)
    stack.callback(_expect_good_manners, github.books.broken)
    stack.enter_context(serve(github))
    store = open_store(f"sqlite:///{_state_folder(root)}/state.db")
    return World(
        root=root,
        tracker=github_on(github, clock, snapshots=store.snapshots, pacing=store.pacing, manners=GITHUB_MANNERS),
        people=github.people("ann"),
        clock=clock,
        store=store,
        rules=rules or Rules(),
        limits=limits or Limits(),
        numbers=lambda: tuple(github.repository.issues),
    )


def _expect_good_manners(broken: list[str]) -> None:
    assert broken == []


def _state_folder(root: Path) -> Path:
    state = root / ".plansync"
    state.mkdir(exist_ok=True)
    return state


WORLDS: Mapping[str, Callable[[Path, ExitStack], World]] = {"github": github_world}


def line_to(github: GitHub, clock: Clock, *, pacing: Pacing | None = None, manners: Manners = FREELY) -> Line:
    """Return a line to a test server, with the account that plansync is given there."""
    host = host_of(github.base)
    wire = GitHubWire(token_auth(github.token), github.api, read_timeout=TIMEOUT)
    return Line(wire, Pace(host, f"{host}:test", manners, pacing or MemoryPacing(), clock))


def github_on(
    github: GitHub,
    clock: Clock,
    *,
    snapshots: Snapshots | None = None,
    pacing: Pacing | None = None,
    manners: Manners = FREELY,
    project: str = "acme/web",
) -> HostedTracker:
    """Return plansync's tracker on a test server; without ``snapshots`` it begins with nothing."""
    line = line_to(github, clock, pacing=pacing, manners=manners)
    capabilities = capabilities_of(line.pace.account, "c", manners)
    desk = GitHubDesk(line, project, capabilities=capabilities, graphql=graphql_url(github.api))
    return github_tracker(desk, snapshots or MemorySnapshots(), f"github:{project}", web_url=github.base)
