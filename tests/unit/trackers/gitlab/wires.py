"""Answers of a GitLab, as JSON, for tests that need a single one."""

import json
from dataclasses import dataclass, field
from typing import Any

import responses

from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

SITE = "https://gitlab.example.com"
API = f"{SITE}/api/v4"
BY_PATH, BY_ID = "/projects/acme%2Fcore", "/projects/42"
ROW = IssueRow(
    number=12, id=812, url="u", title="t", body="b", created_at="2026-03-02T12:00:00+00:00",
    updated_at="2026-03-02T12:00:00+00:00",
)  # fmt: skip
PHASE = MilestoneRow(number=3, id=703, url="u", title="Web: Phase 1", description="A goal.")


@dataclass
class Wires:
    """A GitLab of which only single answers exist, and plansync's desk at it."""

    mock: responses.RequestsMock
    desk: GitLabDesk
    sent: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, content: object, status: int = 200, **headers: str) -> None:
        """Answer the next request of this method and path (with its query) so."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.mock.add(method, f"{API}{path}", json=content, status=status, headers=named)

    def requests(self) -> list[str]:
        """Return method and address of each request since the last look, in order."""
        calls = [f"{call.request.method} {(call.request.url or '').removeprefix(API)}" for call in self.mock.calls]
        new = calls[len(self.sent) :]
        self.sent = calls
        return new

    def body(self, which: int = -1) -> Any:
        """Return the JSON that was sent with a request."""
        return json.loads(self.mock.calls[which].request.body or b"{}")


def issue(**fields: object) -> dict[str, Any]:
    """Return an issue as GitLab answers it, with ``fields`` of one's own."""
    return {
        "id": 812,
        "iid": 12,
        "project_id": 42,
        "title": "Write the parser",
        "description": "All of it.",
        "state": "opened",
        "created_at": "2026-03-02T12:00:00.125Z",
        "updated_at": "2026-03-02T13:30:00.000+01:00",
        "labels": ["plansync", "risk"],
        "milestone": None,
        "assignees": [],
        "author": {"id": 1, "username": "plansync-bot"},
        "type": "ISSUE",
        "issue_type": "issue",
        "user_notes_count": 0,
        "web_url": "https://gitlab.example.com/acme/core/-/work_items/12",
        "references": {"short": "#12", "relative": "#12", "full": "acme/core#12"},
        "_links": {"closed_as_duplicate_of": None},
        "moved_to_id": None,
        **fields,
    }


def milestone(**fields: object) -> dict[str, Any]:
    """Return a milestone as GitLab answers it, with ``fields`` of one's own."""
    return {
        "id": 703,
        "iid": 3,
        "project_id": 42,
        "title": "Web: Phase 1",
        "description": "A goal.",
        "state": "active",
        "web_url": "https://gitlab.example.com/acme/core/-/milestones/3",
        **fields,
    }
