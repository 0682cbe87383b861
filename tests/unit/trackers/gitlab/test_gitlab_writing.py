"""Exactly what the desk sends to GitLab to write."""

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import ChangeRefused, OutcomeUnknown
from plansync.trackers.hosted.desk import NewIssue, Patch
from tests.unit.trackers.gitlab.wires import BY_ID, BY_PATH, PHASE, ROW, Wires, issue, milestone


def test_an_answered_issue_tells_the_number_of_the_project(wires: Wires) -> None:
    wires.answer("GET", f"{BY_PATH}/issues/12", issue())
    wires.answer("PUT", f"{BY_ID}/issues/12", issue(title="New"))
    row = wires.desk.issue(12)
    assert row is not None
    assert wires.desk.patch_issue(row, Patch(title="New")).title == "New"
    assert wires.requests() == [f"GET {BY_PATH}/issues/12", f"PUT {BY_ID}/issues/12"]


def test_nothing_is_written_before_the_number_of_the_project_is_known(wires: Wires) -> None:
    wires.answer("GET", BY_PATH, {"id": 42, "path_with_namespace": "acme/web", "namespace": {"kind": "group"}})
    wires.answer("POST", f"{BY_ID}/issues", issue(), status=201)
    wires.desk.create_issue(NewIssue(title="t", body="b"))
    assert wires.requests() == [f"GET {BY_PATH}", f"POST {BY_ID}/issues"]


