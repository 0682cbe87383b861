"""Removals seen twice, as values."""

from datetime import timedelta

import pytest

from plansync.core.changes import CloseIssue
from plansync.core.identity import ItemKey, PlanKey
from plansync.core.observed import CloseReason
from plansync.core.ownership import REMOVED_LABEL
from plansync.core.removals import look_again, removed_by, without_waiting
from tests.support.clocks import NOON

SPAN = timedelta(minutes=10)


def _close(number: int, *labels: str) -> CloseIssue:
    key = ItemKey(f"t-{number}")
    return CloseIssue(plan=PlanKey("p"), key=key, number=number, because=CloseReason.NOT_PLANNED, add_labels=labels)


GONE, DUPLICATE, LATER = _close(1, REMOVED_LABEL), _close(2), _close(3, REMOVED_LABEL)


def test_only_closings_of_what_left_the_plan_are_removals() -> None:
    assert removed_by([GONE, DUPLICATE, LATER]) == {1, 3}


@pytest.mark.parametrize(
    ("ago", "waits"),
    [(None, True), (timedelta(0), True), (SPAN - timedelta(seconds=1), True), (SPAN, False), (2 * SPAN, False)],
)
def test_a_removal_waits_for_its_span(ago: timedelta | None, waits: bool) -> None:
    since = {} if ago is None else {1: NOON - ago}
    seen = look_again({1}, since, NOON, SPAN)
    first = NOON - (ago or timedelta(0))
    assert seen.since == {1: first}
    assert seen.waiting == ({1: first + SPAN} if waits else {})


def test_what_came_back_is_forgotten() -> None:
    assert look_again((), {1: NOON}, NOON, SPAN).since == {}


def test_what_waits_is_left_out_and_nothing_else() -> None:
    assert without_waiting([GONE, DUPLICATE, LATER], {1, 2}) == (DUPLICATE, LATER)
