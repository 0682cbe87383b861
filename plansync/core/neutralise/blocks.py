"""Fences and prose of a text of several lines, and comments taken out of the prose. Pure.

Only what every CommonMark reader must take for a fence counts as one; all else is prose, where backticks that would
open a fence are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plansync.core.neutralise.inline import Backticks

_FENCE = re.compile(r"([ \t]*)(`{3,}(?=[^`]*$)|~{3,})(.*)")
_MARKED = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)|[ \t]*>")
_CONTINUES = re.compile(r"[ \t]*(?:(?!\d{1,9}[.)])[^\W_]|[`@(\"'\[<&/])")
_COMMENT_OR_CODE = re.compile(r"\\[!-/:-@\[-`{-~]|`+|<!--")


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block: ``fence`` is its run of backticks or tildes, ``lines`` what stands inside."""

    indent: int
    fence: str
    info: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Lines that form one paragraph at most; ``row`` says that it may be a row of a table."""

    text: str
    row: bool = False


def drop_comments(line: str) -> str:
    """Return one line of prose without the HTML comments in it."""
    return _Lines((line,)).prose()


def split_blocks(text: str) -> Iterator[Code | Prose]:
    """Yield the blocks of ``text`` in order; joined by line ends they read as ``text`` does, comments apart.

    A fence that may lie in a list ends where a line stands left of it, as the list does; a blank line is put before
    it where it could be taken for a part of the paragraph above.
    """
    lines = _Lines(text.split("\n"))
    tabular = any(_is_delimiter_row(line) for line in lines.all)
    paragraph: list[str] = []
    in_list = False
    while (line := lines.next) is not None:
        row = tabular and "|" in line
        fence = _FENCE.fullmatch(line)
        if fence or row or not _CONTINUES.match(line):
            yield from _flush(paragraph)
        if fence:
            indent = _width(fence[1])
            if indent and lines.follows_text:
                yield Prose("")
            yield lines.code(fence, bounded=in_list or indent > 3)
        elif row:
            yield Prose(lines.prose(), row=True)
        else:
            in_list = in_list or bool(_MARKED.match(line))
            paragraph.append(lines.prose())
    yield from _flush(paragraph)


def _flush(paragraph: list[str]) -> Iterator[Prose]:
    if paragraph:
        yield Prose("\n".join(paragraph))
        paragraph.clear()


def _is_delimiter_row(line: str) -> bool:
    """Say whether ``line`` may part a table's head from its rows."""
    return "-" in line and not line.strip(" \t>|:-") and ("|" in line or ":" in line)


def _width(blanks: str) -> int:
    return len(blanks.expandtabs(4))


def _indent(line: str) -> int:
    return _width(line[: len(line) - len(line.lstrip(" \t"))])


class _Lines:
    """Goes through lines once; knows ahead where comments can end, so that no line is searched twice."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.all = lines
        self._at = 0
        self._last_closer = [line.rfind("-->") for line in lines]
        self._closers = [len(lines)] * (len(lines) + 1)
        self._blanks = [len(lines)] * (len(lines) + 1)
        for number in range(len(lines) - 1, -1, -1):
            self._closers[number] = number if self._last_closer[number] >= 0 else self._closers[number + 1]
            self._blanks[number] = number if not lines[number].strip() else self._blanks[number + 1]

    @property
    def next(self) -> str | None:
        """Return the line to be taken, or None after the last."""
        return self.all[self._at] if self._at < len(self.all) else None

    @property
    def follows_text(self) -> bool:
        """Say whether the line before is not blank."""
        return self._at > 0 and bool(self.all[self._at - 1].strip())

    def code(self, opener: re.Match[str], *, bounded: bool) -> Code:
        """Take a fenced block; without an end it goes to the last line, or, ``bounded``, to one left of it."""
        indent, fence = _width(opener[1]), opener[2]
        closer = re.compile(rf"[ \t]*{fence[0]}{{{len(fence)},}}[ \t]*")
        inside: list[str] = []
        self._at += 1
        while (line := self.next) is not None:
            if closer.fullmatch(line) and _indent(line) <= indent + 3:
                self._at += 1
                break
            if bounded and line.strip() and _indent(line) < indent:
                break
            inside.append(line)
            self._at += 1
        return Code(indent, fence, opener[3], tuple(inside))

    def prose(self) -> str:
        """Take one line without its comments, and with it all lines that a comment begun in it goes on over."""
        line = self.all[self._at]
        backticks = Backticks(line)
        kept: list[str] = []
        start = cursor = 0
        while (found := _COMMENT_OR_CODE.search(line, cursor)) is not None:
            cursor = found.end()
            if found[0][0] == "`":
                cursor = backticks.end_of_code(found) or cursor
            elif found[0] == "<!--" and (end := self._end_of_comment(line, found.start(), begins=not kept)):
                kept += _kept_before(line[start : found.start()])
                if end[0] != self._at:
                    self._at, line = end[0], self.all[end[0]]
                    backticks = Backticks(line)
                start = cursor = end[1]
        self._at += 1
        return "".join((*kept, line[start:]))

    def _end_of_comment(self, line: str, start: int, *, begins: bool) -> tuple[int, int] | None:
        """Return line and column behind the comment at ``start``; only one that begins a line may hold blank lines."""
        if self._last_closer[self._at] >= start + 2:
            return self._at, line.index("-->", start + 2) + 3
        closer = self._closers[self._at + 1]
        alone = begins and not line[:start].strip()
        if closer == len(self.all) or (not alone and closer > self._blanks[self._at]):
            return None
        return closer, self.all[closer].find("-->") + 3


def _kept_before(text: str) -> tuple[str, ...]:
    """Keep a blank where taking the comment out would let a new one come about."""
    return (text, " ") if text.endswith(("<", "<!", "<!-")) else (text,)
