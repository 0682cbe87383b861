"""What a task waits for, where its author told it: in its title, or below a label like Depends on (spec §2.9)."""

from __future__ import annotations

from collections.abc import Iterable

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.dependencies import ids_in_title, task_ids
from plansync.core.grammar.fields import own_paragraph, read_label
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import DEPENDENCIES

_LABELS = frozenset(DEPENDENCIES)


def task_needs(page: Page, title: str, below: Iterable[Block]) -> tuple[str, ...]:
    """Return the task ids that ``title`` and the labels among the blocks and items ``below`` name, as written."""
    ids = dict.fromkeys(ids_in_title(title))
    for block in below:
        for inner in (block, *(block.children if block.kind is Kind.LIST else ())):
            own = own_paragraph(inner) if inner.kind is Kind.ITEM else inner
            label = read_label(page, own, _LABELS) if own is not None else None
            if label is not None and label.key in _LABELS:
                ids |= dict.fromkeys(task_ids(page.joined(label.value)))
    return tuple(ids)
