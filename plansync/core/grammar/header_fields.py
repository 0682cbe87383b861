"""The fields of a header in all their forms (spec §2.1).

A field is a bold label with its value: alone on a line, in a bullet, in a block quote, one of several on a line; or two
neighbouring cells of a table. The names that plansync knows are also found in italics, without marks, behind an emoji,
and with their value inside the marks: such a line can mean nothing else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from plansync.core.blocks import Block, Inline, Kind, Mark, plain_text
from plansync.core.grammar.fields import Label, Node, Style, own_paragraph, value_span
from plansync.core.grammar.page import Page, is_html_break
from plansync.core.grammar.words import name_key
from plansync.core.labels import is_label
from plansync.core.text import Span

_KNOWN = frozenset({"feature id", "spec", "created", "status", "repos", "repo"})
_MARKED = frozenset({Mark.STRONG, Mark.EMPHASIS})
_COLONS = (":", "：")
_OUTER_COLON = re.compile("[ \t]*(?::|：)".encode())
_LEAD = rb"(?:[\x80-\xff]{1,16}[ \t]+)?"
_NAME = r"(?P<name>[A-Za-z][A-Za-z0-9 _/-]{0,30}?)[ \t]*(?::|：)(?=[ \t\x01]|\Z)".encode()
_INNER = re.compile(_LEAD + _NAME)
_PLAIN = re.compile(r"(?:\A|\x02|\||·|•)[ \t]*".encode() + _LEAD + _NAME)
_SPLITS = (b"|", "·".encode(), "•".encode(), b"\x02")
_NEAR = 32
"""How many bytes before a label are looked at: a split, blanks, an emoji."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a field begins (split and emoji before it included), its value begins, and its value ends at most."""

    offset: int
    name: str
    value: int
    end: int
    is_plain: bool = False

    @property
    def is_known(self) -> bool:
        return name_key(self.name) in _KNOWN


def header_fields(page: Page, block: Block) -> Iterator[Node]:
    """Yield the fields that ``block`` of the header holds, in order."""
    match block.kind:
        case Kind.PARAGRAPH:
            yield from _of_paragraph(page, block, block, Style.PARAGRAPH)
        case Kind.LIST:
            for item in block.children:
                own = own_paragraph(item)
                yield from _of_paragraph(page, item, own, Style.BULLET) if own else ()
        case Kind.QUOTE:
            for inner in block.children:
                if inner.kind is Kind.PARAGRAPH:
                    yield from _of_paragraph(page, block, inner, Style.PARAGRAPH)
        case Kind.TABLE:
            for index, row in enumerate(block.children):
                yield from _of_row(page, block, row, is_head=index == 0)
        case _:
            return


def _of_row(page: Page, table: Block, row: Block, *, is_head: bool) -> Iterator[Node]:
    """Yield the fields of a row: a cell with a name, and the cell behind it."""
    if len(row.children) % 2:
        return
    is_pair = len(row.children) == 2
    for name, value in zip(row.children[::2], row.children[1::2], strict=True):
        text = _bare(plain_text(name.inlines))
        is_bold = bool(name.inlines) and name.inlines[0].mark is Mark.STRONG
        is_known = name_key(text) in _KNOWN
        if text and ((is_bold and (is_pair or is_known)) or (is_pair and is_known and not is_head)):
            label = Label(text, value_span(page, value.inlines, value.span))
            yield Node(label=label, style=Style.PARAGRAPH, block=table, own=replace(value, kind=Kind.PARAGRAPH))


def _of_paragraph(page: Page, block: Block, own: Block, style: Style) -> Iterator[Node]:
    """Yield the fields of a paragraph; each runs up to the next one, one without marks to the end of its line."""
    starts = [start for line in _lines(own) if line for start in _starts(page, own, line)]
    if not any(start.is_known for start in starts):
        starts = [start for start in starts if not start.is_plain]
    ends = [inline.span.end for inline in own.inlines]
    begins = [inline.span.start for inline in own.inlines]
    for start, following in zip(starts, (*starts[1:], None), strict=False):
        limit = min(start.end, following.offset) if following else start.end
        inlines = own.inlines[bisect_right(ends, start.offset) : bisect_left(begins, limit)]
        texts = inlines[:-1] if inlines[-1].mark is Mark.BREAK else inlines
        value = value_span(page, inlines, Span(start.value, max(start.value, min(texts[-1].span.end, limit))))
        yield Node(label=Label(start.name, value), style=style, block=block, own=replace(own, inlines=inlines))


