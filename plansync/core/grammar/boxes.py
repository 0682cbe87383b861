"""Checkboxes at the front of an item's text (spec §2.6)."""

from __future__ import annotations

import re

from plansync.core.blocks import Block, Mark
from plansync.core.grammar.page import Page

_BOX = re.compile(rb"\[([\x00-\x5a\x5c\x5e-\x7f]|[\xc2-\xf4][\x80-\xbf]+(?:\xef\xb8\x8f)?)\]\*?(?=[ \t\r\n]|\Z)")
"""Behind the box a ``*`` may mark a task as optional."""


def match_box(source: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """Return the box at ``start``, its mark in group 1, or None."""
    return _BOX.match(source, start, end)


def has_box(page: Page, block: Block) -> bool:
    """Say whether a box leads the text of ``block``, which is no link."""
    span = page.trim(block.text_span)
    leads_with_link = any(i.mark is Mark.LINK and i.span.start == span.start for i in block.inlines)
    return not leads_with_link and match_box(page.source, span.start, span.end) is not None
