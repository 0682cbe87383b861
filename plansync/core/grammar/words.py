"""Names as they compare: headings, labels and column heads without numbers, marks and case (spec §2)."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"^(?:§\s*)?(?:\d+(?:\.\d+)*[.):]?|[IVX]+[.)]|[A-Z][.)])\s+")
_OWN_NUMBER = re.compile(r"-\d+$")
_MARKS = re.compile(r"[`*_~]+")
_NOTHING = re.compile(r"(?:none|n/?a|tbd|nothing|not applicable|[-–—]+|\.{3}|…)?", re.IGNORECASE)
_NONE_OF_THEM = re.compile(
    r"none\s*(?:[—–(]|-\s)"
    r"|no (?:[\w-]+ ){0,4}tasks? (?:(?:are|is|were|was) )?(?:needed|required|necessary|identified)\b",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"[—–(:-]*\s*(?:not (?:needed|applicable|necessary|planned|required)|no longer|deferred|dropped|skipped|cancell?ed"
    r"|removed|obsolete|superseded|postponed|won['’]t|wontfix|n/a|out of scope|moved|replaced)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_WHOLLY_MARKED = re.compile(r"^(\*\*|__|\*|_)(?P<inner>[^*_`]+)\1$")


def section_name(heading: str) -> str:
    """Return a heading's text without its section number: ``7. Risks`` and ``Risks`` are one."""
    return _NUMBER.sub("", heading.strip(), count=1)


def name_key(name: str) -> str:
    """Return ``name`` as names compare: no marks, no number, no remark in parentheses, one blank, case folded."""
    plain = _without_remark(_MARKS.sub("", section_name(name)).strip())
    return " ".join(plain.casefold().split()).rstrip(" :：.")


def _without_remark(text: str) -> str:
    start = text.rfind("(")
    is_remark = start >= 0 and text.find(")", start) == len(text) - 1
    return text[:start] if is_remark else text


def label_key(name: str) -> str:
    """Return a label's name as names compare, without a number of its own: ``GOAL-001`` is a goal."""
    return _OWN_NUMBER.sub("", name_key(name))


def is_nothing(text: str) -> bool:
    """Say whether an item's text is no item: wholly a ``{placeholder}``, None, N/A, TBD or a dash (spec §2.5)."""
    plain = text.strip().rstrip(".")
    marked = _WHOLLY_MARKED.match(plain)
    plain = (marked["inner"] if marked else plain).strip().rstrip(".")
    return _NOTHING.fullmatch(plain) is not None or _PLACEHOLDER.fullmatch(plain) is not None


def says_none(text: str) -> bool:
    """Say whether an item only tells that there are none: ``None — what exists is used``, ``No tasks needed``."""
    return _NONE_OF_THEM.match(text) is not None


def says_dropped(text: str) -> bool:
    """Say whether a remark behind struck-out text tells that it was dropped: ``— deferred``, ``(not needed)``."""
    return _DROPPED.match(text) is not None


def without_quotes(text: str) -> str:
    """Return ``text`` without code or quotation marks around the whole of it."""
    for mark in ("`", '"', "'"):
        if len(text) >= 2 and text.startswith(mark) and text.endswith(mark) and mark not in text[1:-1]:
            return text[1:-1].strip()
    return text
