"""What is sent to GitHub for each write: nothing that was not asked for, and never a list that replaces another."""

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import ChangeRefused, CredentialRefused, OutcomeUnknown
from plansync.trackers.hosted.desk import NewIssue, Patch
from tests.unit.trackers.github.wires import PHASE, ROW, Wires, issue, milestone


def test_a_new_issue_has_what_it_shall_have_and_no_more(wires: Wires) -> None:
    wires.answer("POST", "/issues", issue(), 201)
    assert wires.desk.create_issue(NewIssue(title="t", body="b")).number == 12
    assert wires.body() == {"title": "t", "body": "b"}
    new = NewIssue(title="t", body="b", labels=("a", "b"), milestone=PHASE, assignees=("ann",))
    wires.desk.create_issue(new)
    assert wires.body() == {"title": "t", "body": "b", "labels": ["a", "b"], "milestone": 3, "assignees": ["ann"]}


@pytest.mark.parametrize(
    ("patch", "body"),
    [
        (Patch(title="New"), {"title": "New"}),
        (Patch(body=""), {"body": ""}),
        (Patch(milestone=PHASE), {"milestone": 3}),
        (Patch(assignees=("ann", "bob")), {"assignees": ["ann", "bob"]}),
        (Patch(close=CloseReason.COMPLETED), {"state": "closed", "state_reason": "completed"}),
        (Patch(close=CloseReason.NOT_PLANNED), {"state": "closed", "state_reason": "not_planned"}),
        (Patch(close=CloseReason.DUPLICATE), {"state": "closed", "state_reason": "duplicate"}),
        (Patch(close=CloseReason.MOVED), {"state": "closed", "state_reason": "not_planned"}),
        (Patch(reopen=True), {"state": "open"}),
        (Patch(title="New", reopen=True), {"title": "New", "state": "open"}),
    ],
)
def test_a_change_is_one_request_with_what_changes(wires: Wires, patch: Patch, body: dict[str, Any]) -> None:
    wires.answer("PATCH", "/issues/12", issue(title="New"))
    assert wires.desk.patch_issue(ROW, patch).title == "New"
    assert (wires.requests(), wires.body()) == (["PATCH /issues/12"], body)


def test_labels_are_added_and_taken_off_one_by_one_and_never_replaced(wires: Wires) -> None:
    wires.answer("POST", "/issues/12/labels", [{"name": "a"}, {"name": "b"}, {"name": "c"}])
    wires.answer("DELETE", "/issues/12/labels/a", [])
    wires.answer("DELETE", "/issues/12/labels/x%2Fy%20z", [])
    row = wires.desk.patch_issue(
        replace(ROW, labels=("a", "b", "x/y z")), Patch(add_labels=("c",), remove_labels=("a", "x/y z"))
    )
    assert wires.body(0) == {"labels": ["c"]}
    assert row.labels == ("b", "c")
    assert len(wires.requests()) == 3


def test_closing_comes_after_the_labels(wires: Wires) -> None:
    wires.answer("POST", "/issues/12/labels", [{"name": "a"}])
    wires.answer("PATCH", "/issues/12", issue(state="closed"))
    wires.desk.patch_issue(ROW, Patch(add_labels=("a",), close=CloseReason.COMPLETED))
    assert wires.requests() == ["POST /issues/12/labels", "PATCH /issues/12"]
    assert "labels" not in wires.body()


def test_a_label_that_is_gone_already_is_gone(wires: Wires) -> None:
    wires.answer("DELETE", "/issues/12/labels/a", {"message": "Label does not exist"}, 404)
    assert wires.desk.patch_issue(ROW, Patch(remove_labels=("a",))).labels == ("b",)


def test_a_label_that_may_not_be_taken_off_is_an_error(wires: Wires) -> None:
    wires.answer("DELETE", "/issues/12/labels/a", {"message": "Resource not accessible"}, 403)
    with pytest.raises(CredentialRefused, match="may not take off the label a"):
        wires.desk.patch_issue(ROW, Patch(remove_labels=("a",)))


def test_a_label_is_made_with_its_look(wires: Wires) -> None:
    wires.answer("POST", "/labels", {"name": "risk"}, 201)
    wires.desk.create_label("risk", "d4a72c", "A risk of a plan")
    assert wires.body() == {"name": "risk", "color": "d4a72c", "description": "A risk of a plan"}


def test_a_label_that_exists_already_is_as_good_as_made(wires: Wires) -> None:
    errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
    wires.answer("POST", "/labels", {"message": "Validation Failed", "errors": errors}, 422)
    wires.desk.create_label("risk", "d4a72c", "")


def test_a_label_that_cannot_be_made_is_one_change_refused(wires: Wires) -> None:
    errors = [{"resource": "Label", "code": "invalid", "field": "color"}]
    wires.answer("POST", "/labels", {"message": "Validation Failed", "errors": errors}, 422)
    with pytest.raises(ChangeRefused, match="could not make the label risk in acme/web on"):
        wires.desk.create_label("risk", "red", "")


def test_milestones_are_made_and_changed(wires: Wires) -> None:
    wires.answer("POST", "/milestones", milestone(), 201)
    wires.answer("PATCH", "/milestones/3", milestone(state="closed"))
    assert wires.desk.create_milestone("Web: Phase 1", "A goal.").number == 3
    assert wires.body() == {"title": "Web: Phase 1", "description": "A goal."}
    bodies = []
    changes: list[dict[str, Any]] = [{"title": "t"}, {"description": ""}, {"closed": True}, {"closed": False}]
    for fields in changes:
        assert wires.desk.patch_milestone(PHASE, **fields).closed
        bodies.append(wires.body())
    assert bodies == [{"title": "t"}, {"description": ""}, {"state": "closed"}, {"state": "open"}]


def test_a_comment_is_a_create(wires: Wires) -> None:
    wires.answer("POST", "/issues/12/comments", {"id": 1}, 201)
    wires.desk.comment(12, "Done.")
    assert wires.body() == {"body": "Done."}
    wires.mock.reset()
    wires.answer("POST", "/issues/12/comments", {"message": "x"}, 502)
    with pytest.raises(OutcomeUnknown, match="could not comment on issue #12"):
        wires.desk.comment(12, "Done.")
    assert len(wires.mock.calls) == 1
