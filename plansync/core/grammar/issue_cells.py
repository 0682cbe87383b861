"""The column Issue of a task or risk table: what stands there is the row's, as it would be behind its text."""

from __future__ import annotations

from plansync.core.blocks import Mark, walk_inlines
from plansync.core.grammar.bare_numbers import sole_number
from plansync.core.grammar.columns import Row, cell_span
from plansync.core.grammar.issue_links import is_issue_url, link_label
from plansync.core.grammar.item_text import ItemText
from plansync.core.grammar.page import Page
from plansync.core.model import Link, LinkPlace, State
from plansync.core.spellings import BareNumber

ISSUE_HEADS = ("issue", "issues", "issue link", "github issue", "gitlab issue", "tracking issue", "ticket")


def issue_links(page: Page, row: Row) -> tuple[Link, ...]:
    """Return the links to issues in the row's column Issue."""
    cell = row.cells.get("issue")
    inlines = walk_inlines(cell.inlines) if cell is not None else ()
    return tuple(
        Link(link_label(page, inline), inline.url, inline.span, inline.span, LinkPlace.TAIL)
        for inline in inlines
        if inline.mark is Mark.LINK and is_issue_url(inline.url)
    )


def issue_number(page: Page, row: Row, text: ItemText) -> BareNumber | None:
    """Return the number without a link that is all of the row's column Issue."""
    cell = row.cells.get("issue")
    found = sole_number(page.source, cell_span(page, cell)) if cell is not None else None
    if found is None:
        return None
    return BareNumber(found.number, found.span, found.whole, True, text.text, text.state is State.CANCELLED)
