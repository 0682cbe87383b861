"""GitLab's JSON as rows."""

from datetime import UTC, datetime

import pytest

from plansync.core.audience import Audience
from plansync.core.observed import CloseReason
from plansync.trackers.gitlab import mapping
from plansync.trackers.hosted.desk import Facts, Happening
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow
from tests.unit.trackers.gitlab.wires import issue, milestone

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_an_issue_is_numbered_as_its_address_says_and_known_by_its_global_id() -> None:
    wire = issue(
        milestone=milestone(iid=3, id=703),
        assignees=[{"id": 5, "username": "ann"}, {"id": 6, "username": "bob"}],
        user_notes_count=2,
    )
    assert mapping.issue_row(wire) == IssueRow(
        number=12,
        id=812,
        url="https://gitlab.example.com/acme/core/-/work_items/12",
        title="Write the parser",
        body="All of it.",
        labels=("plansync", "risk"),
        milestone=3,
        assignees=("ann", "bob"),
        author="plansync-bot",
        comments=2,
        created_at="2026-03-02T12:00:00.125000+00:00",
        updated_at="2026-03-02T12:30:00+00:00",
    )


def test_what_is_missing_is_empty() -> None:
    row = mapping.issue_row(issue(description=None, author=None, milestone=None, labels=[], user_notes_count=None))
    assert (row.body, row.author, row.milestone, row.labels, row.comments) == ("", "", None, (), 0)


def test_labels_may_come_with_their_details() -> None:
    assert mapping.issue_row(issue(labels=[{"name": "risk", "color": "#fff"}])).labels == ("risk",)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": "opened"}, None),
        ({"state": "opened", "labels": ["plansync:not-planned"]}, None),
        ({}, CloseReason.COMPLETED),
        ({"labels": ["plansync", "plansync:not-planned"]}, CloseReason.NOT_PLANNED),
        ({"labels": ["plansync:duplicate"]}, CloseReason.DUPLICATE),
        ({"_links": {"closed_as_duplicate_of": "https://gitlab.example.com/api/v4/x"}}, CloseReason.DUPLICATE),
        ({"_links": {"closed_as_duplicate_of": None}}, CloseReason.COMPLETED),
        ({"moved_to_id": 99, "labels": ["plansync:not-planned"]}, CloseReason.MOVED),
    ],
)
def test_why_an_issue_is_closed_is_read_from_what_there_is(
    fields: dict[str, object], reason: CloseReason | None
) -> None:
    row = mapping.issue_row(issue(**{"state": "closed", **fields}))
    assert row.closed == (reason.value if reason else None)
    assert not [label for label in row.labels if label.startswith("plansync:")]


def test_a_groups_milestone_is_none_of_the_projects() -> None:
    wire = milestone(iid=3, id=703)
    del wire["project_id"]
    assert mapping.issue_row(issue(milestone={**wire, "group_id": 4})).milestone == -703


@pytest.mark.parametrize(
    ("fields", "is_issue"),
    [
        ({"type": "ISSUE"}, True),
        ({"type": "INCIDENT"}, True),
        ({"type": "TASK"}, False),
        ({"type": None, "issue_type": "issue"}, True),
        ({"type": None, "issue_type": "test_case"}, False),
        ({"type": None, "issue_type": None}, True),
    ],
)
def test_tasks_are_no_issues(fields: dict[str, object], is_issue: bool) -> None:
    assert mapping.is_issue(issue(**fields)) is is_issue


def test_a_milestone_has_two_numbers() -> None:
    wire = milestone(iid=3, id=703, state="closed", description=None)
    url = "https://gitlab.example.com/acme/core/-/milestones/3"
    assert mapping.milestone_row(wire, "https://other") == MilestoneRow(
        number=3, id=703, url=url, title="Web: Phase 1", description="", closed=True
    )


def test_an_old_gitlab_leaves_out_the_address_of_a_milestone() -> None:
    wire = milestone(iid=3, id=703)
    del wire["web_url"]
    row = mapping.milestone_row(wire, "https://gitlab.example.com/git/acme/core")
    assert (row.url, row.closed) == ("https://gitlab.example.com/git/acme/core/-/milestones/3", False)


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"visibility": "private"}, Facts("acme/core", issues_for=Audience.MEMBERS, files_for=Audience.MEMBERS)),
        (
            {"visibility": "internal", "archived": True},
            Facts("acme/core", archived=True, issues_for=Audience.SERVER, files_for=Audience.SERVER),
        ),
        ({"repository_access_level": "private"}, Facts("acme/core", files_for=Audience.MEMBERS)),
        ({"visibility": "something new"}, Facts("acme/core", issues_for=Audience.MEMBERS, files_for=Audience.MEMBERS)),
        ({"issues_access_level": "disabled", "issues_enabled": True}, Facts("acme/core", has_issues=False)),
        ({"issues_access_level": "private", "issues_enabled": True}, Facts("acme/core", issues_for=Audience.MEMBERS)),
        ({"issues_enabled": False}, Facts("acme/core", has_issues=False)),
    ],
)
def test_what_is_known_of_a_project(fields: dict[str, object], facts: Facts) -> None:
    assert mapping.facts_of({"path_with_namespace": "acme/core", **fields}) == facts


@pytest.mark.parametrize(
    ("state", "closed"), [("closed", CloseReason.COMPLETED), ("reopened", None)], ids=["closed", "reopened"]
)
def test_a_state_event_is_a_closing_or_a_reopening(state: str, closed: CloseReason | None) -> None:
    wire = {"state": state, "created_at": "2026-03-02T12:00:00.000Z", "user": {"username": "ann"}}
    assert mapping.happening_of(wire) == Happening(AT, closed, "ann")


def test_other_states_and_users_that_are_gone() -> None:
    wire = {"state": "merged", "created_at": "2026-03-02T12:00:00Z", "user": None}
    assert mapping.happening_of(wire) is None
    assert mapping.happening_of({**wire, "state": "closed"}) == Happening(AT, CloseReason.COMPLETED, "")


@pytest.mark.parametrize("text", ["2026-03-02T12:00:00Z", "2026-03-02T14:00:00.000+02:00", "2026-03-02T12:00:00"])
def test_times_are_in_utc_whatever_the_instance_answers(text: str) -> None:
    assert mapping.read_time(text) == AT
    assert mapping.read_time(text).isoformat() == "2026-03-02T12:00:00+00:00"


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("moved to acme/tools/cli#7", "https://gitlab.example.com/acme/tools/cli/-/issues/7"),
        ("moved to web#7", "https://gitlab.example.com/acme/web/-/issues/7"),
        ("moved to #7", None),
        ("moved from acme/tools/cli#7", None),
        ("changed the description", None),
    ],
)
def test_history_says_where_an_issue_was_moved_to(body: str, url: str | None) -> None:
    note = {"system": True, "body": body}
    assert mapping.moved_to(note, "https://gitlab.example.com", "acme/core") == url


def test_a_comment_that_reads_like_history_is_none() -> None:
    note = {"system": False, "body": "moved to evil/place#1"}
    assert mapping.moved_to(note, "https://gitlab.example.com", "acme/core") is None


def test_the_path_of_an_answered_issue_is_in_its_full_reference() -> None:
    assert mapping.path_of(issue()) == "acme/core"
    assert mapping.path_of({}) == ""
