"""A risk that is being read: named by an item, a paragraph or a heading, described by the labels below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from plansync.core.blocks import Block, Kind
from plansync.core.cells import cell_state, is_closed_mark
from plansync.core.grammar.fields import own_paragraph
from plansync.core.grammar.item_text import ItemText
from plansync.core.grammar.labelled import Piece, split_pieces
from plansync.core.grammar.list_items import dedented, read_details
from plansync.core.grammar.page import Page
from plansync.core.grammar.risk_words import Role, entry_name, read_level, tag_length
from plansync.core.grammar.words import is_nothing
from plansync.core.model import LinkPlace, Rating, Risk, State
from plansync.core.spellings import BareNumber
from plansync.core.text import Span

TELLING = frozenset({Role.LIKELIHOOD, Role.IMPACT, Role.MITIGATION, Role.OWNER, Role.STATUS})
"""The labels that tell of a risk."""
PROOF = frozenset({Role.LIKELIHOOD, Role.IMPACT, Role.MITIGATION})
"""The labels that make a risk of what they stand below."""
_BOX = re.compile(rb"(?:\[[^\]\r\n]{1,4}\][ \t]+)?(?:\xe2\x9c\x85(?:\xef\xb8\x8f)?[ \t]+)?")
"""What may stand in front of an item's label: a box, a leading ✅."""
_STRUCK = re.compile(r"~~(?:(?!~~).)+~~[.!]?", re.DOTALL)


@dataclass(slots=True)
class Draft:
    """What is known of a risk so far.

    ``named`` says that it is one only if a label below proves it; ``heads`` that a heading or a bold line names it.
    """

    page: Page
    block: Block
    """The item, paragraph or heading that it begins with."""
    text: ItemText
    title: str
    number: str | None = None
    named: bool = False
    heads: bool = False
    values: dict[Role, tuple[str, int]] = field(default_factory=dict)
    """Role → what its label says, and where that stands."""
    steps: list[Block] = field(default_factory=list)
    """The lists below the label Mitigation."""
    waits: bool = False
    """For the list of a label Mitigation that has no text of its own."""
    body: list[str] = field(default_factory=list)
    end: int = 0
    ignored: bool = False

    @property
    def is_described(self) -> bool:
        """Say whether anything below it tells of it."""
        return bool(self.values or self.steps or self.waits)

    @property
    def is_proven(self) -> bool:
        """Say whether it is a risk for certain."""
        return not self.named or bool(self.steps or PROOF & self.values.keys())

    def tell(self, pieces: Iterable[Piece]) -> None:
        """Take up what labels say; the first one of a role counts."""
        for piece in pieces:
            if piece.role in TELLING and piece.value.start < piece.value.end:
                self.values.setdefault(piece.role, (text_in(self.page, self.text, piece.value), piece.value.start))
            self.end = max(self.end, piece.value.end)
            self.waits = piece.role is Role.MITIGATION and piece.value.start == piece.value.end

    def take_steps(self, block: Block) -> None:
        """Take up a list below the label Mitigation."""
        self.steps.append(block)
        self.waits = False
        self._reach(block)

    def keep(self, block: Block) -> None:
        """Take up further text."""
        self.body.append(dedented(self.page, block))
        self._reach(block)

    def describe(self, blocks: Iterable[Block]) -> None:
        """Take up the labels among ``blocks`` and their items; the rest is further text."""
        for block in blocks:
            if block.kind is Kind.LIST and any(role_below(self.page, item) in TELLING for item in block.children):
                self.describe(block.children)
                continue
            pieces = pieces_of(self.page, block)
            if pieces and pieces[0].role in TELLING:
                self.tell_below(block, pieces)
            elif self.waits and block.kind is Kind.LIST:
                self.take_steps(block)
            else:
                self.keep(block)

    def tell_below(self, block: Block, pieces: Sequence[Piece]) -> None:
        """Take up an item or paragraph of labels, and what is nested in it."""
        self.tell(pieces)
        self._reach(block)
        for inner in block.children[1:]:
            if pieces[-1].role is Role.MITIGATION and inner.kind is Kind.LIST:
                self.take_steps(inner)
            else:
                self.keep(inner)

    def build(self) -> Risk | None:
        """Return the risk, None where its text is none."""
        if is_nothing(self.title):
            return None
        place = self.page.lines.position(self.block.span.start)
        details = tuple(read_details(self.page, self.steps))
        mitigation = self._value(Role.MITIGATION)
        return Risk(
            text=self.title,
            line=place.line,
            column=place.column,
            span=Span(self.block.span.start, max(self.block.span.end, self.end)),
            id=self.number or self.text.id,
            box=self.text.box,
            box_site=self.text.box_site,
            state=self._state(),
            details=() if mitigation else details,
            links=self.text.links,
            bare=self._bare(),
            link_site=self.text.link_site,
            ignored=self.text.ignored or self.ignored,
            likelihood=self._rating(Role.LIKELIHOOD),
            impact=self._rating(Role.IMPACT),
            mitigation="; ".join((*filter(None, (mitigation,)), *(detail.text for detail in details))),
            owner=self._value(Role.OWNER) or self.text.assignee,
            body="\n\n".join(self.body),
        )

    def _bare(self) -> BareNumber | None:
        """Return the number that ends the title; one behind a label further on is part of what that tells."""
        bare = self.text.bare
        tail = self.text.text.removeprefix(bare.text) if bare is not None else ""
        title = self.title.removesuffix(tail)
        if bare is None or title == self.title or is_nothing(title):
            return None
        return replace(bare, text=title, struck=_STRUCK.fullmatch(title) is not None)

    def _reach(self, block: Block) -> None:
        self.end = max(self.end, block.span.end)
        self.ignored = self.ignored or self.page.is_ignored((block, *block.children))

    def _value(self, role: Role) -> str:
        value, _ = self.values.get(role, ("", 0))
        return "" if is_nothing(value) else value

    def _rating(self, role: Role) -> Rating:
        raw, offset = self.values.get(role, ("", 0))
        level = read_level(raw)
        if raw and level is None:
            self.page.report("PS301", offset, f"the {role.name.casefold()} '{raw}' cannot be read as a level")
        return Rating(raw, level)

    def _state(self) -> State:
        if self.text.state is not State.OPEN:
            return self.text.state
        if _STRUCK.fullmatch(self.title):
            return State.CANCELLED
        status = self._value(Role.STATUS)
        return State.DONE if cell_state(status) or is_closed_mark(status) else State.OPEN


