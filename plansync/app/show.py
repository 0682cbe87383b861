"""The use case ``show``: what the reader makes of one plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plansync.app.shelf import PlanText
from plansync.core.model import Plan
from plansync.core.problems import CATALOGUE
from plansync.errors import SourceError
from plansync.ports.source import Content, Unreadable


def read_plan(files: Sequence[Content | Unreadable], parse: Callable[[bytes], Plan]) -> Plan:
    """Return the plan of these files; one that cannot be read is a ``SourceError`` with the catalogue's advice."""
    for file in files:
        if isinstance(file, Unreadable):
            advice = CATALOGUE[file.code].advice if file.code in CATALOGUE else ""
            raise SourceError(f"{file.path}: {file.message}", hint=advice)
    return PlanText(tuple(file for file in files if isinstance(file, Content))).read(parse)
