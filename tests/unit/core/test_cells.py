"""A Status cell is its row's box: it follows the issue, in the column's words and the cell's form."""

from __future__ import annotations

import pytest

from plansync.core.cells import cell_state, decide_cell
from plansync.core.model import ItemKind
from plansync.core.wording import Keep, Unclear, Write

TASK, RISK, QUESTION = ItemKind.TASK, ItemKind.RISK, ItemKind.QUESTION


@pytest.mark.parametrize("raw", ["Open", "active", "**MONITORING**", "New", "To Do", "to-do", "🟢 Open", "Open (v2)"])
def test_the_open_group_is_known(raw: str) -> None:
    assert cell_state(raw) is False


@pytest.mark.parametrize("raw", ["Closed", "✅ Mitigated", "RESOLVED", "`accepted`", "Done", "✅", "**✅**"])
def test_the_closed_group_is_known(raw: str) -> None:
    assert cell_state(raw) is True


@pytest.mark.parametrize("raw", ["", "—", "Waiting", "In Progress", "❌", "Open or closed"])
def test_other_words_are_of_neither_group(raw: str) -> None:
    assert cell_state(raw) is None


@pytest.mark.parametrize(("raw", "is_open"), [("Monitoring", True), ("Accepted", False), ("✅", False), ("New", True)])
def test_a_cell_that_agrees_stays(raw: str, is_open: bool) -> None:
    assert decide_cell(raw, is_open, ["Open", "Closed"], RISK) == Keep("the cell says the same")


@pytest.mark.parametrize("raw", ["", " ", "-", "—"])
def test_an_empty_cell_is_no_box(raw: str) -> None:
    assert decide_cell(raw, False, [], RISK) == Keep("the cell is empty")


def test_another_word_stays_and_is_said() -> None:
    assert decide_cell("Waiting", False, ["Open"], RISK) == Unclear("'Waiting' is neither an open nor a closed word")


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
    assert decide_cell(raw, is_open, ["", "Waiting", raw], kind) == Write(written)
    assert decide_cell(written, is_open, [], kind) == Keep("the cell says the same")


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
    assert decide_cell(raw, is_open, column, RISK) == Write(written)