def _lines(own: Block) -> Iterator[tuple[Inline, ...]]:
    """Yield the inlines of each line of a paragraph."""
    line: list[Inline] = []
    for inline in own.inlines:
        if inline.mark is not Mark.BREAK:
            line.append(inline)
            continue
        yield tuple(line)
        line = []
    yield tuple(line)


def _starts(page: Page, own: Block, line: tuple[Inline, ...]) -> list[_Start]:
    """Return the fields that begin in a line (which is not empty), in order."""
    text = _masked(page, line)
    found = [*_plain_starts(line, text), *_marked_starts(page, own, line, text)]
    return sorted(found, key=lambda start: start.offset)


def _masked(page: Page, line: tuple[Inline, ...]) -> bytes:
    """Return the bytes of a line where only plain text is left: no comments, breaks as 2, everything else as 1."""
    base = line[0].span.start
    text = bytearray(page.source[base : line[-1].span.end])
    for inline in line:
        if inline.mark is not Mark.TEXT:
            length = inline.span.end - inline.span.start
            text[inline.span.start - base : inline.span.end - base] = _mask(inline, length)
    return bytes(text)


def _mask(inline: Inline, length: int) -> bytes:
    if is_html_break(inline):
        return b"\x02".ljust(length)
    is_comment = inline.mark is Mark.HTML and inline.text.startswith("<!--")
    return (b" " if is_comment else b"\x01") * length


def _plain_starts(line: tuple[Inline, ...], text: bytes) -> Iterator[_Start]:
    base, end = line[0].span.start, line[-1].span.end
    for found in _PLAIN.finditer(text):
        yield _Start(base + found.start(), found["name"].decode(), base + found.end(), end, is_plain=True)


def _marked_starts(page: Page, own: Block, line: tuple[Inline, ...], text: bytes) -> Iterator[_Start]:
    base = line[0].span.start
    before: _Start | None = None
    for index, inline in enumerate(line):
        start = _read_marked(page, own, line, index) if inline.mark in _MARKED else None
        if start is None:
            continue
        is_close = before is not None and (before.is_known or start.is_known)
        offset = _begin(text, inline.span.start - base, is_close=is_close)
        if offset is not None:
            before = replace(start, offset=base + offset)
            yield before


def _read_marked(page: Page, own: Block, line: tuple[Inline, ...], index: int) -> _Start | None:
    """Return the field whose name, or all of it, is what stands between marks; its ``offset`` is that of the marks."""
    inline = line[index]
    name = plain_text(inline.children)
    colon = _OUTER_COLON.match(page.source, inline.span.end)
    has_colon = name.endswith(_COLONS) or colon is not None
    if _bare(name) and (is_label(page.source, line, index) or (has_colon and name_key(_bare(name)) in _KNOWN)):
        value = inline.span.end if name.endswith(_COLONS) or colon is None else colon.end()
        return _Start(inline.span.start, _bare(name), value, own.text_span.end)
    return _read_inner(page, inline)


def _read_inner(page: Page, inline: Inline) -> _Start | None:
    """Return the known field that stands between marks with its value: ``**Status: Draft**``."""
    inner = inline
    while len(inner.children) == 1 and inner.children[0].mark in _MARKED:
        inner = inner.children[0]
    inside = inner.children or (inner,)
    end = inside[-1].span.end
    found = _INNER.match(page.source, inside[0].span.start, end)
    start = _Start(inline.span.start, found["name"].decode(), found.end(), end) if found else None
    return start if start and start.is_known else None


def _begin(text: bytes, at: int, *, is_close: bool) -> int | None:
    """Return where the field begins whose marks stand ``at``, or None if something else stands right before it.

    With ``is_close`` a blank, a comma or a dash is enough to keep it apart from the field before it.
    """
    first = max(0, at - _NEAR)
    near = text[first:at]
    cut = max(near.rfind(split) for split in _SPLITS)
    if _is_clear(near[cut + 1 :]) and (cut >= 0 or first == 0):
        return first + max(0, cut)
    return first + len(near.rstrip(b" \t,;-")) if is_close and near.endswith((b" ", b"\t")) else None


def _is_clear(text: bytes) -> bool:
    """Say whether there is nothing but blanks and emoji."""
    return all(mark in " \t" or not (mark.isascii() or mark.isalnum()) for mark in text.decode("utf-8", "replace"))


def _bare(name: str) -> str:
    """Return ``name`` without the colon behind it and the emoji before it."""
    first = next((at for at, mark in enumerate(name) if mark.isalnum()), len(name))
    return name[first:].rstrip(" :：") or name.rstrip(" :：")
