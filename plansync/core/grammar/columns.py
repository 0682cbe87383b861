"""Tables whose columns are known by name, never by place (spec §2.4, §2.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plansync.core.blocks import Block, plain_text
from plansync.core.grammar.page import Page
from plansync.core.grammar.words import name_key
from plansync.core.model import StatusCell
from plansync.core.text import Span

TICKS = frozenset(
    {
        "completed",
        "complete",
        "done",
        "✅",
        "☑",
        "✓",
        "erledigt",
        "fertig",
        "hecho",
        "feito",
        "fait",
        "готово",
        "完成",
        "已完成",
    }
)
"""The heads of columns that hold ticks: what is blank there is open."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the head, its cells by column."""

    block: Block
    cells: Mapping[str, Block]
    heads: Mapping[str, str]
    """Column → its head, as names compare."""
    table: int
    """The offset of the table."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's known columns and its rows."""

    columns: frozenset[str]
    rows: tuple[Row, ...]


def read_table(
    block: Block, synonyms: Mapping[str, Sequence[str]], patterns: Mapping[str, re.Pattern[str]] | None = None
) -> Table:
    """Return the columns of ``block`` that ``synonyms`` names (column → heads, the best first), and the rows.

    A column that none of its heads stands for is the first of the others whose head matches its pattern.
    """
    head, *rows = block.children
    keys = [name_key(plain_text(cell.inlines)) for cell in head.children]
    places: dict[str, int] = {}

    def place(column: str, found: Iterable[int]) -> None:
        at = next((at for at in found if at not in places.values()), None)
        if at is not None:
            places.setdefault(column, at)

    for column, heads in synonyms.items():
        place(column, (at for name in heads for at, key in enumerate(keys) if key == name))
    for column, pattern in (patterns or {}).items():
        place(column, (at for at, key in enumerate(keys) if column not in places and pattern.search(key)))
    named = {column: keys[at] for column, at in places.items()}
    cells = [{name: row.children[at] for name, at in places.items() if at < len(row.children)} for row in rows]
    return Table(
        frozenset(places),
        tuple(Row(row, of_row, named, block.span.start) for row, of_row in zip(rows, cells, strict=True)),
    )


def cell_span(page: Page, cell: Block) -> Span:
    """Return the trimmed content of ``cell``."""
    return page.trim(cell.span)


def cell_text(page: Page, row: Row, column: str) -> str:
    """Return a cell's raw text, escaped pipes as pipes; empty where the row has no such column."""
    cell = row.cells.get(column)
    return page.joined(cell_span(page, cell)).replace("\\|", "|") if cell else ""


def status_cell(page: Page, row: Row) -> StatusCell | None:
    """Return the row's Status cell; a blank one is written behind its first blank, one that is not there never."""
    cell = row.cells.get("status")
    if cell is None:
        return None
    span = cell_span(page, cell)
    if span.start == span.end:
        if page.source[span.end : span.end + 1] != b"|":
            return None
        at = page.back(span.start)
        span = Span(min(at + 1, span.end), min(at + 1, span.end))
    return StatusCell(page.raw(span), span, ticks=row.heads.get("status") in TICKS, table=row.table)


def table_problems(page: Page, table: Table, part: str) -> None:
    """Report the rows that do not fit the head."""
    for row in table.rows:
        if not row.block.fits:
            page.report("PS303", row.block.span.start, f"a row of the {part} table does not fit its head")
