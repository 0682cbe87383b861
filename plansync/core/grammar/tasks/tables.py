"""Form c: the rows of a table below a label Tasks, its columns by name (spec §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from plansync.core.blocks import Block, Kind
from plansync.core.cells import cell_state, is_closed_mark
from plansync.core.grammar.columns import TICKS, Row, Table, cell_text, read_table, status_cell, table_problems
from plansync.core.grammar.dependencies import task_ids
from plansync.core.grammar.fields import Node
from plansync.core.grammar.issue_cells import ISSUE_HEADS, issue_links, issue_number
from plansync.core.grammar.item_text import read_item_text
from plansync.core.grammar.page import Page
from plansync.core.grammar.region import Region
from plansync.core.grammar.tasks.headings import without_tasks_own
from plansync.core.grammar.words import is_nothing
from plansync.core.model import State, StatusCell, Task

_TITLES = ("task", "tasks", "title", "task title", "task name", "name", "step", "action", "item", "work item", "what")
_FOREIGN = ("aufgabe", "tâche", "tarea", "tarefa", "задача", "任务")
_DESCRIPTIONS = ("description", "task description", "details", "summary")
_COLUMNS = {
    "title": (*_TITLES, *_FOREIGN),
    "description": _DESCRIPTIONS,
    "id": ("id", "task id", "#", "no", "nr", "number"),
    "size": ("size", "estimate", "effort"),
    "assignee": ("assignee", "assigned to", "owner", "agent", "who", "responsible"),
    "files": ("files", "file", "file(s)", "files to modify", "location"),
    "depends_on": ("dependencies", "depends on", "deps", "blocked by", "depends", "dependson"),
    "status": ("status", "state", "estado", "statut", "zustand", "статус", "状态", *TICKS),
    "label": ("label", "component", "area"),
    "repo": ("repo", "repository"),
    "issue": ISSUE_HEADS,
}
_SUM = (
    r"(?:(?:grand |sub)?total|sum|(?:zwischen)?summe|gesamt|somme|suma|soma|итого|всего|合计|合計|小计|小計|总计|합계)"
)
_TOTAL = re.compile(rf"(?:(\*\*|__){_SUM}\b[^*_]*\1|{_SUM})[:：]?", re.IGNORECASE)
"""The title of a row that adds up the others."""
_ID_LIKE = re.compile(r"[*`]*(?:[A-Z]{1,5}-?)?\d+(?:[.-]\d+)*[a-z]?[*`]*", re.IGNORECASE)


def tasks_in_tables(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the rows of the tables below the phase's task labels; without a label, of tables headed Task."""
    labelled = list(_tables(without_tasks_own(page, region).task_fields()))
    blocks = labelled or [block for block in region.loose if block.kind is Kind.TABLE]
    return _read_tables(page, blocks, bool(labelled))


def tasks_in_grouped_tables(page: Page, region: Region) -> tuple[Task, ...] | None:
    """Return the rows of the tables headed Task in groups with labels or headings of their own."""
    return _read_tables(page, _tables(region.working_fields()), False)


def _tables(nodes: Iterable[Node]) -> Iterator[Block]:
    return (block for node in nodes for block in node.content if block.kind is Kind.TABLE)


def _read_tables(page: Page, blocks: Iterable[Block], labelled: bool) -> tuple[Task, ...] | None:
    tables = [table for block in blocks if (table := _read(page, block, labelled)) is not None]
    return tuple(task for table in tables for task in _read_rows(page, table)) if tables else None


def _read(page: Page, block: Block, labelled: bool) -> Table | None:
    table = read_table(block, _COLUMNS)
    if "title" not in table.columns and not (labelled and "description" in table.columns):
        return None
    if not labelled and not read_table(block, {"title": ("task", "tasks", *_FOREIGN)}).columns:
        return None
    table_problems(page, table, "task")
    return table


def _read_rows(page: Page, table: Table) -> Iterator[Task]:
    titles = [cell_text(page, row, "title") for row in table.rows]
    holds_ids = "description" in table.columns and all(_ID_LIKE.fullmatch(title) for title in titles if title)
    for row in table.rows:
        task = _read_row(page, row, "description" if holds_ids else "title", "title" if holds_ids else "id")
        if task is not None:
            yield task


def _read_row(page: Page, row: Row, title: str, id_column: str) -> Task | None:
    cell = row.cells.get(title)
    if cell is None or not cell.inlines:
        return None
    text = read_item_text(page, cell)
    if is_nothing(text.text) or _TOTAL.fullmatch(text.text):
        return None
    place, status = page.lines.position(cell.span.start), status_cell(page, row)
    return Task(
        text=text.text,
        line=place.line,
        column=place.column,
        span=row.block.span,
        id=_value(page, row, id_column) or text.id,
        box=text.box,
        status_cell=status,
        state=_state(text.state, status),
        links=(*issue_links(page, row), *text.links),
        bare=issue_number(page, row, text) or text.bare,
        link_site=text.link_site,
        ignored=page.is_ignored(row.block.children),
        assignee=_value(page, row, "assignee") or text.assignee,
        depends_on=task_ids(cell_text(page, row, "depends_on")),
        body="" if title == "description" else cell_text(page, row, "description"),
        files=_files(cell_text(page, row, "files")),
        label=_value(page, row, "label"),
        size=_value(page, row, "size"),
        repo=_value(page, row, "repo"),
    )


def _value(page: Page, row: Row, column: str) -> str | None:
    text = cell_text(page, row, column).strip("*` ")
    return None if is_nothing(text) else text


def _files(text: str) -> tuple[str, ...]:
    return (
        ()
        if is_nothing(text)
        else tuple(part.strip("` ") for part in re.split(r",\s*|<br\s*/?>", text) if part.strip("` "))
    )


def _state(state: State, status: StatusCell | None) -> State:
    if state is not State.OPEN or status is None:
        return state
    return State.DONE if cell_state(status.raw) or is_closed_mark(status.raw) else State.OPEN
