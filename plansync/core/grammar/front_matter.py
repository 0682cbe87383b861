"""YAML front matter, as far as plans need it: simple ``key: value`` lines at the very start (spec §2.1).

It is taken off before Markdown is parsed: a Markdown parser that knows front matter finds it in mid-document, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from plansync.core.grammar.words import name_key
from plansync.core.text import Span

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_PAIR = re.compile(rb"(?P<key>[A-Za-z][\w -]*?)[ \t]*:[ \t]+(?P<value>\S[^\r\n]*)")
_FENCE = re.compile(rb"---[ \t]*(?:\r\n|\n|\r)")
_END = re.compile(rb"(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_COMMENT = re.compile(rb"(?:\A|[ \t])#.*\Z", re.DOTALL)
_QUOTES = (b'"', b"'")


@dataclass(frozen=True, slots=True)
class Pair:
    """One top-level ``key: value``; ``span`` covers the value without quotes and comment."""

    key: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The pairs, and where the Markdown begins."""

    pairs: tuple[Pair, ...]
    end: int

    def first(self, *keys: str) -> Pair | None:
        """Return the first pair of the first of ``keys`` that is there."""
        return next((pair for key in keys for pair in self.pairs if pair.key == key), None)

    def value(self, *keys: str) -> str | None:
        """Return the value of the first of ``keys`` that is there and has one."""
        pair = self.first(*keys)
        return pair.value if pair and pair.value else None


def read_front_matter(source: bytes, start: int) -> FrontMatter:
    """Return the front matter that begins at ``start``, the first byte after a BOM; none is empty and ends there."""
    opening = _FENCE.match(source, start)
    if opening is None:
        return FrontMatter((), start)
    pairs: list[Pair] = []
    at = opening.end()
    while at < len(source):
        if closing := _END.match(source, at):
            return FrontMatter(tuple(pairs), closing.end())
        if found := _PAIR.match(source, at):
            pairs.append(_pair(source, found))
        line = _LINE.match(source, at)
        at = line.end() if line else len(source)
    return FrontMatter((), start)


def _pair(source: bytes, found: re.Match[bytes]) -> Pair:
    key = name_key(found["key"].decode().replace("_", " ").replace("-", " "))
    raw, start = found["value"], found.start("value")
    quote = raw[:1]
    closing = raw.find(quote, 1) if quote in _QUOTES else -1
    if closing > 0:
        raw, start = raw[1:closing], start + 1
    else:
        raw = _COMMENT.sub(b"", raw).rstrip()
    return Pair(key, raw.decode("utf-8"), Span(start, start + len(raw)))
