"""The fragments that GitHub and GitLab give to headings.

Both keep letters, marks, digits, connectors such as ``_``, hyphens and blanks of a heading's text in lower case, and
write a hyphen for each blank. What is taken already gets the first free number. Sources: ``TableOfContentsFilter`` of
GitHub's pipeline, and the anchors of Comrak, by which GitLab renders files. GitLab as it was before that writes one
hyphen for several in a row: there such a link leads to the top of the file.
"""

from __future__ import annotations

import unicodedata

from plansync.core.blocks import Block, plain_text
from plansync.core.grammar.outline import Part
from plansync.core.text import Span


class Anchors:
    """The fragments of one file's headings; equal ones are numbered from ``-1`` on."""

    def __init__(self, root: Part) -> None:
        self._by_heading: dict[Span, str] = {}
        taken: set[str] = set()
        counts: dict[str, int] = {}
        for part in root.walk():
            if part.heading is None:
                continue
            slug = found = _slug(part.heading)
            while found in taken:
                counts[slug] = counts.get(slug, 0) + 1
                found = f"{slug}-{counts[slug]}"
            taken.add(found)
            self._by_heading[part.heading.span] = found

    def of(self, heading: Block) -> str:
        """Return the fragment of ``heading``; empty for a line that is none."""
        return self._by_heading.get(heading.span, "")


def _slug(heading: Block) -> str:
    return "".join(filter(_is_kept, plain_text(heading.inlines).lower())).replace(" ", "-")


def _is_kept(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LMN" or category == "Pc" or character in "- "
