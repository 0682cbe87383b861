"""Judges a write-back: takes out of a plan all that it may change. What is left must be the same bytes before and after."""

from __future__ import annotations

import re

_END = r"(?:\r\n|\r(?!\n)|(?<!\r)\n)"
_LEAD = r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+"
_LINK = r"\[(?:[^\]\\\r\n]|\\.)*\]\([^()\s]*\)"
_MILESTONE = rf"(?:{_END}{_LEAD}|{_END}{{1,2}})\*\*Milestone:\*\* "
_FIELD = re.compile(rf"(?:{_MILESTONE}|{_END}{{1,2}}{_LEAD}\*\*Issue:\*\* ){_LINK}(?=[ \t\\]*(?:[\r\n]|\Z))")
_ISSUE = re.compile(r" \(\[#\d+\]\([^()\s|]*/issues/\d+\)\)")
_BOX = re.compile(rf"(?m)((?:^|(?<=\r)){_LEAD}|(?<=\|)[ \t]*)\[[^\[\]\r\n]\](?=\s)")
_CELL = re.compile(
    r"(?i)(?<=\|)([ \t*_]*)(?:(?:[^\x00-\x7f]+[ \t]*)?"
    r"(?:open|active|monitoring|new|to[ _-]?do|closed|mitigated|resolved|accepted|done)|✅)([ \t*_]*)(?=\|)"
)
_HEADER = re.compile(r"(?s)(\ufeff?(?:---[ \t]*[\r\n].*?[\r\n]---[ \t]*(?=[\r\n]))?)(.*?)(?=[\r\n]##\s|\Z)")
_STATUS = re.compile(
    r"(?im)(?P<label>(?:^|(?<=\r))(?:[-*+>|][ \t]+)*status[ \t]*:|\*\*status(?::\*\*|\*\*[ \t]*[:|]))"
    r"(?P<value>[^\r\n|·<]*?)(?P<rest>[ \t\\]*(?:[\r\n|·<]|\Z))"
)
_WORD = re.compile(
    r"(?i)(?:[^\x00-\x7f]+[ \t]*)?\b(?:draft|planned|planning|approved|ready|not[ _-]+started|proposed|pending|in[ _-]+progress|active"
    r"|implementing|started|partial|completed?|done|implemented|shipped)\b"
)


def without_writing(plan: bytes) -> bytes:
    """Return ``plan`` without issue links, Milestone and Issue fields, marks in boxes, and words in Status line and cells."""
    text = _BOX.sub(r"\1[ ]", _ISSUE.sub("", _FIELD.sub("", plan.decode())))
    text = _CELL.sub(r"\1\2", text)
    return _HEADER.sub(lambda header: _wordless(header[1]) + _wordless(header[2]), text, count=1).encode()


def _wordless(part: str) -> str:
    return _STATUS.sub(lambda line: line["label"] + _WORD.sub("", line["value"], count=1) + line["rest"], part, count=1)
