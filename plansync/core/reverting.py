"""Taking out of a file what one write put into it, and nothing that people wrote since (spec §9). Pure.

Three states are at hand: the file before the write, after it, and now. What differs between the first two is turned
round, piece by piece, wherever the text around it is still there. Nothing here knows Markdown but for what a write
changes within a line, so that a line is recognised by the rest of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from plansync.core.fit import cut_text

_WRITTEN = re.compile(r"\s*\(\[#\d+\]\([^)\s]*\)\)|(?<=\[)[ xX](?=\])")
_TOKEN = re.compile(r"\w+|\s|.", re.DOTALL)
_BEGIN, _END = "\x02\n", "\n\x03"
"""Put around a text, so that its first and last characters have neighbours; each is a line of its own."""
_NEAR = 6
"""Pieces of one line with fewer characters between them go together, or not at all."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Reverted:
    """The file as it shall be, and the pieces that were left because people changed the text around them since."""

    data: bytes
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """``length`` characters that are equal from ``start`` in one text and from ``other`` in the other."""

    start: int
    other: int
    length: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """The characters ``start:end`` become ``text``."""

    start: int
    end: int
    text: str


def revert(before: bytes, after: bytes, current: bytes) -> Reverted:
    """Return ``current`` without what led from ``before`` to ``after``; repeating it changes nothing more.

    Where nothing was written since, the result is ``before``, byte for byte.
    """
    if current == after:
        return Reverted(before)
    was, done, now = (_BEGIN + _text(data) + _END for data in (before, after, current))
    places = _blocks(done, now)
    pieces: list[_Piece] = []
    left: list[str] = []
    for piece in _pieces(done, was):
        found = _found(piece, done, now, places) or _alone(piece, done, now) or _moved(piece, done, now)
        if found is not None:
            pieces.append(found)
        elif not _is_gone(done[piece.start : piece.end], now):
            left.append(cut_text(_line_at(done, piece.start)[1].strip(), _SHOWN))
    return Reverted(
        _spliced(now, pieces)[len(_BEGIN) : -len(_END)].encode("utf-8", "surrogateescape"), tuple(dict.fromkeys(left))
    )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _pieces(done: str, was: str) -> Iterator[_Piece]:
    """Yield what leads from ``done`` back to ``was``, in order."""
    pending: _Piece | None = None
    for piece in _gaps(_blocks(done, was), was):
        if pending is not None and _is_near(done[pending.end : piece.start]):
            between = done[pending.end : piece.start]
            pending = _Piece(pending.start, piece.end, pending.text + between + piece.text)
            continue
        if pending is not None:
            yield pending
        pending = piece
    if pending is not None:
        yield pending


def _is_near(between: str) -> bool:
    return len(between) < _NEAR and "\n" not in between


def _gaps(blocks: Sequence[_Block], other: str) -> Iterator[_Piece]:
    at = into = 0
    for block in blocks:
        if (block.start, block.other) != (at, into):
            yield _Piece(at, block.start, other[into : block.other])
        at, into = block.start + block.length, block.other + block.length


def _found(piece: _Piece, done: str, now: str, places: Sequence[_Block]) -> _Piece | None:
    """Return the piece where it stands now, by the characters on either side of it; None if it is not to be found."""
    begin, end = _place(piece.start - 1, places), _place(piece.end, places)
    if begin is None or end is None or end <= begin:
        return None
    between = now[begin + 1 : end]
    is_known = between in {done[piece.start : piece.end], piece.text}
    return _Piece(begin + 1, end, piece.text) if is_known else None


def _place(at: int, places: Sequence[_Block]) -> int | None:
    for block in places:
        if block.start <= at < block.start + block.length:
            return block.other + at - block.start
    return None


def _alone(piece: _Piece, done: str, now: str) -> _Piece | None:
    """Return a removal of something that stands in the file once, as a link does, wherever that is by now."""
    text = done[piece.start : piece.end]
    if piece.text or not _is_telling(text) or done.count(text) != 1 or now.count(text) != 1:
        return None
    start = now.index(text)
    return _Piece(start, start + len(text), "")


def _moved(piece: _Piece, done: str, now: str) -> _Piece | None:
    """Return the piece in its line, if that line as a whole stands somewhere else now, once."""
    start, line = _line_at(done, piece.start)
    if piece.end > start + len(line) or ("\n" + now).count("\n" + line) != 1 or not line.endswith("\n"):
        return None
    by = ("\n" + now).index("\n" + line) - start
    return _Piece(piece.start + by, piece.end + by, piece.text)


def _is_gone(text: str, now: str) -> bool:
    return _is_telling(text) and text.strip() not in now


def _is_telling(text: str) -> bool:
    """Say whether a text means something by itself, unlike a tick."""
    return len(text.strip()) >= _NEAR


def _line_at(text: str, at: int) -> tuple[int, str]:
    """Return where the line begins that ``at`` is in, and the line with its end."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return start, text[start:] if end < 0 else text[start : end + 1]


def _spliced(text: str, pieces: Sequence[_Piece]) -> str:
    parts: list[str] = []
    at = 0
    for piece in sorted(pieces, key=lambda piece: (piece.start, piece.end)):
        parts += (text[at : piece.start], piece.text)
        at = piece.end
    return "".join((*parts, text[at:]))


def _blocks(one: str, other: str) -> list[_Block]:
    """Return the equal characters of two texts: lines first, then words within lines that belong together."""
    lines, others = one.splitlines(keepends=True), other.splitlines(keepends=True)
    starts, other_starts = _starts(lines), _starts(others)
    found: list[_Block] = []
    matcher = SequenceMatcher(None, [_key(line) for line in lines], [_key(line) for line in others])
    for _, begin, end, other_begin, other_end in matcher.get_opcodes():
        if end - begin != other_end - other_begin:
            continue
        for at, into in zip(range(begin, end), range(other_begin, other_end), strict=True):
            found += _words(lines[at], others[into], starts[at], other_starts[into])
    return found


def _key(line: str) -> str:
    return _WRITTEN.sub("", line)


def _starts(parts: Sequence[str]) -> list[int]:
    starts, at = [], 0
    for part in parts:
        starts.append(at)
        at += len(part)
    return [*starts, at]


def _words(line: str, other: str, start: int, into: int) -> list[_Block]:
    if line == other:
        return [_Block(start, into, len(line))]
    words, others = _TOKEN.findall(line), _TOKEN.findall(other)
    starts, other_starts = _starts(words), _starts(others)
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    return [
        _Block(start + starts[m.a], into + other_starts[m.b], starts[m.a + m.size] - starts[m.a])
        for m in matcher.get_matching_blocks()
        if m.size
    ]
