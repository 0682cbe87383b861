"""YAML front matter, as far as plans need it: keys, one level of keys below them, and lists (spec §2.1).

It is taken off before Markdown is parsed: a Markdown parser that knows front matter finds it in mid-document, too.
It is read by lines and not by a YAML parser, for the bytes of a value that may be written have to be known, and front
matter that is no YAML (a title with a colon in it) must not cost the plan its Status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plansync.core.grammar.words import name_key
from plansync.core.text import Span

_LINE = re.compile(rb"(?P<text>[^\r\n]*)(?:\r\n|\n|\r|\Z)")
_PAIR = re.compile(
    rb"(?P<indent> *)(?P<key>[A-Za-z][\w -]*?|\"[^\"]+\"|'[^']+')[ \t]*:(?:[ \t]+(?P<value>[^ \t].*)|[ \t]*\Z)"
)
_ITEM = re.compile(rb"(?P<indent> *)-(?:[ \t]+(?P<value>[^ \t].*)|[ \t]*\Z)")
_FENCE = re.compile(rb"---[ \t]*(?:\r\n|\n|\r)")
_END = re.compile(rb"(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_COMMENT = re.compile(rb"(?:\A|[ \t])#.*\Z", re.DOTALL)
_BLOCK_TEXT = re.compile(rb"[|>][-+0-9]*(?:[ \t]+#.*)?\Z")
_QUOTED = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_PARENTS = ("plan", "metadata", "meta", "document", "feature", "project")
"""The keys below which a plan's own fields are looked for; another one's ``status`` may be that of a phase."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One ``key: value``; ``span`` covers the value without quotes and comment, of a list all of its items.

    The key of a pair below another one is ``parent.key``.
    """

    key: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The pairs, and where the Markdown begins."""

    pairs: tuple[Pair, ...]
    end: int

    def first(self, *keys: str) -> Pair | None:
        """Return the first pair of the first of ``keys`` that is there; pairs below another key come last."""
        names = (*keys, *(f"{parent}.{key}" for key in keys for parent in _PARENTS))
        return next((pair for name in names for pair in self.pairs if pair.key == name), None)

    def value(self, *keys: str) -> str | None:
        """Return the value of the first of ``keys`` that is there and has one."""
        pair = self.first(*keys)
        return pair.value if pair and pair.value else None


def read_front_matter(source: bytes, start: int) -> FrontMatter:
    """Return the front matter that begins at ``start``, the first byte after a BOM; none is empty and ends there."""
    opening = _FENCE.match(source, start)
    if opening is None:
        return FrontMatter((), start)
    reader = _Reader()
    for line in _LINE.finditer(source, opening.end()):
        if closing := _END.match(source, line.start()):
            return FrontMatter(reader.pairs(), closing.end())
        reader.take(line["text"], line.start())
    return FrontMatter((), start)


@dataclass(frozen=True, slots=True)
class _Scalar:
    """A value on one line."""

    text: str
    span: Span


@dataclass(slots=True)
class _Reader:
    """Takes line after line. ``above`` has indentation and key of the pairs that the next line may stand below."""

    found: dict[str, list[_Scalar]] = field(default_factory=dict)
    above: list[tuple[int, str]] = field(default_factory=list)
    passed: int | None = None
    """Lines indented deeper belong to a text or to an item of a list."""

    def take(self, line: bytes, at: int) -> None:
        text = line.lstrip(b" ")
        indent = len(line) - len(text)
        if not text.strip() or text.startswith(b"#") or (self.passed is not None and indent > self.passed):
            return
        self.passed = None
        if found := _ITEM.match(line):
            self.passed = indent
            self._take_item(found, at, indent)
        elif found := _PAIR.match(line):
            self._take_pair(found, at, indent)

    def pairs(self) -> tuple[Pair, ...]:
        return tuple(
            Pair(key, ", ".join(value.text for value in values), Span(values[0].span.start, values[-1].span.end))
            for key, values in self.found.items()
        )

    def _take_item(self, found: re.Match[bytes], at: int, indent: int) -> None:
        self._close(indent + 1)
        values = self.found.get(self.above[-1][1]) if self.above else None
        if values is not None and found["value"] is not None:
            if not values[0].text:
                values.clear()
            values.append(_scalar(found, at))

    def _take_pair(self, found: re.Match[bytes], at: int, indent: int) -> None:
        self._close(indent)
        parent = self.above[-1][1] if self.above else ""
        if parent in self.found and not self.found[parent][0].text:
            del self.found[parent]  # it has pairs below it, so it is not empty
        name = name_key(found["key"].decode().strip("'\"").replace("_", " ").replace("-", " "))
        key = f"{parent}.{name}" if parent else name
        if found["value"] is None:
            self.found.setdefault(key, [_Scalar("", Span(at + found.end(), at + found.end()))])
            self.above.append((indent, key))
        elif _BLOCK_TEXT.match(found["value"]):
            self.passed = indent
        else:
            self.found.setdefault(key, [_scalar(found, at)])

    def _close(self, indent: int) -> None:
        while self.above and self.above[-1][0] >= indent:
            self.above.pop()


def _scalar(found: re.Match[bytes], at: int) -> _Scalar:
    """Return the value that ``found`` has in a line that begins ``at``."""
    raw, start = found["value"], at + found.start("value")
    quoted = _QUOTED.match(raw)
    if quoted is None:
        raw = _COMMENT.sub(b"", raw).rstrip()
        return _Scalar(raw.decode(), Span(start, start + len(raw)))
    is_double = raw.startswith(b'"')
    text, span = quoted.group()[1:-1].decode(), Span(start + 1, start + quoted.end() - 1)
    return _Scalar(re.sub(r"\\(.)", r"\1", text) if is_double else text.replace("''", "'"), span)