def test_an_issue_is_opened_by_one_request(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/users", [{"id": 5, "username": "Ann"}, {"id": 6, "username": "annika"}])
    known.answer("GET", f"{BY_ID}/users", [])
    known.answer("POST", f"{BY_ID}/issues", issue(), status=201)
    new = NewIssue(title="t", body="b", labels=("plansync", "risk"), milestone=PHASE, assignees=("ann", "nobody"))
    assert known.desk.create_issue(new).number == 12
    assert known.requests() == [
        f"GET {BY_ID}/users?search=ann&per_page=100&page=1",
        f"GET {BY_ID}/users?search=nobody&per_page=100&page=1",
        f"POST {BY_ID}/issues",
    ]
    assert known.body() == {
        "title": "t",
        "description": "b",
        "labels": "plansync,risk",
        "milestone_id": 703,
        "assignee_ids": [5],
    }


def test_an_issue_is_changed_by_one_request_and_labels_go_by_add_and_remove(known: Wires) -> None:
    known.desk.users["ann"] = 5
    known.answer("PUT", f"{BY_ID}/issues/12", issue())
    patch = Patch(
        title="t",
        body="b",
        milestone=PHASE,
        assignees=("Ann",),
        add_labels=("risk", "risk:high"),
        remove_labels=("risk:low",),
    )
    known.desk.patch_issue(ROW, patch)
    assert known.requests() == [f"PUT {BY_ID}/issues/12"]
    assert known.body() == {
        "title": "t",
        "description": "b",
        "milestone_id": 703,
        "assignee_ids": [5],
        "add_labels": "risk,risk:high",
        "remove_labels": "risk:low",
    }


def test_a_patch_that_comes_to_nothing_is_not_sent(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/users", [])
    assert known.desk.patch_issue(ROW, Patch(assignees=("nobody",))) is ROW
    assert known.requests() == [f"GET {BY_ID}/users?search=nobody&per_page=100&page=1"]


@pytest.mark.parametrize(
    ("because", "label", "other"),
    [
        (CloseReason.NOT_PLANNED, "plansync:not-planned", "plansync:duplicate"),
        (CloseReason.DUPLICATE, "plansync:duplicate", "plansync:not-planned"),
    ],
)
def test_a_reason_for_closing_is_a_label_that_is_made_once(
    known: Wires, because: CloseReason, label: str, other: str
) -> None:
    known.answer("POST", f"{BY_ID}/labels", {"message": "Label already exists"}, status=409)
    known.answer("PUT", f"{BY_ID}/issues/12", issue(state="closed", labels=[label]))
    for _ in range(2):
        assert known.desk.patch_issue(ROW, Patch(close=because)).closed == because.value
    assert known.requests() == [f"POST {BY_ID}/labels", f"PUT {BY_ID}/issues/12", f"PUT {BY_ID}/issues/12"]
    made = known.body(0)
    assert made["name"] == label
    assert made["color"].startswith("#")
    assert made["description"].startswith("Closed as")
    assert known.body() == {"add_labels": label, "remove_labels": other, "state_event": "close"}


def test_closing_as_completed_and_reopening_take_off_a_reason_that_is_left(known: Wires) -> None:
    known.answer("PUT", f"{BY_ID}/issues/12", issue(state="closed"))
    known.answer("PUT", f"{BY_ID}/issues/12", issue())
    reasons = "plansync:not-planned,plansync:duplicate"
    known.desk.patch_issue(ROW, Patch(close=CloseReason.COMPLETED))
    assert known.body() == {"remove_labels": reasons, "state_event": "close"}
    known.desk.patch_issue(ROW, Patch(reopen=True, remove_labels=("plansync:removed",)))
    assert known.body() == {"remove_labels": f"plansync:removed,{reasons}", "state_event": "reopen"}


def test_labels_and_comments_are_made(known: Wires) -> None:
    known.answer("POST", f"{BY_ID}/labels", {}, status=201)
    known.answer("POST", f"{BY_ID}/issues/12/notes", {}, status=201)
    known.desk.create_label("risk", "d4a72c", "A risk of a plan")
    assert known.body() == {"name": "risk", "color": "#d4a72c", "description": "A risk of a plan"}
    known.desk.comment(12, "Done.")
    assert known.body() == {"body": "Done."}
    assert known.requests() == [f"POST {BY_ID}/labels", f"POST {BY_ID}/issues/12/notes"]


def test_milestones_are_written_under_their_global_id(known: Wires) -> None:
    known.answer("POST", f"{BY_ID}/milestones", milestone(), status=201)
    known.answer("PUT", f"{BY_ID}/milestones/703", milestone(state="closed"))
    made = known.desk.create_milestone("Web: Phase 1", "A goal.")
    assert known.body() == {"title": "Web: Phase 1", "description": "A goal."}
    assert known.desk.patch_milestone(made, title="x", description="y", closed=True).closed
    assert known.body() == {"title": "x", "description": "y", "state_event": "close"}
    known.desk.patch_milestone(made, closed=False)
    assert known.body() == {"state_event": "activate"}


def test_a_broken_answer_to_a_create_is_unknown_and_sent_once(known: Wires) -> None:
    known.answer("POST", f"{BY_ID}/issues", {}, status=502)
    with pytest.raises(OutcomeUnknown, match="could not open the issue “t”"):
        known.desk.create_issue(NewIssue(title="t", body="b"))
    assert known.requests() == [f"POST {BY_ID}/issues"]


def test_a_change_is_sent_again_when_its_answer_was_lost(known: Wires) -> None:
    known.answer("PUT", f"{BY_ID}/issues/12", {}, status=502)
    known.answer("PUT", f"{BY_ID}/issues/12", issue())
    assert known.desk.patch_issue(ROW, Patch(title="t")).number == 12
    assert known.requests() == [f"PUT {BY_ID}/issues/12"] * 2


@pytest.mark.parametrize("write", ["create", "patch", "comment"])
def test_a_line_that_gitlab_would_carry_out_is_not_sent(known: Wires, write: str) -> None:
    text = "Words\n/close"
    with pytest.raises(ChangeRefused, match="begins with /close"):
        match write:
            case "create":
                known.desk.create_issue(NewIssue(title="t", body=text))
            case "patch":
                known.desk.patch_issue(ROW, Patch(body=text, title="t"))
            case _:
                known.desk.comment(12, text)
    assert known.requests() == []


def test_an_update_that_leaves_such_a_body_alone_is_sent(known: Wires) -> None:
    known.answer("PUT", f"{BY_ID}/issues/12", issue())
    known.desk.patch_issue(ROW, Patch(title="t"))
    assert known.body() == {"title": "t"}
