"""A number without a link at the end of an item's text: ``Fit the tap (#12)``, ``Fit the tap #12`` (spec §3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plansync.core.text import Span

_NUMBER = re.compile(
    rb"(?:(?<=[ \t\r\n])|(?<=[\w\x80-\xff])(?=\())(?P<open>\()?(?P<number>#[1-9]\d{0,14})(?(open)\))\Z"
)
_REACH = 20
_ALONE = re.compile(rb"\(?(?P<number>#[1-9]\d{0,14})\)?")
_SPEAKS_OF = re.compile(
    rb"(?i)\b(?:of|on|in|to|see|from|by|with|and|or|as|at|like|via|per|for|than|after|before|since|until|under|about|"
    rb"pr|mr|prs|mrs|pull|request|requests|commit|comment|discussion|task|tasks|step|phase|item|row|no|number)[.:]?\Z"
)
"""Words behind which a number is part of the sentence, or no issue's: ``Finish what is left of #12``, ``PR #12``."""
_WORD_REACH = 24


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """``span`` covers ``#12``, ``whole`` the parentheses around it as well."""

    number: int
    span: Span
    whole: Span

    @property
    def enclosed(self) -> bool:
        """Say whether it stands in parentheses."""
        return self.whole != self.span


def number_at_end(source: bytes, start: int, end: int) -> FoundNumber | None:
    """Return the number that ends the text from ``start`` to ``end``; a text that is nothing else has none.

    In parentheses it always counts, without them only where it is not part of the sentence. ``GH-12``, ``!12``,
    ``owner/repo#12``, ``(see #12)`` and ``(#12, #13)`` are none.
    """
    found = _NUMBER.search(source, max(start, end - _REACH), end)
    before = source[max(start, end - _REACH - _WORD_REACH) : found.start()].rstrip() if found else b""
    if found is None or not before or found.start() <= start:
        return None
    if not found["open"] and _SPEAKS_OF.search(before):
        return None
    return _found(found)


def sole_number(source: bytes, span: Span) -> FoundNumber | None:
    """Return the number that is all of ``span``."""
    found = _ALONE.fullmatch(source, span.start, span.end)
    return _found(found) if found else None


def _found(found: re.Match[bytes]) -> FoundNumber:
    span = Span(found.start("number"), found.end("number"))
    return FoundNumber(int(found["number"][1:]), span, Span(found.start(), found.end()))
