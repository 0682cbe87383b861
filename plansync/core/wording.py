"""A status word in its author's form: what is the word, and what stands around it. Pure.

Status values and Status cells are written by people in many dresses (``✅ **DONE**``, ``[in-progress]``,
``Draft (v2)``). This module takes the word out, compares it without case and separators, and puts another word into
the same dress. Which words exist is said by :mod:`plansync.core.status_words` and :mod:`plansync.core.cells`.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace

_EMOJI = r"(?::[a-z0-9_+\-]+:|[\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+)"
_SHORTCODE = re.compile(r"\s*:[a-z0-9_+\-]+:")
_EMOJI_FIRST = re.compile(_EMOJI + r"\s*")
_EMOJI_LAST = re.compile(r"\s*" + _EMOJI)
_NOTE = re.compile(r"(?<!\s)\s*(?:\(|<!--)|\s[—–-]{1,3}\s|\s#")
_ASIDE = re.compile(r"(?<!\s)\s*[·•|\r\n]|[,;:.!]\s")
_TOKEN = re.compile(r"[^\W_]+")
_LONGEST_WORD = 4
"""The number of parts of the longest known words (``ready for development``, and one to spare)."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Nothing is to be written, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Write:
    """The value shall read ``text``."""

    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The value is left alone, and people are told why."""

    message: str


Verdict = Keep | Write | Unclear


@dataclass(frozen=True, slots=True)
class Wording:
    """A value taken apart: ``lead + word + close + note`` is the value, byte for byte.

    ``lead`` and ``close`` are brackets, emphasis, quotes and emoji around the word; ``note`` is what follows in
    parentheses, after a dash, as a comment, or as a further piece that has no known word.
    """

    lead: str
    word: str
    close: str
    note: str = ""

    @property
    def emoji(self) -> str:
        """Return the leading emoji with its blanks, or an empty text."""
        found = _EMOJI_FIRST.search(self.lead)
        return found.group() if found else ""

    def reword(self, word: str, emoji: str = "") -> str:
        """Return the value with ``word`` in this one's form. Its emoji go; ``emoji`` takes the leading one's place."""
        first, *rest = _EMOJI_FIRST.split(self.lead)
        lead = "".join((first, emoji if rest else "", *rest))
        return lead + shape_word(word, self.word) + _EMOJI_LAST.sub("", self.close) + self.note


def normal_word(word: str) -> str:
    """Return ``word`` as it is compared: letters and digits only, case folded."""
    return "".join(_TOKEN.findall(word)).casefold()


def read_wording(raw: str, known: Container[str]) -> Wording:
    """Take ``raw`` apart. ``known`` has normal words; a note is split off only where a known word stands before it."""
    whole = _frame(raw)
    if normal_word(whole.word) in known:
        return whole
    return _with_note(raw, whole, _NOTE, known) or _with_aside(raw, whole, known) or whole


def _with_note(raw: str, whole: Wording, stop: re.Pattern[str], known: Container[str]) -> Wording | None:
    note = stop.search(raw, len(whole.lead))
    if note is None:
        return None
    head = _frame(raw[: note.start()])
    return replace(head, note=raw[note.start() :]) if normal_word(head.word) in known else None


def _with_aside(raw: str, whole: Wording, known: Container[str]) -> Wording | None:
    """Take ``Draft, v2`` and ``Draft · 2026-01-02`` for a word and a note, and ``Draft | Approved`` for neither."""
    found = _with_note(raw, whole, _ASIDE, known)
    return found if found and not words_in(found.note, known) else None


def words_in(text: str, known: Container[str]) -> tuple[str, ...]:
    """Return the known words that ``text`` holds, longest first at each place, as written."""
    tokens = list(_TOKEN.finditer(text))
    found: list[str] = []
    at = 0
    while at < len(tokens):
        length = _known_length(text, tokens[at : at + _LONGEST_WORD], known)
        if length:
            found.append(text[tokens[at].start() : tokens[at + length - 1].end()])
        at += max(1, length)
    return tuple(found)


def shape_word(word: str, like: str) -> str:
    """Return ``word`` in the case and with the separators of ``like``.

    ``DRAFT`` gives upper case, ``draft`` lower case, ``In progress`` one capital, ``not-started`` hyphens,
    ``NotStarted`` no separator; anything else leaves ``word`` as it is.
    """
    separator = next((mark for mark in "-_" if mark in like), " ")
    if separator == " " and re.search(r"[a-z][A-Z]", like):
        separator = ""
    text = separator.join(word.split())
    if like.isupper():
        return text.upper()
    if like.islower():
        return text.lower()
    is_sentence = bool(separator) and separator in like and like[:1].isupper() and like[1:].islower()
    return text.capitalize() if is_sentence else text


def _frame(raw: str) -> Wording:
    code = _SHORTCODE.match(raw)
    start = code.end() if code else 0
    while start < len(raw) and not raw[start].isalnum():
        start += 1
    end = len(raw)
    while end > start and not raw[end - 1].isalnum():
        end -= 1
    return Wording(raw[:start], raw[start:end], raw[end:])


def _known_length(text: str, tokens: list[re.Match[str]], known: Container[str]) -> int:
    for length in range(len(tokens), 0, -1):
        if normal_word(text[tokens[0].start() : tokens[length - 1].end()]) in known:
            return length
    return 0
