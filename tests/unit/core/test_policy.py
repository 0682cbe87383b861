"""Fuses and slices: which of the decided changes are carried out (spec §4, §4.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    MilestoneRef,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.identity import ItemKey, PhaseKey, PlanKey, tracking_key
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason, RelationKind
from plansync.core.policy import creation_fuse, creations_in, removal_fuse, slice_changes
from plansync.core.rules import Limits

PLAN = PlanKey("plan")


def _close(number: int, because: CloseReason = CloseReason.NOT_PLANNED, key: str = "") -> CloseIssue:
    return CloseIssue(plan=PLAN, key=ItemKey(key or f"t-{number}"), number=number, because=because)


def _reopen(number: int) -> ReopenIssue:
    return ReopenIssue(plan=PLAN, key=ItemKey(f"t-{number}"), number=number)


def _create(key: str, milestone: str = "") -> CreateIssue:
    ref = MilestoneRef(None, PhaseKey(milestone)) if milestone else None
    return CreateIssue(plan=PLAN, key=ItemKey(key), kind=ItemKind.TASK, title=key, body="", milestone=ref)


def _update(number: int, key: str = "t", milestone: str = "", text_only: bool = False) -> UpdateIssue:
    ref = MilestoneRef(None, PhaseKey(milestone)) if milestone else None
    return UpdateIssue(plan=PLAN, key=ItemKey(key), number=number, milestone=ref, text_only=text_only)


def _open(milestone: str) -> CreateMilestone:
    return CreateMilestone(plan=PLAN, key=PhaseKey(milestone), title=milestone, description="")


@pytest.mark.parametrize(
    ("closing", "reopening", "owned", "held"),
    [
        (0, 0, 0, False),
        (1, 0, 1, False),
        (2, 0, 2, True),
        (1, 1, 2, True),
        (2, 0, 3, False),
        (5, 0, 6, False),
        (5, 0, 5, True),
        (6, 0, 29, True),
        (6, 0, 30, False),
        (0, 6, 29, True),
        (3, 3, 29, True),
        (7, 0, 34, True),
        (7, 0, 35, False),
        (100, 0, 500, False),
        (101, 0, 500, True),
    ],
)
def test_more_than_five_and_a_fifth_or_all_of_two_are_held(
    closing: int, reopening: int, owned: int, held: bool
) -> None:
    changes: list[Change] = [_close(n) for n in range(closing)]
    changes += [_reopen(n) for n in range(reopening)]
    fuse = removal_fuse(changes, owned, Limits())
    assert (fuse is not None) is held
    if fuse is not None:
        assert fuse.message.startswith(f"{closing + reopening} of its {owned} issues")


def test_more_issues_than_the_plan_owns_are_all_of_them() -> None:
    """An issue that comes from another plan is not owned by this one yet."""
    assert removal_fuse([_reopen(1), _reopen(2), _reopen(3)], 2, Limits()) is not None


def test_closing_what_is_done_or_a_duplicate_is_no_removal() -> None:
    changes = [_close(n, because) for n in range(9) for because in (CloseReason.COMPLETED, CloseReason.DUPLICATE)]
    assert removal_fuse(changes, 9, Limits()) is None


def test_reopening_what_was_closed_as_a_duplicate_of_nothing_is_held_by_no_fuse() -> None:
    twins = [replace(_reopen(number), twin=True) for number in range(9)]
    assert removal_fuse(twins, 9, Limits()) is None


def test_the_limits_of_the_configuration_count() -> None:
    changes = [_close(n) for n in range(3)]
    assert removal_fuse(changes, 10, Limits(removals=2, removals_share=0.25)) is not None
    assert removal_fuse(changes, 10, Limits(removals=2, removals_share=0.3)) is None


@pytest.mark.parametrize(
    ("creations", "limit", "held"), [(200, 200, False), (201, 200, True), (9999, 0, False), (0, 1, False)]
)
def test_creations_above_the_limit_are_held(creations: int, limit: int, held: bool) -> None:
    fuse = creation_fuse(creations, limit)
    assert (fuse is not None) is held


def test_the_creation_fuse_says_how_many_and_which_limit() -> None:
    fuse = creation_fuse(201, 200)
    assert fuse is not None
    assert fuse.message == "201 issues would be opened, more than the limit of 200"


def _relate(key: str, number: int, other_key: str, other: int) -> Relate:
    kind = RelationKind.SUB_ISSUE
    return Relate(plan=PLAN, key=ItemKey(key), number=number, relation=kind, other_key=ItemKey(other_key), other=other)


def test_the_tracking_issue_of_a_plan_counts_with_no_fuse() -> None:
    again = ReopenIssue(plan=PLAN, key=tracking_key(PLAN), number=9)
    assert removal_fuse([again, _reopen(2)], 2, Limits()) is None
    assert removal_fuse([_reopen(3), _reopen(2)], 2, Limits()) is not None


def test_a_relation_waits_for_the_issues_that_a_later_slice_opens() -> None:
    relations = [
        _relate("plan-1", 9, "t-0", 8),
        _relate("t-1", 0, "t-0", 8),
        _relate("t-2", 0, "t-0", 8),
        _relate("plan-1", 9, "t-1", 0),
        _relate("plan-1", 9, "t-2", 0),
    ]
    piece = slice_changes([*relations, _create("t-1"), _create("t-2")], 1)
    assert piece.more
    assert piece.changes == (_create("t-1"), relations[0], relations[1], relations[3])


ALL: list[Change] = [
    _relate("t-1", 1, "t-2", 2),
    _update(5, text_only=True),
    CloseMilestone(plan=PLAN, key=PhaseKey("p-1"), number=1),
    _close(4),
    _update(3),
    _reopen(2),
    _create("t-new"),
    _open("p-2"),
    UpdateMilestone(plan=PLAN, key=PhaseKey("p-3"), number=3),
    ReopenMilestone(plan=PLAN, key=PhaseKey("p-4"), number=4),
]


def test_changes_go_milestones_first_and_text_last() -> None:
    piece = slice_changes(ALL, 50)
    assert [type(change).__name__ for change in piece.changes] == [
        "CreateMilestone",
        "UpdateMilestone",
        "ReopenMilestone",
        "CreateIssue",
        "ReopenIssue",
        "UpdateIssue",
        "CloseIssue",
        "CloseMilestone",
        "Relate",
        "UpdateIssue",
    ]
    assert not piece.more


def test_creations_keep_the_order_of_the_plan() -> None:
    wanted = [_create(key) for key in ("t-b", "t-a", "t-c")]
    assert slice_changes(wanted, 0).changes == tuple(wanted)


def test_a_slice_holds_so_many_creations_and_only_their_milestones() -> None:
    changes: list[Change] = [
        _open("p-1"),
        _open("p-2"),
        _create("t-1", "p-1"),
        _create("t-2", "p-2"),
        _create("t-3", "p-2"),
    ]
    piece = slice_changes(changes, 1)
    assert piece.changes == (changes[0], changes[2])
    assert piece.more


def test_the_milestone_that_an_issue_moves_into_comes_with_the_first_slice() -> None:
    changes: list[Change] = [
        _open("p-1"),
        _open("p-2"),
        _open("p-3"),
        _create("t-1", "p-1"),
        _create("t-2", "p-2"),
        _update(9, milestone="p-3"),
    ]
    assert slice_changes(changes, 1).changes == (changes[0], changes[2], changes[3], changes[5])


def test_what_hangs_on_a_creation_waits_with_it() -> None:
    done, text, other = _close(0, CloseReason.COMPLETED, "t-2"), _update(0, "t-1", text_only=True), _close(7)
    first = _close(0, CloseReason.COMPLETED, "t-1")
    piece = slice_changes([_create("t-1"), _create("t-2"), first, done, other, text], 1)
    assert piece.changes == (_create("t-1"), first, other)


def test_no_milestone_is_closed_while_issues_are_left_for_a_later_slice() -> None:
    closing = CloseMilestone(plan=PLAN, key=PhaseKey("p-1"), number=1)
    assert closing not in slice_changes([closing, _create("t-1"), _create("t-2")], 1).changes
    assert closing in slice_changes([closing, _create("t-1"), _create("t-2")], 2).changes


def test_text_waits_until_every_creation_is_made() -> None:
    assert (
        _update(5, text_only=True)
        not in slice_changes([_create("a"), _create("b"), _update(5, text_only=True)], 1).changes
    )


@pytest.mark.parametrize("limit", [0, 2, 3])
def test_few_enough_creations_are_one_slice(limit: int) -> None:
    piece = slice_changes([_create("a"), _create("b"), _update(5, text_only=True)], limit)
    assert (len(piece.changes), piece.more) == (3, False)


def test_creations_are_counted_alone() -> None:
    assert creations_in(ALL) == 1
