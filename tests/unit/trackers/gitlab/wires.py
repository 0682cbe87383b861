"""Answers of a GitLab, as JSON, for tests that need a single one."""

from typing import Any


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
