"""Open questions: the items of their section, but for those that are none (spec §2.10)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from plansync.core.blocks import Block, Kind, plain_text
from plansync.core.grammar.list_items import question_from_heading, question_from_item
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.words import name_key
from plansync.core.labels import is_label
from plansync.core.model import Question

_HEADING = re.compile(
    r"\b(?:open|unresolved|outstanding) (?:\w+ (?:and|&) )?questions?\b|^(?:open )?questions?\b"
    r"|^(?:offene|ungeklärte) fragen|^preguntas (?:abiertas|pendientes)"
    r"|^(?:perguntas|questões) (?:em aberto|abertas|pendentes)|^(?:открытые|нерешённые|нерешенные) вопросы|^вопросы$"
    r"|^(?:开放|未决|未解决|待解决|待定|待确认)的?问题"
)
_NUMBERED = re.compile(r"q-?\d+\b", re.IGNORECASE)
_MARKS = "*_`~ .)\"'"
_SETTLED = re.compile(
    r"\b(?:resolved|answered|closed|settled|assumptions?|assumed|decisions?|decided|clarified)\b", re.IGNORECASE
)
_UNSETTLED = re.compile(r"\b(?:unresolved|not (?:yet )?(?:resolved|answered|decided))\b", re.IGNORECASE)
_NONE = re.compile(
    r"\W*(?:none\b|no (?:\w+ ){0,3}?(?:questions?|issues)\b|n/?a\b|not applicable\b|nothing\b"
    r"|all (?:\w+ ){0,3}questions? (?:\w+ ){0,3}(?:resolved|answered)"
    r"|(?:keine|ningun[oa]|nenhuma?|aucune?|нет|无|無)"
    r"(?:\W*$| (?:offenen )?(?:fragen|questions?|preguntas|perguntas)\b))",
    re.IGNORECASE,
)


def read_questions(page: Page, root: Part, risks: Container[int] = ()) -> tuple[Question, ...]:
    """Return the questions of the plan, answered ones among them; ``risks``: where the items begin that are risks."""
    parts = [part for part in root.walk() if part.level > 1 and is_question_name(part.key)]
    outer = [part for part in parts if part.parent not in parts]
    found = (question for part in outer for question in _read_part(page, part))
    return tuple(question for question in found if question.span.start not in risks)


def is_question_name(key: str) -> bool:
    """Say whether a heading's name is that of the open questions."""
    return _HEADING.search(key) is not None and _is_open(key)


def _is_open(text: str) -> bool:
    return _SETTLED.search(text) is None or _UNSETTLED.search(text) is not None


def _read_part(page: Page, part: Part) -> Iterator[Question]:
    yield from _read_blocks(page, part.own_blocks())
    for inner in part.parts:
        if inner.heading is not None and _asks(inner.name):
            yield question_from_heading(page, inner.heading, inner.own_blocks())
        elif _is_open(name_key(inner.name)):
            yield from _read_part(page, inner)


def _asks(name: str) -> bool:
    return _NUMBERED.match(name) is not None or name.rstrip(_MARKS).endswith(("?", "？"))


def _read_blocks(page: Page, blocks: tuple[Block, ...]) -> Iterator[Question]:
    """Read the lists up to a paragraph that says None, or one that introduces a further list of something else."""
    has_list = False
    is_open = True
    for block in blocks:
        if block.kind is Kind.PARAGRAPH:
            text = plain_text(block.inlines)
            if says_none(text):
                return
            introduces = text.endswith((":", "："))
            is_group = is_label(page.source, block.inlines, 0)
            is_open = not introduces or (_is_open(text) and (is_group or not has_list))
        elif block.kind is Kind.LIST and is_open:
            has_list = True
            yield from _read_list(page, block)


def _read_list(page: Page, block: Block) -> Iterator[Question]:
    for item in block.children:
        question = question_from_item(page, item)
        if question is not None and not says_none(question.text):
            yield question


def says_none(text: str) -> bool:
    """Say whether ``text`` says that there is no open question; a question itself never does."""
    return _NONE.match(text) is not None and not text.rstrip().endswith("?")
