"""GitHub's JSON → rows. The only module that knows the names of GitHub's fields. Pure.

Source of the shapes: https://docs.github.com/en/rest/issues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plansync.core.audience import Audience
from plansync.core.observed import CloseReason
from plansync.trackers.hosted.desk import Facts, Happening
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow, utc_text

_AUDIENCES = {"private": Audience.MEMBERS, "internal": Audience.SERVER, "public": Audience.ALL}
Wire = Mapping[str, Any]
_REASONS = {
    "not_planned": CloseReason.NOT_PLANNED,
    "duplicate": CloseReason.DUPLICATE,
    "completed": CloseReason.COMPLETED,
}
_PLACE = re.compile(r"/repos/(?P<path>[^/]+/[^/]+)$")
GHOST = "ghost"
"""Who GitHub says did things, when the account is deleted."""


def is_pull_request(wire: Wire) -> bool:
    """Say whether an entry of the issues' list is a pull request."""
    return wire.get("pull_request") is not None


def issue_row(wire: Wire) -> IssueRow:
    """Return an issue as a row; body and title as they were answered."""
    milestone = wire.get("milestone")
    return IssueRow(
        number=wire["number"],
        id=wire["id"],
        url=wire["html_url"],
        title=wire["title"],
        body=wire.get("body") or "",
        closed=_closed(wire),
        labels=tuple(label if isinstance(label, str) else label["name"] for label in wire["labels"]),
        milestone=milestone["number"] if milestone else None,
        assignees=tuple(user["login"] for user in wire.get("assignees") or ()),
        author=login_of(wire.get("user")),
        comments=wire.get("comments", 0),
        created_at=utc_text(read_time(wire["created_at"])),
        updated_at=utc_text(read_time(wire["updated_at"])),
    )


def _closed(wire: Wire) -> str | None:
    if wire["state"] == "open":
        return None
    return _REASONS.get(wire.get("state_reason") or "", CloseReason.COMPLETED).value


def project_of(wire: Wire) -> str:
    """Return owner and name of the repository that an answered issue lives in now."""
    found = _PLACE.search(wire.get("repository_url", ""))
    return found["path"] if found else ""


def milestone_row(wire: Wire) -> MilestoneRow:
    """Return a milestone as a row."""
    return MilestoneRow(
        number=wire["number"],
        id=wire["id"],
        url=wire["html_url"],
        title=wire["title"],
        description=wire.get("description") or "",
        closed=wire["state"] == "closed",
    )


def facts_of(wire: Wire) -> Facts:
    """Return what is known of a repository."""
    audience = _AUDIENCES.get(wire.get("visibility", "private" if wire.get("private") else "public"), Audience.MEMBERS)
    return Facts(
        path=wire["full_name"],
        archived=wire.get("archived", False),
        has_issues=wire.get("has_issues", True),
        issues_for=audience,
        files_for=audience,
    )


def happening_of(wire: Wire) -> Happening | None:
    """Return an issue event as a closing or reopening, None for all others."""
    kind = wire.get("event")
    if kind not in {"closed", "reopened"}:
        return None
    reason = _REASONS.get(wire.get("state_reason") or "", CloseReason.COMPLETED) if kind == "closed" else None
    return Happening(read_time(wire["created_at"]), reason, login_of(wire.get("actor")))


def login_of(user: Wire | None) -> str:
    """Return an account's name; a deleted one is GitHub's ghost."""
    return user["login"] if user else GHOST


def editor_of(edit: Wire) -> str:
    """Return who saved a body, as the REST interface calls the account: GraphQL leaves out that it is a bot's."""
    editor = edit.get("editor")
    suffix = "[bot]" if editor and editor.get("__typename") == "Bot" else ""
    return login_of(editor).removesuffix(suffix) + suffix


def read_time(text: str) -> datetime:
    """Return a time of the wire, aware, in UTC."""
    return datetime.fromisoformat(text)
