"""Issues in the heading of a phase: remarks, no part of its name (spec §2.3)."""

from __future__ import annotations

import re

_LINK = r"\[[^\[\]]*\]\([^()\s]*\)"
_ISSUE_LINK = r"\[[^\[\]]*\]\([^()\s]*/(?:issues|work_items)/\d+[^()\s]*\)"
_REFERENCE = rf"(?:{_LINK}|(?:[\w.-]+(?:/[\w.-]+)+)?#\d+|(?i:gh)-\d+|!\d+)"
_REFERENCES = rf"{_REFERENCE}(?:\s*(?:,|/|&|\+|and)\s*{_REFERENCE})*"
_WORD = r"(?:(?i:issues?|epics?|tracked\s+(?:in|by|as)|tracking|prs?|mrs?)\s*:?\s*)?"

ISSUE_SUFFIXES = (
    re.compile(rf"\s*\((?P<text>{_WORD}{_REFERENCES})\)$"),
    re.compile(rf"\s*[—–-]\s*(?P<text>{_WORD}{_REFERENCES})$"),
)
"""What follows a name: ``([#12](url))``, ``(#12, #13)``, ``— Issue #12``. Otherwise ``#12`` is text."""

_LEAD = re.compile(rf"(?:\({_ISSUE_LINK}\)|{_ISSUE_LINK})\s*(?:[:—–-]\s*)?(?=\S)")
_BEHIND_ID = re.compile(rf"(?P<head>[^:：—–(\[]{{1,40}}?)\s*(?:\({_ISSUE_LINK}\)|{_ISSUE_LINK})(?=\s*(?:[:：—–]|-\s))")
_ALONE = re.compile(_LINK)
_SEPARATORS = " -–—:：."
_WHOLE = re.compile(r"\[(?P<label>[^\[\]]+)\]\([^()\s]*\)")


def without_issues(heading: str) -> str:
    """Return a phase's heading without the issue link that leads it, or stands behind its id; of a link, its label."""
    whole = _WHOLE.fullmatch(heading)
    plain = whole["label"].strip() if whole else _LEAD.sub("", heading, count=1) if _LEAD.match(heading) else heading
    return _BEHIND_ID.sub(r"\g<head>", plain, count=1) if _BEHIND_ID.match(plain) else plain


def is_linked_name(rest: str, suffix: int) -> bool:
    """Say whether what would be cut from ``rest`` is a link, but to no issue, and all there is of a name."""
    alone = _ALONE.fullmatch(rest[suffix:].strip())
    return alone is not None and not rest[:suffix].strip(_SEPARATORS) and re.fullmatch(_ISSUE_LINK, alone[0]) is None
