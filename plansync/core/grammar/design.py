"""What tasks build on: the components, entities and endpoints of the template (spec §2.2).

Each is a heading below New … or Modified …, with fields as bullets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plansync.core.blocks import Block, Kind
from plansync.core.design import Component, Endpoint, Entity
from plansync.core.grammar.fields import Node, find_fields, to_field
from plansync.core.grammar.list_items import dedented
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.sections import first_part, part_text
from plansync.core.grammar.words import is_nothing, without_quotes
from plansync.core.text import Span

_MODIFIED = re.compile(r"\b(?:modified|changed|existing|updated|modifications?|changes)\b")
_KIND = re.compile(r"^(?:component|entity|endpoint|method|table|model|service|module)\s*[:：]\s*", re.IGNORECASE)
_FLOW = re.compile(r"\bdata flow\b|\bflow\b")
_YES = re.compile(r"\W*(?:yes|true|y\b|breaking)", re.IGNORECASE)


class _Thing:
    """A heading with fields: a component, entity or endpoint."""

    def __init__(self, page: Page, part: Part, heading: Block) -> None:
        self._page = page
        self._blocks = part.all_blocks()
        self.nodes: tuple[Node, ...] = find_fields(page, part.own_blocks(), frozenset())[0]
        self.name = without_quotes(_KIND.sub("", part.name, count=1).strip())
        self.line = page.line(heading.span.start)
        self.fields = tuple(to_field(page, node) for node in self.nodes)
        self.in_modified = any(_MODIFIED.search(around.key) for around in part.ancestors() if around is not part)

    def text(self, *names: str) -> str:
        """Return the raw text of the first field of ``names``: its value and all below it."""
        node = next((node for name in names for node in self.nodes if node.label.key == name), None)
        if node is None:
            return ""
        below = (dedented(self._page, block) for block in node.content)
        text = "\n".join(part for part in (self._page.raw(node.label.value), *below) if part)
        return "" if is_nothing(text) else text

    def is_modified(self, *signs: str) -> bool:
        """Say whether it stands below Modified …, or has one of the fields ``signs``."""
        return self.in_modified or any(node.label.key in signs for node in self.nodes)

    def schema(self) -> str:
        """Return the content of the first fence, else all text below the heading."""
        code = next((block for block in self._blocks if block.kind is Kind.CODE and block.fenced), None)
        if code is not None:
            return _inside_fence(self._page, code)
        if self.nodes or not self._blocks:
            return ""
        return self._page.raw(Span(self._blocks[0].span.start, self._blocks[-1].span.end))


def _inside_fence(page: Page, code: Block) -> str:
    start = page.next_line(code.span.start)
    end = page.line_start(code.span.end - 1) if code.closed else code.span.end
    return page.raw(Span(start, max(start, end))).rstrip("\r\n")


def _things(page: Page, part: Part | None) -> Iterator[_Thing]:
    """Yield the headings of ``part`` that have something below them, no headings of their own, and no phase or item."""
    leaves = [inner for inner in part.walk() if inner is not part and not inner.parts] if part else []
    for leaf in leaves:
        if page.claims.touch(leaf.span):
            continue
        is_group = leaf.parent is part and leaf.level <= 3 and not find_fields(page, leaf.own_blocks(), frozenset())[0]
        if leaf.heading is not None and leaf.entries and not is_group:
            thing = _Thing(page, leaf, leaf.heading)
            if not is_nothing(thing.name):
                yield thing


def read_components(page: Page, part: Part | None) -> Iterator[Component]:
    """Yield the components of section 2."""
    for thing in _things(page, part):
        yield Component(
            name=thing.name,
            line=thing.line,
            modified=thing.is_modified("current", "change", "changes"),
            purpose=thing.text("purpose", "description", "responsibility"),
            location=thing.text("location", "path", "file", "files"),
            dependencies=thing.text("dependencies", "depends on"),
            dependents=thing.text("dependents", "used by"),
            current=thing.text("current", "current behavior", "current behaviour"),
            change=thing.text("change", "changes", "modification", "modifications"),
            risk=thing.text("risk", "risks", "regression risk"),
            fields=thing.fields,
        )


def read_entities(page: Page, part: Part | None) -> Iterator[Entity]:
    """Yield the entities of section 3."""
    for thing in _things(page, part):
        if _FLOW.search(thing.name.casefold()):
            continue
        yield Entity(
            name=thing.name,
            line=thing.line,
            modified=thing.is_modified("current fields", "migration notes"),
            schema=thing.schema(),
            current_fields=thing.text("current fields", "current"),
            new_fields=thing.text("new fields", "new"),
            migration_notes=thing.text("migration notes", "migration"),
            fields=thing.fields,
        )


def read_data_flow(page: Page, part: Part | None) -> str:
    """Return the data flow of section 3."""
    flow = first_part(part.parts, _FLOW) if part else None
    return part_text(page, flow) if flow else ""


def read_endpoints(page: Page, part: Part | None) -> Iterator[Endpoint]:
    """Yield the endpoints and methods of section 4."""
    for thing in _things(page, part):
        breaking = thing.text("breaking", "breaking change", "breaking changes")
        yield Endpoint(
            name=thing.name,
            line=thing.line,
            modified=thing.is_modified("current behavior", "current behaviour", "breaking"),
            purpose=thing.text("purpose", "description"),
            input=thing.text("input", "request", "parameters"),
            output=thing.text("output", "response", "returns"),
            errors=thing.text("errors", "error responses"),
            current_behavior=thing.text("current behavior", "current behaviour", "current"),
            new_behavior=thing.text("new behavior", "new behaviour", "new"),
            breaking=_YES.match(breaking) is not None,
            breaking_raw=breaking,
            fields=thing.fields,
        )
