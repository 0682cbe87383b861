"""Cuts what is no title text off an item's first paragraph, table cell or heading (spec §2.6, §2.7, §3.1).

From the front go box, leading ✅, issue link and id; from the back trailing comments, an item that was only begun, the
issue link in parentheses, ``— Assignee: x`` and a heading's box. What is left is the item's title text.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from plansync.core.blocks import Block, Inline, Kind, Mark, walk_inlines
from plansync.core.grammar.bare_numbers import FoundNumber, number_at_end, sole_number
from plansync.core.grammar.boxes import match_box
from plansync.core.grammar.issue_links import is_issue_url, link_label
from plansync.core.grammar.item_ids import read_leading_id
from plansync.core.grammar.page import BLANKS, Page
from plansync.core.grammar.words import is_nothing, says_dropped, without_quotes
from plansync.core.model import Box, Link, LinkPlace, State
from plansync.core.spellings import BareNumber
from plansync.core.text import Span

_TICK = re.compile("(?:✅|✔)(?:\ufe0f)?[ \t]+".encode())
_END_BOX = re.compile("[ \t]+\\[([ xX]|✓)\\]\\Z".encode())
_END_BOX_REACH = 8
_SEPARATOR = re.compile("[ \t]*(?::|-|–|—)?[ \t]+".encode())
_ASSIGNEE = re.compile("[ \t\r\n]+(?:—|–|--?)[ \t]+(?:\\*\\*)?Assignee:(?:\\*\\*)?[ \t]*([^\r\n]*)\\Z".encode(), re.I)
_ASSIGNEE_REACH = 200
_BEGUN = re.compile(rb"[ \t>]*(?:[-*+]|\d{1,9}[.)]|#{1,6})")
_WRAPPING = {Mark.STRONG, Mark.EMPHASIS, Mark.STRIKE}


@dataclass(slots=True)
class Cutter:
    """Moves the two ends of an item's text towards each other, the front first."""

    page: Page
    block: Block
    ends_in_box: bool = False
    start: int = 0
    end: int = 0
    site: int = 0
    box: Box | None = None
    state: State = State.OPEN
    id: str | None = None
    cuts: list[Span] = field(default_factory=list)
    """What inside the text is none, such as an id that is part of a longer bold text."""
    assignee: str | None = None
    placed: dict[Span, tuple[Span, LinkPlace]] = field(default_factory=dict)
    inlines: list[Inline] = field(default_factory=list)

    def __post_init__(self) -> None:
        whole = self.page.trim(self.block.text_span)
        self.start, self.end = whole.start, whole.end
        self.inlines = list(self.block.inlines)

    # the front

    def cut_front(self, boxed: bool) -> None:
        """Cut what stands before the text; ``boxed``: a box may."""
        starts = {inline.span.start: inline for inline in self.inlines}
        self._skip_comments(starts)
        if boxed and self.start not in {at for at, i in starts.items() if i.mark is Mark.LINK}:
            self._cut_box()
        moved = True
        while moved and self.start < self.end:
            self._skip_comments(starts)
            moved = self._cut_tick() or self._cut_id() or self._cut_lead(starts.get(self.start))

    def _skip_comments(self, starts: dict[int, Inline]) -> None:
        while (inline := starts.get(self.start)) and _is_comment(inline):
            self._move_to(inline.span.end)

    def _move_to(self, start: int) -> None:
        self.start = self.page.trim(Span(start, max(start, self.end))).start

    def _cut_box(self) -> None:
        if found := match_box(self.page.source, self.start, self.end):
            self.box = Box(found[1].decode("utf-8"), Span(found.start(1), found.end(1)))
            self.state = State.DONE if self.box.ticked else State.OPEN
            self._move_to(found.end())
            if not self.box.ticked and self.box.mark != " ":
                self.page.report(
                    "PS202", found.start(), f"the box [{self.box.mark}] has an odd mark; it counts as open"
                )

    def _cut_tick(self) -> bool:
        found = _TICK.match(self.page.source, self.start, self.end)
        if found is None:
            return False
        self.state = State.DONE
        self._move_to(found.end())
        return True

    def _cut_id(self) -> bool:
        boxed = self.box is not None
        found = None if self.id else read_leading_id(self.page.source, self.start, self.end, boxed=boxed)
        if found is None or not self._says_more(found.start):
            return False
        self.id = found.id
        self.cuts += [found.cut] if found.cut else []
        self._move_to(found.start)
        return True

    def _says_more(self, start: int) -> bool:
        """Say whether more than a link stands from ``start`` on: an id with no more behind it is itself the text."""
        other = self.fork()
        other.start = start
        other.cut_back()
        return bool(other.text()) and sole_number(self.page.source, Span(start, self.end)) is None

    def _cut_lead(self, inline: Inline | None) -> bool:
        if inline is None or inline.mark is not Mark.LINK or not is_issue_url(inline.url):
            return False
        separator = _SEPARATOR.match(self.page.source, inline.span.end, self.end)
        after = separator.end() if separator else inline.span.end
        if after >= self.end:
            self.placed[inline.span] = (inline.span, LinkPlace.LEAD)
            return False
        self.placed[inline.span] = (Span(inline.span.start, after), LinkPlace.LEAD)
        self._move_to(after)
        return True

    # the back

    def cut_back(self) -> None:
        """Cut what follows the text; ``site`` is where a link goes: before trailing comments and hard breaks."""
        ends = {inline.span.end: inline for inline in self.inlines}
        self._cut_hidden(ends)
        self.site = self.end
        while self._cut_tail(ends.get(self.end - 1)) or self._cut_assignee() or self._cut_end_box():
            self._cut_hidden(ends)
        self._look_inside()

    def _cut_hidden(self, ends: dict[int, Inline]) -> None:
        before = -1
        while before != self.end:
            before = self.end
            self._move_back(self.end)
            inline = ends.get(self.end)
            if inline is not None and _is_comment(inline) and inline.span.start >= self.start:
                self._move_back(inline.span.start)
            elif self.page.ends_in_hard_break(Span(self.start, self.end)):
                self._move_back(self.end - 1)
            elif begun := self._begun_below():
                self._move_back(begun)

    def _begun_below(self) -> int | None:
        """Return where the last line begins if somebody began an item or a heading in it, and wrote no more yet.

        It would be one with a link behind it.
        """
        start = self.page.line_start(self.end)
        return start if start > self.start and _BEGUN.fullmatch(self.page.source, start, self.end) else None

    def _move_back(self, end: int) -> None:
        self.end = self.page.trim(Span(self.start, max(self.start, end))).end

    def _cut_tail(self, inline: Inline | None) -> bool:
        source = self.page.source
        if inline is None or inline.mark is not Mark.LINK or source[self.end - 1 : self.end] != b")":
            return False
        opening = inline.span.start - 1
        if opening < self.start or source[opening : opening + 1] != b"(" or not is_issue_url(inline.url):
            return False
        end = self.end
        self._move_back(opening)
        self.placed[inline.span] = (Span(self.end, end), LinkPlace.TAIL)
        return True

    def _cut_assignee(self) -> bool:
        near = max(self.start, self.end - _ASSIGNEE_REACH)
        found = _ASSIGNEE.search(self.page.source, near, self.end)
        if found is None or any(i.mark is Mark.CODE and _covers(i.span, found.start()) for i in self._last_inlines()):
            return False
        name = found[1].decode("utf-8", "ignore").strip()
        self.assignee = self.assignee or (None if is_nothing(name) else without_quotes(name))
        self._move_back(found.start())
        return True

    def _cut_end_box(self) -> bool:
        found = _END_BOX.search(self.page.source, max(self.start, self.end - _END_BOX_REACH), self.end)
        if found is None or self.box is not None or not self.ends_in_box:
            return False
        self.box = Box(found[1].decode("utf-8"), Span(found.start(1), found.end(1)))
        self.state = State.DONE if self.box.ticked else self.state
        self._move_back(found.start())
        return True

    def _last_inlines(self) -> Iterator[Inline]:
        return (inline for inline in self.inlines if self.start <= inline.span.start < self.end)

    def _look_inside(self) -> None:
        """Find the link of a text that is wholly struck out, bold or emphasised, link included."""
        inner = next((i for i in self._last_inlines() if i.span == Span(self.start, self.end)), None)
        if inner is None or inner.mark not in _WRAPPING or not inner.children:
            return
        last = [child for child in inner.children if child.mark is Mark.LINK][-1:]
        for link in last:
            source, end = self.page.source, inner.children[-1].span.end
            tail = source[link.span.end : end].strip(BLANKS)
            if tail == b")" and source[link.span.start - 1 : link.span.start] == b"(" and is_issue_url(link.url):
                opening = self.page.trim(Span(self.start, link.span.start - 1)).end
                self.placed[link.span] = (Span(opening, end), LinkPlace.TAIL)

    # a number without a link

    def fork(self) -> Cutter:
        """Return a second cutter, whose back is not cut yet."""
        other = copy.copy(self)
        other.placed = dict(self.placed)
        return other

    def take_bare(self) -> BareNumber | None:
        """Cut the back as if the bare number there were the item's link; None where there is none, or a link too."""
        ends = {inline.span.end: inline for inline in self.inlines}
        self._cut_hidden(ends)
        found = self._cut_number() or (self._cut_assignee() and self._cut_number()) or self._number_inside()
        if not found:
            return None
        self._cut_hidden(ends)
        self._cut_assignee()
        if self._cut_tail(ends.get(self.end - 1)) or LinkPlace.LEAD in {place for _, place in self.placed.values()}:
            return None
        text = self.text()
        if is_nothing(text):
            return None
        cut = Span(self.page.back(found.whole.start), found.whole.end)
        return BareNumber(found.number, found.span, cut, found.enclosed, text, self.is_struck(), self.assignee)

    def _cut_number(self) -> FoundNumber | None:
        found = number_at_end(self.page.source, self.start, self.end)
        if found is not None:
            self._move_back(found.whole.start)
        return found

    def _number_inside(self) -> FoundNumber | None:
        """Find the number of a text that is wholly struck out, bold or emphasised, number included."""
        inner = next((i for i in self._last_inlines() if i.span == Span(self.start, self.end)), None)
        if inner is None or inner.mark not in _WRAPPING or not inner.children:
            return None
        found = number_at_end(self.page.source, self.start, inner.children[-1].span.end)
        if found is not None:
            cut = Span(self.page.trim(Span(self.start, found.whole.start)).end, found.whole.end)
            self.placed[found.span] = (cut, LinkPlace.TAIL)
        return found

    # the outcome

    def is_struck(self) -> bool:
        """Say whether nothing but struck-out text is left, or a remark behind it on why it was dropped."""
        struck = [inline.span for inline in self._last_inlines() if inline.mark is Mark.STRIKE]
        if not struck or struck[0].start > self.start:
            return False
        rest = self.page.joined(Span(self.start, self.end), struck)
        return not rest or (len(struck) == 1 and says_dropped(rest))

    def text(self) -> str:
        """Return the title text; in a cell an escaped pipe is a pipe."""
        inside = Span(self.start, self.end)
        links = (cut for cut, place in self.placed.values() if place is LinkPlace.TAIL)
        text = self.page.joined(inside, [cut for cut in (*self.cuts, *links) if inside.holds(cut)])
        return text.replace("\\|", "|") if self.block.kind is Kind.CELL else text

    def links(self) -> Iterator[Link]:
        """Yield every link of the text in file order."""
        for inline in walk_inlines(self.inlines):
            if inline.mark is Mark.LINK:
                cut, place = self.placed.get(inline.span, (inline.span, LinkPlace.MENTION))
                yield Link(link_label(self.page, inline), inline.url, inline.span, cut, place)


def _covers(span: Span, offset: int) -> bool:
    return span.start <= offset < span.end


def _is_comment(inline: Inline) -> bool:
    return inline.mark is Mark.HTML and inline.text.startswith("<!--")
