"""The composition root: settings in, wired services out. The only place that picks adapters.

Adapters are imported when they are picked, so that a command pays only for what it uses.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.app.request import Target, Workshop

if TYPE_CHECKING:
    from plansync.bootstrap.trackers import Wiring
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
    from plansync.bootstrap.sources import all_sources, near_sources
    from plansync.bootstrap.trackers import Wiring

    near = near_sources(settings, settings.targets, read_only=read_only)
    renderer = _renderer(settings)
    if not read_only:  # from here on nothing is wrong with the configuration any more
        make_folders(settings)
    store = open_state(settings, read_only=read_only)
    wiring = Wiring(settings, clock or SystemClock(), store, read_only)
    sources = all_sources(wiring.connections, settings.targets, near, read_only=read_only)
    return _wired(wiring, settings.targets, sources, renderer)


def wire_targets(wiring: Wiring, targets: Sequence[TargetSettings]) -> Workshop:
    """Return a workshop of some targets on a store that is open; raises ``ConfigError`` like :func:`open_workshop`."""
    from plansync.bootstrap.sources import all_sources, near_sources

    near = near_sources(wiring.settings, targets, read_only=False)
    sources = all_sources(wiring.connections, targets, near, read_only=False)
    return _wired(wiring, targets, sources, _renderer(wiring.settings))


def _renderer(settings: Settings) -> Renderer:
    from plansync.rendering.renderer import TemplateRenderer
    from plansync.settings.plain import templates_path

    renderer = TemplateRenderer(templates_path(settings))
    if any(target.source.kind != "folder" for target in settings.targets):
        _check_commit_template(renderer)
    return renderer


def _check_commit_template(renderer: Renderer) -> None:
    """Raise ``TemplateError`` now, and not after issues were opened, if no commit can be described."""
    from plansync.core.facts import CommitFacts, RequestFacts, WrittenFacts

    written = WrittenFacts(path="plans/plan.md", links=2, boxes=1, status="In Progress")
    for facts in (CommitFacts, RequestFacts):
        renderer.render(facts(target="web", plans=(written, written)))


def _wired(
    wiring: Wiring, targets: Sequence[TargetSettings], sources: Sequence[Source], renderer: Renderer
) -> Workshop:
    from plansync.bootstrap.pages import plans_at
    from plansync.core.parser import parse_plan
    from plansync.settings.plain import limits_of, rules_for
    from plansync.store.processes import this_process

    settings, limits = wiring.settings, limits_of(wiring.settings)
    wired = tuple(
        Target(
            name=target.name,
            source=source,
            tracker=wiring.tracker(target),
            rules=replace(rules_for(settings, target), plans_at=plans_at(settings, target)),
            limits=limits,
            renderer=renderer,
            project=wiring.project(target),
            gather=None if target.source.kind == "folder" else settings.schedule.writeback_interval,
            together=target.source.together,
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


def open_folder(settings: Settings, folder: Path) -> FolderSource:
    """Return a source on ``folder``, for commands that read any file named, whatever the targets are."""
    from plansync.settings.plain import limits_of
    from plansync.sources.checkout import Checkout
    from plansync.sources.folder import FolderSource
    from plansync.sources.globs import Globs

    return FolderSource(folder, Globs(("*",)), limits_of(settings).plan_bytes, Checkout(folder))


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
    from plansync.settings.plain import copies_path, state_file, tracker_path

    state = settings.place.state
    local = (target for target in settings.targets if target.tracker.kind == "local")
    files = [state_file(settings), *(tracker_path(settings, target) for target in local)]
    files += [copies_path(settings) for target in settings.targets if target.source.kind == "git"]
    if any(file is not None and file.is_relative_to(state) for file in files):
        settings.place.make_state_folder()
