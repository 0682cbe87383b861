"""Loading: file, environment and options laid over one another, every fault named at once (spec §10)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from plansync.errors import ConfigError
from plansync.settings.environment import Known, Location, Variable, own_variables, put, value_of
from plansync.settings.faults import Origins, fault_lines
from plansync.settings.model import Settings
from plansync.settings.place import Place, find_place
from plansync.settings.secrets import read_secret_files, read_secrets_folder, secrets_in_file
from plansync.settings.targets import DEFAULT_INCLUDE

_HINT = "docs/configuration.md explains every key; config/plansync.example.toml shows them all"


class Layer(PydanticBaseSettingsSource):
    """Values of one origin; pydantic-settings lays the layers over one another, table by table."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(Settings)
        self._values = dict(values)

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self._values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self._values


def load_settings(
    *,
    config: Path | None = None,
    working: Path | None = None,
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings for a run in folder ``working`` (here), or raise one ``ConfigError`` with all faults.

    ``config`` names the file, else it is looked for upwards; ``environ`` is the process's own unless given;
    ``options`` are nested tables like the file's, and win.
    """
    place = find_place(working or Path.cwd(), config)
    values = _read_file(place)
    faults = [f"{place.file}: {line}" for line in secrets_in_file(values)]
    values.setdefault("targets", [_default_target(place, working or Path.cwd())])
    _stop_at(faults)
    found, origins = _environment(values, os.environ if environ is None else environ, faults)
    _stop_at(faults)
    settings = _validated((Layer(options or {}), Layer(found), Layer(values)), origins, str(place.file or ""))
    settings._place = place
    return settings


def _read_file(place: Place) -> dict[str, Any]:
    if place.file is None:
        return {}
    try:
        return tomllib.loads(place.file.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place.file}: is not TOML: {error}", hint=f"mend the line named; {_HINT}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{place.file}: is not UTF-8", hint="save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{place.file}: cannot be read: {error.strerror}") from error


def _default_target(place: Place, working: Path) -> dict[str, Any]:
    """Return the target that is meant when none is named: the embedded tracker, and the plans found below.

    Paths of plans start at the place's root whatever folder below it plansync was called in, so that a plan keeps its
    path; what is looked for are the usual places below the working folder.
    """
    target: dict[str, Any] = {"name": place.root.name or "plans"}
    below = working.resolve().relative_to(place.root).as_posix() if place.file is None else "."
    if below != ".":
        target["source"] = {"include": [f"{below}/{pattern}" for pattern in DEFAULT_INCLUDE]}
    return target


def _environment(
    values: dict[str, Any], environ: Mapping[str, str], faults: list[str]
) -> tuple[dict[str, Any], dict[Location, str]]:
    """Return what the environment sets, and by which variable or file each key was set."""
    if "PLANSYNC_TARGETS" in own_variables(environ):
        _set(values, ("targets",), Variable(environ["PLANSYNC_TARGETS"], "PLANSYNC_TARGETS"), faults)
    targets = values["targets"]
    known = Known(_names(targets))
    variables = read_secrets_folder(environ, known, faults)
    variables |= read_secret_files(own_variables(environ), known, faults)
    found: dict[str, Any] = {}
    origins: dict[Location, str] = {}
    for name, variable in sorted(variables.items()):
        location = known.locate(name)
        if location is None:
            faults.append(known.unknown(name))
            continue
        if location[0] == "targets" and len(location) > 1:
            found.setdefault("targets", deepcopy(targets))
        _set(found, location, variable, faults)
        origins[location] = variable.origin
    return found, origins


def _names(targets: Any) -> Sequence[str]:
    if not isinstance(targets, list):
        return ()
    return [str(target.get("name", "")) if isinstance(target, dict) else "" for target in targets]


def _set(found: dict[str, Any], location: Location, variable: Variable, faults: list[str]) -> None:
    try:
        put(found, location, value_of(location, variable.text))
    except ValueError as error:
        faults.append(f"{variable.origin}: {error}")


def _validated(layers: tuple[Layer, ...], origins: Mapping[Location, str], file: str) -> Settings:
    build: dict[str, Any] = {"_build_sources": (layers, {})}
    try:
        return Settings(**build)
    except ValidationError as error:
        targets: Any = next((layer()["targets"] for layer in layers if "targets" in layer()), [])
        faults = fault_lines(error, Origins(file, origins, _names(targets)))
    raise ConfigError("\n".join(faults), hint=_HINT)


def _stop_at(faults: Sequence[str]) -> None:
    if faults:
        raise ConfigError("\n".join(faults), hint=_HINT)
