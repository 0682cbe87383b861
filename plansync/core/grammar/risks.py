"""Risks: what stands below a heading with Risk(s), as table rows, items or paragraphs (spec §2.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from plansync.core.blocks import Block, Kind
from plansync.core.cells import cell_state, is_closed_mark
from plansync.core.grammar.columns import Row, Table, cell_text, read_table, status_cell, table_problems
from plansync.core.grammar.issue_cells import ISSUE_HEADS, issue_links, issue_number
from plansync.core.grammar.item_text import read_item_text
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import read_phase_name
from plansync.core.grammar.questions import is_question_name
from plansync.core.grammar.risk_lists import RiskReader
from plansync.core.grammar.risk_words import (
    COLUMNS,
    DESCRIPTIONS,
    PATTERNS,
    is_aside,
    is_level_alone,
    is_risk_name,
    lists_risks,
    read_level,
)
from plansync.core.grammar.words import is_nothing
from plansync.core.model import Rating, Risk, State, StatusCell

_COLUMNS = {**COLUMNS, "issue": ISSUE_HEADS}
_ANOTHER = frozenset({"likelihood", "impact", "mitigation", "owner", "status"})
"""The columns of which a risk table needs one beside the risk's own."""
_ID_LIKE = re.compile(r"[*_`]*(?:[A-Z]{1,4}-?)?\w{0,3}-?\d+(?:[.-]\d+)*[a-z]?[*_`]*")
_MARKUP = re.compile(r"[*_`~\\]")


def read_risks(page: Page, root: Part) -> tuple[Risk, ...]:
    """Return the risks of all sections on risks in file order."""
    return tuple(risk for part in root.walk() for risk in _read_part(page, part))


def _read_part(page: Page, part: Part) -> list[Risk]:
    """Read ``part`` if it, or one around it, title and phases apart, is headed Risk(s)."""
    headed = [outer for outer in part.ancestors() if outer.level > 1 and not read_phase_name(outer.name)]
    inside = [*takewhile(lambda outer: not is_risk_name(outer.key), headed)]
    if part.heading is None or len(inside) == len(headed):
        return []
    blocks = part.own_blocks()
    rows = [risk for block in _tables(blocks) for risk in _read_table(page, block)]
    has_lists = lists_risks(headed[len(inside)].key) and not any(is_aside(inner.key) for inner in inside)
    is_joint = any(is_question_name(outer.key) for outer in headed)
    reader = RiskReader(page, plain=has_lists and not rows, joint=is_joint)
    reader.begin(part.heading)
    for block in blocks:
        reader.take(block)
    drafted = (draft.build() for draft in reader.finish())
    risks = [*rows, *(risk for risk in drafted if risk is not None)]
    return sorted(risks, key=lambda risk: risk.span)


def _tables(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the tables among ``blocks`` and in their list items, in file order."""
    waiting = [iter(blocks)]
    while waiting:
        block = next(waiting[-1], None)
        if block is None:
            waiting.pop()
        elif block.kind is Kind.TABLE:
            yield block
        elif block.kind in {Kind.LIST, Kind.ITEM}:
            waiting.append(iter(block.children))


def _read_table(page: Page, block: Block) -> Iterator[Risk]:
    table = read_table(block, _COLUMNS, PATTERNS)
    if "risk" not in table.columns or not table.columns & _ANOTHER:
        if "risk" in table.columns or len(table.columns - {"id", "issue"}) > 1:
            page.report("PS302", block.span.start, "a table below a heading Risks has no columns Risk and Mitigation")
        return
    if all(is_level_alone(cell_text(page, row, "risk")) for row in table.rows):
        return
    named = _by_description(page, block, table)
    table_problems(page, table, "risk")
    for row in named:
        risk = _read_row(page, table, row)
        if risk is not None:
            yield risk


def _by_description(page: Page, block: Block, table: Table) -> Sequence[Row]:
    """Return the rows; where the column Risk holds nothing but ids, the column Description names the risks."""
    texts = [cell_text(page, row, "risk") for row in table.rows]
    described = read_table(block, {"risk": DESCRIPTIONS})
    if not described.columns or not all(_ID_LIKE.fullmatch(text) for text in texts if text):
        return table.rows
    pairs = zip(table.rows, described.rows, strict=True)
    return [replace(row, cells={**row.cells, "id": row.cells["risk"], **other.cells}) for row, other in pairs]


def _read_row(page: Page, table: Table, row: Row) -> Risk | None:
    cell = row.cells.get("risk")
    if cell is None or not cell.inlines:
        return None
    text = read_item_text(page, cell)
    if is_nothing(text.text):
        return None
    place, status = page.lines.position(cell.span.start), status_cell(page, row)
    owner = cell_text(page, row, "owner")
    mitigation = cell_text(page, row, "mitigation")
    number = _MARKUP.sub("", cell_text(page, row, "id"))
    return Risk(
        text=text.text,
        line=place.line,
        column=place.column,
        span=row.block.span,
        id=text.id or (None if is_nothing(number) else number),
        box=text.box,
        status_cell=status,
        state=_state(text.state, status),
        links=(*issue_links(page, row), *text.links),
        bare=issue_number(page, row, text) or text.bare,
        link_site=text.link_site,
        ignored=page.is_ignored(row.block.children),
        likelihood=_rating(page, table, row, "likelihood"),
        impact=_rating(page, table, row, "impact"),
        mitigation="" if is_nothing(mitigation) else mitigation,
        owner=None if is_nothing(owner) else owner,
    )


def _rating(page: Page, table: Table, row: Row, column: str) -> Rating:
    raw = cell_text(page, row, column)
    level = read_level(raw)
    if level is None and column in table.columns and column in row.cells:
        page.report("PS301", row.cells[column].span.start, f"the {column} '{raw}' cannot be read as a level")
    return Rating(raw, level)


def _state(state: State, status: StatusCell | None) -> State:
    if state is not State.OPEN or status is None:
        return state
    return State.DONE if cell_state(status.raw) or is_closed_mark(status.raw) else State.OPEN
