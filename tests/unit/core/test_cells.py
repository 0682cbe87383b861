"""A Status cell is its row's box: it follows the issue, in the column's words and the cell's form."""

from __future__ import annotations

import pytest

from plansync.core.cells import cell_box, cell_state, decide_cell
from plansync.core.model import ItemKind, StatusCell
from plansync.core.text import Span
from plansync.core.wording import Keep, Unclear, Verdict, Write

TASK, RISK, QUESTION = ItemKind.TASK, ItemKind.RISK, ItemKind.QUESTION


def cell(raw: str, *, ticks: bool = False) -> StatusCell:
    return StatusCell(raw, Span(0, len(raw.encode())), ticks)


def decide(raw: str, is_open: bool, column: list[str], kind: ItemKind, *, ticks: bool = False) -> Verdict:
    return decide_cell(cell(raw, ticks=ticks), is_open, [cell(other, ticks=ticks) for other in column], kind)


@pytest.mark.parametrize(
    "raw", ["Open", "active", "**MONITORING**", "New", "To Do", "to-do", "🟢 Open", "Open (v2)", "☐", "[ ]", "⬜"]
)
def test_the_open_group_is_known(raw: str) -> None:
    assert cell_state(raw) is False


@pytest.mark.parametrize(
    "raw", ["Closed", "✅ Mitigated", "RESOLVED", "`accepted`", "Done", "✅", "**✅**", "☑", "✔️", "[x]", "`[X]`"]
)
def test_the_closed_group_is_known(raw: str) -> None:
    assert cell_state(raw) is True


@pytest.mark.parametrize("raw", ["", "—", "Waiting", "In Progress", "❌", "Open or closed"])
def test_other_words_are_of_neither_group(raw: str) -> None:
    assert cell_state(raw) is None


@pytest.mark.parametrize(("raw", "is_open"), [("Monitoring", True), ("Accepted", False), ("✅", False), ("New", True)])
def test_a_cell_that_agrees_stays(raw: str, is_open: bool) -> None:
    assert decide(raw, is_open, ["Open", "Closed"], RISK) == Keep("the cell says the same")


@pytest.mark.parametrize("raw", ["", " ", "-", "—"])
def test_an_empty_cell_is_no_box(raw: str) -> None:
    assert decide(raw, False, [], RISK) == Keep("the cell is empty")


def test_another_word_stays_and_is_said() -> None:
    assert decide("Waiting", False, ["Open"], RISK) == Unclear("'Waiting' is neither an open nor a closed word")


@pytest.mark.parametrize(
    ("kind", "raw", "is_open", "written"),
    [
        (TASK, "To Do", False, "Done"),
        (TASK, "Done", True, "To Do"),
        (RISK, "Open", False, "Closed"),
        (RISK, "Mitigated", True, "Open"),
        (QUESTION, "Open", False, "Closed"),
        (TASK, "OPEN", False, "DONE"),
        (TASK, "DONE", True, "TO DO"),
        (RISK, "**open**", False, "**closed**"),
        (RISK, "🟢 Open", False, "Closed"),
        (RISK, "✅ **Mitigated**", True, "**Open**"),
        (RISK, "✅", True, "Open"),
        (RISK, "Open (since May)", False, "Closed (since May)"),
    ],
)
def test_without_a_row_to_follow_our_own_word_is_written(kind: ItemKind, raw: str, is_open: bool, written: str) -> None:
    assert decide(raw, is_open, ["", "Waiting", raw], kind) == Write(written)
    assert decide(written, is_open, [], kind) == Keep("the cell says the same")


@pytest.mark.parametrize(
    ("raw", "is_open", "column", "written"),
    [
        ("Open", False, ["Active", "Resolved", "Closed"], "Resolved"),
        ("open", False, ["**MITIGATED**"], "mitigated"),
        ("**Open**", False, ["Accepted"], "**Accepted**"),
        ("Closed", True, ["Mitigated", "Monitoring"], "Monitoring"),
        ("🟢 Open", False, ["🔴 Closed"], "🔴 Closed"),
        ("🟢 Open", False, ["Closed"], "Closed"),
        ("Open", False, ["🔴 Closed"], "Closed"),
        ("Open", False, ["✅"], "✅"),
        ("✅", True, ["🟡 Active"], "Active"),
    ],
)
def test_the_first_other_row_of_the_group_gives_the_word(
    raw: str, is_open: bool, column: list[str], written: str
) -> None:
    assert decide(raw, is_open, column, RISK) == Write(written)


@pytest.mark.parametrize(
    ("raw", "is_open", "column", "written"),
    [
        ("☐", False, [], "☑"),
        ("☑", True, ["☑"], "☐"),
        ("**[ ]**", False, ["Open"], "**[x]**"),
        ("[x]", True, [], "[ ]"),
        ("⬜", False, [], "✅"),
        ("✅", True, ["⬜"], "⬜"),
        ("to-do", False, ["[x]"], "[x]"),
        ("✅ Done", True, ["[ ]"], "[ ]"),
    ],
)
def test_marks_are_ticked_and_unticked(raw: str, is_open: bool, column: list[str], written: str) -> None:
    assert decide(raw, is_open, column, TASK) == Write(written)


@pytest.mark.parametrize(
    ("raw", "box"),
    [
        ("", False), ("—", False), ("No", False), ("❌", False), ("To Do", False), ("✅", True), ("✅ 2026-03-02", True), ("Yes", True),
        ("2026-03-02", True), ("x", True), ("half", None),
    ],
)  # fmt: skip
def test_a_column_of_ticks_is_open_where_it_is_blank(raw: str, box: bool | None) -> None:
    assert cell_box(cell(raw, ticks=True)) is box


@pytest.mark.parametrize("raw", ["", "Yes", "2026-03-02", "x"])
def test_another_column_knows_no_ticks(raw: str) -> None:
    assert cell_box(cell(raw)) is None


@pytest.mark.parametrize(
    ("raw", "is_open", "column", "written"),
    [
        ("", False, [], "✅"),
        ("", False, ["", "2026-03-02", "✔"], "✔"),
        ("", False, ["2026-03-02"], "✅"),
        ("No", False, ["Yes"], "✅"),
        ("✅", True, ["", "✅"], ""),
        ("2026-03-02", True, [], ""),
        ("[x]", True, ["", "[x]"], "[ ]"),
        ("✅", True, ["⬜"], "⬜"),
    ],
)
def test_a_tick_comes_and_goes(raw: str, is_open: bool, column: list[str], written: str) -> None:
    assert decide(raw, is_open, column, TASK, ticks=True) == Write(written)
    assert decide(written, is_open, column, TASK, ticks=True) == Keep("the cell says the same")


def test_another_tables_words_are_not_taken() -> None:
    column = [StatusCell("Mitigated", Span(0, 9), table=7), cell("Resolved")]
    assert decide_cell(cell("Open"), False, column, RISK) == Write("Resolved")
