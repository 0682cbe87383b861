"""What GitLab's deliveries say: who may say it, under which name, and what happened."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plansync.core.events import ODD, Event, IssueMoved, Nothing, ProjectMoved, Pushed
from plansync.core.scope import Glimpse
from plansync.trackers.gitlab import mapping, webhook
from tests.unit.trackers.gitlab.wires import issue

PAGE = "gitlab.example.com/acme/core"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = bytes(range(32))
SIGNING = f"whsec_{base64.b64encode(KEY).decode()}"
PROJECT = {
    "id": 42,
    "web_url": "https://gitlab.example.com/Acme/core",
    "path_with_namespace": "Acme/core",
    "default_branch": "main",
}
ATTRIBUTES: dict[str, Any] = {
    "id": 812,
    "iid": 12,
    "title": "Write the parser",
    "description": "All of it.",
    "state": "closed",
    "type": "Issue",
    "assignee_ids": [7],
    "milestone_id": None,
    "moved_to_id": None,
    "duplicated_to_id": None,
    "created_at": "2026-03-02 12:00:00 UTC",
    "updated_at": "2026-03-02 12:30:00 UTC",
    "url": "https://gitlab.example.com/Acme/core/-/issues/12",
    "action": "close",
}
LABELS = [{"id": 1, "title": "plansync"}, {"id": 2, "title": "risk"}]
ISSUE: dict[str, Any] = {
    "object_kind": "issue",
    "event_type": "issue",
    "user": {"id": 7, "name": "Ann Lee", "username": "ann"},
    "project": PROJECT,
    "object_attributes": ATTRIBUTES,
    "labels": LABELS,
    "assignees": [{"name": "Ann Lee", "username": "ann"}],
    "changes": {"state_id": {"previous": 1, "current": 2}},
}
LISTED = issue(state="closed", assignees=[{"username": "ann"}])
COMMIT = {"id": "c1", "added": ["plans/a.md"], "modified": ["README.md"], "removed": ["plans/b.md"]}
PUSH: dict[str, Any] = {
    "object_kind": "push",
    "event_name": "push",
    "before": "a" * 40,
    "after": "b" * 40,
    "ref": "refs/heads/main",
    "project": PROJECT,
    "commits": [COMMIT],
    "total_commits_count": 1,
}
MILESTONE: dict[str, Any] = {
    "object_kind": "milestone",
    "project": PROJECT,
    "object_attributes": {"iid": 3, "title": "Phase 1"},
    "action": "close",
}
INSTANCE = {"x-gitlab-instance": "https://gitlab.example.com"}


def heard(payload: object, headers: dict[str, str] = INSTANCE) -> tuple[Event, ...]:
    return webhook.events_of(headers, json.dumps(payload).encode())


def moved(wire: dict[str, Any] | None = None, **attributes: object) -> Event:
    (event,) = heard({**ISSUE, **(wire or {}), "object_attributes": ATTRIBUTES | attributes})
    return event


def pushed(**fields: object) -> Event:
    (event,) = heard(PUSH | fields)
    return event


def test_an_issue_s_event_shows_what_a_listing_shows() -> None:
    digest = mapping.issue_row(LISTED).digest
    assert moved() == IssueMoved(PAGE, 12, "closed", Glimpse("ann", digest, "2026-03-02T12:30:00+00:00"))


def test_an_issue_with_neither_labels_nor_assignees_is_shown_whole() -> None:
    plain = {name: value for name, value in ISSUE.items() if name != "assignees"} | {"labels": []}
    (event,) = heard({**plain, "object_attributes": {**ATTRIBUTES, "assignee_ids": []}})
    assert isinstance(event, IssueMoved)
    assert event.glimpse.digest == mapping.issue_row(issue(state="closed", labels=[])).digest
    (older,) = heard({**ISSUE, "labels": None, "object_attributes": {**ATTRIBUTES, "labels": LABELS}})
    assert isinstance(older, IssueMoved)
    assert older.glimpse.digest == ""


def test_why_an_issue_is_closed_is_seen_as_in_a_listing() -> None:
    listed = issue(
        state="closed",
        assignees=[{"username": "ann"}],
        _links={"closed_as_duplicate_of": "https://gitlab.example.com/1"},
    )
    event = moved(duplicated_to_id=77)
    assert isinstance(event, IssueMoved)
    assert event.glimpse.digest == mapping.issue_row(listed).digest != mapping.issue_row(LISTED).digest


@pytest.mark.parametrize(
    ("action", "what"),
    [("open", "opened"), ("reopen", "reopened"), ("update", "edited"), ("merge", "merge"), (None, "changed")],
)
def test_actions_have_the_words_of_all_hosts(action: str | None, what: str) -> None:
    event = moved(action=action)
    assert isinstance(event, IssueMoved)
    assert event.what == what


@pytest.mark.parametrize(
    ("wire", "attributes"),
    [
        ({"assignees": []}, {}),
        ({}, {"type": "Task"}),
        ({"object_kind": "work_item"}, {"type": "Task"}),
    ],
)
def test_what_shows_less_than_a_listing_has_no_digest(wire: dict[str, Any], attributes: dict[str, Any]) -> None:
    assert moved(wire, **attributes) == IssueMoved(PAGE, 12, "closed", Glimpse("ann", "", "2026-03-02T12:30:00+00:00"))


def test_work_items_that_are_issues_are_issues() -> None:
    assert moved({"object_kind": "work_item"}) == moved()
    assert moved({"event_type": "confidential_issue"}, confidential=True) == moved()


def test_an_issue_that_cannot_be_read_is_told_by_its_number() -> None:
    assert moved(updated_at="soon") == IssueMoved(PAGE, 12, "closed", Glimpse("ann"))
    assert moved({"user": None}, title=None) == IssueMoved(PAGE, 12, "closed", Glimpse())
    assert moved(iid="12") == ODD


def test_what_belongs_to_a_group_is_nothing() -> None:
    assert isinstance(moved({"project": None}, type="Epic"), Nothing)
    (event,) = heard({**MILESTONE, "project": None, "group": {"name": "acme"}})
    assert isinstance(event, Nothing)


@pytest.mark.parametrize(
    ("action", "what"),
    [("close", "closed"), ("reopen", "reopened"), ("create", "created"), ("delete", "delete"), (None, "changed")],
)
def test_a_milestone_moves_the_project(action: str | None, what: str) -> None:
    assert heard({**MILESTONE, "action": action}) == (ProjectMoved(PAGE, f"milestone {what}"),)


def test_a_push_tells_the_files_of_all_its_commits() -> None:
    paths = frozenset({"plans/a.md", "README.md", "plans/b.md"})
    assert pushed() == Pushed(PAGE, "main", "main", paths)
    assert pushed(object_kind=None) == pushed()


@pytest.mark.parametrize(
    "fields",
    [
        {"total_commits_count": 21},
        {"before": "0" * 40},
        {"after": "0" * 40, "commits": [], "total_commits_count": 0},
        {"commits": [], "total_commits_count": 0},
        {"commits": [{**COMMIT, "added": ["plans/\ud800.md"]}]},
    ],
)
def test_a_push_whose_files_are_not_all_told_tells_none(fields: dict[str, object]) -> None:
    assert pushed(**fields) == Pushed(PAGE, "main", "main", None)


def test_pushes_are_to_branches() -> None:
    assert isinstance(pushed(ref="refs/tags/v1"), Nothing)
    assert isinstance(pushed(object_kind="tag_push", event_name="tag_push"), Nothing)


@pytest.mark.parametrize("kind", ["note", "merge_request", "pipeline", "wiki_page", "emoji", "deployment", None])
def test_other_events_are_nothing(kind: str | None) -> None:
    (event,) = heard({"object_kind": kind, "project": PROJECT})
    assert isinstance(event, Nothing)


@pytest.mark.parametrize("name", ["user_create", "group_rename", "repository_update", "key_create", "project_odd"])
def test_other_events_of_system_hooks_are_nothing(name: str) -> None:
    (event,) = heard({"event_name": name})
    assert isinstance(event, Nothing)


def test_a_system_hook_tells_of_a_project_s_new_name() -> None:
    payload = {
        "event_name": "project_rename",
        "path_with_namespace": "Acme/core",
        "old_path_with_namespace": "acme/old",
    }
    below = {"x-gitlab-instance": "https://example.com/git"}
    what = "project rename"
    assert heard(payload, below) == (
        ProjectMoved("example.com/git/acme/core", what),
        ProjectMoved("example.com/git/acme/old", what),
    )
    assert heard(payload, {}) == (ODD,)
    assert heard({"event_name": "project_destroy", "path_with_namespace": "acme/core"}) == (
        ProjectMoved(PAGE, "project destroy"),
    )


@pytest.mark.parametrize(
    "payload",
    [
        [],
        None,
        7,
        {"object_kind": "push"},
        {"object_kind": "issue", "object_attributes": None, "project": PROJECT},
        {"object_kind": "issue", "object_attributes": {"iid": 1}, "project": {"id": 1}},
        {"object_kind": "milestone", "project": PROJECT, "object_attributes": None},
        {"object_kind": "push", "ref": 7, "project": 7},
    ],
)
def test_odd_shapes_are_nothing(payload: object) -> None:
    assert heard(payload) == (ODD,)


def test_what_is_no_json_is_told_apart() -> None:
    with pytest.raises(ValueError, match="nested"):
        webhook.events_of({}, b"[" * 200_000)


def signed(at: datetime = NOW, key: bytes = KEY, body: bytes = b"{}") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = base64.b64encode(hmac.new(key, f"n1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"webhook-id": "n1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{digest}"}


@pytest.mark.parametrize(
    ("headers", "doubt"),
    [
        ({"x-gitlab-token": "hush"}, ""),
        ({"x-gitlab-token": "old"}, ""),
        (signed(), ""),
        (signed() | {"x-gitlab-token": "hush"}, ""),
        (signed() | {"x-gitlab-token": "another"}, ""),
        (signed(key=b"another") | {"x-gitlab-token": "hush"}, ""),
        ({}, "it has no token"),
        ({"x-gitlab-token": "another"}, "the token is wrong"),
        (signed(key=b"another"), "the signature is wrong"),
        (signed(at=NOW - timedelta(minutes=6)), "it was signed at another time"),
    ],
)
def test_a_right_token_or_a_right_signature_is_believed(headers: dict[str, str], doubt: str) -> None:
    assert webhook.doubt(headers, b"{}", ["hush", "old", SIGNING], NOW) == doubt


def test_without_a_key_no_signature_is_believed() -> None:
    assert webhook.doubt(signed(), b"{}", ["hush"], NOW) == "the signature is wrong"


def test_a_delivery_s_name_is_that_of_all_its_tries() -> None:
    retried = {"idempotency-key": "k1", "webhook-id": "k2", "x-gitlab-event-uuid": "u1"}
    assert webhook.delivery_of(retried, b"") == "gitlab:k1"
    assert webhook.delivery_of({"webhook-id": "k2", "x-gitlab-event-uuid": "u1"}, b"") == "gitlab:k2"
    assert webhook.delivery_of({}, b"") == ""


def test_what_was_done_in_one_go_is_told_in_deliveries_of_their_own() -> None:
    headers = {"x-gitlab-event-uuid": "u1"}
    first, second = webhook.delivery_of(headers, b"main"), webhook.delivery_of(headers, b"work")
    assert first != second
    assert first == webhook.delivery_of(headers, b"main")
    assert len(first) == len("gitlab:") + 32
