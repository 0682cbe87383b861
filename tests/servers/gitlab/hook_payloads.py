"""What the web hooks of the GitLab test server are sent, in the forms of GitLab's page on webhook events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.servers.gitlab.basics import stamp
from tests.servers.gitlab.entities import Entities
from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Issue, Label, Milestone, Note, Project, User

_VISIBILITY = {"private": 0, "internal": 10, "public": 20}
_STATES = {"opened": 1, "closed": 2}


def _long(at: datetime | None) -> str | None:
    """Return a time as most of the payloads have it."""
    return None if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


class Payloads:
    """Makes payloads."""

    def __init__(self, state: State, entities: Entities) -> None:
        self.state = state
        self.entities = entities

    def issue(self, issue: Issue, user: User, more: dict[str, Any]) -> dict[str, Any]:
        """Return an issue's payload; ``more`` holds its action and the changes."""
        labels = [self._label(label) for label in issue.labels]
        people = [self._user(person) for person in issue.assignees]
        payload = {
            "object_kind": "issue",
            "event_type": "confidential_issue" if issue.confidential else "issue",
            "user": self._user(user),
            "project": self._project(issue.project),
            "object_attributes": {**self._issue(issue), "action": more["action"]},
            "labels": labels,
            "changes": self._changes(issue, more["changes"]),
            "repository": self._repository(issue.project),
        }
        return {**payload, "assignees": people, "assignee": people[0]} if people else payload

    def note(self, note: Note, issue: Issue, user: User, action: str) -> dict[str, Any]:
        """Return the payload of a comment on an issue."""
        attributes = {
            "id": note.id,
            "note": note.body,
            "noteable_type": "Issue",
            "author_id": note.author.id,
            "created_at": _long(note.created_at),
            "updated_at": _long(note.updated_at),
            "project_id": issue.project.id,
            "attachment": None,
            "line_code": None,
            "commit_id": "",
            "noteable_id": issue.id,
            "system": note.system,
            "internal": note.internal,
            "st_diff": None,
            "action": action,
            "url": f"{self.entities.issue_url(issue)}#note_{note.id}",
        }
        return {
            "object_kind": "note",
            "event_type": "confidential_note" if note.internal or issue.confidential else "note",
            "user": self._user(user),
            "project_id": issue.project.id,
            "project": self._project(issue.project),
            "repository": self._repository(issue.project),
            "object_attributes": attributes,
            "issue": self._issue(issue),
        }

    def milestone(self, milestone: Milestone, project: Project, action: str) -> dict[str, Any]:
        """Return the payload of a project's milestone."""
        attributes = {
            "id": milestone.id,
            "iid": milestone.iid,
            "title": milestone.title,
            "description": milestone.description,
            "state": milestone.state,
            "created_at": _long(milestone.created_at),
            "updated_at": _long(milestone.updated_at),
            "due_date": milestone.due_date,
            "start_date": milestone.start_date,
            "group_id": None,
            "project_id": project.id,
        }
        return {
            "object_kind": "milestone",
            "event_type": "milestone",
            "project": self._project(project),
            "object_attributes": attributes,
            "action": action,
        }

    def push(self, project: Project, user: User, more: dict[str, Any]) -> dict[str, Any]:
        """Return the payload of a push; ``more`` holds its branch, the commits and the two ends."""
        page = f"{self._url(project)}/-/commit"
        commits = [{**commit, "url": f"{page}/{commit['id']}"} for commit in more["commits"]]
        return {
            "object_kind": "push",
            "event_name": "push",
            "before": more["before"],
            "after": more["after"],
            "ref": f"refs/heads/{more['branch']}",
            "ref_protected": more["branch"] == project.default_branch,
            "checkout_sha": more["after"],
            "message": None,
            "user_id": user.id,
            "user_name": user.name,
            "user_username": user.username,
            "user_email": "",
            "user_avatar": self._user(user)["avatar_url"],
            "project_id": project.id,
            "project": self._project(project),
            "commits": commits,
            "total_commits_count": len(commits),
            "push_options": {},
            "repository": {
                **self._repository(project),
                "git_http_url": f"{self._url(project)}.git",
                "git_ssh_url": self._ssh(project),
                "visibility_level": _VISIBILITY[project.visibility],
            },
        }

    def _issue(self, issue: Issue) -> dict[str, Any]:
        assignees = [user.id for user in issue.assignees]
        return {
            "id": issue.id,
            "iid": issue.iid,
            "title": issue.title,
            "description": issue.description,
            "author_id": issue.author.id,
            "assignee_id": assignees[0] if assignees else None,
            "assignee_ids": assignees,
            "project_id": issue.project.id,
            "milestone_id": None if issue.milestone is None else issue.milestone.id,
            "created_at": _long(issue.created_at),
            "updated_at": _long(issue.updated_at),
            "closed_at": _long(issue.closed_at),
            "updated_by_id": None,
            "last_edited_at": None,
            "last_edited_by_id": None,
            "relative_position": issue.iid * 513,
            "state_id": _STATES[issue.state],
            "state": issue.state,
            "confidential": issue.confidential,
            "discussion_locked": issue.discussion_locked,
            "due_date": issue.due_date,
            "moved_to_id": None if issue.moved_to is None else issue.moved_to.id,
            "duplicated_to_id": None if issue.duplicate_of is None else issue.duplicate_of.id,
            "time_estimate": 0,
            "total_time_spent": 0,
            "time_change": 0,
            "human_total_time_spent": None,
            "human_time_estimate": None,
            "human_time_change": None,
            "weight": issue.weight,
            "health_status": None,
            "type": "Issue",
            "url": self.entities.issue_url(issue),
            "severity": "unknown",
            "labels": [self._label(label) for label in issue.labels],
        }

    def _changes(self, issue: Issue, differences: dict[str, dict[str, Any]]) -> dict[str, Any]:
        changes = {name: values for name, values in differences.items() if name not in {"labels", "assignees"}}
        if differences:
            changes["updated_at"] = {"previous": _long(issue.created_at), "current": _long(issue.updated_at)}
        for name, shown in (("labels", self._labels), ("assignees", self._people)):
            if name in differences:
                changes[name] = {when: shown(ids) for when, ids in differences[name].items()}
        return changes

    def _labels(self, ids: tuple[int, ...]) -> list[dict[str, Any]]:
        found = [self.state.labels.get(id) for id in ids]
        return [self._label(label) for label in found if label is not None]

    def _people(self, ids: tuple[int, ...]) -> list[dict[str, Any]]:
        found = [self.state.users.get(id) for id in ids]
        return [self._user(user) for user in found if user is not None]

    def _label(self, label: Label) -> dict[str, Any]:
        is_ours = isinstance(label.owner, Project)
        return {
            "id": label.id,
            "title": label.name,
            "color": label.color,
            "project_id": label.owner.id if is_ours else None,
            "created_at": stamp(label.created_at),
            "updated_at": stamp(label.created_at),
            "template": False,
            "description": label.description,
            "type": "ProjectLabel" if is_ours else "GroupLabel",
            "group_id": None if is_ours else label.owner.id,
        }

    def _user(self, user: User) -> dict[str, Any]:
        shown = self.entities.user(user)
        names = ("id", "name", "username", "avatar_url")
        return {**{name: shown[name] for name in names}, "email": "[REDACTED]"}

    def _url(self, project: Project) -> str:
        return f"{self.entities.base}/{project.full_path}"

    def _ssh(self, project: Project) -> str:
        return f"git@gitlab.example.com:{project.full_path}.git"

    def _project(self, project: Project) -> dict[str, Any]:
        url = self._url(project)
        return {
            "id": project.id,
            "name": project.name,
            "description": project.description,
            "web_url": url,
            "avatar_url": None,
            "git_ssh_url": self._ssh(project),
            "git_http_url": f"{url}.git",
            "namespace": project.group.name,
            "visibility_level": _VISIBILITY[project.visibility],
            "path_with_namespace": project.full_path,
            "default_branch": project.default_branch,
            "ci_config_path": None,
            "homepage": url,
            "url": self._ssh(project),
            "ssh_url": self._ssh(project),
            "http_url": f"{url}.git",
        }

    def _repository(self, project: Project) -> dict[str, Any]:
        return {
            "name": project.name,
            "url": self._ssh(project),
            "description": project.description,
            "homepage": self._url(project),
        }
