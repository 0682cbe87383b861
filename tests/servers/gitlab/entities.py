"""How the GitLab test server shows issues, notes, events and links as JSON; the rest is in ``basics``."""

from __future__ import annotations

import re
from typing import Any

from tests.servers.gitlab.basics import Basics, stamp
from tests.servers.gitlab.values import Event, Issue, Label, Link, Milestone, Note

_BOX = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+\[([ xX])\]\s", re.MULTILINE)
_NO_TIME = {
    "time_estimate": 0,
    "total_time_spent": 0,
    "human_time_estimate": None,
    "human_total_time_spent": None,
}


class Entities(Basics):
    """Shows issues; ``work_items`` says whether their addresses are those of newer versions.

    ``epics``: the licence has epics, so that each issue says which one it is in. It never says which one it became.
    """

    work_items = False
    epics = False

    def issue_url(self, issue: Issue) -> str:
        """Return the page of an issue. Newer GitLabs show issues as work items, and say so in the address."""
        newer = self.work_items and self.state.strict("work-items-urls")
        return f"{self.base}/{issue.project.full_path}/-/{'work_items' if newer else 'issues'}/{issue.iid}"

    def issue_api(self, issue: Issue) -> str:
        """Return the address of an issue in the API."""
        return f"{self.api}/projects/{issue.project.id}/issues/{issue.iid}"

    def issue(self, issue: Issue, *, details: bool = False) -> dict[str, Any]:
        """Show an issue as in a list; ``details`` for labels with colours."""
        labels = sorted(issue.labels, key=lambda label: label.name)
        people = [self.user(user) for user in issue.assignees]
        ticks = _BOX.findall(issue.description or "")
        done = sum(tick != " " for tick in ticks)
        shown = {
            "id": issue.id,
            "iid": issue.iid,
            "project_id": issue.project.id,
            "title": issue.title,
            "description": issue.description,
            "state": issue.state,
            "created_at": stamp(issue.created_at),
            "updated_at": stamp(issue.updated_at),
            "closed_at": stamp(issue.closed_at),
            "closed_by": None if issue.closed_by is None else self.user(issue.closed_by),
            "labels": [self.label_detail(label) if details else label.name for label in labels],
            "milestone": None if issue.milestone is None else self.milestone(issue.milestone),
            "assignees": people,
            "assignee": people[0] if people else None,
            "author": self.user(issue.author),
            "task_completion_status": {"count": len(ticks), "completed_count": done},
            "has_tasks": bool(ticks),
            **self._more(issue),
            **({"epic_iid": None, "epic": None} if self.epics else {}),
        }
        return {**shown, "task_status": f"{done} of {len(ticks)} checklist items completed"} if ticks else shown

    def _more(self, issue: Issue) -> dict[str, Any]:
        return {
            "type": "ISSUE",
            "issue_type": "issue",
            "user_notes_count": len(issue.comments),
            "merge_requests_count": 0,
            "upvotes": 0,
            "downvotes": 0,
            "due_date": issue.due_date,
            "confidential": issue.confidential,
            "discussion_locked": issue.discussion_locked,
            "web_url": self.issue_url(issue),
            "time_stats": _NO_TIME,
            "weight": issue.weight,
            "_links": self._issue_links(issue),
            "references": {"short": f"#{issue.iid}", "relative": f"#{issue.iid}", "full": self.reference(issue)},
            "severity": "UNKNOWN",
            "imported": False,
            "imported_from": "none",
            "moved_to_id": self._moved_to(issue),
            "service_desk_reply_to": None,
        }

    def reference(self, issue: Issue) -> str:
        """Return the full reference of an issue."""
        return f"{issue.project.full_path}#{issue.iid}"

    def note(self, note: Note, issue: Issue) -> dict[str, Any]:
        """Show a note."""
        return {
            "id": note.id,
            "type": "DiscussionNote" if note.threaded else None,
            "body": note.body,
            "attachment": None,
            "author": self.user(note.author),
            "created_at": stamp(note.created_at),
            "updated_at": stamp(note.updated_at),
            "system": note.system,
            "noteable_id": issue.id,
            "noteable_type": "Issue",
            "project_id": issue.project.id,
            "resolvable": False,
            "confidential": note.internal,
            "internal": note.internal,
            "imported": False,
            "imported_from": "none",
            "noteable_iid": issue.iid,
            "commands_changes": {},
        }

    def event(self, event: Event, issue: Issue) -> dict[str, Any]:
        """Show a resource event."""
        shown: dict[str, Any] = {
            "id": event.id,
            "user": self.user(event.user),
            "created_at": stamp(event.created_at),
            "resource_type": "Issue",
            "resource_id": issue.id,
        }
        match event.subject:
            case Label() as label:
                return {**shown, "label": self.label_detail(label), "action": event.action}
            case Milestone() as milestone:
                return {**shown, "milestone": self.milestone(milestone), "action": event.action, "state": issue.state}
            case int() as weight:
                return {**shown, "issue_id": issue.id, "weight": weight}
            case None:
                return {**shown, "state": event.action}

    def link(self, link: Link) -> dict[str, Any]:
        """Show a relation as its own resource."""
        return {
            "source_issue": self.issue(link.source),
            "target_issue": self.issue(link.target),
            "link_type": link.kind,
            "link_created_at": stamp(link.created_at),
            "link_updated_at": stamp(link.created_at),
        }

    def _moved_to(self, issue: Issue) -> int | None:
        return issue.moved_to.id if issue.moved_to is not None and self.state.strict("moved-issues") else None

    def _issue_links(self, issue: Issue) -> dict[str, Any]:
        own = self.issue_api(issue)
        return {
            "self": own,
            "notes": f"{own}/notes",
            "award_emoji": f"{own}/award_emoji",
            "project": f"{self.api}/projects/{issue.project.id}",
            "closed_as_duplicate_of": None if issue.duplicate_of is None else self.issue_api(issue.duplicate_of),
        }
