"""What is asked of GitHub, and what its answers mean, one answer at a time."""

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import CredentialRefused, TrackerError, TrackerUnavailable
from plansync.trackers.github.reading import ACTIONS_BOT
from plansync.trackers.github.tracker import graphql_url, web_url_of
from plansync.trackers.hosted.desk import Listing
from tests.unit.trackers.github.wires import API, PHASE, ROOT, ROW, Wires, issue, milestone

NEXT = f"{API}/repositories/7/issues?after=Y3Vyc29yOnYyOpLPAA%3D%3D&per_page=100"


def edits(*editors: dict[str, str] | None) -> dict[str, Any]:
    """Return GraphQL's answer to who edited a body."""
    nodes = [{"editor": editor} for editor in editors]
    return {"data": {"repository": {"issue": {"userContentEdits": {"nodes": nodes}}}}}


@pytest.mark.parametrize(
    ("listing", "query"),
    [
        (Listing(), "direction=asc&per_page=100&sort=created&state=all"),
        (
            Listing(by="updated", newest_first=True, label="plansync"),
            "direction=desc&labels=plansync&per_page=100&sort=updated&state=all",
        ),
        (Listing(milestone=PHASE), "direction=asc&milestone=3&per_page=100&sort=created&state=all"),
    ],
)
def test_a_listing_is_one_request_for_a_hundred(wires: Wires, listing: Listing, query: str) -> None:
    wires.answer("GET", "/issues", [issue(), issue(number=13, pull_request={})], ETag='"a"')
    page = wires.desk.issues(listing)
    assert wires.requests() == [f"GET /issues?{query}"]
    assert ([row.number for row in page.rows], page.next, page.etag, page.fresh) == ([12], "", '"a"', True)


def test_a_listing_goes_on_where_its_own_link_leads(wires: Wires) -> None:
    links = f'<{NEXT}>; rel="next", <{API}/repositories/7/issues?page=9>; rel="last"'
    wires.answer("GET", "/issues", [issue()], Link=links)
    wires.answer("GET", f"{API}/repositories/7/issues", [issue(number=13)], Link=f'<{ROOT}/issues>; rel="prev"')
    first = wires.desk.issues(Listing())
    second = wires.desk.issues(Listing(), first.next)
    assert (first.next, [row.number for row in second.rows], second.next) == (NEXT, [13], "")
    assert wires.requests()[1] == f"GET {NEXT}"


def test_what_did_not_change_has_no_rows(wires: Wires) -> None:
    wires.answer("GET", "/issues", None, 304)
    wires.answer("GET", "/milestones", None, 304)
    for page in (wires.desk.issues(Listing(), etag='"a"'), wires.desk.milestones(2, '"a"')):
        assert (page.rows, page.etag, page.fresh) == ((), '"a"', False)
    assert [call.request.headers["If-None-Match"] for call in wires.mock.calls] == ['"a"', '"a"']


def test_milestones_come_page_by_page(wires: Wires) -> None:
    wires.answer("GET", "/milestones", [milestone()], Link=f'<{ROOT}/milestones?page=3>; rel="next"', ETag='"m"')
    page = wires.desk.milestones(2)
    assert wires.requests() == ["GET /milestones?direction=asc&page=2&per_page=100&sort=due_on&state=all"]
    assert ([row.title for row in page.rows], bool(page.next), page.etag) == (["Web: Phase 1"], True, '"m"')


def test_what_does_not_exist_is_none(wires: Wires) -> None:
    wires.answer("GET", "/issues/1", {"message": "Not Found"}, 404)
    wires.answer("GET", "/issues/2", {"message": "This issue was deleted"}, 410)
    wires.answer("GET", "/issues/3", issue(pull_request={"url": "x"}))
    wires.answer("GET", "/milestones/4", {"message": "Not Found"}, 404)
    assert [wires.desk.issue(number) for number in (1, 2, 3)] == [None] * 3
    assert wires.desk.milestone(4) is None


def test_what_exists_is_a_row(wires: Wires) -> None:
    wires.answer("GET", "/issues/12", issue())
    wires.answer("GET", "/milestones/3", milestone())
    row, phase = wires.desk.issue(12), wires.desk.milestone(3)
    assert row is not None
    assert phase is not None
    assert (row.title, phase.title) == ("Write the parser", "Web: Phase 1")


def test_an_issue_of_another_repository_was_moved_there(wires: Wires) -> None:
    there = issue(number=5, repository_url=f"{API}/repos/acme/core", html_url="https://github.com/acme/core/issues/5")
    wires.answer("GET", "/issues/12", there)
    wires.answer("GET", "", {"full_name": "acme/web"})
    row = wires.desk.issue(12)
    assert row is not None
    assert (row.number, row.closed, row.moved_to) == (
        12,
        CloseReason.MOVED.value,
        "https://github.com/acme/core/issues/5",
    )


def test_a_repository_s_new_name_is_asked_for_once(wires: Wires) -> None:
    for number in (12, 13):
        wires.answer("GET", f"/issues/{number}", issue(number=number, repository_url=f"{API}/repos/acme/site"))
    wires.answer("GET", "", {"full_name": "acme/Site"})
    for number in (12, 13):
        row = wires.desk.issue(number)
        assert row is not None
        assert row.moved_to is None
    assert wires.requests() == ["GET /issues/12", "GET ", "GET /issues/13"]


