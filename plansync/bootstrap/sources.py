"""Which source a target gets, wired with its patterns, its limits and, where it is far away, its credential."""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.bootstrap.connections import Connections, source_spot, tracker_spot
from plansync.errors import ConfigError, PlansyncError
from plansync.settings.plain import copies_path, limits_of, source_path
from plansync.settings.secrets import git_token_for, is_by_app

if TYPE_CHECKING:
    from plansync.bootstrap.connections import Spot
    from plansync.ports.source import Source
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings
    from plansync.sources.git.addresses import Address
    from plansync.sources.git.copy import WorkingCopy
    from plansync.sources.git.program import Credential, Keyring
    from plansync.sources.git.source import GitSource
    from plansync.sources.globs import Globs
    from plansync.sources.hosted.desk import Desk

_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def open_sources(settings: Settings, targets: Sequence[TargetSettings], *, read_only: bool) -> tuple[Source, ...]:
    """Return the sources of ``targets``, in order, for commands that open nothing else.

    Those over an API remember what they see where the state database is there already, else for this process alone.
    Raises ``ConfigError`` like :func:`near_sources` and :func:`all_sources`.
    """
    near = near_sources(settings, targets, read_only=read_only)
    if all(source is not None for source in near):
        return tuple(source for source in near if source is not None)
    from plansync.bootstrap import SystemClock, open_state

    store = open_state(settings, read_only=True)
    atexit.register(store.close)
    return all_sources(Connections(settings, SystemClock(), store), targets, near, read_only=read_only)


def near_sources(
    settings: Settings, targets: Sequence[TargetSettings], *, read_only: bool
) -> tuple[Source | None, ...]:
    """Return the sources of ``targets`` that need no state database, None for the others, which are looked through.

    Raises ``ConfigError`` if one file stands in two targets (spec §3.7), for its issues would have two masters. With
    ``read_only`` a working copy that is not there yet is kept in a folder that is gone afterwards.
    """
    sources = tuple(_near(settings, target, read_only=read_only) for target in targets)
    _check_files([(target.name, source) for target, source in zip(targets, sources, strict=True) if source])
    return sources


def all_sources(
    connections: Connections, targets: Sequence[TargetSettings], near: Sequence[Source | None], *, read_only: bool
) -> tuple[Source, ...]:
    """Return ``near`` with the others in their places; raises ``ConfigError`` as for those."""
    pairs = zip(targets, near, strict=True)
    far = [(target.name, _far(connections, target, read_only=read_only)) for target, source in pairs if not source]
    _check_files(far)
    rest = iter(source for _, source in far)
    sources = tuple(source or next(rest) for source in near)
    for target, source in zip(targets, sources, strict=True):
        _add_reviews(connections, target, source)
    return sources


def _near(settings: Settings, target: TargetSettings, *, read_only: bool) -> Source | None:
    match target.source.kind:
        case "folder":
            return _folder(settings, target)
        case "git":
            return _near_git(settings, target, read_only=read_only)
        case _:
            _globs(target), _branch(target)
            return None


def _near_git(settings: Settings, target: TargetSettings, *, read_only: bool) -> Source | None:
    from plansync.sources.git.program import Credential

    host = _address(settings, target).host
    if is_by_app(target, host):
        _globs(target), _branch(target)
        return None
    credential = Credential(git_token_for(settings, target, os.environ, host), target.source.username)
    return _git(settings, target, credential, read_only=read_only)


def _far(connections: Connections, target: TargetSettings, *, read_only: bool) -> Source:
    if target.source.kind != "git":
        return _hosted(connections, target)
    from plansync.sources.git.program import Credential

    credential = Credential(user=target.source.username, keyring=_app_keyring(connections, target))
    return _git(connections.settings, target, credential, read_only=read_only)


def _app_keyring(connections: Connections, target: TargetSettings) -> Keyring:
    """Return the App of the target's tracker, in its installation at the owner of the source's repository."""
    from plansync.bootstrap.app_keyring import AppKeyring

    place = _place_at_home(connections, target, _address(connections.settings, target).url)
    spot = tracker_spot(connections.settings, target) if place is None else place
    _, app = connections.line(spot)
    return AppKeyring(app, target.name)


def _hosted(connections: Connections, target: TargetSettings) -> Source:
    from plansync.sources.hosted.memory import Memory
    from plansync.sources.hosted.source import HostedSource
    from plansync.sources.hosted.tip import Tip
    from plansync.sources.style import Style

    settings, table, branch = connections.settings, target.source, _branch(target)
    spot = source_spot(settings, target)
    uid = f"{spot.kind}:{spot.host}/{spot.project.casefold()}#{branch}"
    patterns = hashlib.sha256(repr((table.include, table.exclude)).encode()).hexdigest()[:16]
    memory = Memory(connections.store.snapshots, f"source:{uid}:{patterns}")
    tip = Tip(_desk(connections, target, spot), _globs(target), limits_of(settings).plan_bytes, memory, branch)
    style = Style(table.commit.author, table.commit.sign_off, table.commit.skip_ci)
    return HostedSource(uid, tip, style, table.write, _requests_branch(settings, target))


