"""List items as tasks and questions: their own text, and what is nested below it (spec §2.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.boxes import has_box
from plansync.core.grammar.fields import own_paragraph
from plansync.core.grammar.item_text import ItemText, read_item_text
from plansync.core.grammar.needs import task_needs
from plansync.core.grammar.page import Page
from plansync.core.grammar.words import is_nothing, says_none
from plansync.core.model import Detail, Question, Task

_LINES = re.compile(r"(\r\n|\r|\n)")


def starts_with_box(page: Page, item: Block) -> bool:
    """Say whether a box leads the list item's own text."""
    own = own_paragraph(item)
    return own is not None and has_box(page, own)


def item_id(page: Page, item: Block) -> str | None:
    """Return the id that leads a list item's own text."""
    own = own_paragraph(item)
    return read_item_text(page, own).id if own is not None else None


def item_text(page: Page, item: Block) -> ItemText | None:
    """Return the taken-apart text of a list item, or None when it has none that is an item (spec §2.5)."""
    own = own_paragraph(item)
    if own is None:
        return None
    text = read_item_text(page, own)
    return None if is_nothing(text.text) or (text.box is None and says_none(text.text)) else text


def task_from_item(page: Page, item: Block) -> Task | None:
    """Return the task that a list item is, or None when its text is wholly a placeholder, None, N/A and the like."""
    text = item_text(page, item)
    if text is None:
        return None
    place = page.lines.position(item.span.start)
    return Task(
        text=text.text,
        line=place.line,
        column=place.column,
        span=item.span,
        id=text.id,
        box=text.box,
        box_site=text.box_site,
        state=text.state,
        details=tuple(read_details(page, item.children[1:])),
        links=text.links,
        bare=text.bare,
        link_site=text.link_site,
        ignored=text.ignored or page.is_ignored(item.children[1:]),
        assignee=text.assignee,
        depends_on=task_needs(page, text.text, item.children[1:]),
        body=item_body(page, item),
    )


def question_from_item(page: Page, item: Block) -> Question | None:
    """Return the question that a list item is, or None."""
    text = item_text(page, item)
    if text is None:
        return None
    place = page.lines.position(item.span.start)
    return Question(
        text=text.text,
        line=place.line,
        column=place.column,
        span=item.span,
        box=text.box,
        box_site=text.box_site,
        state=text.state,
        details=tuple(read_details(page, item.children[1:])),
        links=text.links,
        bare=text.bare,
        link_site=text.link_site,
        ignored=text.ignored or page.is_ignored(item.children[1:]),
    )


def question_from_heading(page: Page, heading: Block, below: Iterable[Block]) -> Question:
    """Return the question that a sub-heading asks; the items of the lists below it are its details."""
    text = read_item_text(page, heading, boxed=False)
    place = page.lines.position(heading.span.start)
    return Question(
        text=text.text,
        line=place.line,
        column=place.column,
        span=heading.span,
        id=text.id,
        state=text.state,
        details=tuple(read_details(page, below)),
        links=text.links,
        link_site=text.link_site,
        ignored=text.ignored or page.is_ignored(below),
    )


def read_details(page: Page, blocks: Iterable[Block]) -> Iterator[Detail]:
    """Yield the items of the lists in ``blocks``, of all levels, in file order."""
    waiting: list[tuple[int, Iterator[Block]]] = [(0, iter(tuple(blocks)))]
    while waiting:
        depth, rest = waiting[-1]
        block = next(rest, None)
        if block is None:
            waiting.pop()
        elif block.kind is Kind.LIST:
            waiting.append((depth, iter(block.children)))
        elif block.kind is Kind.ITEM:
            own = own_paragraph(block)
            if own is not None:
                text = read_item_text(page, own)
                if text.text:
                    yield Detail(
                        text=page_text(page, own, text), line=page.line(block.span.start), depth=depth, box=text.box
                    )
            waiting.append((depth + 1, iter(block.children)))


def page_text(page: Page, own: Block, text: ItemText) -> str:
    """Return the whole text of a detail but for its box: links and names in it are its own."""
    start = text.box.span.end + 1 if text.box else own.text_span.start
    start += page.source[start : start + 1] == b"*" and text.box is not None
    return page.joined(type(own.text_span)(start, own.text_span.end))


def item_body(page: Page, item: Block) -> str:
    """Return what stands below an item's own text beside lists: further paragraphs, code, as written."""
    rest = [block for block in item.children[1:] if block.kind not in {Kind.LIST, Kind.HTML}]
    return "\n\n".join(dedented(page, block) for block in rest)


def dedented(page: Page, block: Block) -> str:
    """Return the raw text of ``block`` without the indentation that its place in a list gives it."""
    indent = page.lines.position(block.span.start).column - 1
    first, *rest = _LINES.split(page.raw(block.span))
    return first + "".join(_without_indent(piece, indent) for piece in rest)


def _without_indent(line: str, indent: int) -> str:
    blanks = len(line) - len(line.lstrip(" \t"))
    return line[min(blanks, indent) :]
