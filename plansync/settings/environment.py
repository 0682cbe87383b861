"""``PLANSYNC_…`` variables: which there are, and what they set (spec §10)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plansync.settings.keys import Key, all_keys, find_key, nearest
from plansync.settings.model import variable_part

PREFIX = "PLANSYNC_"
SECRETS_DIR = "PLANSYNC_SECRETS_DIR"
_TOKEN = "PLANSYNC_TOKEN_"  # noqa: S105 - the beginning of a variable's name
_FOREIGN = re.compile(r"PLANSYNC_(PORT|.*SERVICE_).*")
"""What Kubernetes sets in a pod beside a service called plansync."""

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's text, and where it stood: the variable itself, or a file."""

    text: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True)
class Known:
    """The variables that there are for a configuration with these targets."""

    targets: Sequence[str]

    def locate(self, name: str) -> Location | None:
        """Return the key that variable ``name`` sets, or None if there is no such variable."""
        if name.startswith(_TOKEN):
            part = name.removeprefix(_TOKEN)
            return ("tokens", part) if part and part in map(variable_part, self.targets) else None
        path: Location = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if path[0] == "targets" and len(path) > 1:
            at = self._target(str(path[1]))
            path = ("targets", at, *path[2:]) if at is not None else ()
        return path if path != ("tokens",) and find_key(path) else None

    def names(self) -> Iterator[str]:
        """Yield the names of all variables."""
        yield SECRETS_DIR
        for part in filter(None, map(variable_part, self.targets)):
            yield _TOKEN + part
        for key in all_keys():
            if key.path[0] != "pacing" or "*" not in key.path:
                yield from self._spelled(key)

    def unknown(self, name: str) -> str:
        """Return the complaint about a variable that there is not."""
        return f"{name}: unknown variable; did you mean {nearest(name, self.names())}?"

    def _target(self, part: str) -> int | None:
        parts = [variable_part(name).lower() for name in self.targets]
        if part in parts:
            return parts.index(part)
        return int(part) if part.isdecimal() and int(part) < len(parts) else None

    def _spelled(self, key: Key) -> Iterator[str]:
        if key.path == ("tokens",):
            return
        plain = PREFIX + "__".join(key.path).upper()
        if "*" not in key.path:
            yield plain
            return
        for place, name in enumerate(self.targets):
            yield plain.replace("*", variable_part(name) or str(place))


def own_variables(environ: Mapping[str, str]) -> dict[str, Variable]:
    """Return plansync's variables among ``environ``. Empty ones count as not set."""
    return {
        name: Variable(text, name)
        for name, text in environ.items()
        if name.startswith(PREFIX) and text and name != SECRETS_DIR and not _FOREIGN.fullmatch(name)
    }


def value_of(location: Location, text: str) -> Any:
    """Return what ``text`` means for the key at ``location``; ``ValueError`` says what is wrong with it.

    Lists are JSON, or words between commas (between blanks for secrets, which may hold commas); tables are JSON.
    """
    key = find_key(location)
    if key is None or not (key.is_list or key.is_json) or location[0] == "tokens":
        return text
    if key.is_json or text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"is not JSON ({error.msg} at character {error.pos + 1})") from error
    words = text.split() if key.secret else text.split(",")
    return [word.strip() for word in words if word.strip()]


def put(values: dict[str, Any], location: Location, value: Any) -> None:
    """Set ``value`` at ``location`` in nested tables, making those that are missing; tables are merged.

    ``ValueError`` says what is in the way.
    """
    inner: Any = values
    for part in location[:-1]:
        inner = inner.setdefault(part, {}) if isinstance(inner, dict) else inner[part]
        if not isinstance(inner, dict | list):
            raise ValueError(f"cannot be set: {part} is not a table")
    last = location[-1]
    old = inner.get(last)
    inner[last] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
