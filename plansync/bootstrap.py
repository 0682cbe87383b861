"""The composition root: settings in, wired services out. The only place that picks adapters.

Adapters are imported when they are picked, so that a command pays only for what it uses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from plansync.app.request import Target, Workshop
from plansync.errors import ConfigError, SourceError, StoreError

if TYPE_CHECKING:
    from plansync.core.rules import Limits
    from plansync.ports.clock import Clock
    from plansync.ports.renderer import Renderer
    from plansync.ports.source import Source
    from plansync.ports.store import Journal, Leases, PlanStates, Store
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings
    from plansync.sources.folder import FolderSource


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, span: timedelta) -> None:
        time.sleep(max(0.0, span.total_seconds()))


class NoStore:
    """Stands where a command needs no state: nothing is opened or made on disk, and nothing can be asked for."""

    @property
    def plans(self) -> PlanStates:
        _no_state()

    @property
    def journal(self) -> Journal:
        _no_state()

    @property
    def leases(self) -> Leases:
        _no_state()

    def close(self) -> None:
        """Do nothing; nothing is open."""


def open_workshop(settings: Settings, *, need_store: bool = True) -> Workshop:
    """Return all that a use case works with, as ``settings`` describe it.

    Raises ``ConfigError`` for what this version has no adapter for and for one file in two targets, ``StoreError`` if
    the state database cannot be used. Without ``need_store`` nothing is made on disk, and no state can be asked for.
    """
    from plansync.core.parser import parse_plan
    from plansync.rendering.renderer import TemplateRenderer
    from plansync.settings.plain import limits_of, templates_path
    from plansync.store.processes import this_process

    sources = open_sources(settings)
    clock = SystemClock()
    wiring = _Wiring(settings, clock, TemplateRenderer(templates_path(settings)), limits_of(settings))
    if need_store:
        _make_folders(settings)
    return Workshop(
        targets=tuple(wiring.target(target, source) for target, source in zip(settings.targets, sources, strict=True)),
        store=_open_store(settings) if need_store else NoStore(),
        clock=clock,
        parse=parse_plan,
        holder=this_process(),
    )


def open_sources(settings: Settings) -> tuple[FolderSource, ...]:
    """Return the sources of all targets, in order, without opening anything else.

    Raises ``ConfigError`` if one file stands in two targets (spec §3.7), for its issues would have two masters.
    """
    from plansync.settings.plain import limits_of

    limits = limits_of(settings)
    sources = tuple(_source(settings, target, limits) for target in settings.targets)
    if len(sources) > 1:
        _check_files([target.name for target in settings.targets], sources)
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


@dataclass(frozen=True, slots=True)
class _Wiring:
    """What all targets share."""

    settings: Settings
    clock: Clock
    renderer: Renderer
    limits: Limits

    def target(self, target: TargetSettings, source: Source) -> Target:
        """Wire one target."""
        from plansync.settings.plain import rules_for, tracker_path
        from plansync.trackers.local.tracker import LocalTracker

        _require("tracker", target.name, target.tracker.kind, "local")
        path = tracker_path(self.settings, target)
        return Target(
            name=target.name,
            source=source,
            tracker=LocalTracker(path, target.tracker.url, self.clock),
            rules=rules_for(self.settings, target),
            limits=self.limits,
            renderer=self.renderer,
            project=f"local:{path.resolve()}",
        )


def _open_store(settings: Settings) -> Store:
    from plansync.settings.plain import state_url
    from plansync.store.open import open_store

    return open_store(state_url(settings))


def _make_folders(settings: Settings) -> None:
    """Make ``.plansync/`` if anything of this configuration lives in it."""
    from plansync.settings.plain import state_url, tracker_path

    state = settings.place.state
    files = [tracker_path(settings, target) for target in settings.targets]
    if f"///{state}/" in state_url(settings) or any(file.is_relative_to(state) for file in files):
        settings.place.make_state_folder()


def _no_state() -> NoReturn:
    raise StoreError("this command was started without the state database")
