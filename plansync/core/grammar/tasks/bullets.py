"""Form d: no label; the phase's first-level checkboxes, else its first-level bullets (spec §2.4)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import takewhile

from plansync.core.blocks import Block
from plansync.core.grammar.fields import Node, Style, bullet_field, list_items
from plansync.core.grammar.list_items import starts_with_box
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import DELIVERABLE, DEPENDENCIES, GOAL, STATUS, Region, is_no_task_label
from plansync.core.grammar.tasks.headings import is_task_heading
from plansync.core.grammar.tasks.lists import read_items
from plansync.core.model import Task

_BEFORE_TASKS = frozenset(
    {*GOAL, *DEPENDENCIES, *STATUS, "timing", "duration", "effort", "estimate", "estimated effort"}
)
_BEFORE_BOXES = _BEFORE_TASKS | {*DELIVERABLE, "files", "files to modify", "files to create", "files modified", "file"}
_TESTS = r"(?:(?:unit|e2e|integration|curl|chrome|smoke) )?tests?"
_GATE_WORD = rf"(?:lint(?:ing)?|build|type\s?-?check(?:ing|s)?|{_TESTS}|phase review)"
_SPAN_OF_TIME = re.compile(
    r"(?:days?|weeks?|hours?|tage?|wochen?|d[ií]as?|semanas?|jours?|semaines?|день|дни|недел[яи])\b"
    r"|第?\s*[\d一二三四五六七八九十]+\s*[天周]"
)
_GATE = re.compile(
    rf"(?:\*\*)?(?:run\s+)?{_GATE_WORD}\b(?:\*\*)?[:\s]*"
    r"(?:pass(?:es|ed|ing)?|succeeds?|clean|ok)?\W*(?:`[^`]*`\W*)?$"
    rf"|\*\*{_GATE_WORD}(?::\*\*|\*\*:)",
    re.IGNORECASE,
)


def tasks_as_boxes(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's boxes where some stand under no label, or None; task headings keep those below them."""
    free = list(list_items(_lists(page, region, _BEFORE_BOXES)))
    if not any(starts_with_box(page, item) for item in free):
        return None
    has_headings = any(is_task_heading(page, node.block) for node in region.fields)
    return _boxes(page, free, free) if has_headings else tasks_in_groups(page, region)


def tasks_in_groups(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's boxes, those in groups with labels or headings of their own among them, or None.

    Below the name of something else (Verification, Files) only those with an id are tasks.
    """
    working = (block for node in region.working_fields() for block in node.content)
    return _boxes(
        page, list_items(_every(region)), [*list_items(_lists(page, region, _BEFORE_BOXES)), *list_items(working)]
    )


def tasks_by_id(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the boxes with an id (``T001``, ``1.2``) but for those below the name of something else, or None.

    A heading Overview is what such a list may begin with.
    """
    opened = (block for node in region.fields if _opens(node) for block in node.content)
    items = {item.span: item for item in (*_free(page, region), *list_items(opened))}
    return _boxes(page, [items[span] for span in sorted(items)], ())


def tasks_as_steps(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the numbered items of the nameless phase that no label claims, or None where there are none."""
    steps = (block for block in region.loose if block.ordered and not region.named)
    return tuple(read_items(page, list(list_items(steps)))) or None


def tasks_as_bullets(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the phase's first-level bullets that are no fields; the nameless phase is never written like that."""
    items = [*list_items(_lists(page, region)), *list_items(_spans_of_time(region))] if region.named else []
    return tuple(read_items(page, [item for item in items if bullet_field(page, item) is None])) or None


def _boxes(page: Page, items: Iterable[Block], free: Iterable[Block]) -> tuple[Task, ...] | None:
    """Return the boxes among ``items`` that have an id, or are ``free`` and no gates; None where there are none."""
    held = {item.span for item in free}
    tasks = read_items(page, [item for item in items if starts_with_box(page, item)])
    return tuple(t for t in tasks if t.id or (t.span in held and not _GATE.match(t.text))) or None


def _free(page: Page, region: Region) -> Iterator[Block]:
    """Yield the items under no label, or under one that may hold tasks."""
    yield from list_items(_lists(page, region, _BEFORE_BOXES))
    yield from list_items(block for node in region.working_fields() for block in node.content)


def _opens(node: Node) -> bool:
    return node.style is Style.HEADING and node.label.key == "overview"


def _spans_of_time(region: Region) -> Iterator[Block]:
    """Yield what stands below sub-headings such as ``Day 1-2: Setup``, which part the work, not describe it."""
    for node in region.working_fields():
        if node.style is Style.HEADING and _SPAN_OF_TIME.match(node.label.key):
            yield from node.content


def _every(region: Region) -> list[Block]:
    blocks = (*region.loose, *(block for node in region.fields for block in node.content))
    return sorted(blocks, key=lambda block: block.span)


def _lists(page: Page, region: Region, complete: Container[str] = _BEFORE_TASKS) -> Iterator[Block]:
    """Yield the blocks that no label claims: loose ones, and those below a label that is complete on its own line.

    ``complete``: the names of other things than tasks that a value on their line completes, too. What stands below a
    heading that is a task is the task's.
    """
    yield from region.loose
    for node in takewhile(lambda node: not is_task_heading(page, node.block), region.fields):
        if node.style is Style.PARAGRAPH and node.has_value:
            key = node.label.key
            if key in complete or not is_no_task_label(key):
                yield from node.content
