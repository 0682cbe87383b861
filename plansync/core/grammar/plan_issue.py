"""The issue of the plan as a whole: in front matter (``github: https://…/issues/5``) or in a field of the header."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plansync.core.grammar.front_matter import FrontMatter
from plansync.core.grammar.header import Header
from plansync.core.grammar.issue_links import is_issue_url
from plansync.core.grammar.page import Page
from plansync.core.spellings import PlanIssue
from plansync.core.text import Span

_FIELDS = ("tracking issue", "github issue", "gitlab issue", "issue", "github", "gitlab")
_URL = re.compile(r"https?://[^\s()<>\[\]\"']+", re.IGNORECASE)
_NUMBER = re.compile(r"#?(?P<number>[1-9]\d{0,14})")


def read_plan_issue(page: Page, header: Header, front: FrontMatter) -> PlanIssue | None:
    """Return the first issue that the front matter names, else the header; other pages are none."""
    for value, span in (*_in_front_matter(front), *_in_header(header)):
        place = page.lines.position(span.start)
        url = next((url for url in _URL.findall(value) if is_issue_url(url)), "")
        if url:
            return PlanIssue(url, 0, place.line, place.column)
        if number := _NUMBER.fullmatch(value.strip()):
            return PlanIssue("", int(number["number"]), place.line, place.column)
    return None


def _in_front_matter(front: FrontMatter) -> Iterator[tuple[str, Span]]:
    return ((pair.value, pair.span) for key in _FIELDS for pair in front.pairs if pair.key == key)


def _in_header(header: Header) -> Iterator[tuple[str, Span]]:
    nodes = list(zip(header.nodes, header.fields, strict=True))
    return ((field.value, node.label.value) for key in _FIELDS for node, field in nodes if node.label.key == key)
