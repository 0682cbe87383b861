"""Plans as values, put together by hand for tests that need no file."""

from __future__ import annotations

from typing import Any

from plansync.core.model import Phase, Plan, Rating, Risk, StatusLine, Task
from plansync.core.text import Site, Span

NOWHERE = Span(0, 0)


def make_task(text: str = "Build it", at: int = 0, **parts: Any) -> Task:
    """Return a task at byte ``at`` whose link goes to its end."""
    span = Span(at, at + len(text.encode()))
    return Task(**{"text": text, "line": 1, "column": 1, "span": span, "link_site": Site(span.end, " (", ")"), **parts})


def make_risk(text: str = "It breaks", at: int = 0, **parts: Any) -> Risk:
    """Return a risk at byte ``at`` without readable levels."""
    span = Span(at, at + len(text.encode()))
    known = {"likelihood": Rating("", None), "impact": Rating("", None), "link_site": Site(span.end, " (", ")")}
    return Risk(**{"text": text, "line": 1, "column": 1, "span": span, **known, **parts})


def make_phase(*tasks: Task, id: str | None = "1", at: int = 0, **parts: Any) -> Phase:
    """Return a phase at byte ``at``."""
    name = None if id is None else "Foundation"
    heading = f"Phase {id}: {name}" if name else ""
    place = {"line": 1, "column": 1, "span": Span(at, at + 1), "milestone_site": Site(at)}
    return Phase(**{"id": id, "name": name, "heading": heading, "anchor": "", "tasks": tasks, **place, **parts})


def make_plan(*phases: Phase, **parts: Any) -> Plan:
    """Return a plan of these phases."""
    return Plan(**{"title": "Search", "title_line": 1, "phases": phases, **parts})


def make_status(raw: str, start: int = 0, line: int = 3) -> StatusLine:
    """Return a Status whose value stands at byte ``start``."""
    return StatusLine(raw, line, 13, Span(start, start + len(raw.encode())))