def draft_from(page: Page, block: Block, text: ItemText, pieces: Sequence[Piece], *, whole: bool = False) -> Draft:
    """Return the risk that opens ``pieces``; ``whole``: a label in front of its text is part of it."""
    first, *rest = pieces
    start = text.start if whole or first.role is not Role.RISK else first.value.start
    title, number = text_in(page, text, Span(start, max(start, first.value.end))), first.number
    title = title[tag_length(title) :]
    entry = entry_name(title) if whole else None
    if entry is not None:
        number, title = entry[0], title[entry[1] :]
    draft = Draft(page, block, text, title, number or None)
    draft.tell(rest)
    return draft


def text_in(page: Page, text: ItemText, span: Span) -> str:
    """Return what stands in ``span`` but for the issue link behind the item's own text."""
    cuts = [link.cut for link in text.links if link.place is LinkPlace.TAIL and span.holds(link.cut)]
    return page.joined(span, cuts)


def pieces_of(page: Page, block: Block) -> tuple[Piece, ...]:
    """Return the labelled pieces of a paragraph, or of an item's own one."""
    own = own_paragraph(block) if block.kind is Kind.ITEM else block
    if own is None or own.kind is not Kind.PARAGRAPH:
        return ()
    place = page.trim(own.text_span)
    lead = _BOX.match(page.source, place.start, place.end)
    return split_pieces(page, own, Span(max(place.start, lead.end() if lead else 0), place.end))


def role_below(page: Page, block: Block) -> Role | None:
    """Return the role of the label that opens a paragraph or an item."""
    pieces = pieces_of(page, block)
    return pieces[0].role if pieces else None
