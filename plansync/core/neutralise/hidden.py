"""Characters that a person cannot see: taken out, but for those that shape the letters around them. Pure."""

from __future__ import annotations

import re
import unicodedata

ZERO_WIDTH_SPACE = "\u200b"
"""What guards text that would act; never left in text that comes in."""

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
"""The flag of a country's part (England): a black flag, tag letters, a cancel tag."""
_HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_HIDDEN_CHARACTER = re.compile(_HIDDEN)
_FLAG_OR_HIDDEN = re.compile(f"{_FLAG}|{_HIDDEN}")
_JOINERS = "\u200c\u200d"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_KEYCAPS = "0123456789#*"


def strip_hidden(text: str) -> str:
    """Return ``text`` with LF line ends, without controls, overrides, zero-width, tag and other hidden characters.

    Kept where they carry meaning: joiners between letters or emoji of one sequence, one variation selector after its
    character, direction marks beside right-to-left letters, the tags of a flag.
    """
    return _FLAG_OR_HIDDEN.sub(_kept, _LINE_ENDS.sub("\n", text))


def _kept(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) > 1:
        return found
    text = match.string
    before = text[match.start() - 1] if match.start() else ""
    after = text[match.end()] if match.end() < len(text) else ""
    if found in _JOINERS:
        base = text[match.start() - 2] if before == "\ufe0f" and match.start() > 1 else before
        return found if _is_shaped(base) and _is_shaped(after) else ""
    if found in _DIRECTION_MARKS:
        return found if _is_right_to_left(before) or _is_right_to_left(after) else ""
    if _SELECTORS.match(found):
        return found if _is_shaped(before) or (found == "\ufe0f" and before and before in _KEYCAPS) else ""
    return ""


def _is_visible(char: str) -> bool:
    return bool(char) and not _HIDDEN_CHARACTER.match(char)


def _is_shaped(char: str) -> bool:
    """Say whether a joiner or selector may change how ``char`` looks: a letter, mark or symbol beyond ASCII."""
    return _is_visible(char) and not char.isascii() and unicodedata.category(char)[0] in "LMS"


def _is_right_to_left(char: str) -> bool:
    return _is_visible(char) and unicodedata.bidirectional(char) in {"R", "AL"}
