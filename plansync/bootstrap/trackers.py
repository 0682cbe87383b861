"""Which tracker a target gets, wired with its credential, its pace and its memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plansync.settings.model import variable_part
from plansync.settings.plain import ca_path, manners_for, tracker_path
from plansync.settings.secrets import app_key_for, is_job_token, token_for

if TYPE_CHECKING:
    from plansync.core.pace import Manners
    from plansync.hosts.calls import Wire
    from plansync.hosts.github_app import Installation
    from plansync.hosts.line import Line
    from plansync.ports.clock import Clock
    from plansync.ports.store import Store
    from plansync.ports.tracker import Tracker
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings


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
        return f"{table.kind}:{self._host(target)}/{table.project}".casefold()

    def _local(self, target: TargetSettings) -> Tracker:
        from plansync.bootstrap.places import file_or_memory
        from plansync.trackers.local.tracker import LocalTracker

        file = file_or_memory(tracker_path(self.settings, target), self.read_only)
        return LocalTracker(file, target.tracker.url, self.clock)

    def _github(self, target: TargetSettings) -> Tracker:
        from plansync.hosts.github_wire import API_URL
        from plansync.trackers.github.desk import GitHubDesk
        from plansync.trackers.github.tracker import MANNERS, capabilities_of, github_tracker, graphql_url, web_url_of

        table = target.tracker
        api_url = table.api_url or API_URL
        project = table.project or ""
        credential = self._github_credential(target)
        account = f"{self._api_host(target)}:{credential}"
        line = self._line(target, account, manners_for(self.settings, self._host(target), MANNERS))
        app = self._connect_github(target, line)
        desk = GitHubDesk(
            line,
            project,
            capabilities=capabilities_of(account, credential, line.pace.manners),
            graphql=graphql_url(api_url),
            bot_of=app.login if app is not None else None,
            token_digest=app.digest if app is not None else lambda: credential,
            app=app,
        )
        name = self.project(target)
        return github_tracker(desk, self.store.snapshots, name, web_url=web_url_of(api_url), formerly=table.formerly)

    def _connect_github(self, target: TargetSettings, line: Line) -> Installation | None:
        """Give ``line`` its wire; return the App's installation where there is one."""
        from plansync.hosts.github_app import Installation, InstallationWire, app_auth
        from plansync.hosts.github_wire import API_URL, GitHubWire, token_auth
        from plansync.hosts.line import Line

        table = target.tracker
        api_url, ca_file = table.api_url or API_URL, ca_path(self.settings, target)

        def wire_for(token: str) -> Wire:
            return GitHubWire(token_auth(token), api_url, ca_file=ca_file)

        if table.app_id is None:
            token = token_for(self.settings, target, os.environ)
            line.wire = wire_for(token.get_secret_value()) if token else self._nothing(target, "GITHUB")
            return None
        key = app_key_for(self.settings)
        if not key:
            line.wire = self._nothing(target, "GITHUB_APP_KEY")
            return None
        as_app = Line(GitHubWire(app_auth(table.app_id, key, self.clock), api_url, ca_file=ca_file), line.pace)
        project = table.project or ""
        app = Installation(table.app_id, key, project, as_app, self.store.snapshots, self.clock)
        wire = InstallationWire(app, wire_for)
        line.wire, line.renew = wire, wire.renewed
        return app

    def _github_credential(self, target: TargetSettings) -> str:
        from plansync.hosts.digests import token_digest

        app_id = target.tracker.app_id
        if app_id is not None:
            return f"app-{app_id}"
        token = token_for(self.settings, target, os.environ)
        return token_digest(token.get_secret_value()) if token else ""

    def _gitlab(self, target: TargetSettings) -> Tracker:
        from plansync.hosts.digests import token_digest
        from plansync.hosts.gitlab_wire import API_URL, GitLabWire, site_url
        from plansync.trackers.gitlab.desk import GitLabDesk
        from plansync.trackers.gitlab.tracker import MANNERS, capabilities_of, gitlab_tracker

        table = target.tracker
        token = token_for(self.settings, target, os.environ)
        secret = token.get_secret_value() if token else ""
        credential = token_digest(secret) if secret else ""
        account = f"{self._api_host(target)}:{credential}"
        line = self._line(target, account, manners_for(self.settings, self._host(target), MANNERS))
        line.wire = (
            GitLabWire(
                secret,
                table.api_url or API_URL,
                is_job_token=is_job_token(secret, os.environ),
                ca_file=ca_path(self.settings, target),
            )
            if secret
            else self._nothing(target, "GITLAB")
        )
        desk = GitLabDesk(
            line,
            table.project or "",
            site_url(table.api_url or API_URL),
            capabilities=capabilities_of(account, credential, line.pace.manners),
        )
        return gitlab_tracker(desk, self.store.snapshots, self.project(target), formerly=table.formerly)

    def _line(self, target: TargetSettings, account: str, manners: Manners) -> Line:
        from plansync.hosts.line import Line
        from plansync.hosts.pace import Pace

        pace = Pace(self._api_host(target), account, manners, self.store.pacing, self.clock)
        return Line(self._nothing(target, "GITHUB"), pace)

    @staticmethod
    def _nothing(target: TargetSettings, variable: str) -> Wire:
        from plansync.hosts.calls import NoCredential

        if variable == "GITHUB_APP_KEY":
            hint = "set PLANSYNC_GITHUB_APP_KEY, or PLANSYNC_GITHUB_APP_KEY_FILE with the path of the key"
            return NoCredential(f"the target {target.name} has an app_id, but the App's private key is not set", hint)
        hint = f"set PLANSYNC_TOKEN_{variable_part(target.name)}, or PLANSYNC_{variable}_TOKEN for all such targets"
        return NoCredential(f"there is no token for the target {target.name}", hint)

    @staticmethod
    def _api_host(target: TargetSettings) -> str:
        from plansync.trackers.hosted.tracker import host_of

        default = "https://api.github.com" if target.tracker.kind == "github" else "https://gitlab.com"
        return host_of(target.tracker.api_url or default)

    def _host(self, target: TargetSettings) -> str:
        """Return the host in the addresses of the project's issues."""
        host = self._api_host(target)
        return "github.com" if host == "api.github.com" else host
