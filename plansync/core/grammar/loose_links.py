"""Issue links, as plansync writes them, that stand where no item has them (spec §2.11, §4.4)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from plansync.core.grammar.issue_links import is_issue_url
from plansync.core.grammar.page import Page
from plansync.core.model import Item, LinkPlace
from plansync.core.spellings import LooseLink
from plansync.core.text import Span

_WRITTEN = re.compile(rb"\(\[#[1-9]\d*\]\((?P<url>[^()\s]+)\)\)")


def read_loose_links(page: Page, items: Iterable[Item]) -> Iterator[LooseLink]:
    """Yield the links that are no evidence for any of ``items``.

    What is in a comment was put there on purpose; one that is never closed is none, for somebody forgot its end.
    """
    held = {link.span.start for item in items for link in item.links if link.place is not LinkPlace.MENTION}
    comments = list(_comments(page.source))
    ends = [comment.end for comment in comments]
    for found in _WRITTEN.finditer(page.source):
        url, start = found["url"].decode(), found.start()
        around = bisect_right(ends, start)
        is_hidden = around < len(comments) and comments[around].start < start
        if start + 1 not in held and not is_hidden and is_issue_url(url):
            place = page.lines.position(start)
            yield LooseLink(url=url, line=place.line, column=place.column)


def _comments(source: bytes) -> Iterator[Span]:
    end = 0
    while (start := source.find(b"<!--", end)) >= 0 and (close := source.find(b"-->", start)) >= 0:
        end = close + len(b"-->")
        yield Span(start, end)
