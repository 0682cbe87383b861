"""How alike two texts are, and who gets whom when all are looked at together (spec §3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.similarity import best_assignment, hard_words, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Write the parser", "Write the parser"),
        ("Write the **parser**.", "write the parser"),
        ("Write the parser", "the parser: write"),
        ("Read `config.py`", "Read config.py"),
    ],
)
def test_dress_case_and_order_of_words_do_not_count(one: str, other: str) -> None:
    assert likeness(one, other) > 0.9


def test_other_words_are_other_texts() -> None:
    assert likeness("Write the parser", "Buy a boat in June") < 0.5


@pytest.mark.parametrize(
    ("text", "hard"),
    [
        ("Read the feed", set()),
        ("Read `the feed` twice", {"the feed"}),
        ("Use ``a`b`` here", {"a`b"}),
        ("Keep 3 copies for 1.5 days", {"3", "1.5"}),
        ("Call loadUser and load_user()", {"loadUser", "load_user"}),
        ("Serve the API over HTTP/2", {"API", "HTTP/2", "2"}),
        ("Change pkg/api.py", {"pkg/api.py"}),
        ("Call I a day", set()),
    ],
)
def test_hard_words_are_code_numbers_and_identifiers(text: str, hard: set[str]) -> None:
    assert hard_words(text) == hard


@pytest.mark.parametrize(
    ("scores", "pairs"),
    [
        ([], ()),
        ([[]], ()),
        ([[0.0]], ()),
        ([[0.9]], ((0, 0),)),
        ([[0.9, 0.8]], ((0, 0),)),
        ([[0.9], [0.95]], ((1, 0),)),
        ([[0.9, 0.8], [0.85, 0.1]], ((0, 1), (1, 0))),
        ([[0.9, 0.0], [0.8, 0.0]], ((0, 0),)),
    ],
)
def test_pairs_are_those_of_the_greatest_sum(scores: list[list[float]], pairs: tuple[tuple[int, int], ...]) -> None:
    assert best_assignment(scores) == pairs


def _best_sum(scores: Sequence[Sequence[float]]) -> float:
    """Try every assignment."""
    rows, columns = len(scores), len(scores[0])
    if rows > columns:
        return _best_sum([list(column) for column in zip(*scores, strict=True)])
    return max(
        sum(scores[row][column] for row, column in enumerate(order)) for order in permutations(range(columns), rows)
    )


matrices = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda size: st.lists(
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


@given(matrices)
def test_no_other_assignment_is_better_and_nobody_is_given_twice(scores: list[list[float]]) -> None:
    pairs = best_assignment(scores)
    assert sum(scores[row][column] for row, column in pairs) == _best_sum(scores)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
