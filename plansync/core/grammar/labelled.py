"""Labels inside a paragraph: ``**Risk**: … **Mitigation**: …``, ``Risk: … Mitigation: …`` (spec §2.8).

A bold or emphasised label may have any name; a plain one must be known, and begin a sentence or a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plansync.core.blocks import Block, Inline, Mark, plain_text
from plansync.core.grammar.page import Page
from plansync.core.grammar.risk_words import Role, number_of, role_of
from plansync.core.text import Span

_COLONS = (":", "：")
_PLAIN = re.compile(
    r"(?<![^\s。；，、（(])(?P<name>[^\W\d_][\w'/-]*(?:[ \t][\w'/-]+){0,2}?)[ \t]*(?::(?=\s|\Z)|：)"
    r"|(?<!\S)[^\W\d_][^\s。；，、（(]*"
)
_CLAUSE_END = re.compile(r"(?:\A|[.!?;:,|(—–→>。；，、（\r\n]|\s--?)[ \t]*\Z")
_NEAR = 4
"""How many characters before a plain label say whether a clause begins there."""
_LEADS = (" --", " —", " –", " -", "->", "=>", "→", ";", "|", " (", " ·", ",")
"""What may stand between a text and the label behind it."""
_MARKED = {Mark.STRONG, Mark.EMPHASIS}


@dataclass(frozen=True, slots=True)
class Piece:
    """What one label of a paragraph says; the text in front of all labels is a Piece without name and role."""

    name: str
    role: Role | None
    start: int
    """Where the label begins."""
    value: Span

    @property
    def number(self) -> str | None:
        """Return the number of the label ``Risk 1``."""
        return number_of(self.name)


def split_pieces(page: Page, block: Block, place: Span) -> tuple[Piece, ...]:
    """Return the labelled pieces of ``block`` within ``place``, in order; a label's name is one that tells a role.

    A bold label of another name counts only where it opens the text.
    """
    labels = [label for label in _labels(page, block) if place.start <= label.start < place.end]
    known = [label for label in labels if label.role is not None or label.start == place.start]
    lead = [Piece("", None, place.start, place)] if not known or known[0].start > place.start else []
    pieces = [*lead, *known]
    ends = [*(piece.start for piece in pieces[1:]), place.end]
    return tuple(
        Piece(piece.name, piece.role, piece.start, _value(page, Span(min(piece.value.start, end), end), place.end))
        for piece, end in zip(pieces, ends, strict=True)
    )


def _labels(page: Page, block: Block) -> Iterator[Piece]:
    run: list[Inline] = []
    for inline in block.inlines:
        if inline.mark in {Mark.TEXT, Mark.BREAK}:
            run.append(inline)
            continue
        yield from _plain_labels(page, run)
        run = []
        if inline.mark in _MARKED:
            yield from _marked_label(page, inline)
    yield from _plain_labels(page, run)


def _marked_label(page: Page, inline: Inline) -> Iterator[Piece]:
    name = plain_text(inline.children)
    after = next((inline.span.end + len(c.encode()) for c in _COLONS if _follows(page, inline, c)), None)
    if after is None and not name.endswith(_COLONS):
        return
    name = name.rstrip(" :：")
    end = inline.span.end if after is None else after
    if name:
        yield Piece(name, role_of(name), inline.span.start, Span(end, end))


def _follows(page: Page, inline: Inline, colon: str) -> bool:
    return page.source.startswith(colon.encode(), inline.span.end)


def _plain_labels(page: Page, run: list[Inline]) -> Iterator[Piece]:
    if not run:
        return
    start = run[0].span.start
    text = page.raw(Span(start, run[-1].span.end))
    at = offset = 0
    for found in _PLAIN.finditer(text):
        name = found["name"]
        role = role_of(name) if name else None
        if role is None or not (name[:1].isupper() or _begins_clause(text, found.start())):
            continue
        offset += len(text[at : found.start()].encode())
        at = found.start()
        begin = start + offset
        value = begin + len(found[0].encode())
        yield Piece(name, role, begin, Span(value, value))


def _begins_clause(text: str, at: int) -> bool:
    return _CLAUSE_END.search(text[max(0, at - _NEAR) : at]) is not None


def _value(page: Page, span: Span, last: int) -> Span:
    """Return ``span`` without blanks, and without the dash, bar or arrow that leads to the next label."""
    value = page.trim(span)
    if span.end == last:
        return value
    text = page.raw(value)
    lead = next((lead for lead in _LEADS if text.endswith(lead)), "")
    return page.trim(Span(value.start, value.end - len(lead.encode())))
