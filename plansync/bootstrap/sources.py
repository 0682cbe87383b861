"""Which source a target gets, wired with its patterns, its limits and, where it is far away, its credential."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.errors import ConfigError, SourceError
from plansync.settings.plain import copies_path, limits_of, source_path
from plansync.settings.secrets import git_token_for

if TYPE_CHECKING:
    from plansync.ports.source import Source
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings
    from plansync.sources.git.copy import WorkingCopy
    from plansync.sources.globs import Globs


def open_sources(settings: Settings, targets: Sequence[TargetSettings], *, read_only: bool) -> tuple[Source, ...]:
    """Return the sources of ``targets``, in order, without opening anything else.

    Raises ``ConfigError`` if one file stands in two targets (spec §3.7), for its issues would have two masters. With
    ``read_only`` a working copy that is not there yet is kept in a folder that is gone afterwards.
    """
    sources = tuple(_source(settings, target, read_only=read_only) for target in targets)
    if len(sources) > 1:
        _check_files([target.name for target in targets], sources)
    return sources


def _source(settings: Settings, target: TargetSettings, *, read_only: bool) -> Source:
    match target.source.kind:
        case "folder":
            return _folder(settings, target)
        case "git":
            return _git(settings, target, read_only=read_only)
        case kind:
            raise ConfigError(
                f'targets.{target.name}.source.kind: "{kind}" is not available in this version',
                hint='use kind = "folder" or "git", or a version of plansync that has it',
            )


def _folder(settings: Settings, target: TargetSettings) -> Source:
    from plansync.sources.checkout import Checkout, ci_branch
    from plansync.sources.folder import FolderSource

    root = source_path(settings, target)
    checkout = Checkout(root, target.source.branch or "", ci_branch(os.environ))
    return FolderSource(root, _globs(target), limits_of(settings).plan_bytes, checkout)


def _git(settings: Settings, target: TargetSettings, *, read_only: bool) -> Source:
    from plansync.sources.git.addresses import check_branch, read_address
    from plansync.sources.git.copy import WorkingCopy
    from plansync.sources.git.program import Credential, Git
    from plansync.sources.git.proposing import BRANCH
    from plansync.sources.git.source import GitSource
    from plansync.sources.git.tip import Tip
    from plansync.sources.style import Style

    table = target.source
    try:
        address = read_address(table.url or "", settings.place.resolve("."))
        branch = check_branch(table.branch) if table.branch is not None else ""
    except ConfigError as error:
        raise ConfigError(f"targets.{target.name}.source: {error}", hint=error.hint) from error
    secret = git_token_for(settings, target, os.environ, address.host)
    folder = copies_path(settings) / hashlib.sha256(address.url.encode()).hexdigest()[:16]
    copy = WorkingCopy(Git(folder, address, Credential(secret, table.username)))
    if read_only and not folder.exists():
        copy = _passing(copy)
    style = Style(table.commit.author, table.commit.sign_off, table.commit.skip_ci)
    tip = Tip(copy, _globs(target), branch, "" if table.write == "direct" else BRANCH)
    return GitSource(tip, limits_of(settings).plan_bytes, style, table.write)


def _passing(copy: WorkingCopy) -> WorkingCopy:
    """Return a copy of the same remote that is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="plansync-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return replace(copy, git=replace(copy.git, folder=folder / copy.git.folder.name))


def _globs(target: TargetSettings) -> Globs:
    from plansync.sources.globs import Globs

    return Globs(target.source.include, target.source.exclude)


def _check_files(names: Sequence[str], sources: Sequence[Source]) -> None:
    owners: dict[str, str] = {}
    for name, source in zip(names, sources, strict=True):
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
    except SourceError:
        return frozenset()
