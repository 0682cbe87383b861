"""The fragments that GitHub and GitLab give to headings."""

from __future__ import annotations

import re

from plansync.core.blocks import Block, plain_text
from plansync.core.grammar.outline import Part
from plansync.core.text import Span

_DROPPED = re.compile(r"[^\w\- ]")


class Anchors:
    """The fragments of one file's headings; equal ones are numbered from ``-1`` on."""

    def __init__(self, root: Part) -> None:
        self._by_heading: dict[Span, str] = {}
        counts: dict[str, int] = {}
        for part in root.walk():
            if part.heading is not None:
                slug = _slug(part.heading)
                count = counts.get(slug, 0)
                counts[slug] = count + 1
                self._by_heading[part.heading.span] = f"{slug}-{count}" if count else slug

    def of(self, heading: Block) -> str:
        """Return the fragment of ``heading``."""
        return self._by_heading[heading.span]


def _slug(heading: Block) -> str:
    return _DROPPED.sub("", plain_text(heading.inlines).lower()).replace(" ", "-")
