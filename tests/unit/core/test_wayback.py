"""The way back of a run, from what it did and what the tracker holds now (spec §9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    FieldChange,
    MilestoneRef,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.deeds import Trace, joined
from plansync.core.images import Image, IssueImage, MilestoneImage
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone
from plansync.core.ownership import UNDONE_LABEL
from plansync.core.wayback import Way, WayBack
from tests.support.changes import region
from tests.support.reconciling import PLAN, make_issue, milestone_of

OPEN = IssueImage(title="Old", body=region("old\n\n- [ ] one"), labels=frozenset({"plansync"}))
DONE, OTHER = CloseReason.COMPLETED, CloseReason.NOT_PLANNED
PHASE = MilestoneImage(title="Phase", description=region("old"))


def _trace(before: Image | None, after: Image, number: int = 7) -> Trace:
    return Trace(plan=PLAN, key="t-1", number=number, before=before, after=after)


def _issue(image: IssueImage, **changed: Any) -> ObservedIssue:
    """Return the issue that looks like ``image``, but for what people changed."""
    fields = {name: getattr(image, name) for name in IssueImage.__slots__}
    return make_issue(7, **(fields | changed))


def _milestone(image: MilestoneImage, **changed: Any) -> ObservedMilestone:
    fields = {name: getattr(image, name) for name in MilestoneImage.__slots__}
    return milestone_of(7, **(fields | changed))


def _back(trace: Trace, *now: ObservedIssue | ObservedMilestone) -> WayBack:
    issues = {i.number: i for i in now if isinstance(i, ObservedIssue)}
    milestones = {m.number: m for m in now if isinstance(m, ObservedMilestone)}
    return Way("20260302T120000.0Z-abc123", issues, milestones).back([trace])


def _sole(way: WayBack) -> Change:
    (change,) = way.changes
    return change


def _left(way: WayBack) -> list[str]:
    assert {plan for plan, _ in way.left} <= {PLAN}
    return [text for _, text in way.left]


def test_an_image_is_what_was_observed() -> None:
    assert IssueImage.of(_issue(OPEN)) == OPEN
    assert MilestoneImage.of(_milestone(PHASE)) == PHASE


def test_what_it_opened_is_closed_with_a_word() -> None:
    close = _sole(_back(_trace(None, OPEN), _issue(OPEN)))
    assert isinstance(close, CloseIssue)
    assert (close.because, close.add_labels) == (OTHER, (UNDONE_LABEL,))
    assert "(abc123)" in close.comment


def test_what_it_opened_and_people_closed_stays_closed() -> None:
    way = _back(_trace(None, OPEN), _issue(OPEN, closed=DONE))
    assert (way.changes, _left(way)) == ((), ["issue #7 was closed since, and stays so"])
    for trace, now in (
        (_trace(None, OPEN), _issue(OPEN, closed=OTHER, labels=frozenset({"PlanSync:Undone"}))),
        (_trace(None, replace(OPEN, closed=DONE)), _issue(OPEN, closed=DONE)),
    ):
        assert _back(trace, now) == WayBack()


def test_what_is_gone_is_told() -> None:
    assert _left(_back(_trace(None, OPEN))) == ["issue #7 is gone"]
    assert _left(_back(_trace(None, PHASE))) == ["milestone 7 is gone"]


@pytest.mark.parametrize(
    ("before", "after", "now", "expected"),
    [
        (None, DONE, DONE, ReopenIssue),
        (None, OTHER, OTHER, ReopenIssue),
        (DONE, None, None, CloseIssue),
        (None, DONE, None, None),
        (DONE, None, DONE, None),
        (None, DONE, OTHER, "issue #7 was closed since, and stays so"),
        (DONE, OTHER, None, "issue #7 was reopened since, and stays so"),
        (None, None, DONE, None),
    ],
)
def test_open_or_closed_goes_back_unless_somebody_moved_it_since(
    before: CloseReason | None, after: CloseReason | None, now: CloseReason | None, expected: object
) -> None:
    way = _back(_trace(replace(OPEN, closed=before), replace(OPEN, closed=after)), _issue(OPEN, closed=now))
    assert [type(change) for change in way.changes] == ([expected] if isinstance(expected, type) else [])
    assert _left(way) == ([expected] if isinstance(expected, str) else [])
    assert all(change.because is before for change in way.changes if isinstance(change, CloseIssue))


def test_labels_of_a_closing_go_with_the_reopening_and_come_with_the_closing() -> None:
    removed = replace(OPEN, closed=OTHER, labels=frozenset({"plansync", "plansync:removed"}))
    reopened = _sole(_back(_trace(OPEN, removed), _issue(removed)))
    assert isinstance(reopened, ReopenIssue)
    assert reopened.remove_labels == ("plansync:removed",)
    closed = _sole(_back(_trace(removed, OPEN), _issue(OPEN)))
    assert isinstance(closed, CloseIssue)
    assert closed.add_labels == ("plansync:removed",)


def _update(before: IssueImage, after: IssueImage, **people: Any) -> tuple[UpdateIssue | None, list[str]]:
    way = _back(_trace(before, after), _issue(after, **people))
    updates = [change for change in way.changes if isinstance(change, UpdateIssue)]
    assert len(updates) == len(way.changes) <= 1
    return (updates[0] if updates else None), _left(way)


def test_a_title_goes_back_unless_somebody_renamed_it_since() -> None:
    after = replace(OPEN, title="New")
    update, left = _update(OPEN, after)
    assert update is not None
    assert (update.title, update.region, update.text_only, left) == ("Old", None, True, [])
    assert _update(OPEN, after, title="Theirs") == (None, ["issue #7: its title was changed since, and stays so"])
    assert _update(OPEN, after, title="Old") == (None, [])


def test_the_managed_text_goes_back_under_the_ticks_that_people_gave_it() -> None:
    after = replace(OPEN, body=region("new\n\n- [ ] one\n- [x] two"))
    before = replace(OPEN, body=region("old\n\n- [ ] one\n- [ ] two"))
    update, left = _update(before, after, body="Above\r\n\r\n" + region("new\n\n- [x] one\n- [x] two"))
    assert update is not None
    assert (update.region, left) == (region("old\n\n- [x] one\n- [ ] two"), [])
    assert update.ticks == (("two", 0, False),)
    changed = _update(before, after, body=region("newer"))
    assert changed == (None, ["issue #7: its text was changed since, and stays so"])
    assert _update(before, after, body=region("old\n\n- [x] one\n- [ ] two")) == (None, [])


def test_a_region_that_is_damaged_is_left_if_it_was_written() -> None:
    damaged = region("a") + "\n" + region("b")
    after = replace(OPEN, body=region("new"))
    assert _update(OPEN, after, body=damaged) == (None, ["issue #7: its text was changed since, and stays so"])
    assert _update(OPEN, OPEN, body=damaged) == (None, [])


def test_an_adopted_issue_is_let_go_and_a_released_one_taken_back() -> None:
    theirs = replace(OPEN, body="Their words.", labels=frozenset())
    ours = replace(OPEN, body="Their words.\n\n" + region("ours"), milestone=3)
    let_go, _ = _update(theirs, ours)
    assert let_go is not None
    assert (let_go.region, let_go.adopt, let_go.remove_labels) == ("", False, ("plansync",))
    assert let_go.milestone == MilestoneRef(0)
    taken_back, _ = _update(ours, theirs)
    assert taken_back is not None
    assert (taken_back.region, taken_back.adopt, taken_back.add_labels) == (region("ours"), True, ("plansync",))
    assert taken_back.milestone == MilestoneRef(3)
    assert [field.name for field in taken_back.fields] == ["body", "milestone", "labels"]
    assert not taken_back.text_only


def test_a_milestone_that_somebody_chose_since_stays() -> None:
    before, after = replace(OPEN, milestone=1), replace(OPEN, milestone=2)
    assert _update(before, after, milestone=3) == (None, ["issue #7: its milestone was changed since, and stays so"])
    assert _update(before, after, milestone=1) == (None, [])


def test_labels_that_are_as_they_were_already_and_those_of_people_stay() -> None:
    after = replace(OPEN, labels=frozenset({"plansync", "risk:high"}))
    before = replace(OPEN, labels=frozenset({"plansync", "risk:low"}))
    update, _ = _update(before, after, labels=frozenset({"theirs", "Risk:Low", "RISK:HIGH"}))
    assert update is not None
    assert (update.add_labels, update.remove_labels) == ((), ("RISK:HIGH",))


def test_people_that_it_assigned_are_taken_off_unless_others_are_assigned_by_now() -> None:
    after = replace(OPEN, assignees=("ann",))
    update, left = _update(OPEN, after)
    assert update is not None
    assert (update.unassign, update.assignees, update.fields, left) == (
        ("ann",),
        (),
        (FieldChange("assignees", "ann", ""),),
        [],
    )
    assert not update.text_only
    assert _update(OPEN, after, assignees=()) == (None, [])
    assert _update(OPEN, after, assignees=("ann", "bob")) == (
        None,
        ["issue #7: its assignment was changed since, and stays so"],
    )


def test_people_that_an_undo_took_off_are_assigned_again() -> None:
    update, left = _update(replace(OPEN, assignees=("ann",)), OPEN)
    assert update is not None
    assert (update.unassign, update.assignees, left) == ((), ("ann",), [])


def test_a_milestone_it_opened_is_closed_once() -> None:
    close = _sole(_back(_trace(None, PHASE), _milestone(PHASE)))
    assert isinstance(close, CloseMilestone)
    assert _back(_trace(None, PHASE), _milestone(PHASE, closed=True)) == WayBack()


@pytest.mark.parametrize(("before", "kind"), [(False, ReopenMilestone), (True, CloseMilestone)])
def test_a_milestone_that_it_turned_is_turned_back(before: bool, kind: type[Change]) -> None:
    trace = _trace(replace(PHASE, closed=before), replace(PHASE, closed=not before))
    assert isinstance(_sole(_back(trace, _milestone(PHASE, closed=not before))), kind)
    assert _back(trace, _milestone(PHASE, closed=before)) == WayBack()


def test_a_milestone_gets_title_and_description_back_unless_somebody_changed_them() -> None:
    after = MilestoneImage(title="New", description="Theirs\n\n" + region("new"))
    trace = _trace(PHASE, after)
    update = _sole(_back(trace, _milestone(after)))
    assert isinstance(update, UpdateMilestone)
    assert (update.title, update.region) == ("Phase", region("old"))
    way = _back(trace, _milestone(after, title="Theirs", description=region("theirs")))
    what = ["title", "description"]
    assert _left(way) == [f"milestone 7: its {name} was changed since, and stays so" for name in what]
    assert way.changes == ()
    assert _back(trace, _milestone(PHASE)) == WayBack()
    damaged = region("a") + region("b")
    assert len(_left(_back(trace, _milestone(after, description=damaged)))) == 1
    bare = replace(PHASE, description="")
    lost = _sole(_back(_trace(bare, PHASE), _milestone(PHASE)))
    assert isinstance(lost, UpdateMilestone)
    assert lost.region == ""


def test_several_deeds_on_one_issue_are_one_trace() -> None:
    first, second = replace(OPEN, title="Second"), replace(OPEN, title="Third")
    deeds = [_trace(OPEN, first), _trace(None, PHASE), _trace(first, second), _trace(None, OPEN, 8)]
    assert joined(deeds) == (_trace(OPEN, second), _trace(None, PHASE), _trace(None, OPEN, 8))
