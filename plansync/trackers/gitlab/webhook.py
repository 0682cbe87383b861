"""GitLab's webhooks: is a delivery GitLab's, which one is it, and what happened. Pure.

event                                          what happened
push                                           Pushed
issue, work item (also confidential)           IssueMoved
milestone of a project                         ProjectMoved
project renamed, transferred, removed, …       ProjectMoved, under the old name too
all others: tags, comments, groups             nothing

Webhooks of projects and of groups send the same. What an event is about stands in its payload: system hooks name all
alike in the header, and work items go by the name of issues.

Source of the shapes: https://docs.gitlab.com/user/project/integrations/webhook_events,
https://docs.gitlab.com/administration/system_hooks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from plansync.core.events import (
    ODD,
    Event,
    IssueMoved,
    Nothing,
    ProjectMoved,
    Pushed,
    told_login,
    told_number,
    told_paths,
    told_word,
)
from plansync.core.links import page_of
from plansync.core.scope import Glimpse
from plansync.core.signatures import doubt_standard_signature, doubt_token, signing_key
from plansync.trackers.gitlab import mapping
from plansync.trackers.hosted.letters import SHAPES, Wire, delivery_name, read_body, read_shape
from plansync.trackers.hosted.rows import IssueRow

_BRANCH = "refs/heads/"
_NOWHERE = "0" * 40
"""The commit before a branch's first, and after its last."""
_DONE = {"open": "opened", "close": "closed", "reopen": "reopened", "update": "edited"}


def doubt(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """Return why a delivery is not believed to be GitLab's, or an empty text.

    A webhook has a token, a key that it signs with (``whsec_…``), or both; one that is right is enough.
    """
    doubts = [doubt_token(headers.get("x-gitlab-token", ""), secrets)]
    if "webhook-signature" in headers:
        keys = [key for key in map(signing_key, secrets) if key is not None]
        doubts.append(doubt_standard_signature(headers, body, keys, now))
    return "" if "" in doubts else doubts[-1]


def delivery_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the delivery's name, which it has again when it is sent again.

    Older GitLabs name only what they did at a time, which may be several deliveries (a push to several branches), so
    that what was sent counts too.
    """
    name = headers.get("idempotency-key") or headers.get("webhook-id") or ""
    if not name and (done := headers.get("x-gitlab-event-uuid")):
        name = f"{done} {hashlib.sha256(body).hexdigest()}"
    return delivery_name("gitlab", name)


def events_of(headers: Mapping[str, str], body: bytes) -> tuple[Event, ...]:
    """Return what happened; ``ValueError`` if the body is not JSON."""
    instance = page_of(headers.get("x-gitlab-instance", ""))
    return read_shape(lambda wire: _read(wire, instance), read_body(body))


def _read(wire: Wire, instance: str) -> tuple[Event, ...]:
    match wire.get("object_kind"), wire.get("event_name"):
        case ("push", _) | (None, "push"):
            return (_push(wire),)
        case ("issue" | "work_item", _):
            return (_issue(wire),)
        case ("milestone", _):
            return (_milestone(wire),)
        case (None, str(name)) if name.startswith("project_") and "path_with_namespace" in wire:
            return _project(wire, name.removeprefix("project_"), instance)
    return (Nothing("no plan follows such events"),)


def _push(wire: Wire) -> Event:
    if not wire["ref"].startswith(_BRANCH):
        return Nothing("it is no branch that was pushed to")
    project = wire["project"]
    branch, default_branch = wire["ref"].removeprefix(_BRANCH), str(project.get("default_branch") or "")
    return Pushed(page_of(project["web_url"]), branch, default_branch, _paths(wire))


def _paths(wire: Wire) -> frozenset[str] | None:
    """Return the files of all commits; None where some are left out, or there is nothing that they are compared to.

    A branch that was set back to an earlier commit lists none.
    """
    commits, ends = wire["commits"], {wire.get("before"), wire.get("after")}
    if _NOWHERE in ends or not commits or wire.get("total_commits_count", 0) > len(commits):
        return None
    return told_paths(path for commit in commits for kind in ("added", "modified", "removed") for path in commit[kind])


def _issue(wire: Wire) -> Event:
    """Read an event about an issue, or another kind of work item: whether it counts is known by its number."""
    shown, project = wire["object_attributes"], wire.get("project")
    if not project:
        return Nothing("it belongs to a group, not to a project")
    number = told_number(shown["iid"])
    if number is None:
        return ODD
    what = told_word(shown.get("action"))
    return IssueMoved(page_of(project["web_url"]), number, _DONE.get(what, what), _glimpse(wire))


def _glimpse(wire: Wire) -> Glimpse:
    actor = told_login((wire.get("user") or {}).get("username"))
    try:
        row = _row(wire)
        return Glimpse(actor, row.digest if _shows_all(wire) else "", row.updated_at)
    except SHAPES:
        return Glimpse(actor)


def _row(wire: Wire) -> IssueRow:
    """Return the issue of an event as a row: the event says elsewhere, or by other names, what a listing says."""
    shown = wire["object_attributes"]
    listed = {
        **shown,
        "web_url": shown.get("url") or "",
        "labels": [label["title"] for label in (wire if "labels" in wire else shown)["labels"]],
        "assignees": wire.get("assignees") or (),
        "milestone": None,
        "author": None,
        "created_at": _iso(shown["created_at"]),
        "updated_at": _iso(shown["updated_at"]),
        "_links": {"closed_as_duplicate_of": shown.get("duplicated_to_id")},
    }
    return mapping.issue_row(listed)


def _iso(time: str) -> str:
    return time.replace(" UTC", "+00:00")


def _shows_all(wire: Wire) -> bool:
    shown, assignees = wire["object_attributes"], wire.get("assignees") or ()
    return mapping.is_issue(shown) and "description" in shown and len(shown.get("assignee_ids") or ()) == len(assignees)


def _milestone(wire: Wire) -> Event:
    if not wire.get("project"):
        return Nothing("it belongs to a group, not to a project")
    what = told_word(wire.get("action") or wire["object_attributes"].get("action"))
    words = {"close": "closed", "reopen": "reopened", "create": "created"}
    return ProjectMoved(page_of(wire["project"]["web_url"]), f"milestone {words.get(what, what)}")


def _project(wire: Wire, what: str, instance: str) -> tuple[Event, ...]:
    """Read an event of a system hook, which names the project by its path alone."""
    if not instance:
        return (ODD,)
    paths = [wire["path_with_namespace"], wire.get("old_path_with_namespace")]
    return tuple(ProjectMoved(f"{instance}/{path}".casefold(), f"project {told_word(what)}") for path in paths if path)
