"""Risks that are items, paragraphs or sub-headings of a section on risks (spec §2.8).

form                                           what it takes
``- **Risk**: … **Mitigation**: …``            labels may be bold or plain, on one line or on lines of their own
``- **Risk**: …``, ``- **Mitigation**: …``     the next item tells of the risk above it
``- **name**: … Mitigation: …``                what leads the text belongs to it
``- text``, nested ``- **Mitigation**: …``     the item names the risk, nested labels tell of it
``- text``                                     only where the heading says that risks are listed
``**Risk 1**: …``, ``### Risk 1: …``           the labels below tell of it, be they paragraphs or items
``**name**``, ``### name``                     only where a label below makes a risk of it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plansync.core.blocks import Block, Inline, Kind, Mark
from plansync.core.grammar.fields import own_paragraph
from plansync.core.grammar.item_text import ItemText, read_item_text
from plansync.core.grammar.labelled import Piece, split_pieces
from plansync.core.grammar.page import Page
from plansync.core.grammar.risk_drafts import PROOF, TELLING, Draft, draft_from, role_below, text_in
from plansync.core.grammar.risk_words import (
    Role,
    entry_name,
    is_aside,
    is_level_alone,
    is_level_name,
    is_level_remark,
    is_risk_name,
    lists_risks,
    names_no_risk,
    says_no_risk,
)
from plansync.core.grammar.words import name_key, section_name
from plansync.core.text import Span

_COLONS = (":", "：")
_OF_A_RISK = TELLING | {Role.REMARK}
_DEEPEST = 6
"""How many lists deep risks are looked for."""


class RiskReader:
    """Reads the blocks of one section on risks, in file order."""

    def __init__(self, page: Page, *, plain: bool, joint: bool) -> None:
        """``plain``: whatever is listed is a risk; ``joint``: the section holds questions, too."""
        self._page = page
        self._plain = plain
        self._joint = joint
        self._open: Draft | None = None
        """The risk that labels tell of."""
        self._found: list[Draft] = []
        self._depth = 0

    def begin(self, heading: Block) -> None:
        """Take up the section's own heading, which may name a risk."""
        text = read_item_text(self._page, heading, boxed=False)
        title = section_name(self._whole(text))
        if entry_name(title) is not None or not is_risk_name(name_key(title)):
            self._name(heading, text, title)

    def take(self, block: Block) -> None:
        """Take up the next block."""
        if block.kind is Kind.PARAGRAPH:
            self._take_paragraph(block)
        elif block.kind is Kind.LIST:
            self._take_list(block)
        elif block.kind is Kind.RULE:
            self._open = None
        elif block.kind is not Kind.TABLE and self._open is not None:
            self._open.keep(block)

    def finish(self) -> list[Draft]:
        """Return the risks in file order."""
        return [draft for draft in self._found if draft.is_proven]

    # what names a risk

    def _name(self, block: Block, text: ItemText, title: str) -> None:
        """Take ``title`` for a risk's name: ``Risk 1: name`` is one, any other is if a label below says so."""
        entry, key = entry_name(title), name_key(title)
        if entry is not None:
            number, length = entry
            self._begin(Draft(self._page, block, text, title[length:].strip(), number or None, heads=True))
        elif is_risk_name(key) or is_aside(key) or is_level_name(key):
            self._open = None
            self._head_list(key)
        else:
            self._begin(Draft(self._page, block, text, title, named=True, heads=True))

    def _begin(self, draft: Draft) -> None:
        """Open a risk. A bare name above it goes: it was the name of this one."""
        above = self._open
        if above is not None and above.heads and not (draft.heads or above.is_described or above.body):
            self._found.remove(above)
        self._open = draft
        self._found.append(draft)

    def _head_list(self, key: str) -> None:
        """Heed words that head a list: it holds risks, or something else."""
        if self._open is not None and self._open.named:
            self._open = None
        if is_aside(key):
            self._plain = False
        elif lists_risks(key):
            self._open = None
            self._plain = True

    # paragraphs

    def _take_paragraph(self, block: Block) -> None:
        text = read_item_text(self._page, block, boxed=False)
        pieces = split_pieces(self._page, block, Span(text.start, text.place.end))
        first = pieces[0]
        is_empty = first.value.start == first.value.end
        lead = next((inline for inline in block.inlines if inline.span.start == text.start), None)
        if first.role is Role.RISK and not is_empty:
            if not self._is_no_risk(text, pieces):
                self._begin(draft_from(self._page, block, text, pieces))
        elif first.role in _OF_A_RISK:
            self._tell(block, pieces)
        elif lead is not None and lead.mark is Mark.STRONG and self._take_bold(block, text, lead):
            pass
        elif is_risk_name(name_key(first.name)) and not is_empty:
            self._begin(draft_from(self._page, block, text, pieces, whole=True))
            self._found[-1].named = True
        elif lead is not None and lead.mark is Mark.STRONG and any(p.role is Role.MITIGATION for p in pieces):
            self._begin(draft_from(self._page, block, text, pieces))
        elif self._whole(text).rstrip("*_").endswith(_COLONS):
            self._head_list(name_key(self._whole(text)))
        elif self._open is not None:
            self._open.keep(block)

    def _take_bold(self, block: Block, text: ItemText, lead: Inline) -> bool:
        """Take a bold line, or bold words ``Risk 1: name`` in front of a text, for a name; say whether they are one."""
        words = Span(lead.children[0].span.start, lead.children[-1].span.end) if lead.children else lead.span
        name = self._page.joined(words)
        behind = Span(lead.span.end, max(lead.span.end, text.place.end))
        rest = text_in(self._page, text, behind).lstrip(":：—–- ")
        if name.endswith(_COLONS) or (rest and entry_name(name) is None):
            return False
        if not rest and self._whole(text).rstrip("*_").endswith(_COLONS):
            return False
        self._name(block, text, name)
        if rest and self._open is not None:
            self._open.body.append(rest)
        return True

    # lists

    def _take_list(self, block: Block) -> None:
        above = self._open
        if above is not None and above.waits:
            above.take_steps(block)
            return
        roles = {role_below(self._page, item) for item in block.children}
        if above is not None and Role.RISK not in roles and (not above.named or roles & PROOF):
            above.describe(block.children)
            return
        if Role.RISK not in roles:
            self._open = None
        self._take_items(block.children)
        self._open = None

    def _take_items(self, items: Iterable[Block]) -> None:
        self._depth += 1
        for item in items if self._depth <= _DEEPEST else ():
            self._take_item(item)
        self._depth -= 1

    def _take_item(self, item: Block) -> None:
        own = own_paragraph(item)
        if own is None:
            return
        text = read_item_text(self._page, own)
        pieces = split_pieces(self._page, own, Span(text.start, text.place.end))
        first = pieces[0]
        if first.role is Role.RISK and first.value.start < first.value.end:
            if not self._is_no_risk(text, pieces):
                self._take_labelled(item, text, pieces)
        elif first.role in _OF_A_RISK:
            self._tell(item, pieces)
        elif self._whole(text).rstrip("*_").endswith(_COLONS):
            self._take_group(item, name_key(self._whole(text)))
        elif self._is_risk(item, text, pieces):
            self._begin(draft_from(self._page, item, text, pieces, whole=True))
            self._found[-1].describe(item.children[1:])

    def _take_labelled(self, item: Block, text: ItemText, pieces: Sequence[Piece]) -> None:
        """Take an item labelled Risk; further ones that were indented below it by mistake are risks, too."""
        draft = draft_from(self._page, item, text, pieces)
        self._begin(draft)
        for block in item.children[1:]:
            if block.kind is Kind.LIST and any(role_below(self._page, i) is Role.RISK for i in block.children):
                self._take_items(block.children)
            else:
                draft.describe((block,))

    def _take_group(self, item: Block, key: str) -> None:
        """Take an item that heads others: those below it, or those behind it."""
        outer = self._plain
        self._open = None
        self._head_list(key)
        lists = [block for block in item.children[1:] if block.kind is Kind.LIST]
        self._take_items(inner for block in lists for inner in block.children)
        if lists:
            self._plain = outer

    def _is_risk(self, item: Block, text: ItemText, pieces: Sequence[Piece]) -> bool:
        """Say whether an item that is not labelled Risk is one: labels say so, or the heading does."""
        nested = (inner for block in item.children[1:] for inner in (block, *block.children))
        if any(piece.role is Role.MITIGATION for piece in pieces):
            return True
        if any(role_below(self._page, inner) in PROOF for inner in nested):
            return True
        words = self._whole(text)
        if not self._plain or words.startswith("|") or (self._joint and "?" in words):
            return False
        return not (says_no_risk(words) or is_level_remark(words) or names_no_risk(words))

    def _tell(self, block: Block, pieces: Sequence[Piece]) -> None:
        """Let the open risk take up labels and what is nested below them."""
        if self._open is None:
            is_heading = pieces[0].role is Role.MITIGATION and pieces[0].value.start == pieces[0].value.end
            self._plain = self._plain and not is_heading
        elif pieces[0].role is Role.REMARK:
            self._open.keep(block)
        else:
            self._open.tell_below(block, pieces)

    def _is_no_risk(self, text: ItemText, pieces: Sequence[Piece]) -> bool:
        """Say whether what is labelled Risk is a level, or says that there is none."""
        words = text_in(self._page, text, pieces[0].value)
        return is_level_alone(words) or (says_no_risk(words) and len(pieces) == 1)

    def _whole(self, text: ItemText) -> str:
        return text_in(self._page, text, Span(text.start, text.place.end))
