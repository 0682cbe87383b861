"""Phase headings: ``[N.] Phase ID <sep> name``, in the words and scripts of spec §2.3."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plansync.core.grammar.phase_issues import ISSUE_SUFFIXES, is_linked_name, without_issues

_WORD = r"(?:phase|sprint|stage|wave|milestone|fase|etapa|фаза|этап|étape)"
_ID = r"(?:\d+(?:\.\d+)*[A-Za-z]?|[A-Z]-?\d+|[A-Z])"
_LATIN = re.compile(
    rf"(?:(?:\d+(?:\.\d+)*|[IVX]+|[A-Z])[.):]?\s+)?(?i:{_WORD})\s+#?(?P<id>{_ID})(?![\w])(?P<rest>.*)", re.DOTALL
)
_CHINESE = re.compile(
    r"(?:\d+[.、)]?\s*)?(?:阶段\s*(?P<id>\d+[A-Z]?)|第\s*(?P<nth>[\d一二三四五六七八九十]+)\s*阶段)(?P<rest>.*)",
    re.DOTALL,
)
_DIGITS = {digit: str(number) for number, digit in enumerate("一二三四五六七八九十", 1)}
_SEPARATOR = re.compile(r"\s*(?:[:：—–(（.、]|-{1,2}(?=\s|\w))\s*")
_RANGE = re.compile(r"[-–—]\d+(?:\.\d+)*(?:\s|[:：(]|$)")
_DONE_WORD = r"(?:completed?|done|finished|implemented|shipped)"
_SUFFIXES = (
    *ISSUE_SUFFIXES,
    re.compile(r"\s*\((?P<text>\[[^\]]*\]\([^()\s]*\))\)$"),
    re.compile(r"\s*(?P<text>\[[^\]]*\]\([^()\s]*\))$"),
    re.compile(r"\s*\[(?P<text>[^\[\]]*)\]$"),
    re.compile(rf"\s*(?:[—–:-]+\s*)?(?P<text>[✅✔☑🟢]\ufe0f?\s*(?:\*\*)?(?i:{_DONE_WORD})?(?:\*\*)?)$"),
    re.compile(r"\s*(?P<text>[🚧⏳🔄🟡🟨🔴❌⬜🔲]\ufe0f?(?:\s*[A-Z][A-Z ]+)?)$"),
    re.compile(rf"\s*(?:[—–:-]+\s*)(?P<text>(?:\*\*)?(?i:{_DONE_WORD})(?:\*\*)?)$"),
    re.compile(rf"\s*\((?P<text>(?:✅\s*)?(?i:{_DONE_WORD})(?:\s+[\d-]+)?)\)$"),
    re.compile(r"\s+(?P<text>COMPLETED?|DONE)$"),
    re.compile(
        r"\s*\((?P<text>(?:[^()]*[-–—,]\s*)?(?:~|≈|est\.?\s*)?\d+(?:\.\d+)?(?:\s*[-–—]\s*\d+(?:\.\d+)?)?\s*"
        r"(?i:h|hr|hrs|hours?|min|minutes?|d|days?|w|weeks?|months?))\)$"
    ),
    re.compile(r"\s*\((?P<text>(?i:days?|weeks?)\s+\d+(?:\s*[-–—]\s*\d+)?)\)$"),
)
_MOST_SUFFIXES = 6
_SUFFIX_REACH = 300
_COMPLETE = re.compile(rf"[✅✔☑]|\b{_DONE_WORD}\b", re.IGNORECASE)
_OPEN_WORD = re.compile(r"\b(?:not|in|partial\w*)\b", re.IGNORECASE)
_WRAPPED = re.compile(r"^(\*\*|__|\*|_)(?P<inner>.+)\1$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PhaseName:
    """What a phase heading says: its attributes are taken off the name."""

    id: str
    name: str | None
    heading: str
    suffix: str | None
    complete: bool


def read_phase_name(text: str) -> PhaseName | None:
    """Return what the heading ``text`` says, or None when it heads no phase (``Phase 1 Tasks``)."""
    plain = text.strip()
    if wrapped := _WRAPPED.match(plain):
        plain = wrapped["inner"].strip()
    plain = without_issues(plain)
    found = _LATIN.fullmatch(plain) or _CHINESE.fullmatch(plain)
    if found is None:
        return None
    groups = found.groupdict()
    phase_id = groups.get("id") or _DIGITS.get(groups.get("nth") or "", groups.get("nth") or "")
    if _RANGE.match(found["rest"]):
        return None
    rest, suffixes = _cut_suffixes(found["rest"])
    name = _name(rest, found.re is _CHINESE)
    if name is None:
        return None
    heading = f"{plain[: found.start('rest')]}{rest}".strip()
    complete = any(_COMPLETE.search(s) and not _OPEN_WORD.search(s) for s in suffixes)
    return PhaseName(phase_id, name or None, heading, suffixes[0] if suffixes else None, complete)


def _cut_suffixes(rest: str) -> tuple[str, list[str]]:
    suffixes: list[str] = []
    for _ in range(_MOST_SUFFIXES):
        reach = max(0, len(rest) - _SUFFIX_REACH)
        found = next((found for suffix in _SUFFIXES if (found := suffix.search(rest, reach))), None)
        if found is None or is_linked_name(rest, found.start()):
            break
        suffixes.insert(0, found["text"].strip())
        rest = rest[: found.start()].rstrip(" -–—:：")
    return rest, suffixes


def _name(rest: str, may_lack_separator: bool) -> str | None:
    """Return the name behind the separator; empty for a phase without one, None for no phase at all."""
    if not rest.strip():
        return ""
    found = _SEPARATOR.match(rest)
    if found is None:
        return rest.strip() if may_lack_separator else None
    name = rest[found.end() :].strip()
    if found[0].strip() in {"(", "（"} and name.endswith((")", "）")):
        name = name[:-1]
    return name.strip() or ""
