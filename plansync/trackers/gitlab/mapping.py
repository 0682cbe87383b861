"""GitLab's JSON → rows. The only module that knows the names of GitLab's fields. Pure.

GitLab keeps no reason for closing. What there is of one is read from these, in this order:

moved to another project                 moved
closed as a duplicate, or our label      duplicate
our label                                not planned
else                                     completed

Our two labels say why an issue is closed and nothing else, so that they are not shown among its labels. An issue that
became an epic reads as completed: only its history says so.

Source of the shapes: https://docs.gitlab.com/api/issues, …/milestones, …/notes, …/resource_state_events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plansync.core.audience import Audience
from plansync.core.observed import CloseReason
from plansync.trackers.hosted.desk import Facts, Happening
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow, utc_text

_AUDIENCES = {"private": Audience.MEMBERS, "internal": Audience.SERVER, "public": Audience.ALL}
Wire = Mapping[str, Any]

REASON_LABELS = {
    CloseReason.NOT_PLANNED: "plansync:not-planned",
    CloseReason.DUPLICATE: "plansync:duplicate",
}
NOBODY = ""
"""Who did things whose account GitLab does not name any more."""
_KINDS = {"ISSUE", "INCIDENT"}
_PROMOTED = re.compile(r"promoted to epic \S*&[1-9]\d*")
_MOVED = re.compile(r"moved to (?P<path>[\w./-]*)#(?P<number>[1-9]\d*)")


def is_issue(wire: Wire) -> bool:
    """Say whether an entry of the issues' list is an issue, not a task or another kind of work item."""
    kind = wire.get("type") or wire.get("issue_type") or "ISSUE"
    return str(kind).upper() in _KINDS


def issue_row(wire: Wire) -> IssueRow:
    """Return an issue as a row; the number is that of its address, ``id`` counts over the whole instance."""
    labels = tuple(label if isinstance(label, str) else label["name"] for label in wire.get("labels") or ())
    return IssueRow(
        number=wire["iid"],
        id=wire["id"],
        url=wire["web_url"],
        title=wire["title"],
        body=wire.get("description") or "",
        closed=_closed(wire, labels),
        labels=tuple(label for label in labels if label not in REASON_LABELS.values()),
        milestone=_milestone_number(wire.get("milestone")),
        assignees=tuple(login_of(user) for user in wire.get("assignees") or ()),
        author=login_of(wire.get("author")),
        comments=wire.get("user_notes_count") or 0,
        created_at=utc_text(read_time(wire["created_at"])),
        updated_at=utc_text(read_time(wire["updated_at"])),
    )


def _closed(wire: Wire, labels: tuple[str, ...]) -> str | None:
    if wire["state"] != "closed":
        return None
    if wire.get("moved_to_id"):
        return CloseReason.MOVED.value
    if (wire.get("_links") or {}).get("closed_as_duplicate_of"):
        return CloseReason.DUPLICATE.value
    for reason, label in REASON_LABELS.items():
        if label in labels:
            return reason.value
    return CloseReason.COMPLETED.value


def _milestone_number(wire: Wire | None) -> int | None:
    """Return the number of an issue's milestone.

    A group's milestones are numbered apart from the project's. One of them is told by its global id, negative, so
    that it is some milestone, and none of the project's.
    """
    if not wire:
        return None
    number: int = wire["iid"] if wire.get("group_id") is None else -wire["id"]
    return number


def moved_to(note: Wire, site: str, own_path: str) -> str | None:
    """Return the address that a line of history says an issue was moved to; None for any other line.

    ``own_path`` is the project that the issue was in: GitLab leaves out the groups that both projects have.
    """
    found = _MOVED.fullmatch((note.get("body") or "").strip()) if note.get("system") else None
    if found is None or not found["path"]:
        return None
    groups, _, _ = own_path.rpartition("/")
    path = found["path"] if "/" in found["path"] else f"{groups}/{found['path']}".strip("/")
    return f"{site}/{path}/-/issues/{found['number']}"


def became_epic(note: Wire) -> bool:
    """Say whether a line of history says that its issue became an epic, for which it was closed."""
    return bool(note.get("system")) and _PROMOTED.fullmatch((note.get("body") or "").strip()) is not None


def has_epics(wire: Wire) -> bool:
    """Say whether the project of an answered issue has epics, which takes a licence: then each issue tells its own."""
    return "epic" in wire or "epic_iid" in wire


def path_of(wire: Wire) -> str:
    """Return the path of the project that an answered issue lives in; empty where GitLab does not say."""
    return str((wire.get("references") or {}).get("full") or "").rpartition("#")[0]


def milestone_row(wire: Wire, project_url: str) -> MilestoneRow:
    """Return a project's milestone as a row; older GitLabs leave out its address, which begins with ``project_url``."""
    return MilestoneRow(
        number=wire["iid"],
        id=wire["id"],
        url=wire.get("web_url") or f"{project_url}/-/milestones/{wire['iid']}",
        title=wire["title"],
        description=wire.get("description") or "",
        closed=wire["state"] == "closed",
    )


def facts_of(wire: Wire) -> Facts:
    """Return what is known of a project."""
    level = wire.get("issues_access_level")
    return Facts(
        path=wire["path_with_namespace"],
        archived=bool(wire.get("archived")),
        has_issues=level != "disabled" if level is not None else bool(wire.get("issues_enabled", True)),
        issues_for=_audience(wire, "issues_access_level"),
        files_for=_audience(wire, "repository_access_level"),
    )


def _audience(wire: Wire, level: str) -> Audience:
    """Return who may use a feature: fewer than may see the project, where it is for members only."""
    if wire.get(level) == "private":
        return Audience.MEMBERS
    return _AUDIENCES.get(wire.get("visibility", "public"), Audience.MEMBERS)


def happening_of(wire: Wire) -> Happening | None:
    """Return a state event as a closing (as completed: the reason is not in it) or reopening, None for all others."""
    kind = wire.get("state")
    if kind not in {"closed", "reopened"}:
        return None
    reason = CloseReason.COMPLETED if kind == "closed" else None
    return Happening(read_time(wire["created_at"]), reason, login_of(wire.get("user")))


def login_of(user: Wire | None) -> str:
    """Return an account's name."""
    return str(user["username"]) if user else NOBODY


def read_time(text: str) -> datetime:
    """Return a time of the wire, in UTC; an instance may answer in its own time zone."""
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
