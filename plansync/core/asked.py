"""What somebody means who asks about an item: an issue, a line of a plan, an id, or words of its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plansync.core.links import Address, RefKind, Where, read_reference

_NUMBER = re.compile(r"[#!]?(\d{1,12})", re.ASCII)
_LINE = re.compile(r"(.+?):(\d{1,9})(?::\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByIssue:
    """The item that has this issue."""

    number: int


@dataclass(frozen=True, slots=True)
class ByLine:
    """The item that stands at this line of the plan, or begins above it."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class ByText:
    """The item of this id, or whose text is this or holds it."""

    text: str


Wish = ByIssue | ByLine | ByText


def read_wish(text: str, addresses: Iterable[Address]) -> Wish:
    """Return what ``text`` means: ``12`` and ``#12``, an issue's address, ``PLAN:LINE``, else an id or words."""
    plain = text.strip()
    number = _NUMBER.fullmatch(plain)
    if number is not None:
        return ByIssue(int(number[1]))
    if "://" in plain:
        for address in addresses:
            found = read_reference(plain, address)
            if found is not None and found.kind is RefKind.ISSUE and found.where is not Where.ELSEWHERE:
                return ByIssue(found.number)
    line = _LINE.fullmatch(plain)
    if line is not None and "://" not in plain:
        return ByLine(line[1], int(line[2]))
    return ByText(plain)