def _add_reviews(connections: Connections, target: TargetSettings, source: Source) -> None:
    """Let a source that is reached by Git open its requests itself, where its repository is on the tracker's host."""
    from plansync.sources.git.source import GitSource

    if isinstance(source, GitSource) and (spot := _place_at_home(connections, target, source.tip.url)) is not None:
        source.reviews = _desk(connections, target, spot).reviews


def _place_at_home(connections: Connections, target: TargetSettings, url: str) -> Spot | None:
    """Return the repository that Git reaches at ``url``, if it is on the tracker's host."""
    from plansync.bootstrap.doors import remote_page
    from plansync.core.links import page_of
    from plansync.hosts.gitlab_wire import site_url
    from plansync.trackers.github.tracker import web_url_of

    if target.tracker.kind == "local":
        return None
    home = tracker_spot(connections.settings, target)
    site = page_of(web_url_of(home.api_url) if home.kind == "github" else site_url(home.api_url))
    page = remote_page(url)
    return replace(home, project=page.removeprefix(f"{site}/")) if page.startswith(f"{site}/") else None


def _desk(connections: Connections, target: TargetSettings, spot: Spot) -> Desk:
    from plansync.sources.github.desk import GitHubDesk
    from plansync.sources.gitlab.desk import GitLabDesk
    from plansync.sources.style import Style
    from plansync.trackers.github.tracker import graphql_url

    line, _ = connections.line(spot)
    if spot.kind == "github":
        return GitHubDesk(line, spot.project, graphql_url(spot.api_url))
    commit = target.source.commit
    author = Style(commit.author).identity() if "author" in commit.model_fields_set else None
    return GitLabDesk(line, spot.project, author)


def _branch(target: TargetSettings) -> str:
    from plansync.sources.branches import check_branch

    try:
        return check_branch(target.source.branch) if target.source.branch is not None else ""
    except ConfigError as error:
        raise ConfigError(f"targets.{target.name}.source: {error}", hint=error.hint) from error


def _requests_branch(settings: Settings, target: TargetSettings) -> str:
    """Return the branch that requests for review come from; targets that share a repository have one each."""
    source = target.source
    place = (source.kind, source.api_url, source.project, source.url)
    others = [t for t in settings.targets if (t.source.kind, t.source.api_url, t.source.project, t.source.url) == place]
    return "plansync/sync" if len(others) < 2 else f"plansync/sync-{_NO_NAME.sub('-', target.name).strip('-.')}"


def _folder(settings: Settings, target: TargetSettings) -> Source:
    from plansync.sources.checkout import Checkout, ci_branch
    from plansync.sources.folder import FolderSource

    root = source_path(settings, target)
    checkout = Checkout(root, target.source.branch or "", ci_branch(os.environ))
    return FolderSource(root, _globs(target), limits_of(settings).plan_bytes, checkout)


def _git(settings: Settings, target: TargetSettings, credential: Credential, *, read_only: bool) -> GitSource:
    from plansync.sources.git.copy import WorkingCopy
    from plansync.sources.git.program import Git
    from plansync.sources.git.source import GitSource
    from plansync.sources.git.tip import Tip
    from plansync.sources.style import Style

    table, address, branch = target.source, _address(settings, target), _branch(target)
    folder = copies_path(settings) / hashlib.sha256(address.url.encode()).hexdigest()[:16]
    copy = WorkingCopy(Git(folder, address, credential))
    if read_only and not folder.exists():
        copy = _passing(copy)
    style = Style(table.commit.author, table.commit.sign_off, table.commit.skip_ci)
    tip = Tip(copy, _globs(target), branch, "" if table.write == "direct" else _requests_branch(settings, target))
    return GitSource(tip, limits_of(settings).plan_bytes, style, table.write)


def _address(settings: Settings, target: TargetSettings) -> Address:
    from plansync.sources.git.addresses import read_address

    try:
        return read_address(target.source.url or "", settings.place.resolve("."))
    except ConfigError as error:
        raise ConfigError(f"targets.{target.name}.source: {error}", hint=error.hint) from error


def _passing(copy: WorkingCopy) -> WorkingCopy:
    """Return a copy of the same remote that is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="plansync-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return replace(copy, git=replace(copy.git, folder=folder / copy.git.folder.name))


def _globs(target: TargetSettings) -> Globs:
    from plansync.sources.globs import Globs

    return Globs(target.source.include, target.source.exclude)


def _check_files(named: Sequence[tuple[str, Source]]) -> None:
    owners: dict[str, str] = {}
    sources = [source for _, source in named]
    for name, source in named if len(named) > 1 else ():
        for file in _real_files(source, sources):
            owner = owners.setdefault(file, name)
            if owner != name:
                raise ConfigError(
                    f"{file}: stands in two targets, {owner} and {name}",
                    hint="let include and exclude of one of them pass it over",
                )


def _real_files(source: Source, sources: Sequence[Source]) -> frozenset[str]:
    """Return the plans of ``source`` with links followed; none of a source that its own run will complain about.

    A remote is only asked where another target may have the same files.
    """
    from plansync.sources.folder import FolderSource

    try:
        if isinstance(source, FolderSource):
            return frozenset(str((source.root / path).resolve()) for path in source.list())
        has_twin = sum(other.uid == source.uid for other in sources) > 1
        return frozenset(f"{source.uid}:{path}" for path in source.list()) if has_twin else frozenset()
    except PlansyncError:
        return frozenset()
