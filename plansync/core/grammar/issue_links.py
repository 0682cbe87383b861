"""Addresses of issues, and the labels of links, as they are written in a plan."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from plansync.core.blocks import Inline
from plansync.core.grammar.page import Page
from plansync.core.text import Span

_ISSUE_PATH = re.compile(r"/(?:-/)?(?:issues|work_items)/[1-9]\d*/?$")


def is_issue_url(url: str) -> bool:
    """Say whether ``url`` looks like an issue of GitHub, GitLab or the local tracker."""
    try:
        return _ISSUE_PATH.search(unquote(urlsplit(url).path)) is not None
    except ValueError:
        return False


def link_label(page: Page, link: Inline) -> str:
    """Return the source text between a link's brackets."""
    if not link.children:
        return ""
    start = link.children[0].span.start
    is_escaped = start - 1 > link.span.start and page.source[start - 1 : start] == b"\\"  # not part of the first child
    return page.raw(Span(start - is_escaped, link.children[-1].span.end))
