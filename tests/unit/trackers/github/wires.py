"""Answers of GitHub, as JSON, for tests that need a single one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import responses

from plansync.trackers.github.desk import GitHubDesk
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

API = "https://api.github.com"
ROOT = f"{API}/repos/acme/web"
AT = "2026-03-02T12:00:00+00:00"
ROW = IssueRow(number=12, id=812, url="u", title="t", body="b", labels=("a", "b"), created_at=AT, updated_at=AT)
PHASE = MilestoneRow(number=3, id=703, url="u", title="Web: Phase 1", description="A goal.")


@dataclass
class Wires:
    """A GitHub of which only single answers exist, and plansync's desk at it."""

    mock: responses.RequestsMock
    desk: GitHubDesk
    sent: int = field(default=0)

    def answer(self, method: str, path: str, content: object, status: int = 200, **headers: str) -> None:
        """Answer the next request of this method and path (below the repository, or a whole address) so."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("https:") else f"{ROOT}{path}"
        self.mock.add(method, url, json=content, status=status, headers=named)

    def requests(self) -> list[str]:
        """Return method and address of each request since the last look, in order."""
        calls = [f"{call.request.method} {(call.request.url or '').removeprefix(ROOT)}" for call in self.mock.calls]
        new, self.sent = calls[self.sent :], len(calls)
        return new

    def body(self, which: int = -1) -> Any:
        """Return the JSON that was sent with a request."""
        return json.loads(self.mock.calls[which].request.body or b"{}")


def issue(**fields: object) -> dict[str, Any]:
    """Return an issue as GitHub answers it, with ``fields`` of one's own."""
    return {
        "id": 812,
        "number": 12,
        "html_url": "https://github.com/acme/web/issues/12",
        "repository_url": f"{ROOT}",
        "title": "Write the parser",
        "body": "All of it.",
        "state": "open",
        "state_reason": None,
        "labels": [{"name": "plansync"}, "risk"],
        "milestone": None,
        "assignees": [{"login": "ann"}],
        "user": {"login": "plansync-bot"},
        "comments": 2,
        "created_at": "2026-03-02T12:00:00Z",
        "updated_at": "2026-03-02T12:30:00Z",
    } | fields


def milestone(**fields: object) -> dict[str, Any]:
    """Return a milestone as GitHub answers it, with ``fields`` of one's own."""
    return {
        "id": 703,
        "number": 3,
        "html_url": "https://github.com/acme/web/milestone/3",
        "title": "Web: Phase 1",
        "description": "A goal.",
        "state": "open",
    } | fields
