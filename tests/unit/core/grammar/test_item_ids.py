"""Explicit ids that lead an item's text, and numbers that are none."""

from __future__ import annotations

import pytest

from plansync.core.grammar.item_ids import read_leading_id
from tests.support.plan_texts import LINK, read_phase


def taken_apart(text: str, boxed: bool) -> tuple[str, str] | None:
    """Return the id and the text without it."""
    source = text.encode()
    found = read_leading_id(source, 0, len(source), boxed=boxed)
    if found is None:
        return None
    rest = source[found.start :]
    if found.cut is not None:
        rest = source[found.start : found.cut.start] + source[found.cut.end :]
    return found.id, rest.decode()


@pytest.mark.parametrize("boxed", [True, False])
@pytest.mark.parametrize(
    ("text", "task_id", "rest"),
    [
        ("T001 saw", "T001", "saw"),
        ("T005b saw", "T005b", "saw"),
        ("T009.5 saw", "T009.5", "saw"),
        ("T-001: saw", "T-001", "saw"),
        ("T1: saw", "T1", "saw"),
        ("**T001** saw", "T001", "saw"),
        ("**T001**: saw", "T001", "saw"),
        ("**T001:** saw", "T001", "saw"),
        ("`T001` saw", "T001", "saw"),
        ("[T001] [P] saw", "T001", "[P] saw"),
        ("T001 — saw", "T001", "saw"),
        ("Task 1.1: saw", "1.1", "saw"),
        ("task #3 - saw", "3", "saw"),
        ("**Task 1.1**: saw", "1.1", "saw"),
        ("Task A-1. saw", "A-1", "saw"),
        ("TASK-001: saw", "TASK-001", "saw"),
        ("**TODO-2** saw", "TODO-2", "saw"),
        ("Aufgabe 1.1: saw", "1.1", "saw"),
        ("任务 1.1：saw", "1.1", "saw"),
        ("**任务2**：saw", "2", "saw"),
        ("Задача 3. saw", "3", "saw"),
        ("1.2: saw", "1.2", "saw"),
        ("**1.2** saw", "1.2", "saw"),
        ("**T001: saw** it", "T001", "**saw** it"),
        ("**1.2 - saw** it", "1.2", "**saw** it"),
        ("~~T001 saw~~", "T001", "~~T001 saw~~"),
    ],
)
def test_are_taken_off_the_text(text: str, task_id: str, rest: str, boxed: bool) -> None:
    assert taken_apart(text, boxed) == (task_id, rest)


@pytest.mark.parametrize(
    ("text", "task_id", "rest"),
    [
        ("1.2 saw", "1.2", "saw"),
        ("7.1a saw", "7.1a", "saw"),
        ("1. saw", "1", "saw"),
        ("12) saw", "12", "saw"),
        ("T1 saw", "T1", "saw"),
    ],
)
def test_bare_numbers_are_ids_behind_a_box_alone(text: str, task_id: str, rest: str) -> None:
    assert taken_apart(text, boxed=True) == (task_id, rest)
    assert taken_apart(text, boxed=False) is None


@pytest.mark.parametrize("boxed", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "saw", "3 boards", "Task 1 comes first", "T001", "Task: saw", "[1] saw", "[T001 saw", "`T001 saw` it",
        "**T001__ saw", "T001** saw", "A1 saw", "Tasks 1: saw", "**3 boards** long", "",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_stays(text: str, boxed: bool) -> None:
    assert taken_apart(text, boxed) is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (f"T001 ({LINK})", "T001"),
        (f"3. ({LINK})", "3."),
        (f"**1.2** ({LINK}) — Assignee: ann", "**1.2**"),
        ("T001 <!-- later -->", "T001"),
        ("T001 (#12)", "T001 (#12)"),
    ],
)
def test_an_id_with_nothing_behind_it_but_a_link_is_the_text(line: str, text: str) -> None:
    (task,) = read_phase(f"- [ ] {line}\n").tasks
    assert (task.id, task.text) == (None, text)


def test_the_first_one_counts() -> None:
    (task,) = read_phase("- [ ] 1.2 T001 saw\n").tasks
    assert (task.id, task.text) == ("1.2", "T001 saw")


def test_a_star_behind_the_box_is_no_text() -> None:
    (task,) = read_phase("- [ ]* 1.2 saw\n  - [x]* 1.3 plane\n").tasks
    assert (task.id, task.text, [detail.text for detail in task.details]) == ("1.2", "saw", ["1.3 plane"])
