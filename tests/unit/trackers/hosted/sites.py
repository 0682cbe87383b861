"""A GitHub, and the runs of plansync on it, which share what they remember."""

from __future__ import annotations

from datetime import timedelta

from plansync.core.observed import ObservedIssue, ObservedState
from plansync.ports.tracker import Asked, Tracker
from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.hosted.tracker import HostedTracker
from tests.servers.github import GitHub, GitHubPeople
from tests.servers.wire import Entry, TestServer
from tests.support.changes import KEY, done, new_issue, region
from tests.support.clocks import FakeClock
from tests.support.hosted import github_on
from tests.support.memory_snapshots import MemorySnapshots

OURS = ("plansync",)
NAME = "github:acme/web"
"""Of the snapshot."""
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FULL = ["GET project 200", "GET /user 200", "GET /issues 200", "GET /milestones 200"]
"""What a first observation of a small project sends."""
QUIET = ["GET /issues 304", "GET /milestones 304"]
"""What an observation sends when nothing changed."""


class Site:
    """The server and who works on it; ``run`` begins a run of plansync with the memory of those before."""

    def __init__(self, github: GitHub, server: TestServer, clock: FakeClock) -> None:
        self.github, self.server, self.clock = github, server, clock
        self.people: GitHubPeople = github.people("ann")
        self.snapshots = MemorySnapshots()
        self._seen = self._items = 0

    def run(self, project: str = "acme/web") -> HostedTracker:
        """Return the tracker as a new process has it."""
        return github_on(self.github, self.clock, snapshots=self.snapshots, project=project)

    def observe(self, *issues: int, tracker: Tracker | None = None, **asked: object) -> ObservedState:
        """Observe in a run of its own, or with ``tracker``; only what that sends is in the next ``requests``."""
        self.requests()
        wanted = Asked(issues=frozenset(issues), **asked)  # type: ignore[arg-type]  # fields by name
        return (tracker or self.run()).observe(wanted)

    def issue(self, number: int) -> ObservedIssue:
        """Observe one issue that is asked for."""
        found = {issue.number: issue for issue in self.observe(number).issues}
        return found[number]

    def make(self, count: int = 1, **fields: object) -> list[int]:
        """Open issues of ours, as a run does, a minute apart, each for an item of its own."""
        tracker, made = self.run(), []
        for _ in range(count):
            self._items += 1
            body = region("All of it.").replace(KEY, f"t-{self._items:016x}")
            made.append(done(tracker, new_issue(**{"labels": OURS, "body": body, **fields})))  # type: ignore[arg-type]
            self.clock.advance(timedelta(minutes=1))
        return made

    def twins(self, count: int = 2) -> list[int]:
        """Open issues of ours with one and the same marker."""
        return [number for _ in range(count) for number in self.make(body=region("All of it."))]

    def requests(self) -> list[str]:
        """Return what was sent since the last look: method, path within the repository, and status."""
        new, self._seen = self.server.books[self._seen :], self.server.requests
        return [f"{entry.method} {_place(entry)} {entry.status}" for entry in new]

    def listings(self) -> list[Entry]:
        """Return the requests for lists of issues since the last look."""
        new, self._seen = self.server.books[self._seen :], self.server.requests
        return [entry for entry in new if entry.path.endswith("/issues")]


def github_desk(tracker: HostedTracker) -> GitHubDesk:
    assert isinstance(tracker.desk, GitHubDesk)
    return tracker.desk


def _place(entry: Entry) -> str:
    path = entry.path.removeprefix("/api/v3").removeprefix("/repos/acme/web")
    return path or "project"
