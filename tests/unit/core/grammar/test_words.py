"""Names as they compare."""

from __future__ import annotations

import pytest

from plansync.core.grammar.words import name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("7. Risks and  Mitigations", "risks and mitigations"),
        ("**Tasks** (this week) ", "tasks"),
        ("Tasks (a) (b)", "tasks (a)"),
        ("Tasks (this) week", "tasks (this) week"),
        ("Tasks (this (nested))", "tasks (this (nested))"),
        ("Tasks)", "tasks)"),
        ("Goal:", "goal"),
    ],
)
def test_a_remark_at_the_end_a_number_and_marks_are_no_part_of_a_name(name: str, key: str) -> None:
    assert name_key(name) == key
