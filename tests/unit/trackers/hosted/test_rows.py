"""Rows of issues: what their digest tells apart."""

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.observed import CloseReason
from plansync.trackers.hosted.rows import IssueRow, utc_text
from tests.support.clocks import NOON

ROW = IssueRow(
    number=7,
    id=1007,
    url="https://github.com/acme/web/issues/7",
    title="Write the parser",
    body="All of it.\n\nSoon.",
    labels=("plansync", "risk"),
    assignees=("ann", "bob"),
    created_at=utc_text(NOON),
    updated_at=utc_text(NOON),
)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Write a parser"},
        {"body": "All of it."},
        {"closed": CloseReason.COMPLETED.value},
        {"labels": ("plansync",)},
        {"assignees": ()},
        {"labels": (), "assignees": ("plansync", "risk")},
    ],
)
def test_a_row_that_shows_something_else_has_another_digest(changed: dict[str, Any]) -> None:
    assert replace(ROW, **changed).digest != ROW.digest


def test_why_an_issue_is_closed_is_told_apart() -> None:
    digests = {replace(ROW, closed=reason.value).digest for reason in CloseReason}
    assert len(digests) == len(CloseReason)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": " Write the parser "},
        {"body": "All of it. \r\n\r\nSoon.\r\n"},
        {"labels": ("risk", "plansync")},
        {"assignees": ("bob", "ann")},
        {"comments": 3, "milestone": 4, "updated_at": "2026-01-01T00:00:00+00:00"},
    ],
)
def test_what_hosts_spell_in_more_than_one_way_is_one(changed: dict[str, Any]) -> None:
    assert replace(ROW, **changed).digest == ROW.digest
