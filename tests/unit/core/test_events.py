"""What is taken over from an event: words, names, numbers and paths, and nothing that is none."""

from __future__ import annotations

import pytest

from plansync.core.events import told_login, told_number, told_paths, told_word


@pytest.mark.parametrize(
    ("value", "told"),
    [("closed", "closed"), ("sub_issue_added", "sub_issue_added"), ("Not a word", "changed"), ("", "changed")],
)
def test_what_was_done_is_one_word(value: object, told: str) -> None:
    assert told_word(value) == told


@pytest.mark.parametrize("value", ["a" * 41, None, ["closed"], "closed\n", "\ud800"])
def test_anything_else_changed_something(value: object) -> None:
    assert told_word(value) == "changed"


@pytest.mark.parametrize("value", [None, 7, "ann lee", "a" * 256, "\ud800", ["ann"]])
def test_what_is_no_name_is_left_out(value: object) -> None:
    assert told_login(value) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [("ann", "ann"), ("plansync[bot]", "plansync[bot]"), ("a.b-c_d", "a.b-c_d"), ("", ""), ("ann\0", "")],
)
def test_accounts_have_names_without_blanks(value: object, told: str) -> None:
    assert told_login(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(1, 1), (2**53 - 1, 2**53 - 1), (2**53, None), (0, None), (-3, None), (True, None), ("7", None), (7.0, None)],
)
def test_issues_are_numbered_from_one(value: object, told: int | None) -> None:
    assert told_number(value) == told


def test_paths_are_taken_together_or_not_at_all() -> None:
    assert told_paths(["plans/a.md", "plans/ü b.md", "plans/a.md"]) == frozenset({"plans/a.md", "plans/ü b.md"})
    assert told_paths(["plans/a.md", "plans/\0.md"]) is None
    assert told_paths(["\ud800.md"]) is None


def test_very_many_paths_are_not_told() -> None:
    assert told_paths(f"{number}.md" for number in range(3000)) is not None
    assert told_paths(f"{number}.md" for number in range(3001)) is None
