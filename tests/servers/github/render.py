"""State as the JSON of GitHub's REST interface, field by field as its own description has it."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tests.servers.github import milestones
from tests.servers.github.addresses import ADDRESSES
from tests.servers.github.state import App, Comment, Event, Issue, Label, Milestone, Repository, User
from tests.servers.github.world import World

Json = dict[str, Any]


def instant(at: datetime) -> str:
    """Return a time as GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe(at: datetime | None) -> str | None:
    """Return a time that may be missing."""
    return None if at is None else instant(at)


def node_id(kind: str, number: int) -> str:
    """Return the name that GraphQL has for a thing."""
    return f"{kind}_{b64encode(str(number).encode()).decode().rstrip('=')}"


class Renderer:
    """Renders what the world holds, with addresses below the world's base."""

    def __init__(self, world: World) -> None:
        self.world = world

    def repository_url(self, repository: Repository) -> str:
        """Return a repository's address in the REST interface."""
        return f"{self.world.api}/repos/{repository.full_name}"

    def issue_url(self, issue: Issue) -> str:
        """Return an issue's address in the REST interface."""
        return f"{self.repository_url(issue.repository)}/issues/{issue.number}"

    def issue_page(self, issue: Issue) -> str:
        """Return an issue's address for people."""
        kind = "issues" if issue.pull is None else "pull"
        return f"{self.world.base}/{issue.repository.full_name}/{kind}/{issue.number}"

    def user(self, user: User) -> Json:
        """Return a ``simple-user``."""
        api = f"{self.world.api}/users/{user.login}"
        page = f"apps/{user.login.removesuffix('[bot]')}" if user.type == "Bot" else user.login
        return {
            "login": user.login,
            "id": user.id,
            "node_id": node_id("U", user.id),
            "avatar_url": f"{self.world.base}/avatars/u/{user.id}?",
            "gravatar_id": "",
            "url": api,
            "html_url": f"{self.world.base}/{page}",
            "followers_url": f"{api}/followers",
            "following_url": f"{api}/following{{/other_user}}",
            "gists_url": f"{api}/gists{{/gist_id}}",
            "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
            "subscriptions_url": f"{api}/subscriptions",
            "organizations_url": f"{api}/orgs",
            "repos_url": f"{api}/repos",
            "events_url": f"{api}/events{{/privacy}}",
            "received_events_url": f"{api}/received_events",
            "type": user.type,
            "user_view_type": "public",
            "site_admin": False,
        }

    def simple_repository(self, repository: Repository) -> Json:
        """Return a ``simple-repository``."""
        api = self.repository_url(repository)
        return {
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "private": repository.private,
            "owner": self.user(repository.owner),
            "html_url": f"{self.world.base}/{repository.full_name}",
            "description": None,
            "fork": False,
            "url": api,
            **{name: api + tail for name, tail in ADDRESSES.items()},
        }

    def label(self, repository: Repository, label: Label) -> Json:
        """Return a ``label``."""
        return {
            "id": label.id,
            "node_id": node_id("LA", label.id),
            "url": f"{self.repository_url(repository)}/labels/{quote(label.name, safe=':')}",
            "name": label.name,
            "color": label.color,
            "default": False,
            "description": label.description,
        }

    def milestone(self, repository: Repository, milestone: Milestone) -> Json:
        """Return a ``milestone``."""
        api = f"{self.repository_url(repository)}/milestones/{milestone.number}"
        open_issues, closed_issues = milestones.counts(self.world, milestone)
        return {
            "url": api,
            "html_url": f"{self.world.base}/{repository.full_name}/milestone/{milestone.number}",
            "labels_url": f"{api}/labels",
            "id": milestone.id,
            "node_id": node_id("MI", milestone.id),
            "number": milestone.number,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.user(milestone.creator),
            "open_issues": open_issues,
            "closed_issues": closed_issues,
            "state": milestone.state,
            "created_at": instant(milestone.created_at),
            "updated_at": instant(milestone.updated_at),
            "due_on": milestone.due_on,
            "closed_at": maybe(milestone.closed_at),
        }

    def issue(self, issue: Issue) -> Json:
        """Return an ``issue``; of a pull request, its side as an issue."""
        api = self.issue_url(issue)
        assignees = [self.user(user) for user in issue.assignees]
        content: Json = {
            "url": api,
            "repository_url": self.repository_url(issue.repository),
            "labels_url": f"{api}/labels{{/name}}",
            "comments_url": f"{api}/comments",
            "events_url": f"{api}/events",
            "html_url": self.issue_page(issue),
            "id": issue.id,
            "node_id": node_id("I", issue.id),
            "number": issue.number,
            "title": issue.title,
            "user": self.user(issue.user),
            "labels": [self.label(issue.repository, label) for label in issue.labels],
            "state": issue.state,
            "locked": issue.locked,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "milestone": self.milestone(issue.repository, issue.milestone) if issue.milestone else None,
            "comments": len(issue.comments),
            "created_at": instant(issue.created_at),
            "updated_at": instant(issue.updated_at),
            "closed_at": maybe(issue.closed_at),
            "author_association": self.association(issue.repository, issue.user),
            "active_lock_reason": issue.lock_reason,
            "type": None,
            "sub_issues_summary": _summary(issue.children),
            "issue_dependencies_summary": self._dependencies(issue),
            "body": issue.body,
            "closed_by": self.user(issue.closed_by) if issue.closed_by else None,
            "reactions": self._reactions(api),
            "timeline_url": f"{api}/timeline",
            "performed_via_github_app": self.app(issue.app) if issue.app else None,
            "state_reason": issue.state_reason,
        }
        if issue.parent is not None:
            content["parent_issue_url"] = self.issue_url(issue.parent)
        if issue.pull is not None:
            content |= {"draft": False, "pull_request": self._pull(issue)}
        return content

    def comment(self, issue: Issue, comment: Comment) -> Json:
        """Return an ``issue-comment``."""
        api = f"{self.repository_url(issue.repository)}/issues/comments/{comment.id}"
        return {
            "url": api,
            "html_url": f"{self.issue_page(issue)}#issuecomment-{comment.id}",
            "issue_url": self.issue_url(issue),
            "id": comment.id,
            "node_id": node_id("IC", comment.id),
            "user": self.user(comment.user),
            "created_at": instant(comment.created_at),
            "updated_at": instant(comment.updated_at),
            "body": comment.body,
            "author_association": self.association(issue.repository, comment.user),
            "reactions": self._reactions(api),
            "performed_via_github_app": self.app(comment.app) if comment.app else None,
        }

    def event(self, issue: Issue, event: Event, *, timeline: bool = False) -> Json:
        """Return one event of an issue; the timeline does not say who assigned."""
        details = dict(event.details)
        if isinstance(details.get("assignee"), User):
            details["assignee"] = self.user(details["assignee"])
            if not timeline:
                details["assigner"] = self.user(event.actor)
        return {
            "id": event.id,
            "node_id": node_id("EV", event.id),
            "url": f"{self.repository_url(issue.repository)}/issues/events/{event.id}",
            "actor": self.user(event.actor),
            "event": event.event,
            "commit_id": None,
            "commit_url": None,
            "created_at": instant(event.created_at),
            "performed_via_github_app": self.app(event.app) if event.app else None,
            **details,
        }

    def said(self, issue: Issue, comment: Comment) -> Json:
        """Return a comment as the timeline has it."""
        actor = self.user(comment.user)
        return {**self.comment(issue, comment), "event": "commented", "actor": actor}

    def app(self, app: App) -> Json:
        """Return an ``integration``."""
        return {
            "id": app.id,
            "client_id": f"Iv1.{app.id:016x}",
            "slug": app.slug,
            "node_id": node_id("A", app.id),
            "owner": self.user(app.owner),
            "name": app.slug,
            "description": None,
            "external_url": f"{self.world.base}/{app.slug}",
            "html_url": f"{self.world.base}/apps/{app.slug}",
            "created_at": instant(app.created_at),
            "updated_at": instant(app.created_at),
            "permissions": app.permissions,
            "events": ["issues", "push"],
        }

    def association(self, repository: Repository, user: User) -> str:
        """Return what somebody is to a repository."""
        if user is repository.owner:
            return "OWNER"
        return "COLLABORATOR" if repository.permissions.get(user.login, "none") not in {"none", "read"} else "NONE"

    def _dependencies(self, issue: Issue) -> Json:
        blocked_by = sum(other.state == "open" for other in issue.blocked_by)
        blocking = sum(other.state == "open" for other in issue.blocking)
        return {
            "blocked_by": blocked_by,
            "total_blocked_by": len(issue.blocked_by),
            "blocking": blocking,
            "total_blocking": len(issue.blocking),
        }

    def _reactions(self, api: str) -> Json:
        kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
        return {"url": f"{api}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}

    def _pull(self, issue: Issue) -> Json:
        page = self.issue_page(issue)
        return {
            "url": f"{self.repository_url(issue.repository)}/pulls/{issue.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": maybe(issue.pull.merged_at) if issue.pull else None,
        }


def _summary(children: list[Issue]) -> Json:
    done = sum(child.state == "closed" for child in children)
    return {
        "total": len(children),
        "completed": done,
        "percent_completed": 100 * done // len(children) if children else 0,
    }
