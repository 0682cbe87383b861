"""Where the quick actions of a text are, as GitLab's extractor finds them.

A command stands at the very start of a line, its name is blind to case, what follows after one space is its argument,
and the whole line goes, with the empty lines after it. Which lines count has changed over the years, and this server
carries out what either reader would: the older one skips code between backtick fences, code that ends a line, ``>>>``
quotes and blocks of HTML, by one pattern over the whole text; the newer one looks only into paragraphs that stand
outside of everything (no list, no quote, no code, no HTML), and skips code spans in them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Command:
    """One quick action."""

    name: str
    argument: str


def extract(text: str, names: Collection[str]) -> tuple[str, list[Command]]:
    """Return a text (without carriage returns) without its commands, and the commands in it."""
    patterns = _patterns(frozenset(names))
    lines = text.split("\n")
    if not any(patterns.line.match(line) for line in lines):
        return text, []
    found = {*_by_pattern(text, patterns), *_by_paragraph(lines, patterns)}
    commands, kept, swallowing = [], [], False
    for index, line in enumerate(lines):
        match = patterns.line.match(line) if index in found else None
        if match is not None:
            commands.append(Command(match["name"].lower(), (match["argument"] or "").strip()))
            swallowing = True
        elif line.strip() or not swallowing:
            kept.append(line)
            swallowing = False
    return "\n".join(kept), commands


@dataclass(frozen=True, slots=True)
class _Patterns:
    line: re.Pattern[str]
    text: re.Pattern[str]
    paragraph: re.Pattern[str]


_KEPT = (
    r"^```.+?\n```$",  # fenced code
    r"^[^\n]*`\n*.+?\n*`$",  # code that ends a line
    r"^<[^>\n]+?>\n.+?\n</[^>\n]+?>$",  # a block of HTML
    r"^>>>.+?\n>>>$",  # a quote of many lines
)


@lru_cache
def _patterns(names: frozenset[str]) -> _Patterns:
    command = rf"^/(?P<name>{'|'.join(sorted(names))})(?: (?P<argument>[^\n]*))?[^\S\n]*$"
    flags = re.MULTILINE | re.DOTALL | re.IGNORECASE
    return _Patterns(
        line=re.compile(command, re.IGNORECASE),
        text=re.compile(rf"(?:{'|'.join(_KEPT)})|{command}", flags),
        paragraph=re.compile(rf"`.+?`|{command}", flags),
    )


def _by_pattern(text: str, patterns: _Patterns) -> Iterator[int]:
    """Give the lines that the older reader takes."""
    line, at = 0, 0
    for match in patterns.text.finditer(text):
        if match["name"] is not None:
            line, at = line + text.count("\n", at, match.start()), match.start()
            yield line


def _by_paragraph(lines: list[str], patterns: _Patterns) -> Iterator[int]:
    """Give the lines that the newer reader takes."""
    for start, end in _paragraphs(lines):
        inside = "\n".join(lines[start:end])
        for match in patterns.paragraph.finditer(inside):
            if match["name"] is not None:
                yield start + inside.count("\n", 0, match.start())


_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_OPENING = re.compile(r" {0,3}(?:>|[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|<[A-Za-z!/?])| {4}|\t")


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Give first line and end of each paragraph that stands by itself, roughly as Markdown has it."""
    index = 0
    while index < len(lines):
        if fence := _FENCE.match(lines[index]):
            index = _after_fence(lines, index, fence[1])
        elif not lines[index].strip():
            index += 1
        else:
            end = _end_of_block(lines, index)
            if not _OPENING.match(lines[index]):
                yield index, end
            index = end


def _after_fence(lines: list[str], start: int, fence: str) -> int:
    closing = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*")
    ends = (index for index in range(start + 1, len(lines)) if closing.fullmatch(lines[index]))
    return next(ends, len(lines)) + 1


def _end_of_block(lines: list[str], start: int) -> int:
    """Return where a block ends: at an empty line or a fence; a comment goes on until it is closed."""
    if lines[start].lstrip().startswith("<!--"):
        ends = (index for index in range(start, len(lines)) if "-->" in lines[index])
        return next(ends, len(lines)) + 1
    ends = (i for i in range(start + 1, len(lines)) if not lines[i].strip() or _FENCE.match(lines[i]))
    return next(ends, len(lines))
