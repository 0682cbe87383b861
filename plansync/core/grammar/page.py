"""The file that is being read: its bytes, its lines, and the Problems found so far.

Every construct of the grammar gets the one Page of its file. Collecting Problems is the only thing that changes
while a file is read; the finished plan takes them in the order of their lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from plansync.core.blocks import Block, Inline, Kind, Mark, walk_blocks, walk_inlines
from plansync.core.grammar.claims import Claims
from plansync.core.problems import Problem, problem
from plansync.core.text import Lines, Site, Span

_WRAP = re.compile(r"(?:(?<!\\)\\|(?<![ \t])[ \t]+)?(?:\r\n|\r|\n)[ \t]*")
_IGNORE = re.compile(r"<!--\s*plansync:ignore\s*-->", re.IGNORECASE)
_HTML_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_OPENS_BLOCK = re.compile(rb"[ \t]*(?:(?:[-*+]|1[.)])[ \t]+[^ \t\r\n]|#{1,6}[ \t]|>|\*\*|<!--|```|~~~|---|\*\*\*)")
"""What begins a block right below a line of text, too: an empty item does not, nor a list that begins with 2."""
BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Page:
    """A decodable file and what was found wrong in it."""

    source: bytes
    lines: Lines
    problems: list[Problem] = field(default_factory=list)
    claims: Claims = field(default_factory=Claims)
    """What was found to be a phase or an item, once all of them are found."""

    def raw(self, span: Span) -> str:
        """Return the text of ``span`` as it is written."""
        return span.of(self.source).decode("utf-8")

    def joined(self, span: Span, cuts: Iterable[Span] = ()) -> str:
        """Return the text of ``span`` without the ``cuts`` in it; its line breaks are one blank each."""
        pieces = []
        cursor = span.start
        for cut in sorted(cuts):
            pieces.append(self.source[cursor : cut.start])
            cursor = cut.end
        pieces.append(self.source[cursor : max(cursor, span.end)])
        return _WRAP.sub(" ", b"".join(pieces).decode("utf-8")).strip()

    def line(self, offset: int) -> int:
        """Return the 1-based line of byte ``offset``."""
        return self.lines.number(offset)

    def report(self, code: str, offset: int, message: str, part: str = "") -> None:
        """Note the Problem ``code`` at byte ``offset``."""
        place = self.lines.position(offset)
        self.problems.append(problem(code, place.line, place.column, message, part=part))

    def line_start(self, offset: int) -> int:
        """Return where the line of byte ``offset`` begins."""
        return self.lines.starts[self.line(offset) - 1]

    def next_line(self, offset: int) -> int:
        """Return where the line below byte ``offset`` begins, or the end of the file."""
        number = self.line(offset)
        return self.lines.starts[number] if number < len(self.lines.starts) else len(self.source)

    def eol(self, offset: int) -> str:
        """Return the line end of the line of byte ``offset``; of the line above where the file ends without one."""
        end = self.next_line(offset)
        if end == len(self.source) and not self.source.endswith((b"\n", b"\r")):
            end = self.line_start(offset)
        tail = self.source[max(0, end - 2) : end]
        return "\r\n" if tail == b"\r\n" else tail[-1:].decode() or "\n"

    def site_below(self, offset: int, before: str, *, bold_is_apart: bool = True) -> Site:
        """Return the Site of a new line at ``offset``, the end of a line's text; what follows is kept apart from it.

        ``bold_is_apart``: what begins with bold text is a field, and so begins something new by itself.
        """
        start = self.next_line(offset)
        below = self.source[start : self.next_line(start)] if start < len(self.source) else b""
        is_apart = not below.strip() or _OPENS_BLOCK.match(below) is not None
        is_apart = is_apart and (bold_is_apart or not below.lstrip().startswith(b"**"))
        return Site(offset, before, "" if is_apart else self.eol(offset))

    def back(self, offset: int) -> int:
        """Return where the text before byte ``offset`` ends: blanks and line ends are skipped."""
        while offset > 0 and self.source[offset - 1] in BLANKS:
            offset -= 1
        return offset

    def trim(self, span: Span) -> Span:
        """Return ``span`` without blanks at its ends."""
        start, end = span.start, span.end
        while start < end and self.source[start] in BLANKS:
            start += 1
        while end > start and self.source[end - 1] in BLANKS:
            end -= 1
        return Span(start, end)

    def ends_in_hard_break(self, span: Span) -> bool:
        """Say whether the backslash at the end of ``span`` breaks the line: one that opens with a label follows."""
        text = span.of(self.source)
        if (len(text) - len(text.rstrip(b"\\"))) % 2 == 0:
            return False
        below = self.next_line(span.end)
        is_last = self.source[span.end : below].strip(BLANKS) == b""
        return is_last and self.source[below : self.next_line(below)].strip(BLANKS).startswith(b"**")

    def is_ignored(self, blocks: Iterable[Block]) -> bool:
        """Say whether one of ``blocks`` is, or holds in its own text, ``<!-- plansync:ignore -->``."""
        return any(self._ignores(block) for block in blocks)

    def _ignores(self, block: Block) -> bool:
        if block.kind is Kind.HTML:
            return _IGNORE.search(self.raw(block.span)) is not None
        return any(_IGNORE.fullmatch(inline.text) for inline in comments(block.inlines))


def comments(inlines: Iterable[Inline]) -> Iterable[Inline]:
    """Yield the HTML comments among ``inlines``."""
    return (i for i in walk_inlines(inlines) if i.mark is Mark.HTML and i.text.startswith("<!--"))


def is_html_break(inline: Inline) -> bool:
    """Say whether ``inline`` is a line break in HTML: ``<br>``."""
    return inline.mark is Mark.HTML and _HTML_BREAK.fullmatch(inline.text) is not None


def comment_texts(page: Page, block: Block) -> Iterable[str]:
    """Yield the text of every piece of HTML in ``block`` and below it."""
    for inner in walk_blocks((block,)):
        if inner.kind is Kind.HTML:
            yield page.raw(inner.span)
        else:
            yield from (inline.text for inline in comments(inner.inlines))
