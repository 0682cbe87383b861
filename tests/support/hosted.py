"""Hosted trackers on the test servers, wired as in real life but for the clock and the store."""

from __future__ import annotations

from datetime import timedelta

from plansync.core.pace import Manners
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.clock import Clock
from plansync.ports.pacing import Pacing
from plansync.ports.snapshots import Snapshots
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.github.tracker import capabilities_of, github_tracker, graphql_url
from plansync.trackers.hosted.tracker import HostedTracker, host_of
from tests.servers.github import GitHub
from tests.support.memory_pacing import MemoryPacing
from tests.support.memory_snapshots import MemorySnapshots

PATIENT = timedelta(seconds=10)
"""How long these clients wait for an answer."""
HASTY = timedelta(seconds=0.4)
"""How long they wait where tests hold answers back for good; on a busy machine sound answers may take that long, too."""


FREELY = Manners()
"""As fast as one likes: for tests that are about something else, on a server whose accountant is away."""


def line_to(
    github: GitHub,
    clock: Clock,
    *,
    pacing: Pacing | None = None,
    manners: Manners = FREELY,
    timeout: timedelta = PATIENT,
) -> Line:
    """Return a line to a test server, with the account that plansync is given there."""
    host = host_of(github.base)
    wire = GitHubWire(token_auth(github.token), github.api, read_timeout=timeout)
    return Line(wire, Pace(host, f"{host}:test", manners, pacing or MemoryPacing(), clock))


def github_on(
    github: GitHub,
    clock: Clock,
    *,
    snapshots: Snapshots | None = None,
    pacing: Pacing | None = None,
    manners: Manners = FREELY,
    project: str = "acme/web",
    timeout: timedelta = PATIENT,
) -> HostedTracker:
    """Return plansync's tracker on a test server; without ``snapshots`` it begins with nothing."""
    line = line_to(github, clock, pacing=pacing, manners=manners, timeout=timeout)
    capabilities = capabilities_of(line.pace.account, "c", manners)
    desk = GitHubDesk(line, project, capabilities=capabilities, graphql=graphql_url(github.api))
    return github_tracker(desk, snapshots or MemorySnapshots(), f"github:{project}", web_url=github.base)
