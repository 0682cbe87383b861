"""What keys there are, as data: read off the model, so that errors, environment, docs and tests keep up with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from plansync.settings.model import Settings
from plansync.settings.tables import HostPacing, PacingSettings, SecretMark

ANY = "*"
"""Stands in a path for the place of a target, or the name of a host."""
KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the configuration."""

    path: KeyPath
    field: FieldInfo
    table: type[BaseModel] | None
    """The model of its value, if that is a table or a list of tables."""

    @property
    def secret(self) -> bool:
        """Say whether it is never read from the file."""
        return any(isinstance(mark, SecretMark) for mark in _marks(self.field.annotation, self.field.metadata))

    @property
    def is_list(self) -> bool:
        """Say whether it holds a list of plain values."""
        return self.table is None and get_origin(self.field.annotation) is tuple

    @property
    def is_json(self) -> bool:
        """Say whether a variable can only give it as JSON: tables, lists of tables, and free tables."""
        return self.table is not None or get_origin(self.field.annotation) is dict

    @property
    def dotted(self) -> str:
        """Return it as in ``targets.*.source.kind``."""
        return ".".join(self.path)


def all_keys(model: type[BaseModel] = Settings, above: KeyPath = ()) -> Iterator[Key]:
    """Yield every key, tables before what is in them, in the order of the model."""
    for name, field in model.model_fields.items():
        path = (*above, name)
        table = _table(field.annotation)
        yield Key(path, field, table)
        if table is not None:
            inner = (*path, ANY) if get_origin(field.annotation) is tuple else path
            yield from all_keys(table, inner)
    if model is PacingSettings:
        yield from all_keys(HostPacing, (*above, ANY))


def find_key(path: Iterable[str | int]) -> Key | None:
    """Return the key at ``path``, in which any target's place and any host's name count as ``*``."""
    wanted = tuple(path)
    return next((key for key in all_keys() if _fits(key.path, wanted)), None)


def keys_of(table: Iterable[str | int]) -> tuple[str, ...]:
    """Return the names of the keys that may stand in ``table``; empty if that is none."""
    wanted = tuple(table)
    return tuple(key.path[-1] for key in all_keys() if key.path[-1] != ANY and _fits(key.path[:-1], wanted))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like ``name``, or an empty text when there is none to choose from."""
    return next(iter(difflib.get_close_matches(name, tuple(known), n=1, cutoff=0.0)), "")


def _fits(pattern: KeyPath, path: tuple[str | int, ...]) -> bool:
    return len(pattern) == len(path) and all(part in {ANY, name} for part, name in zip(pattern, path, strict=True))


def _table(annotation: Any) -> type[BaseModel] | None:
    inner = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _marks(annotation: Any, metadata: Iterable[Any]) -> Iterator[Any]:
    yield from metadata
    for part in get_args(annotation):
        yield from getattr(part, "__metadata__", ())
