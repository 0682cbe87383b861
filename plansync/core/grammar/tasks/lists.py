"""Form b: the items below a label Tasks or Steps, be it a list item, a paragraph or a heading (spec §2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plansync.core.blocks import Block
from plansync.core.grammar.fields import Node, list_items
from plansync.core.grammar.list_items import task_from_item
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import WORK, Region
from plansync.core.grammar.tasks.headings import without_tasks_own
from plansync.core.model import Task


def tasks_in_lists(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the first-level items below the phase's task labels, or None where no list is.

    Below a heading Tasks they may stand in groups with headings or labels of their own. What a task's own heading
    holds are its steps.
    """
    outside = without_tasks_own(page, region)
    items = _items(outside.task_fields()) or _items(outside.grouped_tasks())
    return tuple(read_items(page, items)) if items else None


def tasks_as_work(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the items below a label such as Implementation or Changes, which head tasks where nothing else does."""
    items = _items(node for node in region.fields if region.named and node.label.key in WORK)
    return tuple(read_items(page, items)) or None


def _items(nodes: Iterable[Node]) -> list[Block]:
    return [item for node in nodes for item in list_items(node.content)]


def read_items(page: Page, items: list[Block]) -> Iterator[Task]:
    """Yield the tasks among ``items``."""
    for item in items:
        task = task_from_item(page, item)
        if task is not None:
            yield task