def test_labels_and_comments_are_read_to_the_last_page(wires: Wires) -> None:
    more = f'<{ROOT}/labels?page=2>; rel="next"'
    wires.answer("GET", "/labels", [{"name": "a"}], Link=more)
    wires.answer("GET", "/labels", [{"name": "b"}])
    wires.answer("GET", "/issues/12/comments", [{"user": {"login": "ann"}, "body": "x"}, {"user": None, "body": None}])
    assert wires.desk.labels() == ["a", "b"]
    assert wires.desk.comments(12) == [("ann", "x"), ("ghost", "")]
    assert wires.requests()[:2] == ["GET /labels?page=1&per_page=100", "GET /labels?page=2&per_page=100"]


def test_no_titles_are_taken_elsewhere(wires: Wires) -> None:
    assert wires.desk.taken_titles() == frozenset()


def test_closings_are_found_among_the_events(wires: Wires) -> None:
    at = {"created_at": "2026-03-02T12:00:00Z", "actor": {"login": "ann"}}
    wires.answer("GET", "/issues/12/events", [{"event": "labeled", **at}, {"event": "closed", **at}])
    assert [found.closed for found in wires.desk.happenings(ROW)] == [CloseReason.COMPLETED]


def test_the_account_is_who_the_token_is(wires: Wires) -> None:
    wires.answer("GET", f"{API}/user", {"login": "plansync-bot"})
    assert wires.desk.login() == "plansync-bot"
    assert replace(wires.desk, bot_of=lambda: "plansync[bot]").login() == "plansync[bot]"


def test_a_workflow_s_token_may_not_ask_who_it_is(wires: Wires) -> None:
    wires.answer("GET", f"{API}/user", {"message": "Resource not accessible by integration"}, 403)
    assert wires.desk.login() == ACTIONS_BOT


def test_single_sign_on_is_not_taken_for_a_workflow(wires: Wires) -> None:
    wires.answer(
        "GET", f"{API}/user", {"message": "SAML"}, 403, X_GitHub_SSO="required; url=https://github.com/orgs/a/sso?x=1"
    )
    with pytest.raises(CredentialRefused, match="single sign-on"):
        wires.desk.login()


@pytest.mark.parametrize(
    ("status", "content", "allowed"),
    [
        (200, {"permission": "admin"}, True),
        (200, {"permission": "write"}, True),
        (200, {"permission": "read"}, False),
        (200, {"permission": "none"}, False),
        (200, {}, False),
        (404, {"message": "Not Found"}, False),
        (403, {"message": "Must have push access"}, False),
    ],
)
def test_whether_somebody_may_write_is_asked(wires: Wires, status: int, content: dict[str, str], allowed: bool) -> None:
    wires.answer("GET", "/collaborators/a%2Fnn/permission", content, status)
    assert wires.desk.may_write("a/nn") is allowed


def test_a_question_without_an_answer_is_not_a_no(wires: Wires) -> None:
    wires.answer("GET", "/collaborators/ann/permission", {"message": "x"}, 502)
    with pytest.raises(TrackerUnavailable):
        wires.desk.may_write("ann")


def test_whether_somebody_can_be_assigned_is_asked(wires: Wires) -> None:
    wires.answer("GET", "/assignees/ann", None, 204)
    wires.answer("GET", "/assignees/nobody", {"message": "Not Found"}, 404)
    assert (wires.desk.assignable("ann"), wires.desk.assignable("nobody")) == ("ann", None)


def test_who_touched_an_issue_is_in_its_timeline_and_its_edits(wires: Wires) -> None:
    events = [
        {"event": "labeled", "actor": {"login": "plansync-bot"}},
        {"event": "commented", "user": {"login": "ann"}, "actor": None},
        {"event": "closed", "actor": None},
    ]
    wires.answer("GET", "/issues/12/timeline", events)
    bob, bot = {"__typename": "User", "login": "bob"}, {"__typename": "Bot", "login": "dependabot"}
    wires.answer("POST", f"{API}/graphql", edits(bob, bot))
    assert wires.desk.touched_by(12) == {"plansync-bot", "ann", "ghost", "bob", "dependabot[bot]"}
    assert wires.body()["variables"] == {"owner": "acme", "name": "web", "number": 12}


@pytest.mark.parametrize(
    "content",
    [
        {"data": None, "errors": [{"message": "odd"}]},
        {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "no"}]},
        {"data": {"repository": {"issue": None}}},
        {"data": {"repository": {"issue": {"userContentEdits": None}}}},
        {},
    ],
)
def test_edits_that_cannot_be_had_are_not_none(wires: Wires, content: dict[str, Any]) -> None:
    wires.answer("GET", "/issues/12/timeline", [])
    wires.answer("POST", f"{API}/graphql", content)
    with pytest.raises(TrackerError, match="could not read who edited issue #12 in acme/web on"):
        wires.desk.touched_by(12)


@pytest.mark.parametrize(
    ("api", "web", "graphql"),
    [
        ("https://api.github.com", "https://github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://github.com", "https://api.github.com/graphql"),
        ("https://ghe.example.com/api/v3/", "https://ghe.example.com", "https://ghe.example.com/api/graphql"),
    ],
)
def test_a_host_s_other_addresses_follow_from_one(api: str, web: str, graphql: str) -> None:
    assert (web_url_of(api), graphql_url(api)) == (web, graphql)
