"""How the GitLab test server shows users, groups, projects, labels and milestones as JSON.

Field names and forms are those of GitLab's own entities.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Group, Label, Milestone, Project, Token, User


def stamp(at: datetime | None) -> str | None:
    """Return a time as GitLab's JSON has it, with milliseconds."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


class Basics:
    """Shows values; ``base`` is the address of the instance, with its sub-path."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.base = "http://gitlab.example.com"

    @property
    def api(self) -> str:
        """Return the address of the API."""
        return f"{self.base}/api/v4"

    def user(self, user: User) -> dict[str, Any]:
        """Show a user as in an author."""
        return {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "state": user.state,
            "avatar_url": f"{self.base}/uploads/-/system/user/avatar/{user.id}/avatar.png",
            "web_url": f"{self.base}/{user.username}",
        }

    def member(self, user: User, level: int) -> dict[str, Any]:
        """Show a member of a project or group."""
        return {**self.user(user), "access_level": level, "expires_at": None, "membership_state": "active"}

    def token(self, token: Token) -> dict[str, Any]:
        """Show a token, without its value."""
        return {
            "id": token.id,
            "name": f"{token.kind} token",
            "revoked": token.revoked,
            "created_at": stamp(token.created_at),
            "description": None,
            "scopes": list(token.scopes),
            "user_id": token.user.id,
            "last_used_at": stamp(self.state.now()),
            "active": not token.revoked,
            "expires_at": None if token.expires_on is None else token.expires_on.isoformat(),
        }

    def group(self, group: Group) -> dict[str, Any]:
        """Show a group."""
        return {
            "id": group.id,
            "web_url": f"{self.base}/groups/{group.full_path}",
            "name": group.name,
            "path": group.path,
            "description": "",
            "visibility": "private",
            "full_name": " / ".join(above.name for above in reversed(group.lineage)),
            "full_path": group.full_path,
            "parent_id": None if group.parent is None else group.parent.id,
        }

    def namespace(self, group: Group) -> dict[str, Any]:
        """Show the namespace of a project."""
        return {
            "id": group.id,
            "name": group.name,
            "path": group.path,
            "kind": "user" if group.personal else "group",
            "full_path": group.full_path,
            "parent_id": None if group.parent is None else group.parent.id,
            "avatar_url": None,
            "web_url": f"{self.base}/{'' if group.personal else 'groups/'}{group.full_path}",
        }

    def project(self, project: Project, viewer: User | None) -> dict[str, Any]:
        """Show a project, with what the viewer may do there."""
        own, above = (0, 0) if viewer is None else (project.members.get(viewer.id, 0), 0)
        above = self.state.level(viewer, project.group)
        url = f"{self.base}/{project.full_path}"
        return {
            "id": project.id,
            "description": project.description,
            "name": project.name,
            "name_with_namespace": f"{self.group(project.group)['full_name']} / {project.name}",
            "path": project.path,
            "path_with_namespace": project.full_path,
            "created_at": stamp(project.created_at),
            "default_branch": project.default_branch,
            "web_url": url,
            "http_url_to_repo": f"{url}.git",
            "ssh_url_to_repo": f"git@gitlab.example.com:{project.full_path}.git",
            "avatar_url": None,
            "namespace": self.namespace(project.group),
            "_links": {
                "self": f"{self.api}/projects/{project.id}",
                "issues": f"{self.api}/projects/{project.id}/issues",
                "labels": f"{self.api}/projects/{project.id}/labels",
            },
            "empty_repo": False,
            "archived": project.archived,
            "visibility": project.visibility,
            "issues_enabled": project.issues_enabled,
            "issues_access_level": "enabled" if project.issues_enabled else "disabled",
            "merge_requests_enabled": True,
            "open_issues_count": sum(issue.state == "opened" for issue in self.state.issues_of(project)),
            "permissions": {"project_access": _access(own), "group_access": _access(above)},
        }

    def label(self, label: Label, viewer: User | None, *, counts: bool = False) -> dict[str, Any]:
        """Show a label as its own resource."""
        inside = [issue for issue in self.state.issues.values() if counts and label in issue.labels]
        opened = sum(issue.state == "opened" for issue in inside)
        shown = {
            "id": label.id,
            "name": label.name,
            "description": label.description,
            "description_html": label.description or "",
            "text_color": text_color(label.color),
            "color": label.color,
            "subscribed": viewer is not None and viewer.id in label.subscribers,
            "priority": label.priority,
            "is_project_label": isinstance(label.owner, Project),
            "archived": False,
        }
        tally = {
            "open_issues_count": opened,
            "closed_issues_count": len(inside) - opened,
            "open_merge_requests_count": 0,
        }
        return {**shown, **tally} if counts else shown

    def label_detail(self, label: Label) -> dict[str, Any]:
        """Show a label as part of an issue or an event."""
        keys = ("id", "name", "color", "description", "description_html", "text_color")
        return {key: value for key, value in self.label(label, None).items() if key in keys}

    def milestone(self, milestone: Milestone) -> dict[str, Any]:
        """Show a milestone; it names its project or its group, never both."""
        where = "project_id" if isinstance(milestone.owner, Project) else "group_id"
        today = self.state.now().date().isoformat()
        return {
            "id": milestone.id,
            "iid": milestone.iid,
            where: milestone.owner.id,
            "title": milestone.title,
            "description": milestone.description,
            "state": milestone.state,
            "created_at": stamp(milestone.created_at),
            "updated_at": stamp(milestone.updated_at),
            "due_date": milestone.due_date,
            "start_date": milestone.start_date,
            "expired": milestone.due_date is not None and milestone.due_date < today,
            "web_url": self.milestone_url(milestone),
        }

    def milestone_url(self, milestone: Milestone) -> str:
        """Return the page of a milestone."""
        prefix = "" if isinstance(milestone.owner, Project) else "groups/"
        return f"{self.base}/{prefix}{milestone.owner.full_path}/-/milestones/{milestone.iid}"


def _access(level: int) -> dict[str, int] | None:
    return {"access_level": level, "notification_level": 3} if level else None


def text_color(color: str) -> str:
    """Return the colour of a label's text: dark on light colours."""
    digits = color.removeprefix("#")
    wide = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    red, green, blue = (int(wide[at : at + 2], 16) for at in (0, 2, 4))
    return "#1F1E24" if 0.299 * red + 0.587 * green + 0.114 * blue > 160 else "#FFFFFF"
