"""Exactly what the desk sends to GitLab to read, and what it makes of refusals."""

from datetime import UTC, datetime

import pytest

from plansync.errors import CredentialRefused, IssueGone, TrackerError
from plansync.trackers.hosted.desk import Listing, Page, Patch
from plansync.trackers.hosted.rows import MilestoneRow
from tests.unit.trackers.gitlab.wires import API, BY_ID, BY_PATH, PHASE, ROW, SITE, Wires, issue, milestone


def test_issues_are_listed_by_change_with_our_label_from_a_time_on(wires: Wires) -> None:
    wires.answer("GET", f"{BY_PATH}/issues", [issue(), issue(iid=13, type="TASK")], ETag='W/"1"', X_Next_Page="2")
    since = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    page = wires.desk.issues(Listing(by="updated", newest_first=True, label="plansync", since=since))
    query = "labels=plansync&updated_after=2026-03-02T12%3A00%3A00%2B00%3A00"
    assert wires.requests() == [
        f"GET {BY_PATH}/issues?scope=all&state=all&order_by=updated_at&sort=desc&per_page=100&page=1&{query}"
    ]
    assert [row.number for row in page.rows] == [12]
    assert (page.next, page.etag, page.fresh) == ("2", 'W/"1"', True)
    assert wires.mock.calls[0].request.headers["PRIVATE-TOKEN"] == "glpat-canary"


def test_all_issues_are_listed_by_creation(wires: Wires) -> None:
    wires.answer("GET", f"{BY_PATH}/issues", [])
    since = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert wires.desk.issues(Listing(since=since, milestone=PHASE), "3") == Page()
    assert wires.requests() == [
        f"GET {BY_PATH}/issues?scope=all&state=all&order_by=created_at&sort=asc&per_page=100&page=3"
        "&milestone=Web%3A+Phase+1"
    ]


@pytest.mark.parametrize("what", ["issues", "milestones"])
def test_what_is_known_already_is_answered_without_content(wires: Wires, what: str) -> None:
    wires.mock.add("GET", f"{API}{BY_PATH}/{what}", status=304)
    desk = wires.desk
    page = desk.issues(Listing(), "", 'W/"1"') if what == "issues" else desk.milestones(1, 'W/"1"')
    assert page == Page(etag='W/"1"', fresh=False)
    assert wires.mock.calls[0].request.headers["If-None-Match"] == 'W/"1"'


