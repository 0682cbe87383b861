"""Which issues a list of the GitLab test server holds, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.servers.gitlab.call import Call, Refused
from tests.servers.gitlab.values import Issue


def is_wanted(call: Call, issue: Issue) -> bool:
    """Say whether an issue passes all filters of the request."""
    iids = call.words("iids")
    if iids is not None and str(issue.iid) not in iids:
        return False
    state = call.params.get("state", "all")
    if state not in {"all", issue.state}:
        return False
    return _labels_fit(call, issue) and _people_fit(call, issue) and _times_fit(call, issue)


def _labels_fit(call: Call, issue: Issue) -> bool:
    wanted = call.words("labels")
    title = None if issue.milestone is None else issue.milestone.title
    milestone = call.text("milestone") or call.text("milestone_id")
    if milestone is not None and not _fits(milestone, title):
        return False
    if not wanted:
        return True
    if len(wanted) == 1 and wanted[0] in {"None", "Any"}:
        return bool(issue.labels) == (wanted[0] == "Any")
    found = [call.lab.state.find_label(issue.project, name) for name in wanted]
    return all(label is not None and label in issue.labels for label in found)


def _fits(wanted: str, title: str | None) -> bool:
    if wanted in {"None", "No Milestone"}:
        return title is None
    return title is not None if wanted == "Any" else title == wanted


def _people_fit(call: Call, issue: Issue) -> bool:
    author, login = call.text("author_id"), call.text("author_username")
    if (author or str(issue.author.id)) != str(issue.author.id):
        return False
    if (login or issue.author.username).lower() != issue.author.username.lower():
        return False
    if call.params.get("scope") in {"created_by_me", "created-by-me"} and issue.author is not call.me:
        return False
    return not (call.params.get("scope") in {"assigned_to_me", "assigned-to-me"} and call.me not in issue.assignees)


def _times_fit(call: Call, issue: Issue) -> bool:
    for name, at in (("updated", issue.updated_at), ("created", issue.created_at)):
        after, before = call.text(f"{name}_after"), call.text(f"{name}_before")
        if after and at < moment(after, f"{name}_after"):
            return False
        if before and at > moment(before, f"{name}_before"):
            return False
    return True


def moment(text: str, name: str) -> datetime:
    """Return the time that a parameter names."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, f"{name} is invalid", "error") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_order(call: Call, issues: list[Issue]) -> list[Issue]:
    """Return issues in the order that the request asks for: newest first, unless it says otherwise."""
    order, sort = call.params.get("order_by", "created_at"), call.params.get("sort", "desc")
    if sort not in {"asc", "desc"}:
        raise Refused(400, "sort does not have a valid value", "error")
    keys: dict[str, Any] = {
        "created_at": lambda issue: (issue.created_at, issue.id),
        "updated_at": lambda issue: (issue.updated_at, issue.id),
        "title": lambda issue: (issue.title.lower(), issue.id),
        "due_date": lambda issue: (issue.due_date or "9999", issue.id),
        "priority": lambda issue: (min([label.priority or 9999 for label in issue.labels], default=9999), issue.id),
    }
    if order not in keys:
        raise Refused(400, "order_by does not have a valid value", "error")
    return sorted(issues, key=keys[order], reverse=sort == "desc")
