"""A GitHub with an App on it, and runs of plansync that act as the App."""

from __future__ import annotations

from typing import Any

from plansync.core.pace import Manners
from plansync.hosts.github_app import Installation, InstallationWire, app_auth
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from tests.servers.github import GitHub
from tests.servers.github.state import App
from tests.servers.wire import TestServer
from tests.support.clocks import FakeClock
from tests.support.memory_pacing import MemoryPacing
from tests.support.memory_snapshots import MemorySnapshots


class Site:
    """A GitHub with an App on it, and runs of plansync that act as the App."""

    def __init__(self, github: GitHub, server: TestServer, clock: FakeClock) -> None:
        self.github, self.server, self.clock = github, server, clock
        self.snapshots = MemorySnapshots()
        self.app: App = github.add_app()
        self.ours = clock
        """The clock of the machine that plansync runs on."""

    def installation(self, project: str = "acme/web", key: str = "", app_id: int = 0) -> Installation:
        """Return the App's installation as a run of plansync finds it."""
        key, app_id = key or self.app.private_key, app_id or self.app.id
        line = self._line()
        line.wire = GitHubWire(app_auth(app_id, key, self.ours), self.github.api)
        return Installation(app_id, key, project, line, self.snapshots, self.ours)

    def line(self, installation: Installation) -> Line:
        """Return a line that speaks as the installation."""
        wire = InstallationWire(installation, lambda token: GitHubWire(token_auth(token), self.github.api))
        line = self._line()
        line.wire, line.renew = wire, wire.renewed
        return line

    def head(self) -> dict[str, Any]:
        """Return what is stored about the token."""
        snapshot = self.snapshots.load(self.installation().name)
        assert snapshot is not None
        return dict(snapshot.head)

    def _line(self) -> Line:
        host = self.github.base.partition("//")[2]
        return Line(GitHubWire(None, self.github.api), Pace(host, "app", Manners(), MemoryPacing(), self.ours))
