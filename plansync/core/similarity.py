"""How alike two texts are, and the best assignment of many to many (spec §3.4). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from plansync.core.identity import normal_text

_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d][\w.\-/]*\w|[^\W\d]")
_IDENTIFIER = re.compile(r".*(?:[a-z][A-Z]|_|\w[./]\w|\(\)).*|[A-Z]{2,}[\w]*$")


def likeness(one: str, other: str) -> float:
    """Return how alike two raw texts are, 0 to 1, whatever the order of their words."""
    return fuzz.token_sort_ratio(normal_text(one), normal_text(other)) / 100


def hard_words(text: str) -> frozenset[str]:
    """Return the parts of ``text`` in which one letter makes another task: code spans, numbers, identifiers."""
    codes = {match.group(2).strip() for match in _CODE.finditer(text)}
    prose = _CODE.sub(" ", text)
    words = {word for word in _WORD.findall(prose) if _IDENTIFIER.match(word)}
    return frozenset(codes | set(_NUMBER.findall(prose)) | words)


def best_assignment(scores: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    """Return the (row, column) pairs with the greatest sum of scores, each row and column at most once.

    Kuhn's method by shortest augmenting paths, in O(rows² × columns); pairs of score 0 are left out.
    """
    if not scores or not scores[0]:
        return ()
    if len(scores) > len(scores[0]):
        turned = [list(column) for column in zip(*scores, strict=True)]
        return tuple(sorted((row, column) for column, row in best_assignment(turned)))
    owner = _hungarian([[-score for score in row] for row in scores])
    pairs = ((row - 1, column - 1) for column, row in enumerate(owner) if column and row)
    return tuple(sorted((row, column) for row, column in pairs if scores[row][column] > 0))


def _hungarian(cost: list[list[float]]) -> list[int]:
    """Return for every column (1-based) the row (1-based, 0: none) of the cheapest assignment; rows <= columns."""
    rows, columns = len(cost), len(cost[0])
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0] = row
        way = _cheapest_way(cost, owner, row_price, column_price)
        column = way[0]
        while column:
            previous = way[column]
            owner[column] = owner[previous]
            column = previous
    return owner


def _cheapest_way(
    cost: list[list[float]], owner: list[int], row_price: list[float], column_price: list[float]
) -> list[int]:
    """Grow a tree of cheapest steps until it meets a free column; ``way[0]`` is that column, the rest the way back."""
    columns = len(cost[0])
    slack = [float("inf")] * (columns + 1)
    used = [False] * (columns + 1)
    way = [0] * (columns + 1)
    column = 0
    while owner[column]:
        used[column] = True
        row, delta, best = owner[column], float("inf"), 0
        for other in range(1, columns + 1):
            if used[other]:
                continue
            step = cost[row - 1][other - 1] - row_price[row] - column_price[other]
            if step < slack[other]:
                slack[other], way[other] = step, column
            if slack[other] < delta:
                delta, best = slack[other], other
        for other in range(columns + 1):
            if used[other]:
                row_price[owner[other]] += delta
                column_price[other] -= delta
            else:
                slack[other] -= delta
        column = best
    way[0] = column
    return way
