"""What GitHub's deliveries say: who may say it, under which name, and what happened."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from plansync.core.events import ODD, PING, Event, IssueMoved, Nothing, ProjectMoved, Pushed
from plansync.core.scope import Glimpse
from plansync.trackers.github import mapping, webhook
from tests.unit.trackers.github.wires import issue

PAGE = "github.com/acme/web"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
REPOSITORY = {"full_name": "Acme/Web", "html_url": "https://github.com/Acme/Web", "default_branch": "main"}
ANN = {"login": "ann"}
COMMIT: dict[str, Any] = {"id": "c1", "added": ["plans/a.md"], "modified": ["README.md"], "removed": ["plans/b.md"]}
PUSH: dict[str, Any] = {
    "ref": "refs/heads/main",
    "before": "a" * 40,
    "after": "b" * 40,
    "created": False,
    "deleted": False,
    "forced": False,
    "commits": [COMMIT],
    "repository": REPOSITORY,
}


def heard(event: str, payload: object) -> tuple[Event, ...]:
    return webhook.events_of({"x-github-event": event}, json.dumps(payload).encode())


def issues(action: str, **fields: object) -> Event:
    payload = {"action": action, "issue": issue(**fields), "repository": REPOSITORY, "sender": ANN}
    (event,) = heard("issues", payload)
    return event


def pushed(**fields: object) -> Event:
    (event,) = heard("push", PUSH | fields)
    return event


@pytest.mark.parametrize("action", ["opened", "edited", "closed", "reopened", "labeled", "assigned", "milestoned"])
def test_an_issue_s_event_shows_the_issue(action: str) -> None:
    row = mapping.issue_row(issue())
    assert issues(action) == IssueMoved(PAGE, 12, action, Glimpse("ann", row.digest, "2026-03-02T12:30:00+00:00"))


@pytest.mark.parametrize("action", ["deleted", "transferred"])
def test_an_issue_that_is_gone_is_not_shown_as_it_is(action: str) -> None:
    assert issues(action) == IssueMoved(PAGE, 12, action, Glimpse("ann", "", "2026-03-02T12:30:00+00:00"))


@pytest.mark.parametrize("action", ["locked", "unlocked", "pinned", "unpinned", "typed", "untyped"])
def test_what_nobody_keeps_is_nothing(action: str) -> None:
    assert isinstance(issues(action), Nothing)


def test_a_pull_request_is_no_issue() -> None:
    assert isinstance(issues("edited", pull_request={"url": "u"}), Nothing)


def test_an_issue_that_is_not_shown_whole_is_told_by_its_number() -> None:
    assert issues("edited", labels=None) == IssueMoved(PAGE, 12, "edited", Glimpse("ann"))
    short = {name: value for name, value in issue().items() if name != "body"}
    (event,) = heard("issues", {"action": "edited", "issue": short, "repository": REPOSITORY, "sender": None})
    assert event == IssueMoved(PAGE, 12, "edited", Glimpse("ghost", "", "2026-03-02T12:30:00+00:00"))


def test_words_and_numbers_that_are_none_are_not_taken_over() -> None:
    assert isinstance(moved := issues("<b>closed</b>"), IssueMoved)
    assert moved.what == "changed"
    assert issues("closed", number="12") == ODD
    assert issues("closed", number=-1) == ODD


def test_relations_are_about_two_issues_that_may_live_apart() -> None:
    far = issue(number=3, html_url="https://github.com/acme/other/issues/3")
    payload = {"action": "sub_issue_added", "parent_issue": issue(), "sub_issue": far} | {"repository": REPOSITORY}
    first, second = heard("sub_issues", payload)
    assert isinstance(first, IssueMoved)
    assert isinstance(second, IssueMoved)
    assert (first.page, first.number, first.what) == (PAGE, 12, "sub_issue_added")
    assert (second.page, second.number) == ("github.com/acme/other", 3)
    blocked = {"action": "blocked_by_added", "blocked_issue": issue(), "blocking_issue": far, "repository": REPOSITORY}
    assert len(heard("issue_dependencies", blocked)) == 2
    assert heard("sub_issues", {"action": "sub_issue_added", "repository": REPOSITORY}) == (ODD,)


@pytest.mark.parametrize("kind", ["milestone", "label", "repository"])
def test_what_many_issues_share_moves_the_project(kind: str) -> None:
    payload = {"action": "edited", kind: {}, "repository": REPOSITORY, "sender": ANN}
    assert heard(kind, payload) == (ProjectMoved(PAGE, f"{kind} edited"),)


@pytest.mark.parametrize(
    ("action", "changes", "old"),
    [
        ("renamed", {"repository": {"name": {"from": "Site"}}}, "github.com/acme/site"),
        ("transferred", {"owner": {"from": {"user": {"login": "Ann"}}}}, "github.com/ann/web"),
        ("transferred", {"owner": {"from": {"organization": {"login": "old"}}}}, "github.com/old/web"),
    ],
)
def test_a_repository_with_a_new_name_moves_under_both(action: str, changes: object, old: str) -> None:
    payload = {"action": action, "changes": changes, "repository": REPOSITORY}
    what = f"repository {action}"
    assert heard("repository", payload) == (ProjectMoved(PAGE, what), ProjectMoved(old, what))


def test_a_push_tells_the_files_of_all_its_commits() -> None:
    more = {"added": [], "modified": ["plans/c.md"], "removed": []}
    paths = frozenset({"plans/a.md", "README.md", "plans/b.md", "plans/c.md"})
    assert pushed(commits=[COMMIT, more]) == Pushed(PAGE, "main", "main", paths)


@pytest.mark.parametrize(
    "fields",
    [
        {"forced": True},
        {"created": True},
        {"deleted": True, "commits": []},
        {"commits": []},
        {"size": 2},
        {"commits": [COMMIT] * 2048},
        {"commits": [{"id": "c1"}]},
        {"commits": [{**COMMIT, "added": [f"plans/{number}.md" for number in range(2998)]}]},
        {"commits": [{"added": [], "modified": [], "removed": []}]},
        {"commits": [{**COMMIT, "added": ["plans/\0.md"]}]},
    ],
)
def test_a_push_whose_files_are_not_all_told_tells_none(fields: dict[str, object]) -> None:
    assert pushed(**fields) == Pushed(PAGE, "main", "main", None)


def test_pushes_are_to_branches() -> None:
    assert isinstance(pushed(ref="refs/tags/v1"), Nothing)
    assert isinstance(event := pushed(ref="refs/heads/feat/x"), Pushed)
    assert event.branch == "feat/x"


@pytest.mark.parametrize(
    "event", ["issue_comment", "pull_request", "star", "installation", "", "Issues", "\N{SNOWMAN}"]
)
def test_other_events_are_nothing(event: str) -> None:
    (nothing,) = heard(event, {"action": "created"})
    assert isinstance(nothing, Nothing)


def test_a_ping_is_nothing() -> None:
    assert heard("ping", {"zen": "Design for failure."}) == (PING,)


@pytest.mark.parametrize("event", ["push", "issues", "sub_issues", "milestone", "repository", "ping"])
@pytest.mark.parametrize("payload", [[], None, 7, "text", {}, {"action": 7, "issue": [], "repository": "x", "ref": 3}])
def test_odd_shapes_are_nothing(event: str, payload: object) -> None:
    if event == "ping" and isinstance(payload, dict):
        return
    assert heard(event, payload) == (ODD,)


def test_a_form_with_the_payload_is_read_too() -> None:
    body = urlencode({"payload": json.dumps(PUSH)}).encode()
    headers = {"x-github-event": "push", "content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert webhook.events_of(headers, body) == heard("push", PUSH)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe\xfd", "application/json"),
        (b"[" * 200_000, "application/json"),
        (b"1" * 5000, "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"payload={", "application/x-www-form-urlencoded"),
        (b"payload=%ED%A0%80", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_json_is_told_apart(body: bytes, kind: str) -> None:
    with pytest.raises(ValueError):
        webhook.events_of({"x-github-event": "push", "content-type": kind}, body)


def test_github_signs_with_one_of_the_secrets() -> None:
    signature = f"sha256={hmac.new(b'old', b'{}', hashlib.sha256).hexdigest()}"
    assert webhook.doubt({"x-hub-signature-256": signature}, b"{}", ["new", "old"], NOW) == ""
    assert webhook.doubt({"x-hub-signature-256": signature}, b"{}", ["new"], NOW) == "the signature is wrong"
    assert webhook.doubt({"x-hub-signature": signature}, b"{}", ["old"], NOW) == "it is not signed"


def test_a_delivery_has_the_name_that_github_gives_it() -> None:
    name = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
    assert webhook.delivery_of({"x-github-delivery": name}, b"") == f"github:{name}"
    assert webhook.delivery_of({}, b"") == ""


@pytest.mark.parametrize("name", ["a" * 10_000, "a b", "é", "\0", "\ud800", "../x"])
def test_an_odd_name_is_cut_to_a_digest(name: str) -> None:
    delivery = webhook.delivery_of({"x-github-delivery": name}, b"")
    assert delivery.startswith("github:")
    assert len(delivery) == len("github:") + 32
    assert delivery == webhook.delivery_of({"x-github-delivery": name}, b"other")
