"""The JSON Schema of ``plansync.toml`` for editors, made from the model.

``python -m plansync.settings.schema > config/plansync.schema.json`` brings the shipped one up to date.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

from pydantic import SecretStr
from pydantic.json_schema import GenerateJsonSchema

from plansync.settings.durations import format_duration
from plansync.settings.keys import Key, all_keys
from plansync.settings.model import Settings


class _FileSchema(GenerateJsonSchema):
    """The library's schema, with defaults as they would be written in the file."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, SecretStr):  # a default is known to everybody
            return dft.get_secret_value()
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def json_schema() -> dict[str, Any]:
    """Return the schema of the file. Secrets are not in it, since they are never read from there."""
    schema = Settings.model_json_schema(schema_generator=_FileSchema)
    definitions = schema["$defs"]
    for key in all_keys():
        if key.secret:
            _drop(schema if len(key.path) == 1 else definitions[_definition(key)], key.path[-1])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plansync.toml",
        "description": "Configuration of plansync. Secrets come from the environment only.",
        "type": "object",
        "additionalProperties": False,
        "properties": _as_in_toml(schema["properties"]),
        "$defs": _as_in_toml(definitions),
    }


def schema_text() -> str:
    """Return the schema as it is shipped."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _definition(key: Key) -> str:
    table = next(above for above in all_keys() if above.path == key.path[:-1])
    return table.table.__name__ if table.table is not None else ""


def _as_in_toml(part: Any) -> Any:
    """Return ``part`` without what TOML has not (null) and what says nothing (titles, defaults of whole tables)."""
    if isinstance(part, list):
        return [_as_in_toml(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _as_in_toml(entry) for name, entry in part.items() if not _says_nothing(name, entry)}
    choices = [choice for choice in kept.pop("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        return choices[0] | kept
    return kept | ({"anyOf": choices} if choices else {})


def _says_nothing(name: str, entry: Any) -> bool:
    return (name == "title" and isinstance(entry, str)) or (name == "default" and isinstance(entry, dict | None))


def _drop(table: dict[str, Any], name: str) -> None:
    del table["properties"][name]


if __name__ == "__main__":
    sys.stdout.write(schema_text())
