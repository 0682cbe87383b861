"""How a project on a host is reached: a line with its credential, its pace and its renewal; shared by what sits on it.

Trackers and sources of one host that use one credential share its pace: the host counts them together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from plansync.errors import SourceError
from plansync.settings.model import variable_part
from plansync.settings.plain import ca_path, manners_for
from plansync.settings.secrets import app_key_for, is_job_token, plain, source_token_for, token_for

if TYPE_CHECKING:
    from plansync.hosts.calls import Wire
    from plansync.hosts.github_app import Installation
    from plansync.hosts.line import Line
    from plansync.ports.clock import Clock
    from plansync.ports.store import Store
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings

_DEFAULTS: Mapping[str, str] = {"github": "https://api.github.com", "gitlab": "https://gitlab.com"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A project on a host, and what it is reached with. ``target`` is named in what is said about the credential."""

    kind: Literal["github", "gitlab"]
    target: str
    project: str
    api_url: str
    token: str = field(default="", repr=False)
    app_id: int | None = None
    ca_file: str = ""

    @property
    def api_host(self) -> str:
        """Return the host of the interface."""
        from plansync.trackers.hosted.tracker import host_of

        return host_of(self.api_url)

    @property
    def host(self) -> str:
        """Return the host in the addresses of pages."""
        return "github.com" if self.api_host == "api.github.com" else self.api_host

    @property
    def credential(self) -> str:
        """Return what tells this credential from others, and reveals nothing of it; empty without one."""
        from plansync.hosts.digests import token_digest

        if self.app_id is not None:
            return f"app-{self.app_id}"
        return token_digest(self.token) if self.token else ""

    @property
    def account(self) -> str:
        """Return whose pace it is."""
        return f"{self.api_host}:{self.credential}"


def tracker_spot(settings: Settings, target: TargetSettings) -> Spot:
    """Return where the issues of a target are, whose tracker is on a host."""
    table = target.tracker
    kind: Literal["github", "gitlab"] = "github" if table.kind == "github" else "gitlab"
    token = token_for(settings, target, os.environ) if table.app_id is None else None
    url = table.api_url or _DEFAULTS[kind]
    return Spot(kind, target.name, table.project or "", url, plain(token), table.app_id, ca_path(settings, target))


def source_spot(settings: Settings, target: TargetSettings) -> Spot:
    """Return where the plans of a target are, whose source is on a host.

    On the tracker's own host it is reached with what the tracker is reached with, the App and the trust included.
    """
    table, tracker = target.source, target.tracker
    kind: Literal["github", "gitlab"] = "github" if table.kind == "github" else "gitlab"
    url = table.api_url or _DEFAULTS[kind]
    is_home = tracker.kind == kind and (tracker.api_url or _DEFAULTS[kind]) == url
    app_id = tracker.app_id if is_home else None
    token = source_token_for(settings, target, os.environ) if app_id is None else None
    ca_file = ca_path(settings, target) if is_home else ""
    return Spot(kind, target.name, table.project or "", url, plain(token), app_id, ca_file)


@dataclass(frozen=True, slots=True)
class Connections:
    """Makes lines."""

    settings: Settings
    clock: Clock
    store: Store

    def line(self, spot: Spot) -> tuple[Line, Installation | None]:
        """Return a line to ``spot``, and the App's installation where it speaks as one; nothing is sent yet."""
        from plansync.hosts.line import Line
        from plansync.hosts.pace import Pace
        from plansync.trackers.github.tracker import MANNERS as GITHUB
        from plansync.trackers.gitlab.tracker import MANNERS as GITLAB

        manners = manners_for(self.settings, spot.host, GITHUB if spot.kind == "github" else GITLAB)
        pace = Pace(spot.api_host, spot.account, manners, self.store.pacing, self.clock)
        line = Line(nothing(spot.target, spot.kind.upper()), pace)
        if spot.kind == "github":
            return line, self._connect_github(spot, line)
        self._connect_gitlab(spot, line)
        return line, None

    def _connect_github(self, spot: Spot, line: Line) -> Installation | None:
        """Give ``line`` its wire; return the App's installation where there is one."""
        from plansync.hosts.github_app import Installation, InstallationWire, app_auth
        from plansync.hosts.github_wire import GitHubWire, token_auth
        from plansync.hosts.line import Line

        def wire_for(token: str) -> Wire:
            return GitHubWire(token_auth(token), spot.api_url, ca_file=spot.ca_file)

        if spot.app_id is None:
            line.wire = wire_for(spot.token) if spot.token else line.wire
            return None
        key = app_key_for(self.settings)
        if not key:
            line.wire = nothing(spot.target, "GITHUB_APP_KEY")
            return None
        as_app = Line(GitHubWire(app_auth(spot.app_id, key, self.clock), spot.api_url, ca_file=spot.ca_file), line.pace)
        app = Installation(spot.app_id, key, spot.project, as_app, self.store.snapshots, self.clock)
        wire = InstallationWire(app, wire_for)
        line.wire, line.renew = wire, wire.renewed
        return app

    @staticmethod
    def _connect_gitlab(spot: Spot, line: Line) -> None:
        from plansync.hosts.gitlab_wire import GitLabWire

        if spot.token:
            is_job = is_job_token(spot.token, os.environ)
            line.wire = GitLabWire(spot.token, spot.api_url, is_job_token=is_job, ca_file=spot.ca_file)


def nothing(target: str, variable: str) -> Wire:
    """Return the wire of a target without a credential, which says what is missing."""
    from plansync.hosts.calls import NoCredential

    if variable == "GITHUB_APP_KEY":
        return NoCredential(str(missing_key(target)), missing_key(target).hint)
    hint = f"set PLANSYNC_TOKEN_{variable_part(target)}, or PLANSYNC_{variable}_TOKEN for all such targets"
    return NoCredential(f"there is no token for the target {target}", hint)


def missing_key(target: str) -> SourceError:
    """Return what is said where an App's key is missing."""
    hint = "set PLANSYNC_GITHUB_APP_KEY, or PLANSYNC_GITHUB_APP_KEY_FILE with the path of the key"
    return SourceError(f"the target {target} has an app_id, but the App's private key is not set", hint=hint)
