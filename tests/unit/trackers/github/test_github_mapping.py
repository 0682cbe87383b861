"""GitHub's JSON becomes rows: every state, every absence, and whose deed it was."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plansync.core.audience import Audience
from plansync.core.observed import CloseReason
from plansync.trackers.github import mapping
from plansync.trackers.hosted.desk import Facts, Happening
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow
from tests.unit.trackers.github.wires import issue, milestone


def test_an_issue_becomes_a_row() -> None:
    assert mapping.issue_row(issue(milestone={"number": 3})) == IssueRow(
        number=12,
        id=812,
        url="https://github.com/acme/web/issues/12",
        title="Write the parser",
        body="All of it.",
        labels=("plansync", "risk"),
        milestone=3,
        assignees=("ann",),
        author="plansync-bot",
        comments=2,
        created_at="2026-03-02T12:00:00+00:00",
        updated_at="2026-03-02T12:30:00+00:00",
    )


def test_what_an_issue_lacks_is_empty() -> None:
    row = mapping.issue_row(issue(body=None, assignees=None, user=None, milestone=None))
    assert (row.body, row.assignees, row.author, row.milestone) == ("", (), "ghost", None)


@pytest.mark.parametrize(
    ("state", "reason", "closed"),
    [
        ("open", None, None),
        ("open", "reopened", None),
        ("closed", "completed", "completed"),
        ("closed", "not_planned", "not_planned"),
        ("closed", "duplicate", "duplicate"),
        ("closed", None, "completed"),
        ("closed", "a reason of a later year", "completed"),
    ],
)
def test_a_closed_issue_says_why(state: str, reason: str | None, closed: str | None) -> None:
    assert mapping.issue_row(issue(state=state, state_reason=reason)).closed == closed


def test_a_pull_request_is_told_from_an_issue() -> None:
    assert mapping.is_pull_request(issue(pull_request={"url": "x"}))
    assert not mapping.is_pull_request(issue())


@pytest.mark.parametrize(
    ("url", "project"),
    [
        ("https://api.github.com/repos/acme/web", "acme/web"),
        ("https://ghe.example.com/api/v3/repos/acme/web", "acme/web"),
        ("https://api.github.com/repositories/7", ""),
        ("", ""),
    ],
)
def test_an_issue_says_in_which_repository_it_lives(url: str, project: str) -> None:
    assert mapping.project_of(issue(repository_url=url)) == project


def test_a_milestone_becomes_a_row() -> None:
    row = mapping.milestone_row(milestone())
    url = "https://github.com/acme/web/milestone/3"
    assert row == MilestoneRow(number=3, id=703, url=url, title="Web: Phase 1", description="A goal.")
    assert mapping.milestone_row(milestone(state="closed", description=None)).closed
    assert mapping.milestone_row(milestone(description=None)).description == ""


def test_a_repository_becomes_facts() -> None:
    whole = {"full_name": "acme/web", "archived": True, "has_issues": False, "private": True}
    who = {"issues_for": Audience.MEMBERS, "files_for": Audience.MEMBERS}
    assert mapping.facts_of(whole) == Facts("acme/web", archived=True, has_issues=False, **who)
    assert mapping.facts_of({"full_name": "acme/web"}) == Facts("acme/web")


@pytest.mark.parametrize(
    ("wire", "audience"),
    [
        ({"private": False, "visibility": "public"}, Audience.ALL),
        ({"private": True, "visibility": "internal"}, Audience.SERVER),
        ({"private": True, "visibility": "private"}, Audience.MEMBERS),
        ({"private": True, "visibility": "something new"}, Audience.MEMBERS),
        ({"private": True}, Audience.MEMBERS),
        ({"private": False}, Audience.ALL),
    ],
)
def test_who_may_read_a_repository(wire: dict[str, object], audience: Audience) -> None:
    facts = mapping.facts_of({"full_name": "acme/web", **wire})
    assert (facts.issues_for, facts.files_for) == (audience, audience)


@pytest.mark.parametrize(
    ("wire", "closed"),
    [
        ({"event": "closed", "state_reason": "not_planned"}, CloseReason.NOT_PLANNED),
        ({"event": "closed", "state_reason": None}, CloseReason.COMPLETED),
        ({"event": "closed"}, CloseReason.COMPLETED),
        ({"event": "reopened", "state_reason": "reopened"}, None),
    ],
)
def test_closing_and_opening_are_what_happened(wire: dict[str, Any], closed: CloseReason | None) -> None:
    found = mapping.happening_of({**wire, "created_at": "2026-03-02T12:00:00Z", "actor": {"login": "ann"}})
    assert found == Happening(datetime(2026, 3, 2, 12, tzinfo=UTC), closed, "ann")


def test_nothing_else_happened() -> None:
    assert mapping.happening_of({"event": "labeled", "created_at": "2026-03-02T12:00:00Z"}) is None
    assert mapping.happening_of({}) is None


@pytest.mark.parametrize(
    ("editor", "login"),
    [
        ({"__typename": "User", "login": "ann"}, "ann"),
        ({"__typename": "Bot", "login": "plansync"}, "plansync[bot]"),
        ({"__typename": "Bot", "login": "plansync[bot]"}, "plansync[bot]"),
        (None, "ghost"),
    ],
)
def test_an_editor_is_called_as_the_rest_interface_calls_it(editor: dict[str, str] | None, login: str) -> None:
    assert mapping.editor_of({"editor": editor}) == login
    assert mapping.editor_of({}) == "ghost"
