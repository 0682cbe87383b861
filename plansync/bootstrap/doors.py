"""Where webhooks come in: for each host with a secret a door, which knows where the targets live."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from plansync.app.hearing import Place, hear
from plansync.core.events import Event
from plansync.core.links import Address, page_of
from plansync.ports.queue import Letter
from plansync.ports.webhook import Door, Refused

if TYPE_CHECKING:
    from plansync.settings import Settings
    from plansync.settings.tables import Secrets
    from plansync.settings.targets import TargetSettings
    from plansync.sources.checkout import Home

Headers = Mapping[str, str]
_BY_SSH = re.compile(r"(?:[^@/:]+@)?(?P<host>\[[^\]/]+\]|[^@:/\[]+):/*(?P<path>.+)")
_PORT = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class HostDoor:
    """The door of one host; what is the host's own is given in three functions, as in its module ``webhook``."""

    doubt: Callable[[Headers, bytes, Sequence[str], datetime], str]
    delivery_of: Callable[[Headers, bytes], str]
    events_of: Callable[[Headers, bytes], tuple[Event, ...]]
    secrets: Sequence[str]
    places: Sequence[Place]

    def read(self, headers: Headers, body: bytes, now: datetime) -> Letter | Refused:
        if doubt := self.doubt(headers, body, self.secrets, now):
            return Refused(401, doubt)
        try:
            events = self.events_of(headers, body)
        except ValueError:
            return Refused(400, "the body is no JSON")
        return Letter(hear(events, self.places), self.delivery_of(headers, body))


def open_doors(settings: Settings) -> Mapping[str, Door]:
    """Return the doors by kind of host (``github``, ``gitlab``); a kind without a secret has none.

    Git is asked once where the folders of plans come from.
    """
    from plansync.trackers.github import webhook as github
    from plansync.trackers.gitlab import webhook as gitlab

    doors: dict[str, Door] = {}
    webhooks = settings.webhooks
    secrets = {"github": _plain(webhooks.github_secret), "gitlab": _plain(webhooks.gitlab_token)}
    if not any(secrets.values()):
        return doors
    places = places_of(settings)
    for kind, host in (("github", github), ("gitlab", gitlab)):
        if secrets[kind]:
            doors[kind] = HostDoor(host.doubt, host.delivery_of, host.events_of, secrets[kind], places)
    return doors


def places_of(settings: Settings) -> tuple[Place, ...]:
    """Return where the targets live."""
    return tuple(_place(settings, target) for target in settings.targets)


def _plain(secrets: Secrets) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)


def _place(settings: Settings, target: TargetSettings) -> Place:
    from plansync.sources.checkout import Home
    from plansync.sources.globs import Globs

    source, tracker = target.source, target.tracker
    projects = _pages(tracker.kind, tracker.api_url, tracker.project, tracker.formerly)
    home = _home(settings, target) if source.project is None else Home("", "")
    hosted = _pages(source.kind, source.api_url, source.project)
    return Place(
        target=target.name,
        projects=projects,
        repositories=hosted or _repositories(home, projects),
        branch=source.branch or "",
        below=home.below if home else None,
        is_plan=Globs(source.include, source.exclude).reach,
    )


def _pages(kind: str, api_url: str | None, project: str | None, formerly: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the pages of a project, none for the embedded tracker."""
    from plansync.hosts import github_wire, gitlab_wire
    from plansync.trackers.github.tracker import web_url_of

    match kind:
        case "github":
            site = web_url_of(api_url or github_wire.API_URL)
        case "gitlab":
            site = gitlab_wire.site_url(api_url or gitlab_wire.API_URL)
        case _:
            return frozenset()
    return Address(kind, page_of(site), project or "", formerly).pages - {""}


def _home(settings: Settings, target: TargetSettings) -> Home | None:
    from plansync.settings.plain import source_path
    from plansync.sources.checkout import Checkout, Home

    if target.source.kind == "git":
        return Home(target.source.url or "", "")
    return Checkout(source_path(settings, target)).home()


def _repositories(home: Home | None, projects: frozenset[str]) -> frozenset[str]:
    """Return the pages of the repository that a folder belongs to.

    A remote that is spoken to by ssh has the web's host and path, or another host or no sub-path, where it is the
    tracker's project all the same if their paths end alike. A folder without a remote that has a page belongs there.
    """
    page = remote_page(home.url) if home else ""
    if not page:
        return projects
    path = page.partition("/")[2]
    return frozenset({page}) | (projects if any(f"/{project}".endswith(f"/{path}") for project in projects) else set())


def remote_page(url: str) -> str:
    """Return the page of the repository that Git fetches from ``url``, empty for a path of this machine."""
    plain = url.rstrip("/").removesuffix(".git")
    scheme, is_address, _ = plain.partition("://")
    if not is_address:
        found = _BY_SSH.fullmatch(plain)
        return f"{found['host']}/{found['path']}".casefold() if found else ""
    page = page_of(plain)
    if scheme in {"http", "https"}:
        return page
    host, _, path = page.partition("/")
    return f"{_PORT.sub('', host)}/{path}" if host and scheme in {"ssh", "git+ssh", "git"} else ""
