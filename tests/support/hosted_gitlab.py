"""GitLab as a tracker on the test server, wired as in real life but for the clock and the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from plansync.core.observed import CloseReason
from plansync.core.pace import Manners
from plansync.hosts.gitlab_wire import GitLabWire, site_url
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.clock import Clock
from plansync.ports.pacing import Pacing
from plansync.ports.snapshots import Snapshots
from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.gitlab.mapping import REASON_LABELS
from plansync.trackers.gitlab.tracker import capabilities_of, gitlab_tracker
from plansync.trackers.hosted.tracker import HostedTracker, host_of
from tests.servers.gitlab.people import GitLabPeople
from tests.servers.gitlab.service import GitLab
from tests.support.hosted import FREELY, PATIENT
from tests.support.memory_pacing import MemoryPacing
from tests.support.memory_snapshots import MemorySnapshots

TOKEN = "glpat-plansync-test-server"
PROJECT = "acme/platform/core"


class Labelling(GitLabPeople):
    """Somebody who says with plansync's label why an issue is closed, as GitLab has no other word for it."""

    def close(self, number: int, *, not_planned: bool = False) -> None:
        if not_planned:
            self.add_label(number, REASON_LABELS[CloseReason.NOT_PLANNED])
        super().close(number)


def labelling(somebody: GitLabPeople) -> Labelling:
    """Return ``somebody`` as one who labels."""
    return Labelling(somebody.state, somebody.scribe, somebody.project, somebody.user)


def line_to(
    gitlab: GitLab,
    clock: Clock,
    *,
    token: str = TOKEN,
    pacing: Pacing | None = None,
    manners: Manners = FREELY,
    timeout: timedelta = PATIENT,
) -> Line:
    """Return a line to a test server, with the account that plansync is given there."""
    host = host_of(gitlab.base)
    wire = GitLabWire(token, gitlab.base, read_timeout=timeout)
    return Line(wire, Pace(host, f"{host}:test", manners, pacing or MemoryPacing(), clock))


def desk_on(
    gitlab: GitLab,
    clock: Clock,
    *,
    token: str = TOKEN,
    project: str = PROJECT,
    pacing: Pacing | None = None,
    manners: Manners = FREELY,
    timeout: timedelta = PATIENT,
) -> GitLabDesk:
    """Return plansync's desk in a project of a test server."""
    line = line_to(gitlab, clock, token=token, pacing=pacing, manners=manners, timeout=timeout)
    capabilities = capabilities_of(line.pace.account, "c", line.pace.manners)
    if gitlab.licensed:
        capabilities = replace(capabilities, assignees=100)
    return GitLabDesk(line, project, site_url(gitlab.base), capabilities=capabilities)


def gitlab_on(
    gitlab: GitLab,
    clock: Clock,
    *,
    snapshots: Snapshots | None = None,
    pacing: Pacing | None = None,
    manners: Manners = FREELY,
    project: str = PROJECT,
    timeout: timedelta = PATIENT,
) -> HostedTracker:
    """Return plansync's tracker on a test server; without ``snapshots`` it begins with nothing."""
    desk = desk_on(gitlab, clock, project=project, pacing=pacing, manners=manners, timeout=timeout)
    return gitlab_tracker(desk, snapshots or MemorySnapshots(), f"gitlab:{project}")
