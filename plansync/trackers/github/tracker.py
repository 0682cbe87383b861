"""A GitHub repository as a tracker: what it can hold, and the wiring of desk and tracker."""

from __future__ import annotations

from datetime import timedelta

from plansync.core.fit import Capabilities
from plansync.core.links import Address
from plansync.core.pace import Manners
from plansync.ports.snapshots import Snapshots
from plansync.trackers.github.checks import examine
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.hosted.tracker import HostedTracker, host_of

MANNERS = Manners(
    write_interval=timedelta(seconds=1),
    creations_per_minute=80,
    creations_per_hour=500,
    points_per_minute=900,
    edits_count=True,
)
"""What github.com asks for (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api)."""


def capabilities_of(account: str, credential: str, manners: Manners) -> Capabilities:
    """Return what GitHub can hold: the limits are those that its interface refuses to go beyond."""
    return Capabilities(
        name="github",
        title_limit=255,
        body_limit=65_536,
        milestone_title_limit=255,
        milestone_body_limit=65_536,
        label_limit=50,
        close_reasons=True,
        assignees=10,
        sub_issues=True,
        sub_issue_limit=100,
        dependencies=True,
        dependency_limit=50,
        conditional_reads=True,
        case_blind_labels=True,
        references=("#", "GH-"),
        grain=timedelta(seconds=2),
        credential=credential,
        account=account,
        manners=manners,
    )


def github_tracker(
    desk: GitHubDesk,
    snapshots: Snapshots,
    name: str,
    *,
    web_url: str,
    formerly: tuple[str, ...] = (),
) -> HostedTracker:
    """Return the tracker for the desk's repository; ``web_url`` is what its issues' addresses begin with."""
    root = f"{web_url.rstrip('/')}/{desk.project}"
    address = Address(
        "github",
        host_of(web_url),
        desk.project,
        formerly,
        issues=f"{root}/issues/",
        milestones=f"{root}/milestone/",
    )
    return HostedTracker(desk, snapshots, name, address, lambda: examine(desk))


def web_url_of(api_url: str) -> str:
    """Return the address of the site whose REST interface is at ``api_url``."""
    rest = api_url.rstrip("/")
    return "https://github.com" if rest == "https://api.github.com" else rest.removesuffix("/api/v3")


def graphql_url(api_url: str) -> str:
    """Return the address of the GraphQL interface of a host whose REST interface is at ``api_url``."""
    rest = api_url.rstrip("/")
    return f"{rest.removesuffix('/v3')}/graphql" if rest.endswith("/api/v3") else f"{rest}/graphql"
