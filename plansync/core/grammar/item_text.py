"""The text of an item: its first paragraph, table cell or heading, taken apart (spec §2.6, §2.7, §3.1).

What is cut off, and in which order, is in :mod:`plansync.core.grammar.item_cutter`.
"""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.item_cutter import Cutter
from plansync.core.grammar.page import Page
from plansync.core.model import Box, Link, State
from plansync.core.spellings import BareNumber
from plansync.core.text import Site, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemText:
    """What an item's own text says; the fields are those of the model's items."""

    text: str
    place: Span
    """The text that was read, from box to link."""
    start: int
    """Where the title begins, behind box, link and id."""
    id: str | None
    box: Box | None
    box_site: Site | None
    state: State
    links: tuple[Link, ...]
    bare: BareNumber | None
    link_site: Site
    assignee: str | None
    ignored: bool


def read_item_text(
    page: Page, block: Block, *, boxed: bool = True, ends_in_box: bool = False, cuts: tuple[Span, ...] = ()
) -> ItemText:
    """Take apart the text of ``block``: a paragraph, cell or heading.

    ``boxed``: a box may lead it; ``ends_in_box``: it may end in one; ``cuts``: what inside of it is no text.
    """
    cutter = Cutter(page, block, ends_in_box=ends_in_box, cuts=[*cuts])
    text_start = cutter.start
    cutter.cut_front(boxed)
    front = cutter.start
    other = cutter.fork()
    cutter.cut_back()
    is_plain = boxed and block.kind is Kind.PARAGRAPH and cutter.box is None
    return ItemText(
        text=cutter.text(),
        place=Span(text_start, max(front, cutter.site)),
        start=front,
        id=cutter.id,
        box=cutter.box,
        box_site=Site(text_start) if is_plain else None,
        state=State.CANCELLED if cutter.is_struck() else cutter.state,
        links=tuple(cutter.links()),
        bare=other.take_bare(),
        link_site=Site(cutter.site, " (", ")"),
        assignee=cutter.assignee,
        ignored=page.is_ignored((block,)),
    )
