"""Durations as people write them: seconds as a number, or ``"30s"``, ``"10m"``, ``"2h"``, ``"1d"`` (spec §10)."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WRITTEN = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[smhd]?)", re.ASCII)
_ALLOWED = 'seconds as a number, or a text such as "30s", "10m", "2h", "1d"'


def parse_duration(value: object) -> timedelta:
    """Return the duration that ``value`` means; ``ValueError`` says what is allowed."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, bool):
        raise ValueError(f"must be {_ALLOWED}")
    try:
        return timedelta(seconds=_seconds(value))
    except OverflowError as error:
        raise ValueError("is longer than plansync can count") from error


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value)
    found = _WRITTEN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be {_ALLOWED}")
    return float(found["number"]) * _UNITS[found["unit"]]


def format_duration(span: timedelta) -> str | float:
    """Return ``span`` in the largest unit that it is a whole number of, else as seconds."""
    seconds = span.total_seconds()
    for unit in ("d", "h", "m", "s"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{int(seconds / _UNITS[unit])}{unit}"
    return seconds


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[smhdSMHD]?\s*$"},
            ]
        }
    ),
]
