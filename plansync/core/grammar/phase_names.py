"""Phase headings: ``[N.] Phase ID <sep> name``, in the words and scripts of spec §2.3."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plansync.core.grammar.phase_issues import ISSUE_SUFFIXES, is_linked_name, without_issues
from plansync.core.grammar.phase_words import (
    BEFORE_PHASE,
    DONE,
    EASTERN_UNIT,
    PHASE,
    SPAN,
    UNIT,
    eastern_id,
    match_eastern,
)

_ID = r"(?:\d+(?:\.\d+)*[A-Za-z]?|[A-Z]-?\d+|[IVX]{2,4}|[A-Z]|(?i:one|two|three|four|five|six|seven|eight|nine|ten))"
_EARLY = (
    rf"(?P<early>\s*(?:(?:[✅✔☑🟢🚧⏳🔄🟡]\ufe0f?|\[[^\[\]]*\](?!\())(?:\s*(?i:{DONE}))?|\([^()]*\))"
    r"(?=\s*(?:[:：—–]|-\s)))?"
)
_ORNAMENT = re.compile(r"[^\w\s(\[<#`*~\"'-]+\s*")
_LATIN = re.compile(
    rf"(?:(?:\d+(?:\.\d+)*|[IVX]+|[A-Z])[.):]?\s+)?(?i:{BEFORE_PHASE}{PHASE})(?:\s+#?|[-_]?(?=\d))"
    rf"(?P<id>{_ID})(?![\w]){_EARLY}(?P<rest>.*)",
    re.DOTALL,
)
_FINAL = re.compile(rf"(?P<id>(?i:final|last))\s+(?i:{PHASE})(?![\w])(?P<rest>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<id>\d+(?:\.\d+)*)[.):]?\s+(?P<rest>\S.*)", re.DOTALL)
_SEPARATOR = re.compile(r"\s*(?:[:：—–(（.、)→]|-{1,2}(?=\s|\w))\s*")
_STATE_BEFORE_NAME = re.compile(
    r"(?P<separator>\s*(?:[:：—–]|-\s)\s*)"
    rf"\[(?P<text>(?i:{DONE}|in[ -]progress|not started|blocked|partial|deferred))\]\s+(?=\S)"
)
_RANGE = re.compile(r"[-–—]\d+(?:\.\d+)*(?:\s|[:：(]|$)")
_DATE = r"(?:\(\s*)?(?:\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4})(?:\s*\))?"
_NUMBER = r"(?:~|≈|约|預計|预计|est\.?\s*)?\s*\d+(?:\.\d+)?(?:\s*[-–—~]\s*\d+(?:\.\d+)?)?"
_SUFFIXES = (
    re.compile(
        rf"\s*(?:[—–:-]+\s*)?(?P<text>(?:[✅✔☑]\ufe0f?\s*(?i:{DONE})?"
        rf"|\[(?i:{DONE})\])\s*(?i:on\s+)?{_DATE})$"
    ),
    re.compile(rf"\s*[—–:-]+\s*(?P<text>(?i:{DONE})\s+(?i:on\s+)?{_DATE})$"),
    *ISSUE_SUFFIXES,
    re.compile(r"\s*\((?P<text>\[[^\]]*\]\([^()\s]*\))\)$"),
    re.compile(r"\s*(?P<text>\[[^\]]*\]\([^()\s]*\))$"),
    re.compile(r"\s*\[(?P<text>[^\[\]]*)\]$"),
    re.compile(rf"\s*(?:[—–:-]+\s*)?(?P<text>[✅✔☑🟢]\ufe0f?\s*(?:\*\*)?(?i:{DONE})?(?:\*\*)?)$"),
    re.compile(r"\s*(?P<text>[✅✔☑🟢]\ufe0f?\s*\([^()]*\))$"),
    re.compile(r"\s*(?P<text>[🚧⏳🔄🟡🟨🔴❌⬜🔲⏸⏭🔜📋⚪🔵🟠⏱🆕]\ufe0f?(?:\s*[A-Z][A-Z ]+)?)$"),
    re.compile(rf"\s*(?:[—–:-]+\s*)(?P<text>(?:\*\*)?(?i:{DONE})(?:\*\*)?(?:\s*[✅✔☑🟢]\ufe0f?)?)$"),
    re.compile(rf"\s*(?P<em>\*?)[(（](?P<text>(?:✅\s*)?(?:100\s?%\s*)?(?i:{DONE})(?:\s+[\d-]+)?)[)）](?P=em)$"),
    re.compile(r"\s+(?P<text>COMPLETED?|DONE)$"),
    re.compile(
        rf"\s*[(（](?P<text>(?:[^()（）]*[-–—,]\s*)?{_NUMBER}\s*(?:{UNIT}|{EASTERN_UNIT})(?:\s+(?i:total|each))?)[)）]$"
    ),
    re.compile(rf"\s*[(（](?P<text>{SPAN}\s+\d+(?:\s*[-–—]\s*\d+)?)[)）]$"),
    re.compile(rf"\s*[(（](?P<text>第\s*\d+(?:\s*[-–—~至到]\s*\d+)?\s*{EASTERN_UNIT})[)）]$"),
    re.compile(rf"\s*[-–—,]\s*(?P<text>{_NUMBER}\s*{UNIT})$"),
    re.compile(rf"\s*[-–—,]\s*(?P<text>{SPAN}\s+\d+(?:\s*[-–—]\s*\d+)?)$"),
    re.compile(rf"\s+(?P<text>~\d+(?:\.\d+)?(?:\s*[-–—]\s*\d+(?:\.\d+)?)?\s*{UNIT})$"),
)
_MOST_SUFFIXES = 6
_SUFFIX_REACH = 300
_COMPLETE = re.compile(rf"[✅✔☑]|\b{DONE}\b", re.IGNORECASE)
_OPEN_WORD = re.compile(r"\b(?:not|in[ -]progress|partial\w*)\b", re.IGNORECASE)
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
    ornament = found[0] if (found := _ORNAMENT.match(plain)) else ""
    plain = plain[len(ornament) :]
    western = _LATIN.fullmatch(plain) or _FINAL.fullmatch(plain)
    found = western or match_eastern(plain)
    if found is None or _RANGE.match(found["rest"]):
        return None
    rest, suffixes = _cut_suffixes(found["rest"])
    if state := _STATE_BEFORE_NAME.match(rest):
        rest = state["separator"] + rest[state.end() :]
        suffixes.insert(0, state["text"])
    name = _name(rest, western is None)
    if name is None:
        return None
    phase_id = western["id"] if western else eastern_id(found)
    early = found.groupdict().get("early") or ""
    heading = f"{plain[: found.start('rest') - len(early)]}{rest}"
    attributes = (early.strip().strip("[]()"), *suffixes, ornament.strip() if _COMPLETE.search(ornament) else "")
    return _named(phase_id, name, heading, [attribute for attribute in attributes if attribute])


def read_numbered_name(text: str) -> PhaseName | None:
    """Return what a section's heading says that has a number (``2. Data model``), or None."""
    found = _NUMBERED.fullmatch(text.strip())
    if found is None:
        return None
    rest, suffixes = _cut_suffixes(found["rest"])
    return _named(found["id"], rest, f"{text.strip()[: found.start('rest')]}{rest}", suffixes)


def _named(phase_id: str, name: str, heading: str, suffixes: list[str]) -> PhaseName:
    done = [suffix for suffix in suffixes if _COMPLETE.search(suffix) and not _OPEN_WORD.search(suffix)]
    return PhaseName(phase_id, name or None, heading.strip(), next(iter((*done, *suffixes)), None), bool(done))


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
