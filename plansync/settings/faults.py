"""From pydantic's errors to one clear line a fault: where it stands, which key, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plansync.settings.environment import Location
from plansync.settings.keys import find_key, keys_of, nearest
from plansync.settings.secrets import named_like_a_secret

_WANTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a table",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "model_attributes_type": "a table",
    "model_type": "a table",
    "string_type": "a text",
    "tuple_type": "a list",
}
_BOUNDS = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must not be blank, nor begin or end with a blank",
    "too_short": "must not be empty",
    "missing": "is missing",
}


@dataclass(frozen=True, slots=True)
class Origins:
    """Where values stood: ``variables`` by key, all others in ``file``; and the names of the targets."""

    file: str
    variables: Mapping[Location, str]
    targets: Sequence[str]

    def of(self, location: Location) -> str:
        """Return what to name before the fault at ``location``."""
        ends = range(len(location), 0, -1)
        return next((self.variables[location[:end]] for end in ends if location[:end] in self.variables), self.file)

    def target(self, location: Location) -> str | None:
        """Return the name of the target that ``location`` lies in, if it has a readable one."""
        if location[:1] != ("targets",) or len(location) < 2:
            return None
        return self.targets[int(location[1])] or None

    def dotted(self, location: Location) -> str:
        """Return the key as people write it (``targets.web.source.kind``, ``sync.own[2]``)."""
        text = ""
        for at, part in enumerate(location):
            name = self.target(location) if at == 1 else None
            shown = name if name is not None else part
            text += f"[{shown}]" if isinstance(shown, int) else f".{_quoted(shown)}"
        return text.removeprefix(".")


def fault_lines(error: ValidationError, origins: Origins) -> list[str]:
    """Return one line for each fault, without the value of any secret."""
    details = error.errors(include_url=False)
    return [_line(one, origins) for one in details if not _follows_from_another(one, details)]


def _follows_from_another(one: ErrorDetails, all_of_them: Sequence[ErrorDetails]) -> bool:
    """Say whether a list only counts as too short because of what is wrong in it."""
    inside = one["loc"]
    return one["type"] == "too_short" and any(
        other["loc"][: len(inside)] == inside and other is not one for other in all_of_them
    )


def _quoted(part: str) -> str:
    return f'"{part}"' if "." in part or " " in part else part


def _line(details: ErrorDetails, origins: Origins) -> str:
    location = details["loc"]
    parts = [origins.of(location), origins.dotted(location), _complaint(details, origins)]
    return ": ".join(part for part in parts if part)


def _complaint(details: ErrorDetails, origins: Origins) -> str:
    kind, location = details["type"], details["loc"]
    if kind == "extra_forbidden" or (kind == "model_type" and _is_no_host(location)):
        return _unknown_key(location, origins)
    context = details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"]) + _got(details)
    if kind == "literal_error":
        return f"must be one of {context['expected']}" + _got(details)
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}" + _got(details)
    return _BOUNDS[kind].format(**context) if kind in _BOUNDS else details["msg"]


def _is_no_host(location: Location) -> bool:
    """Say whether this is a key of ``[pacing]`` that is neither known nor named like a host."""
    return len(location) == 2 and location[0] == "pacing" and "." not in str(location[1])


def _unknown_key(location: Location, origins: Origins) -> str:
    name = str(location[-1])
    secret = named_like_a_secret(name, origins.target(location))
    if secret:
        return secret
    known = [key for key in keys_of(location[:-1]) if not _is_secret((*location[:-1], key))]
    return f'unknown key; did you mean "{nearest(name, known)}"? Known here: {", ".join(known)}'


def _is_secret(location: Location) -> bool:
    key = find_key(location)
    return key is not None and key.secret


def _got(details: ErrorDetails) -> str:
    """Return what was found, if it is short and no secret may be in it."""
    value, location = details["input"], details["loc"]
    near = [find_key(location[:end]) for end in range(1, len(location) + 1)]
    hidden = any(key is not None and (key.secret or key.path == ("state", "url")) for key in near)
    url = isinstance(value, str) and "@" in value and "//" in value
    return "" if hidden or url or not isinstance(value, str | int | float) else f", not {value!r}"
