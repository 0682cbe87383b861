"""Which writes a change takes at most, and what plansync's own labels look like."""

import re
from typing import Any

import pytest

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.identity import ItemKey, PhaseKey, PlanKey
from plansync.core.looks import look_of, own_labels
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason, RelationKind
from plansync.core.pace import Manners, Sending
from plansync.core.sendings import sendings_of

READ, WRITE, CREATE = Sending.READ, Sending.WRITE, Sending.CREATE
CALM, STRICT = Manners(), Manners(edits_count=True)
ITEM: dict[str, Any] = {"plan": PlanKey("web"), "key": ItemKey("t-1")}
PHASE: dict[str, Any] = {"plan": PlanKey("web"), "key": PhaseKey("p-1")}
DONE = CloseReason.COMPLETED
RELATED: dict[str, Any] = {"relation": RelationKind.BLOCKED_BY, "other_key": ItemKey("t-2"), "other": 2}


@pytest.mark.parametrize(
    ("change", "calm", "strict"),
    [
        (CreateIssue(**ITEM, kind=ItemKind.TASK, title="t", body="b"), [CREATE], [CREATE]),
        (CreateMilestone(**PHASE, title="t", description="d"), [CREATE], [CREATE]),
        (UpdateIssue(**ITEM, number=1), [WRITE], [CREATE]),
        (UpdateIssue(**ITEM, number=1, add_labels=("a", "b")), [WRITE, WRITE], [WRITE, CREATE]),
        (UpdateIssue(**ITEM, number=1, remove_labels=("a", "b")), [WRITE] * 3, [WRITE, WRITE, CREATE]),
        (UpdateIssue(**ITEM, number=1, add_labels=("c",), remove_labels=("a",)), [WRITE] * 3, [WRITE, WRITE, CREATE]),
        (ReopenIssue(**ITEM, number=1), [WRITE], [CREATE]),
        (ReopenIssue(**ITEM, number=1, remove_labels=("a",)), [WRITE, WRITE], [WRITE, CREATE]),
        (CloseIssue(**ITEM, number=1, because=DONE), [WRITE], [CREATE]),
        (CloseIssue(**ITEM, number=1, because=DONE, add_labels=("a", "b")), [WRITE, WRITE], [WRITE, CREATE]),
        (CloseIssue(**ITEM, number=1, because=DONE, comment="Done."), [CREATE, WRITE], [CREATE, CREATE]),
        (UpdateMilestone(**PHASE, number=1), [WRITE], [WRITE]),
        (CloseMilestone(**PHASE, number=1), [WRITE], [WRITE]),
        (ReopenMilestone(**PHASE, number=1), [WRITE], [WRITE]),
        (Relate(**ITEM, number=1, **RELATED), [WRITE], [CREATE]),
    ],
)
def test_a_change_takes_these_writes(change: Change, calm: list[Sending], strict: list[Sending]) -> None:
    assert list(sendings_of(change, CALM)) == calm
    assert list(sendings_of(change, STRICT)) == strict


def test_labels_of_ours_have_a_colour_and_a_description() -> None:
    for name in own_labels(close_reasons=False):
        colour, description = look_of(name)
        assert re.fullmatch(r"[0-9a-f]{6}", colour)
        assert 0 < len(description) <= 100  # what GitHub takes


def test_a_label_looks_the_same_however_it_is_spelled() -> None:
    assert look_of("Risk:HIGH") == look_of("risk:high") == ("b60205", "Likelihood times impact is 6 or more")


def test_other_labels_are_grey_and_say_nothing() -> None:
    assert look_of("backend") == ("ededed", "")


def test_labels_in_place_of_reasons_are_ours_where_the_tracker_keeps_none() -> None:
    few, all_of_them = own_labels(close_reasons=True), own_labels(close_reasons=False)
    assert set(all_of_them) - set(few) == {"plansync:not-planned", "plansync:duplicate"}
    assert few[0] == all_of_them[0] == "plansync"
