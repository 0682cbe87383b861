"""Form d: no label; the phase's first-level checkboxes, else its first-level bullets (spec §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plansync.core.blocks import Block
from plansync.core.grammar.fields import Style, bullet_field, list_items
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import DEPENDENCIES, GOAL, STATUS, Region
from plansync.core.grammar.tasks.lists import read_items
from plansync.core.model import Task

_BEFORE_TASKS = frozenset(
    {*GOAL, *DEPENDENCIES, *STATUS, "timing", "duration", "effort", "estimate", "estimated effort"}
)
_GATE = re.compile(
    r"(?:\*\*)?(?:run\s+)?(?:lint(?:ing)?|build|type\s?-?check(?:ing)?|(?:unit )?tests?|phase review)\b(?:\*\*)?[:\s]*"
    r"(?:pass(?:es|ed|ing)?|succeeds?|clean|ok)?\W*(?:`[^`]*`\W*)?$",
    re.IGNORECASE,
)


def tasks_as_boxes(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's first-level boxes, but for gates, or None where it has none."""
    boxed = tuple(task for task in read_items(page, list(list_items(_lists(region)))) if task.box is not None)
    return tuple(task for task in boxed if not _GATE.match(task.text)) or None


def tasks_as_bullets(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's first-level bullets that are no fields; the nameless phase is never written like that."""
    items = list_items(_lists(region)) if region.named else ()
    return tuple(read_items(page, [item for item in items if bullet_field(page, item) is None])) or None


def _lists(region: Region) -> Iterator[Block]:
    """Yield the blocks that no label claims: loose ones, and those below a label that is complete on its own line."""
    yield from region.loose
    for node in region.fields:
        has_value = node.label.value.start < node.label.value.end
        if node.style is Style.PARAGRAPH and has_value and node.label.key in _BEFORE_TASKS:
            yield from node.content
