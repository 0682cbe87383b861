"""Issue links, as plansync writes them, that stand where no item has them (spec §2.11, §4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from plansync.core.grammar.issue_links import is_issue_url
from plansync.core.grammar.page import Page
from plansync.core.model import Item, LinkPlace, LooseLink
from plansync.core.text import Span

_WRITTEN = re.compile(rb"\(\[#[1-9]\d*\]\((?P<url>[^()\s]+)\)\)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def read_loose_links(page: Page, items: Iterable[Item]) -> Iterator[LooseLink]:
    """Yield the links that are no evidence for any of ``items``.

    What is in a comment was put there on purpose; one that is never closed is none, for somebody forgot its end.
    """
    held = {link.span.start for item in items for link in item.links if link.place is not LinkPlace.MENTION}
    hidden = [Span(*found.span()) for found in _COMMENT.finditer(page.source)]
    for found in _WRITTEN.finditer(page.source):
        while hidden and hidden[0].end <= found.start():
            hidden.pop(0)
        url = found["url"].decode()
        is_hidden = bool(hidden) and hidden[0].start < found.start()
        if found.start() + 1 not in held and not is_hidden and is_issue_url(url):
            place = page.lines.position(found.start())
            yield LooseLink(url=url, line=place.line, column=place.column)
