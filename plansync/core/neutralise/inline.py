"""Code spans, link targets and stray backticks within a paragraph. Pure.

Precedence is CommonMark's, from left to right: a backslash escapes, a run of backticks looks for the next run of its
length, a target belongs to the last open bracket, and a link holds no link.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum, auto

_STRUCTURE = re.compile(r"\\[!-/:-@\[-`{-~]|`+|!?\[|\]|<[^\s<>`]++>")
_TARGET = re.compile(
    r"\((?:[ \t]*+(?:<[^<>\n\\`]*+>|[^\s<>()\\`]++(?:\([^\s<>()\\`]*+\)[^\s<>()\\`]*+)*+)"
    r"""(?:[ \t]++(?:"[^"\n\\`<]*+"|'[^'\n\\`<]*+'))?+)?+[ \t]*+\)"""
)
_ADDRESS = re.compile(r"<(?:(?i:https?)://[A-Za-z0-9][^\s<>`]*|[A-Za-z0-9._%+-]++@[A-Za-z0-9][A-Za-z0-9.-]*)>")
_RUN = re.compile("`+")
_PIPE = re.compile(r"(?<!\\)\|")


class Piece(Enum):
    """What a span of a paragraph is that is not plain prose."""

    CODE = auto()
    TARGET = auto()
    """The parentheses of a Markdown link or image."""
    ADDRESS = auto()
    """A URL or e-mail address in angle brackets."""
    STRAY = auto()
    """Backticks that open nothing."""


@dataclass(frozen=True, slots=True)
class InlineSpan:
    """Characters ``start:end`` of the paragraph."""

    start: int
    end: int
    piece: Piece


@dataclass(frozen=True, slots=True)
class Inline:
    """A paragraph and its spans in order; line ends within code and links have become blanks."""

    text: str
    spans: tuple[InlineSpan, ...]

    @property
    def has_pipe_in_code(self) -> bool:
        """Say whether a table would cut one of the code spans in two."""
        codes = (self.text[span.start : span.end] for span in self.spans if span.piece is Piece.CODE)
        return any(_PIPE.search(code) for code in codes)


class Backticks:
    """All runs of backticks in a text, by length."""

    def __init__(self, text: str) -> None:
        self._starts: dict[int, list[int]] = {}
        for run in _RUN.finditer(text):
            self._starts.setdefault(run.end() - run.start(), []).append(run.start())

    def end_of_code(self, opener: re.Match[str]) -> int | None:
        """Return where the code span begun by ``opener`` ends, or None when nothing ends it."""
        length = opener.end() - opener.start()
        starts = self._starts.get(length, [])
        place = bisect_left(starts, opener.end())
        return starts[place] + length if place < len(starts) else None


def read_inline(text: str) -> Inline:
    """Find the spans of a paragraph; what is found here stands on one line of the result."""
    reader = _Reader(text)
    reader.read()
    return Inline(_join_lines(text, reader.joined), tuple(reader.spans))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[InlineSpan] = []
        self.joined: list[tuple[int, int]] = []
        self._brackets: list[tuple[int, bool]] = []
        self._backticks = Backticks(text)

    def read(self) -> None:
        """Go through the text once."""
        cursor = 0
        while (found := _STRUCTURE.search(self.text, cursor)) is not None:
            cursor = found.end()
            match found[0][0]:
                case "`":
                    cursor = self._code(found)
                case "[" | "!":
                    self._brackets.append((found.start(), found[0] == "!["))
                case "]":
                    cursor = self._link(found.end())
                case "<":
                    cursor = self._address(found)
                case _:
                    pass  # a backslash and what it escapes

    def _code(self, opener: re.Match[str]) -> int:
        end = self._backticks.end_of_code(opener)
        if end is None:
            self.spans.append(InlineSpan(opener.start(), opener.end(), Piece.STRAY))
            return opener.end()
        self.spans.append(InlineSpan(opener.start(), end, Piece.CODE))
        self.joined.append((opener.start(), end))
        return end

    def _link(self, after: int) -> int:
        """Close a bracket. A link switches off all brackets around it, an image only its own."""
        if not self._brackets:
            return after
        start, image = self._brackets.pop()
        target = _TARGET.match(self.text, after)
        if target is None:
            return after
        if not image:
            self._brackets.clear()
        self.joined.append((start, after))
        self.spans.append(InlineSpan(target.start(), target.end(), Piece.TARGET))
        return target.end()

    def _address(self, found: re.Match[str]) -> int:
        if not _ADDRESS.fullmatch(found[0]):
            return found.start() + 1
        self._brackets.clear()
        self.spans.append(InlineSpan(found.start(), found.end(), Piece.ADDRESS))
        return found.end()


def _join_lines(text: str, spans: list[tuple[int, int]]) -> str:
    if "\n" not in text:
        return text
    parts: list[str] = []
    cursor = 0
    for start, end in sorted(spans):
        if end > cursor:
            parts += (text[cursor : max(start, cursor)], text[max(start, cursor) : end].replace("\n", " "))
            cursor = end
    return "".join((*parts, text[cursor:]))
