"""Lines that open with a bold label, where CommonMark joins them to what stands above (spec §2).

Part of the Markdown reader: it looks at blocks as CommonMark makes them and says which lines their author meant to
begin something new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from plansync.core.blocks import Block, Inline, Kind, Mark, plain_text, walk_blocks

_RULE = re.compile(rb"[ \t]*-[-\s]*-[-\s]*-[-\s]*\Z")


def joined_labels(source: bytes, blocks: Iterable[Block]) -> Iterator[int]:
    """Yield the offset of every line that a blank line is missing before."""
    for block in walk_blocks(blocks):
        if block.kind is Kind.PARAGRAPH:
            yield from _label_lines(source, block.inlines)
        elif block.kind is Kind.HEADING:
            yield from _label_lines_of_heading(source, block)
        elif block.kind is Kind.ROW and b"|" not in block.span.of(source) and block.children:
            cell = block.children[0].inlines
            if cell and is_label(source, cell, 0):
                yield _line_start(source, cell[0].span.start)


def _label_lines(source: bytes, inlines: tuple[Inline, ...]) -> Iterator[int]:
    for index, inline in enumerate(inlines[:-1]):
        if inline.mark is Mark.BREAK and is_label(source, inlines, index + 1):
            yield inline.span.end


def _label_lines_of_heading(source: bytes, heading: Block) -> Iterator[int]:
    """Take a setext heading whose text is fields for what its author meant: fields above a rule."""
    underline = _line_start(source, heading.span.end - 1)
    if not heading.inlines or underline <= heading.inlines[0].span.start:
        return
    if not _RULE.match(source, underline, heading.span.end):
        return
    labels = [*_label_lines(source, heading.inlines)]
    yield from labels
    if labels or is_label(source, heading.inlines, 0):
        yield underline


def is_label(source: bytes, inlines: tuple[Inline, ...], index: int) -> bool:
    """Say whether the inline at ``index`` is a bold label: its last character, or the next one, is a colon."""
    inline = inlines[index]
    if inline.mark is not Mark.STRONG:
        return False
    after = source[inline.span.end : inline.span.end + 3]
    return plain_text(inline.children).endswith((":", "：")) or after.startswith((b":", "：".encode()))


def _line_start(source: bytes, offset: int) -> int:
    return max(source.rfind(b"\n", 0, offset), source.rfind(b"\r", 0, offset)) + 1
