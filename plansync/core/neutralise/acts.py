"""What acts in prose, and how it is kept from acting: by a zero-width space within it. Pure.

Sources: GitHub Docs, "Autolinked references and URLs" and "Mentioning people and teams"; GitLab Docs, "GitLab Flavored
Markdown" (GitLab-specific references) and "GitLab quick actions".
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from plansync.core.neutralise.hidden import ZERO_WIDTH_SPACE as GUARD


@dataclass(frozen=True, slots=True)
class ActingText:
    """What a tracker would act on, and what the configuration lets through.

    ``references`` are the prefixes that turn a number into a reference; with ``references_live`` these and bare URLs
    stay as they are. ``mentions_allowed`` are logins and teams, with or without ``@``.
    """

    quick_actions: bool = False
    references: tuple[str, ...] = ("#", "GH-")
    references_live: bool = False
    mentions_allowed: tuple[str, ...] = ()

    def allows(self, handle: str) -> bool:
        """Say whether ``handle``, without its ``@``, may be mentioned."""
        return handle.casefold() in {name.removeprefix("@").casefold() for name in self.mentions_allowed}


_EVERYWHERE = ("#", "!", "GH-")
"""Inert on every tracker, whatever it calls a reference (spec §8): plans move, and trackers learn."""
_NAMED = frozenset("%~")
"""GitLab's milestones and labels are referred to by name as well."""
_BRACKETED = "alert|commit|contact|epic|feature_flag|issue|merge_request|snippet|vulnerability|wiki_page|work_item"

_HANDLE = re.compile(r"(?>[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_])?)(?!\w|[./-]*(?:\\(?!`)|&))")
_TRACKED = re.compile(
    r"/-/|/(?:issues|pulls?|discussions|commits?|compare|merge_requests|work_items|epics|milestones?|snippets)(?![\w-])",
    re.IGNORECASE,
)
_CERTAIN_URL = re.compile(
    r"https?://[a-z0-9-]++(?:\.[a-z0-9-]++)++(?::[0-9]{1,5})?(?:[/?#][^\s<>`*~|\\()\[\]'\"&]*+)?(?![\w@])",
    re.IGNORECASE,
)
"""A URL that all trackers take for one, from its first to its last character here."""
_ENTITY_THAT_ACTS = re.compile(r"[-@#!%~$/:^*.\\&A-Za-z0-9_]")

_URL = r"(?P<url>(?i:https?://|www\.)[^\s<>`\\]++)"
_ACTS = (
    r"(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<mention>(?<![A-Za-z0-9])@(?=[^\s`])(?!\\`))"
    r"|(?P<tag><(?!(?i:br)[ ]?/?>)(?=[A-Za-z/!?]))"
)
_QUICK_ACTION = r"(?P<action>/)(?=[A-Za-z])(?![\w.-]*/)"
_MARKERS = r"(?:(?:[-+*>]|[0-9]{1,9}[.)])[ \t]+)*+"
_LINE_START = re.compile(
    rf"^[ \t]*+(?:(?P<quote>>)(?=>>[ \t]*$)|{_MARKERS}(?:{_QUICK_ACTION}|(?P<fence>~)(?=~~)|(?P<tag><)(?=[bB])))",
    re.MULTILINE,
)
_LINE_START_IN_CODE = re.compile(rf"^[ \t]*+{_QUICK_ACTION}", re.MULTILINE)
_MARKER_IN_CODE = re.compile(r"^[ \t]*+<(?=!--[ \t]*+/?plansync)", re.IGNORECASE)


def guard_prose(text: str, start: int, end: int, acts: ActingText) -> str:
    """Return characters ``start:end`` of ``text``, with all guarded that acts anywhere in a line."""
    return _guard(_with_urls(_prefixes(acts)), text, (start, end), acts)


def guard_address(text: str, acts: ActingText) -> str:
    """Return a URL in angle brackets as it is, or inert where it would act as a reference."""
    if acts.references_live or not _TRACKED.search(text.rstrip(">")):
        return text
    return text[0] + GUARD + guard_prose(text, 1, len(text), acts)


def guard_line_starts(text: str, acts: ActingText) -> str:
    """Guard what acts only where it begins a line of prose: quick actions, fences, quotes, blocks of HTML."""

    def guarded(found: re.Match[str]) -> str:
        return found[0] if found["action"] and not acts.quick_actions else found[0] + GUARD

    return _LINE_START.sub(guarded, text)


def guard_code_line(line: str, acts: ActingText, *, fenced: bool) -> str:
    """Guard a marker that begins a line of code, and a quick action unless all trackers know that it is ``fenced``."""
    if acts.quick_actions and not fenced:
        line = _LINE_START_IN_CODE.sub(lambda found: found[0] + GUARD, line)
    return _MARKER_IN_CODE.sub(lambda found: found[0] + GUARD, line)


def _guard(pattern: re.Pattern[str], text: str, span: tuple[int, int], acts: ActingText) -> str:
    parts: list[str] = []
    cursor = span[0]
    for found in pattern.finditer(text, *span):
        parts += (text[cursor : found.start()], _guarded(found, acts))
        cursor = found.end()
    return "".join((*parts, text[cursor : span[1]]))


def _guarded(found: re.Match[str], acts: ActingText) -> str:
    match found.lastgroup:
        case "url":
            return _guarded_url(found, acts)
        case "entity":
            acting = _ENTITY_THAT_ACTS.fullmatch(html.unescape(found[0]))
            return GUARD + found[0] + GUARD if acting else found[0]
        case "mention":
            handle = _HANDLE.match(found.string, found.end())
            return found[0] if handle and acts.allows(handle[0]) else found[0] + GUARD
        case _:
            return found[0] + GUARD


def _guarded_url(found: re.Match[str], acts: ActingText) -> str:
    """Break a URL that trackers read as a reference; leave any other alone as far as it certainly is one."""
    text, (start, end) = found.string, found.span()
    rest = _without_urls(_prefixes(acts))
    if not acts.references_live and _TRACKED.search(text, start, end):
        head = start + (3 if text[start] in "wW" else text.index(":", start) + 1 - start)
        return text[start:head] + GUARD + _guard(rest, text, (head, end), acts)
    certain = _CERTAIN_URL.match(text, start, end)
    if certain is None or (start and not (text[start - 1].isspace() or text[start - 1] == "(")):
        return _guard(rest, text, (start, end), acts)
    return certain[0] + _guard(rest, text, (certain.end(), end), acts)


def _prefixes(acts: ActingText) -> tuple[str, ...]:
    return () if acts.references_live else tuple(sorted({*_EVERYWHERE, *acts.references}))


@lru_cache(maxsize=32)
def _without_urls(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    """Compile what is guarded within a word: entities, mentions, tags, and references unless they are live."""
    references = [_reference(prefix) for prefix in prefixes]
    if references:
        references += [rf"\[(?=(?:{_BRACKETED}):)", r"\*(?=iteration:)"]
    return re.compile("|".join((_ACTS, *(f"(?:{reference})" for reference in references))))


@lru_cache(maxsize=32)
def _with_urls(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"{_URL}|{_without_urls(prefixes).pattern}")


def _reference(prefix: str) -> str:
    """Return a pattern for ``prefix`` where something to refer to follows; a backslash may hide in it."""
    shown = r"\\?".join(re.escape(char) for char in prefix)
    return rf'{shown}(?=[\w"])' if prefix in _NAMED else rf"(?i:{shown})(?=[0-9])"