def test_milestones_are_read_under_their_own_number(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/milestones", [milestone()])
    known.answer("GET", f"{BY_ID}/milestones", [])
    assert known.desk.milestone(3) == MilestoneRow(
        number=3, id=703, url=f"{SITE}/acme/core/-/milestones/3", title="Web: Phase 1", description="A goal."
    )
    assert known.desk.milestone(4) is None
    assert known.requests() == [f"GET {BY_ID}/milestones?iids%5B%5D={number}" for number in (3, 4)]


def test_titles_of_the_groups_milestones_are_read_page_by_page(known: Wires) -> None:
    known.answer("GET", BY_ID, {"id": 42, "path_with_namespace": "acme/core", "namespace": {"kind": "group"}})
    known.answer("GET", f"{BY_ID}/milestones", [milestone(), milestone(group_id=4, title="Q3")], X_Next_Page="2")
    known.answer("GET", f"{BY_ID}/milestones", [milestone(group_id=5, title="Q4")], X_Next_Page="")
    assert known.desk.taken_titles() == {"Q3", "Q4"}
    listing = f"GET {BY_ID}/milestones?include_ancestors=true&per_page=100&page"
    assert known.requests() == [f"GET {BY_ID}", f"{listing}=1", f"{listing}=2"]


def test_a_persons_own_project_has_no_groups_to_ask(known: Wires) -> None:
    known.answer("GET", BY_ID, {"id": 42, "path_with_namespace": "ann/core", "namespace": {"kind": "user"}})
    known.desk.facts()
    assert known.desk.taken_titles() == frozenset()
    assert known.requests() == [f"GET {BY_ID}"]


def test_who_may_write_is_asked_of_all_members(known: Wires) -> None:
    members = [{"username": "ann-two", "access_level": 50}, {"username": "Ann", "access_level": 30}]
    known.answer("GET", f"{BY_ID}/members/all", members)
    known.answer("GET", f"{BY_ID}/members/all", [{"username": "ann", "access_level": 20}])
    known.answer("GET", f"{BY_ID}/members/all", {"message": "403 Forbidden"}, status=403)
    assert [known.desk.may_write("ann") for _ in range(3)] == [True, False, False]
    assert known.requests()[0] == f"GET {BY_ID}/members/all?query=ann&per_page=100&page=1"


def test_who_may_write_is_not_guessed_when_gitlab_is_out_of_order(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/members/all", {}, status=502)
    with pytest.raises(TrackerError, match="it answered 502"):
        known.desk.may_write("ann")


def test_comments_are_the_notes_that_gitlab_did_not_write_itself(known: Wires) -> None:
    notes = [
        {"system": True, "body": "changed the description", "author": {"username": "ann"}},
        {"system": False, "body": "Hello", "author": {"username": "bob"}},
        {"system": False, "body": "Bye", "author": None},
    ]
    known.answer("GET", f"{BY_ID}/issues/12/notes", notes)
    assert known.desk.comments(12) == [("bob", "Hello"), ("", "Bye")]
    assert known.requests() == [f"GET {BY_ID}/issues/12/notes?sort=asc&order_by=created_at&per_page=100&page=1"]


def test_everybody_in_an_issues_history_touched_it(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/issues/12/notes", [{"system": True, "body": "x", "author": {"username": "ann"}}])
    for kind, login in (("label", "bob"), ("milestone", "eve")):
        known.answer("GET", f"{BY_ID}/issues/12/resource_{kind}_events", [{"user": {"username": login}}])
    known.answer("GET", f"{BY_ID}/issues/12/resource_state_events", [{"user": None}])
    assert known.desk.touched_by(12) == {"ann", "bob", "eve", ""}


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ({"archived": True}, TrackerError, "is archived"),
        ({"issues_access_level": "disabled"}, TrackerError, "issues are switched off"),
        ({}, CredentialRefused, "the token may not change issue #12"),
    ],
)
def test_a_forbidden_write_is_explained_by_the_state_of_the_project(
    known: Wires, state: dict[str, object], error: type[TrackerError], message: str
) -> None:
    known.answer("PUT", f"{BY_ID}/issues/12", {"message": "403 Forbidden"}, status=403)
    known.answer("GET", BY_ID, {"id": 42, "path_with_namespace": "acme/core", **state})
    with pytest.raises(error, match=message):
        known.desk.patch_issue(ROW, Patch(title="t"))


def test_no_issue_is_gone_where_issues_are_switched_off(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/issues/12", {"message": "404 Not found"}, status=404)
    known.answer("GET", BY_ID, {"id": 42, "path_with_namespace": "acme/core", "issues_access_level": "disabled"})
    for _ in range(2):
        with pytest.raises(TrackerError, match="issues are switched off"):
            known.desk.issue(12)
    assert known.requests() == [f"GET {BY_ID}/issues/12", f"GET {BY_ID}", f"GET {BY_ID}/issues/12"]


def test_an_issue_is_gone_where_the_project_is_well_and_the_project_is_read_once(known: Wires) -> None:
    known.answer("GET", f"{BY_ID}/issues/12", {"message": "404 Not found"}, status=404)
    known.answer("GET", BY_ID, {"id": 42, "path_with_namespace": "acme/core"})
    assert [known.desk.issue(12) for _ in range(2)] == [None, None]
    assert len(known.requests()) == 3


@pytest.mark.parametrize(
    ("status", "message"), [(404, "acme/core on gitlab.example.com was not found"), (502, "could not change")]
)
def test_no_issue_is_gone_where_the_project_cannot_be_seen(known: Wires, status: int, message: str) -> None:
    """A project that is out of order for the moment leaves the first answer as it was."""
    known.answer("PUT", f"{BY_ID}/issues/12", {"message": "404 Not found"}, status=404)
    known.answer("GET", BY_ID, {"message": "404 Project Not Found"}, status=status)
    with pytest.raises(TrackerError, match=message) as caught:
        known.desk.patch_issue(ROW, Patch(title="t"))
    assert isinstance(caught.value, IssueGone) is (status == 502)


def test_a_project_that_cannot_be_seen_is_no_gone_issue(wires: Wires) -> None:
    wires.answer("GET", f"{BY_PATH}/issues/12", {"message": "404 Project Not Found"}, status=404)
    with pytest.raises(TrackerError, match=r"acme/core on gitlab\.example\.com was not found"):
        wires.desk.issue(12)
