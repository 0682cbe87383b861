"""Sources on the test servers, wired as in real life but for the clock and the store, and people who push there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from plansync.ports.clock import Clock
from plansync.ports.snapshots import Snapshots
from plansync.sources.github.desk import GitHubDesk
from plansync.sources.gitlab.desk import GitLabDesk
from plansync.sources.globs import Globs
from plansync.sources.hosted.desk import Desk
from plansync.sources.hosted.memory import Memory
from plansync.sources.hosted.source import HostedSource
from plansync.sources.hosted.tip import Tip
from plansync.trackers.github.tracker import graphql_url
from tests.servers.github import GitHub
from tests.servers.gitlab import GitLab
from tests.support import hosted, hosted_gitlab
from tests.support.memory_snapshots import MemorySnapshots

LIMIT = 1000
Write = Literal["auto", "direct", "request"]
Put = Callable[[str, bytes | None], None]


def source_on(
    desk: Desk,
    *include: str,
    branch: str = "",
    write: Write = "auto",
    snapshots: Snapshots | None = None,
    limit: int = LIMIT,
) -> HostedSource:
    """Return a source on a desk; without ``snapshots`` it begins with nothing."""
    globs = Globs(include or ("plans/**/*.md",))
    memory = Memory(snapshots or MemorySnapshots(), "source:test")
    return HostedSource(f"test:{desk.path}#{branch}", Tip(desk, globs, limit, memory, branch), write=write)


def github_desk(github: GitHub, clock: Clock, project: str = "acme/web") -> GitHubDesk:
    """Return a desk in a repository of a test server."""
    return GitHubDesk(hosted.line_to(github, clock), project, graphql_url(github.api))


def gitlab_desk(gitlab: GitLab, clock: Clock, project: str = hosted_gitlab.PROJECT) -> GitLabDesk:
    """Return a desk in a project of a test server."""
    return GitLabDesk(hosted_gitlab.line_to(gitlab, clock), project)
