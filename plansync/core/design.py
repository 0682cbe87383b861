"""What a plan describes around its phases: components, entities, endpoints, testing (spec §2.2). Values only.

Texts are raw Markdown with soft wraps joined by one blank, unless said otherwise; lines are 1-based.
"""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.text import Span


@dataclass(frozen=True, slots=True)
class Field:
    """One ``name: value`` of a header, phase, component …, with the span of the value's raw bytes."""

    name: str
    value: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the key decisions table."""

    decision: str
    options: str
    chosen: str
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A component of section 2: new (purpose …) or modified (current …)."""

    name: str
    line: int
    modified: bool
    purpose: str = ""
    location: str = ""
    dependencies: str = ""
    dependents: str = ""
    current: str = ""
    change: str = ""
    risk: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity of section 3: new (schema text) or modified (fields)."""

    name: str
    line: int
    modified: bool
    schema: str = ""
    current_fields: str = ""
    new_fields: str = ""
    migration_notes: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint or method of section 4, named by its heading (``POST /issues``)."""

    name: str
    line: int
    modified: bool
    purpose: str = ""
    input: str = ""
    output: str = ""
    errors: str = ""
    current_behavior: str = ""
    new_behavior: str = ""
    breaking: bool = False
    breaking_raw: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section kept as text: heading without its number, level, line and raw Markdown below it."""

    name: str
    level: int
    line: int
    text: str
    file: str = ""
    """Of a plan of several files, the name of the one that it stands in."""


@dataclass(frozen=True, slots=True)
class Testing:
    """Section 6: raw Markdown of each part, empty when missing."""

    unit: str = ""
    integration: str = ""
    end_to_end: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Architecture:
    """Section 1: raw Markdown of its parts and the key decisions."""

    design: str = ""
    interactions: str = ""
    decisions: tuple[Decision, ...] = ()
