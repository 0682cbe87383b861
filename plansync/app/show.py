"""The use case ``show``: what the reader makes of one plan."""

from __future__ import annotations

from collections.abc import Callable

from plansync.core.model import Plan
from plansync.core.problems import CATALOGUE
from plansync.errors import SourceError
from plansync.ports.source import Content, Unreadable


def read_plan(file: Content | Unreadable, parse: Callable[[bytes], Plan]) -> Plan:
    """Return the parsed plan; a file that cannot be read is a ``SourceError`` with the catalogue's advice."""
    if isinstance(file, Unreadable):
        advice = CATALOGUE[file.code].advice if file.code in CATALOGUE else ""
        raise SourceError(f"{file.path}: {file.message}", hint=advice)
    return parse(file.data)
