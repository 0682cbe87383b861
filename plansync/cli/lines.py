"""What the views make and the terminal prints: lines of text, each with the role it plays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple


class Role(Enum):
    """What a line is for; the value is its colour on a terminal that has any."""

    PLAIN = ""
    TITLE = "bold"
    ADDED = "green"
    CHANGED = "yellow"
    REMOVED = "red"
    FAINT = "dim"
    GOOD = "bold green"
    BAD = "bold red"


class Line(NamedTuple):
    """One line, without its line end."""

    text: str
    role: Role = Role.PLAIN


def indented(lines: Iterable[Line], by: int = 2) -> Iterator[Line]:
    """Yield ``lines`` moved ``by`` blanks to the right; empty ones stay empty."""
    for line in lines:
        yield line._replace(text=" " * by + line.text) if line.text else line


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 task``, ``2 tasks``; ``plural`` where an s does not make it."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


_UNSEEN = {
    code: "\N{REPLACEMENT CHARACTER}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if chr(code) not in "\t\n"
}


def printable(text: str) -> str:
    """Return ``text`` without characters that steer a terminal or turn the reading direction.

    Plans and issues are other people's text; an escape sequence in a title must not act here.
    """
    return text.translate(_UNSEEN)
