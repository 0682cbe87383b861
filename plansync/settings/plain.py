"""From settings to the plain values that core, app and adapters know. They never see Settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from plansync.core.pace import Manners
from plansync.core.rules import Limits, MarkerRules, Rules, StatusWords
from plansync.settings.model import Settings
from plansync.settings.tables import HostPacing
from plansync.settings.targets import StatusSettings, SyncSettings, TargetSettings

_Table = TypeVar("_Table", bound=BaseModel)
_SQLITE = "sqlite:///"


def limits_of(settings: Settings) -> Limits:
    """Return ``[limits]`` as the core knows them."""
    limits = settings.limits
    return Limits(**{name: getattr(limits, name) for name in type(limits).model_fields})


def rules_for(settings: Settings, target: TargetSettings) -> Rules:
    """Return the rules that ``target`` runs under: its own keys over those of ``[sync]``."""
    sync = _laid_over(settings.sync, target)
    return Rules(
        publish_when=sync.publish_when,
        publish_private=sync.publish_private,
        create_done=sync.create_done,
        checkboxes=sync.checkboxes,
        questions=sync.questions,
        risks=sync.risks,
        own=frozenset(sync.own),
        references=sync.references,
        bare_links=sync.bare_links,
        mentions=sync.mentions,
        assignees=dict(sync.assignees),
        progress=sync.progress,
        tracking_issue=sync.tracking_issue,
        dependencies=sync.dependencies,
        status_insert=sync.status.insert,
        status_words=_status_words(sync.status),
        markers=_marker_rules(settings),
    )


def state_url(settings: Settings) -> str:
    """Return the state database's URL, an SQLite file's path made absolute."""
    url = settings.state.url.get_secret_value()
    file = state_file(settings)
    return url if file is None else f"{_SQLITE}{file}{''.join(url.partition('?')[1:])}"


def state_file(settings: Settings) -> Path | None:
    """Return the absolute path of the state database, None where it is no file of ours."""
    url = settings.state.url.get_secret_value()
    path = url.removeprefix(_SQLITE).partition("?")[0]
    return settings.place.resolve(path) if url.startswith(_SQLITE) and path not in {"", ":memory:"} else None


def tracker_path(settings: Settings, target: TargetSettings) -> Path:
    """Return the absolute path of a local tracker's file."""
    return settings.place.resolve(target.tracker.path)


def source_path(settings: Settings, target: TargetSettings) -> Path:
    """Return the absolute path of a source's folder."""
    return settings.place.resolve(target.source.path)


def copies_path(settings: Settings) -> Path:
    """Return the absolute path of the folder with the working copies of Git sources."""
    return settings.place.state / "git"


def ca_path(settings: Settings, target: TargetSettings) -> str:
    """Return the absolute path of the certificates that a tracker's host is trusted by, empty for the usual ones."""
    name = target.tracker.ca_file
    return "" if name is None else str(settings.place.resolve(name))


def manners_for(settings: Settings, host: str, published: Manners) -> Manners:
    """Return how fast ``host`` is written to: its own table over that of all hosts over what it has published."""
    own = settings.pacing.__pydantic_extra__.get(host)
    tables = [table for table in (settings.pacing, own) if table is not None]
    manners = published
    for table in tables:
        known = {name: getattr(table, name) for name in HostPacing.model_fields}
        manners = replace(manners, **{name: value for name, value in known.items() if value is not None})
    return manners


def templates_path(settings: Settings) -> Path | None:
    """Return the absolute path of the folder with the user's templates, if one is configured."""
    return None if settings.templates is None else settings.place.resolve(settings.templates)


def _laid_over(below: SyncSettings, target: TargetSettings) -> SyncSettings:
    own = {name: value for name, value in _set_values(target).items() if name in SyncSettings.model_fields}
    return _merged(below, own)


def _merged(table: _Table, own: dict[str, Any]) -> _Table:
    """Return ``table`` with the keys in ``own``; tables are merged key by key."""
    update = {
        name: _merged(getattr(table, name), _set_values(value)) if isinstance(value, BaseModel) else value
        for name, value in own.items()
    }
    return table.model_copy(update=update)


def _set_values(table: BaseModel) -> dict[str, Any]:
    return {name: getattr(table, name) for name in table.model_fields_set}


def _status_words(status: StatusSettings) -> StatusWords:
    plain, words = StatusWords(), status.words
    groups = {
        "not_started": words.not_started,
        "in_progress": words.in_progress,
        "complete": words.complete,
        "held": words.held,
    }
    built_in = {plain.not_started, plain.in_progress, plain.complete}
    extra = {group: tuple(word for word in known if word not in built_in) for group, known in groups.items()}
    return StatusWords(
        not_started=words.not_started[0],
        in_progress=words.in_progress[0],
        complete=words.complete[0],
        extra={group: known for group, known in extra.items() if known},
    )


def _marker_rules(settings: Settings) -> MarkerRules:
    keys = tuple(key.get_secret_value() for key in settings.markers.keys)
    return MarkerRules(keys=keys, require_signature=settings.markers.require_signature)
