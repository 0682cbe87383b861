"""A table row's cells by the pipes between them. Part of the Markdown reader."""

from __future__ import annotations

import re

from plansync.core.text import Span

_CODE_OR_PIPE = re.compile(rb"\\.|(?P<ticks>`+)|\|", re.DOTALL)


def split_row(source: bytes, row: Span, most: int, *, spare_code: bool = False) -> list[Span]:
    """Return the ranges between a row's pipes, ``most`` at most; with ``spare_code`` a pipe in a code span is text."""
    ranges: list[Span] = []
    start = at = row.start + (source[row.start : row.start + 1] == b"|")
    unclosed: set[bytes] = set()
    while len(ranges) < most and (found := _CODE_OR_PIPE.search(source, at, row.end)):
        at = found.end()
        ticks = found["ticks"]
        if ticks and spare_code and ticks not in unclosed:
            closing = _closing_ticks(source, at, row.end, ticks)
            at = closing or at
            unclosed |= set() if closing else {ticks}
        elif found[0] == b"|":
            ranges.append(Span(start, found.start()))
            start = at
    is_whole = start >= row.end or len(ranges) == most
    return ranges if is_whole else [*ranges, Span(start, row.end)]


def _closing_ticks(source: bytes, start: int, end: int, ticks: bytes) -> int | None:
    closing = re.compile(rb"(?<!`)" + ticks + rb"(?!`)").search(source, start, end)
    return closing.end() if closing else None
