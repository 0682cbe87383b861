"""A GitLab project as a tracker: what it can hold, and the wiring of desk and tracker."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from plansync.core.fit import Capabilities
from plansync.core.links import Address
from plansync.core.pace import Manners
from plansync.ports.snapshots import Snapshots
from plansync.trackers.gitlab.checks import examine
from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.hosted.tracker import HostedTracker, host_of

MANNERS = Manners(creations_per_minute=200)
"""What gitlab.com asks for (https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom)."""


def capabilities_of(account: str, credential: str, manners: Manners) -> Capabilities:
    """Return what GitLab can hold: the limits are those that its interface refuses to go beyond.

    More than one assignee takes a licence, and GitLab drops the others without a word. Labels are told apart by
    case (https://docs.gitlab.com/user/project/labels).
    """
    return Capabilities(
        name="gitlab",
        title_limit=255,
        body_limit=1_048_576,
        milestone_title_limit=255,
        milestone_body_limit=65_536,
        label_limit=255,
        close_reasons=False,
        assignees=1,
        dependencies=True,
        links=True,
        conditional_reads=False,
        case_blind_labels=False,
        quick_actions=True,
        references=("#", "!", "&", "%", "~", "$", "GL-"),
        grain=timedelta(seconds=2),
        credential=credential,
        account=account,
        manners=manners,
    )


def gitlab_tracker(
    desk: GitLabDesk, snapshots: Snapshots, name: str, *, formerly: tuple[str, ...] = ()
) -> HostedTracker:
    """Return the tracker for the desk's project."""
    root = f"{desk.site.rstrip('/')}/{desk.project}/-"
    address = Address(
        "gitlab",
        place_of(desk.site),
        desk.project,
        formerly,
        issues=f"{root}/issues/",
        milestones=f"{root}/milestones/",
    )
    return HostedTracker(desk, snapshots, name, address, lambda: examine(desk))


def place_of(site: str) -> str:
    """Return what stands before the project in GitLab's addresses: the host, and the sub-path where there is one."""
    return f"{host_of(site)}/{urlsplit(site).path.strip('/')}".rstrip("/")
