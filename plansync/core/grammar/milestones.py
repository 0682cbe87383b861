"""The Milestone field of a phase or header: its link, and where a new one goes (spec §5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from plansync.core.blocks import Block, Mark, walk_inlines
from plansync.core.grammar.fields import Node, Style, bullet_lead
from plansync.core.grammar.issue_links import link_label
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import KNOWN, MILESTONE, Region
from plansync.core.model import Link, LinkPlace
from plansync.core.text import Site, Span

_MILESTONE_PATH = re.compile(r"/(?:-/)?milestones?/[1-9]\d*/?$")
_FIELD = "**Milestone:** "


def is_milestone_url(url: str) -> bool:
    """Say whether ``url`` looks like a milestone of GitHub, GitLab or the local tracker."""
    try:
        return _MILESTONE_PATH.search(unquote(urlsplit(url).path)) is not None
    except ValueError:
        return False


def field_link(page: Page, fields: Iterable[Node]) -> Link | None:
    """Return the first link to a milestone in the Milestone fields among ``fields``.

    Its ``cut`` is the whole field with the line ends before it.
    """
    for node in fields:
        if node.label.key != MILESTONE or node.own is None:
            continue
        for inline in walk_inlines(node.own.inlines):
            if inline.mark is Mark.LINK and is_milestone_url(inline.url):
                cut = Span(page.back(node.block.span.start), node.block.span.end)
                return Link(link_label(page, inline), inline.url, inline.span, cut, LinkPlace.LEAD)
    return None


def field_site(page: Page, heading: Block, region: Region) -> Site:
    """Return where a Milestone field goes: after the phase's last field and all below it, in the same style."""
    last = _last_field(region)
    if last is None:
        return paragraph_site(page, heading.span.end)
    if last.style is Style.BULLET:
        return bullet_site(page, last)
    return paragraph_site(page, last.end)


def bullet_site(page: Page, last: Node, name: str = _FIELD) -> Site:
    """Return the Site of a bullet below the bullet ``last``."""
    return page.site_below(last.end, f"{page.eol(last.end)}{bullet_lead(page, last.block)}{name}")


def paragraph_site(page: Page, end: int, name: str = _FIELD) -> Site:
    """Return the Site of a paragraph of its own below the text that ends at ``end``, apart from bold text below."""
    eol = page.eol(end)
    return page.site_below(end, f"{eol}{eol}{name}", bold_is_apart=False)


def _last_field(region: Region) -> Node | None:
    """Return the last field above the phase's own sub-sections, such as task headings."""
    last: Node | None = None
    for node in region.fields:
        if node.style is Style.HEADING and node.label.key not in KNOWN:
            break
        last = node
    return last
