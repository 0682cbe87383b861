"""The composition root: settings in, wired services out. The only place that picks adapters.

Adapters are imported when they are picked, so that a command pays only for what it uses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.app.request import Target, Workshop
from plansync.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from plansync.bootstrap.trackers import Wiring
    from plansync.core.rules import Limits
    from plansync.ports.clock import Clock
    from plansync.ports.renderer import Renderer
    from plansync.ports.source import Source
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings
    from plansync.sources.folder import FolderSource
    from plansync.store.open import SqlStore


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, span: timedelta) -> None:
        time.sleep(max(0.0, span.total_seconds()))


def open_workshop(settings: Settings, *, read_only: bool = False, clock: Clock | None = None) -> Workshop:
    """Return all that a use case works with, as ``settings`` describe it; ``clock`` is the machine's unless given.

    Raises ``ConfigError`` for what this version has no adapter for and for one file in two targets, ``StoreError`` if
    the state database cannot be used. With ``read_only``, for commands that promise to change nothing, no file is
    made: a database that is not there yet is an empty one in memory.
    """
    from plansync.bootstrap.trackers import Wiring

    sources = open_sources(settings)
    renderer = _renderer(settings)
    if not read_only:  # from here on nothing is wrong with the configuration any more
        make_folders(settings)
    store = open_state(settings, read_only=read_only)
    wiring = Wiring(settings, clock or SystemClock(), store, read_only)
    return _wired(wiring, settings.targets, sources, renderer)


def wire_targets(wiring: Wiring, targets: Sequence[TargetSettings]) -> Workshop:
    """Return a workshop of some targets on a store that is open; raises ``ConfigError`` like :func:`open_workshop`."""
    return _wired(wiring, targets, _sources(wiring.settings, targets), _renderer(wiring.settings))


def _renderer(settings: Settings) -> Renderer:
    from plansync.rendering.renderer import TemplateRenderer
    from plansync.settings.plain import templates_path

    return TemplateRenderer(templates_path(settings))


def _wired(
    wiring: Wiring, targets: Sequence[TargetSettings], sources: Sequence[Source], renderer: Renderer
) -> Workshop:
    from plansync.core.parser import parse_plan
    from plansync.settings.plain import limits_of, rules_for
    from plansync.store.processes import this_process

    settings, limits = wiring.settings, limits_of(wiring.settings)
    wired = tuple(
        Target(
            name=target.name,
            source=source,
            tracker=wiring.tracker(target),
            rules=rules_for(settings, target),
            limits=limits,
            renderer=renderer,
            project=wiring.project(target),
        )
        for target, source in zip(targets, sources, strict=True)
    )
    return Workshop(wired, wiring.store, wiring.clock, parse_plan, this_process())


def close_workshop(workshop: Workshop) -> None:
    """Let go of the state database and of all trackers' files."""
    close_trackers(workshop)
    workshop.store.close()


def close_trackers(workshop: Workshop) -> None:
    """Let go of all trackers' files."""
    from plansync.trackers.local.tracker import LocalTracker

    for target in workshop.targets:
        if isinstance(target.tracker, LocalTracker):
            target.tracker.close()


def open_sources(settings: Settings) -> tuple[FolderSource, ...]:
    """Return the sources of all targets, in order, without opening anything else.

    Raises ``ConfigError`` if one file stands in two targets (spec §3.7), for its issues would have two masters.
    """
    return _sources(settings, settings.targets)


def _sources(settings: Settings, targets: Sequence[TargetSettings]) -> tuple[FolderSource, ...]:
    from plansync.settings.plain import limits_of

    limits = limits_of(settings)
    sources = tuple(_source(settings, target, limits) for target in targets)
    if len(sources) > 1:
        _check_files([target.name for target in targets], sources)
    return sources


def open_folder(settings: Settings, folder: Path) -> FolderSource:
    """Return a source on ``folder``, for commands that read any file named, whatever the targets are."""
    from plansync.settings.plain import limits_of
    from plansync.sources.checkout import Checkout
    from plansync.sources.folder import FolderSource
    from plansync.sources.globs import Globs

    return FolderSource(folder, Globs(("*",)), limits_of(settings).plan_bytes, Checkout(folder))


def _require(table: str, name: str, kind: str, built: str) -> None:
    if kind != built:
        raise ConfigError(
            f'targets.{name}.{table}.kind: "{kind}" is not available in this version',
            hint=f'use kind = "{built}", or a version of plansync that has it',
        )


def _check_files(names: Sequence[str], sources: Sequence[FolderSource]) -> None:
    owners: dict[Path, str] = {}
    for name, source in zip(names, sources, strict=True):
        for file in _real_files(source):
            owner = owners.setdefault(file, name)
            if owner != name:
                raise ConfigError(
                    f"{file}: stands in two targets, {owner} and {name}",
                    hint="let include and exclude of one of them pass it over",
                )


def _real_files(source: FolderSource) -> frozenset[Path]:
    """Return the plans of ``source`` with links followed; none of a source that its own run will complain about."""
    try:
        return frozenset((source.root / path).resolve() for path in source.list())
    except SourceError:
        return frozenset()


def _source(settings: Settings, target: TargetSettings, limits: Limits) -> FolderSource:
    from plansync.settings.plain import source_path
    from plansync.sources.checkout import Checkout, ci_branch
    from plansync.sources.folder import FolderSource
    from plansync.sources.globs import Globs

    _require("source", target.name, target.source.kind, "folder")
    root = source_path(settings, target)
    checkout = Checkout(root, target.source.branch or "", ci_branch(os.environ))
    return FolderSource(root, Globs(target.source.include, target.source.exclude), limits.plan_bytes, checkout)


def open_state(settings: Settings, *, read_only: bool = False) -> SqlStore:
    """Open the state database; raises ``StoreError`` if it cannot be used."""
    from plansync.bootstrap.places import IN_MEMORY, file_or_memory
    from plansync.settings.plain import state_file, state_url
    from plansync.store.open import open_store

    file = state_file(settings)
    is_to_be_made = file is not None and file_or_memory(file, read_only) != file
    return open_store(f"sqlite:///{IN_MEMORY}" if is_to_be_made else state_url(settings))


def make_folders(settings: Settings) -> None:
    """Make ``.plansync/`` if anything of this configuration lives in it."""
    from plansync.settings.plain import state_file, tracker_path

    state = settings.place.state
    local = (target for target in settings.targets if target.tracker.kind == "local")
    files = [state_file(settings), *(tracker_path(settings, target) for target in local)]
    if any(file is not None and file.is_relative_to(state) for file in files):
        settings.place.make_state_folder()
