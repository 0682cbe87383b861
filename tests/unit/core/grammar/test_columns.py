"""Status cells of tables: where a blank one is written, and which columns hold ticks."""

import pytest

from plansync.core.model import State, StatusCell
from plansync.core.text import Edit
from tests.support.plan_texts import edited, read


def cells(table: str) -> list[StatusCell | None]:
    plan = read(f"## Phases\n### Phase 1: x\n\n**Tasks:**\n\n{table}")
    return [task.status_cell for task in plan.tasks]


@pytest.mark.parametrize("head", ["Completed", "Done", "✅", "Erledigt", "Hecho", "Готово", "完成"])
def test_a_column_of_ticks_is_known_by_its_head(head: str) -> None:
    (cell,) = cells(f"| Task | {head} |\n|---|---|\n| a | x |\n")
    assert cell is not None
    assert cell.ticks


@pytest.mark.parametrize("head", ["Status", "State", "Estado", "Статус", "状态"])
def test_a_column_of_words_as_well(head: str) -> None:
    (cell,) = cells(f"| Task | {head} |\n|---|---|\n| a | x |\n")
    assert cell is not None
    assert not cell.ticks


@pytest.mark.parametrize(
    ("row", "written"),
    [
        ("| a |  |", "| a | ✅ |"),
        ("| a |      |", "| a | ✅     |"),
        ("| a | |", "| a | ✅|"),
        ("| a ||", "| a |✅|"),
        ("| a | x |", "| a | ✅ |"),
    ],
)
def test_a_blank_one_is_written_between_its_blanks(row: str, written: str) -> None:
    source = f"## Phases\n### Phase 1: x\n\n**Tasks:**\n\n| Task | Completed |\n|---|---|\n{row}\n"
    (task,) = read(source).tasks
    assert task.status_cell is not None
    assert task.status_cell.raw == row[4:].strip("| ")
    after = edited(source, Edit(task.status_cell.span, "✅".encode()))
    assert after.endswith(f"|---|---|\n{written}\n")
    assert read(after).tasks[0].state is State.DONE


def test_a_row_without_the_cell_has_none() -> None:
    assert cells("| Task | Size | Status |\n|---|---|---|\n| a |\n") == [None]
    assert cells("| Task | Size | Done |\n|---|---|---|\n| a | S |\n") == [None]
    assert cells("| Task | Size |\n|---|---|\n| a | S |\n") == [None]
