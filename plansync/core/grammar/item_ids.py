"""Explicit ids that lead an item's text: ``T001``, ``1.2``, ``Task 1.1:`` (spec §2.4, §2.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plansync.core.grammar.task_words import task_word
from plansync.core.text import Span

_STOP = "(?:[:.)]|：|[ \t]*(?:—|–|-{1,2})(?=[ \t]))?".encode()
_WORD = rf"(?:{task_word()})#?".encode()
_LEAD = re.compile(
    rb"(?P<mark>\*\*|__|~~|`|\[)?(?P<word>" + _WORD + rb")?"
    rb"(?:(?P<letters>(?:[A-Z]|TASK|TODO)-?\d+(?:\.\d+)*[a-z]?)|(?P<digits>\d+(?:\.\d+)*[a-z]?))"
    rb"(?P<stop>" + _STOP + rb")(?P<close>\*\*|__|~~|`|\])?(?P<after>" + _STOP + rb")(?:[ \t]+|(?<=\xef\xbc\x9a))"
)
_CLOSING = {b"[": b"]"}
_PLAIN = re.compile(rb"(?:T-?\d{2,}|(?:TASK|TODO)-\d+)(?:\.\d+)*[a-z]?")
_BOXED = re.compile(rb"(?:T-?|(?:TASK|TODO)-)\d+(?:\.\d+)*[a-z]?")


@dataclass(frozen=True, slots=True)
class LeadingId:
    """An id, and how the text goes on: from ``start``, without ``cut`` where bold marks begin before the id."""

    id: str
    start: int
    cut: Span | None = None


def read_leading_id(source: bytes, start: int, end: int, *, boxed: bool) -> LeadingId | None:
    """Return the id that leads the text ``source[start:end]``, or None. ``boxed``: a checkbox stands before it.

    text                                  id
    T001 …, T-001: …, **T001** …          always
    T1 …                                  behind a box, or where something parts it from the text
    Task 1.1: …, **Task 1.1** …           where something parts it from the text
    1.2 …, 1. …                           behind a box; elsewhere 1.2 alone, and parted: 3.12 may be a version
    **T001: whole** …                     is cut out of the bold text; a struck-out text keeps it
    """
    found = _LEAD.match(source, start, end)
    if found is None:
        return None
    mark, close = found["mark"] or b"", found["close"] or b""
    is_closed = bool(close) and close == _CLOSING.get(mark, mark)
    if (close and not is_closed) or (mark in {b"`", b"["} and not is_closed):
        return None
    if not _is_id(found, is_closed, boxed):
        return None
    name = (found["letters"] or found["digits"]).decode()
    if is_closed or not mark:
        return LeadingId(name, found.end())
    return LeadingId(name, start, None if mark == b"~~" else Span(start + len(mark), found.end()))


def _is_id(found: re.Match[bytes], is_closed: bool, boxed: bool) -> bool:
    is_parted = is_closed or bool(found["stop"] or found["after"])
    if found["word"]:
        return is_parted
    if found["letters"]:
        plain = _BOXED if boxed else _PLAIN
        return plain.fullmatch(found["letters"]) is not None or (found["letters"][:1] == b"T" and is_parted)
    if found["mark"] == b"[":
        return False
    is_dotted = b"." in found["digits"]
    return (boxed and (is_parted or is_dotted)) or (is_parted and is_dotted)
