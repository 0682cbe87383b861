"""Which tracker a target gets, wired with its credential, its pace and its memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plansync.bootstrap.connections import Connections, source_spot, tracker_spot
from plansync.settings.plain import tracker_path

if TYPE_CHECKING:
    from plansync.bootstrap.connections import Spot
    from plansync.core.audience import Audience
    from plansync.ports.clock import Clock
    from plansync.ports.store import Store
    from plansync.ports.tracker import Tracker
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings
    from plansync.trackers.hosted.tracker import HostedTracker


@dataclass(frozen=True, slots=True)
class Wiring:
    """What all trackers share."""

    settings: Settings
    clock: Clock
    store: Store
    read_only: bool

    def tracker(self, target: TargetSettings) -> Tracker:
        """Return the tracker that ``target`` names; nothing is sent yet."""
        match target.tracker.kind:
            case "local":
                return self._local(target)
            case "github":
                return self._github(target)
            case "gitlab":
                return self._gitlab(target)

    def project(self, target: TargetSettings) -> str:
        """Return the project's name in the store: equal for two targets exactly when they share the project."""
        table = target.tracker
        if table.kind == "local":
            return f"local:{tracker_path(self.settings, target).resolve()}"
        return f"{table.kind}:{tracker_spot(self.settings, target).host}/{table.project}".casefold()

    def _local(self, target: TargetSettings) -> Tracker:
        from plansync.bootstrap.places import file_or_memory
        from plansync.trackers.local.tracker import LocalTracker

        file = file_or_memory(tracker_path(self.settings, target), self.read_only)
        return LocalTracker(file, target.tracker.url, self.clock)

    def _github(self, target: TargetSettings) -> Tracker:
        from plansync.trackers.github.desk import GitHubDesk
        from plansync.trackers.github.tracker import capabilities_of, github_tracker, graphql_url, web_url_of

        spot = tracker_spot(self.settings, target)
        line, app = self.connections.line(spot)
        desk = GitHubDesk(
            line,
            spot.project,
            capabilities=capabilities_of(spot.account, spot.credential, line.pace.manners),
            graphql=graphql_url(spot.api_url),
            bot_of=app.login if app is not None else None,
            token_digest=app.digest if app is not None else lambda: spot.credential,
            app=app,
        )
        name, site = self.project(target), web_url_of(spot.api_url)
        tracker = github_tracker(desk, self.store.snapshots, name, web_url=site, formerly=target.tracker.formerly)
        return self._knowing_plans(tracker, target)

    def _gitlab(self, target: TargetSettings) -> Tracker:
        from plansync.hosts.gitlab_wire import site_url
        from plansync.trackers.gitlab.desk import GitLabDesk
        from plansync.trackers.gitlab.tracker import capabilities_of, gitlab_tracker

        spot = tracker_spot(self.settings, target)
        line, _ = self.connections.line(spot)
        desk = GitLabDesk(
            line,
            spot.project,
            site_url(spot.api_url),
            capabilities=capabilities_of(spot.account, spot.credential, line.pace.manners),
        )
        name = self.project(target)
        tracker = gitlab_tracker(desk, self.store.snapshots, name, formerly=target.tracker.formerly)
        return self._knowing_plans(tracker, target)

    def _knowing_plans(self, tracker: HostedTracker, target: TargetSettings) -> HostedTracker:
        """Tell ``tracker`` in which repository the plans are and, if that is on another host, how to ask about it."""
        from plansync.bootstrap.pages import home_of, repository_of, site_of

        found = repository_of(self.settings, target, home_of(self.settings, target))
        if found is not None and found.site == site_of(target.tracker):
            tracker.plans_in = found.project
        elif target.source.project is not None:
            spot = source_spot(self.settings, target)
            tracker.plans_in, tracker.ask_audience = f"{spot.host}/{spot.project}", lambda: self._audience(spot)
        return tracker

    def _audience(self, spot: Spot) -> Audience | None:
        """Ask the host of a source who may read its files."""
        from plansync.hosts.gitlab_wire import site_url
        from plansync.trackers.github.reading import GitHubReads
        from plansync.trackers.gitlab.reading import GitLabReads

        line, _ = self.connections.line(spot)
        if spot.kind == "github":
            return GitHubReads(line, spot.project).files_for(spot.project)
        return GitLabReads(line, spot.project, site_url(spot.api_url)).files_for(spot.project)

    @property
    def connections(self) -> Connections:
        """Return what makes lines to hosts."""
        return Connections(self.settings, self.clock, self.store)
