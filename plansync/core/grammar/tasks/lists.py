"""Form b: the items below a label Tasks or Steps, be it a list item, a paragraph or a heading (spec §2.4)."""

from __future__ import annotations

from collections.abc import Iterator

from plansync.core.blocks import Block
from plansync.core.grammar.fields import list_items
from plansync.core.grammar.list_items import task_from_item
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import Region
from plansync.core.model import Task


def tasks_in_lists(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the first-level items below the phase's task labels, or None where no list is."""
    items = [item for node in region.task_fields() for item in list_items(node.content)]
    return tuple(read_items(page, items)) if items else None


def read_items(page: Page, items: list[Block]) -> Iterator[Task]:
    """Yield the tasks among ``items``."""
    for item in items:
        task = task_from_item(page, item)
        if task is not None:
            yield task
