"""Where a target's plans are shown on the web, as far as it is known whose repository they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from plansync.core.links import page_of
from plansync.core.pages import Repository

if TYPE_CHECKING:
    from plansync.settings import Settings
    from plansync.settings.targets import SourceSettings, TargetSettings, TrackerSettings
    from plansync.sources.checkout import Home

_BY_SSH = re.compile(r"(?:[^@/:]+@)?(?P<host>\[[^\]/]+\]|[^@:/\[]+):/*(?P<path>.+)")
_SSH_HOSTS = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
"""Hosts that are spoken to by ssh on the port of https, and the sites that they belong to."""
_WELL_KNOWN = (("github", "https://github.com"), ("gitlab", "https://gitlab.com"))


def plans_at(settings: Settings, target: TargetSettings) -> str:
    """Return what the addresses of the target's plans begin with, empty where they have none that is known."""
    home = home_of(settings, target)
    repository = repository_of(settings, target, home)
    if repository is None:
        return ""
    return repository.begins(target.source.branch or "", home.below if home else "")


def home_of(settings: Settings, target: TargetSettings) -> Home | None:
    """Return where the target's folder lies in which checkout; None for other sources, and outside."""
    from plansync.settings.plain import source_path
    from plansync.sources.checkout import Checkout

    return Checkout(source_path(settings, target)).home() if target.source.kind == "folder" else None


def repository_of(settings: Settings, target: TargetSettings, home: Home | None) -> Repository | None:
    """Return the repository of the target's plans, None where its host is not known.

    Of several remotes the one that is the tracker's own project counts, for a clone of a fork has both.
    """
    source, tracker = target.source, target.tracker
    if source.project is not None:
        return Repository(source.kind, site_of(source), source.project)
    urls = (home.url, *home.others) if home is not None else (source.url or "",)
    for url in urls:
        repository = _known(settings, url)
        if repository is not None and repository.kind == tracker.kind and _is_project(repository, tracker):
            return repository
    return _known(settings, urls[0])


def relocated(settings: Settings, folder: Path) -> Settings:
    """Return settings whose plans are read from ``folder``, another checkout of the repository that they are for.

    So a preview can take plans from a proposal, and everything else from what was agreed on.
    """
    from plansync.sources.checkout import Checkout

    home = Checkout(folder).home()
    here = _known(settings, home.url) if home is not None else None
    targets = tuple(_relocated(settings, target, folder.resolve(), here) for target in settings.targets)
    return settings.model_copy(update={"targets": targets})


def _relocated(settings: Settings, target: TargetSettings, folder: Path, here: Repository | None) -> TargetSettings:
    from plansync.settings.plain import source_path
    from plansync.settings.targets import SourceSettings

    source = target.source
    if source.kind == "folder":
        path = source_path(settings, target)
        if not path.is_relative_to(settings.place.root):
            return target
        place = folder / path.relative_to(settings.place.root)
    elif here is not None and here == repository_of(settings, target, None):
        place = folder
    else:
        return target
    moved = SourceSettings(
        path=str(place),
        include=source.include,
        exclude=source.exclude,
        together=source.together,
        branch=source.branch,
    )
    return target.model_copy(update={"source": moved})


def site_of(table: TrackerSettings | SourceSettings) -> str:
    """Return the address of the pages of a table's host; of kinds ``github`` and ``gitlab``."""
    from plansync.hosts import github_wire, gitlab_wire
    from plansync.trackers.github.tracker import web_url_of

    if table.kind == "github":
        return web_url_of(table.api_url or github_wire.API_URL)
    return gitlab_wire.site_url(table.api_url or gitlab_wire.API_URL)


def _is_project(repository: Repository, tracker: TrackerSettings) -> bool:
    return (page_of(repository.site), repository.project.casefold()) == (
        page_of(site_of(tracker)),
        (tracker.project or "").casefold(),
    )


def _known(settings: Settings, url: str) -> Repository | None:
    """Return the repository that Git fetches from ``url``, None where the host is not known to be of a kind."""
    host, path, is_ssh = _parts(url)
    if not path:
        return None
    for kind, site in _sites(settings):
        place, _, below = page_of(site).partition("/")
        if is_ssh and place.partition(":")[0] == host:
            return Repository(kind, site, path)
        inside = path[len(below) :].strip("/") if f"{path}/".casefold().startswith(f"{below}/" if below else "") else ""
        if not is_ssh and place == host and inside:
            return Repository(kind, site, inside)
    return None


def _sites(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield kinds and addresses of all hosts that are known, those of the configuration first."""
    for target in settings.targets:
        for table in (target.tracker, target.source):
            if table.kind in {"github", "gitlab"}:
                yield table.kind, site_of(table)
    yield from _WELL_KNOWN


def _parts(url: str) -> tuple[str, str, bool]:
    """Return host, path and whether it is spoken to by ssh; an empty path for what is on no host."""
    plain = url.rstrip("/").removesuffix(".git")
    scheme, is_address, _ = plain.partition("://")
    if not is_address:
        found = _BY_SSH.fullmatch(plain)
        return (_by_ssh(found["host"]), found["path"], True) if found else ("", "", False)
    try:
        parts = urlsplit(plain)
        name = parts.hostname or ""
    except ValueError:
        return "", "", False
    path = unquote(parts.path).strip("/")
    if scheme in {"http", "https"}:
        return page_of(plain).partition("/")[0], path, False
    return (_by_ssh(name), path, True) if scheme in {"ssh", "git+ssh", "git"} else ("", "", False)


def _by_ssh(host: str) -> str:
    return _SSH_HOSTS.get(host.casefold(), host.casefold())
