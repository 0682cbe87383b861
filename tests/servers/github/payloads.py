"""The payloads of webhooks, whole, as GitHub's description of them has it."""

from __future__ import annotations

from typing import Any

from tests.servers.github.render import Json, Renderer, instant
from tests.servers.github.render_repository import plain_repository
from tests.servers.github.state import Commit, Hook, Issue, Repository, User

Details = dict[str, Any]


def frame(render: Renderer, repository: Repository, actor: User) -> Json:
    """Return what every payload ends with."""
    return {
        "repository": plain_repository(render, repository),
        "organization": organization(render, repository.owner),
        "sender": render.user(actor),
    }


def organization(render: Renderer, owner: User) -> Json:
    """Return an ``organization-simple``."""
    api = f"{render.world.api}/orgs/{owner.login}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": f"O_{owner.id}",
        "url": api,
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events",
        "hooks_url": f"{api}/hooks",
        "issues_url": f"{api}/issues",
        "members_url": f"{api}/members{{/member}}",
        "public_members_url": f"{api}/public_members{{/member}}",
        "avatar_url": f"{render.world.base}/avatars/u/{owner.id}?",
        "description": "",
    }


def build(render: Renderer, event: str, action: str | None, details: Details) -> Json:
    """Return the part of a payload that is this event's own."""
    makers = {
        "issues": _issues,
        "issue_comment": _comment,
        "label": _label,
        "milestone": _milestone,
        "sub_issues": _sub_issues,
        "issue_dependencies": _dependencies,
        "push": _push,
    }
    content = makers[event](render, details)
    return content if action is None else {"action": action, **content}


def issue_json(render: Renderer, issue: Issue) -> Json:
    """Return an issue as webhooks have it: without who closed it, and without its parent."""
    content = render.issue(issue)
    return {name: value for name, value in content.items() if name not in {"closed_by", "parent_issue_url"}}


def _issues(render: Renderer, details: Details) -> Json:
    issue: Issue = details["issue"]
    content: Json = {"issue": issue_json(render, issue)}
    if "label" in details:
        content["label"] = render.label(issue.repository, details["label"])
    if "assignee" in details:
        content["assignee"] = render.user(details["assignee"])
    if "milestone" in details:
        content["milestone"] = render.milestone(issue.repository, details["milestone"])
    if "moved_to" in details:
        new: Issue = details["moved_to"]
        repository = plain_repository(render, new.repository)
        content["changes"] = {"new_issue": issue_json(render, new), "new_repository": repository}
    if "changes" in details:
        content["changes"] = details["changes"]
    return content


def _comment(render: Renderer, details: Details) -> Json:
    issue: Issue = details["issue"]
    return {"issue": issue_json(render, issue), "comment": render.comment(issue, details["comment"])}


def _label(render: Renderer, details: Details) -> Json:
    repository: Repository = details["repository"]
    content: Json = {"label": render.label(repository, details["label"])}
    return content | ({"changes": details["changes"]} if "changes" in details else {})


def _milestone(render: Renderer, details: Details) -> Json:
    repository: Repository = details["repository"]
    content: Json = {"milestone": render.milestone(repository, details["milestone"])}
    return content | ({"changes": details["changes"]} if "changes" in details else {})


def _sub_issues(render: Renderer, details: Details) -> Json:
    parent, child, side = details["parent"], details["child"], details["side"]
    other: Issue = child if side == "sub_issue" else parent
    return {
        "sub_issue_id": child.id,
        "sub_issue": issue_json(render, child),
        "parent_issue_id": parent.id,
        "parent_issue": issue_json(render, parent),
        f"{side}_repo": plain_repository(render, other.repository),
    }


def _dependencies(render: Renderer, details: Details) -> Json:
    blocked, blocker, side = details["blocked"], details["blocker"], details["side"]
    other: Issue = blocker if side == "blocking_issue" else blocked
    return {
        "blocked_issue_id": blocked.id,
        "blocked_issue": issue_json(render, blocked),
        "blocking_issue_id": blocker.id,
        "blocking_issue": issue_json(render, blocker),
        f"{side}_repo": plain_repository(render, other.repository),
    }


def _push(render: Renderer, details: Details) -> Json:
    repository: Repository = details["repository"]
    commit: Commit = details["commit"]
    before: str = details["before"]
    branch: str = details["branch"]
    page = f"{render.world.base}/{repository.full_name}"
    head = _pushed(page, commit, repository.commits.get(before))
    return {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": commit.sha,
        "created": details.get("created", False),
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"{page}/compare/{before[:12]}...{commit.sha[:12]}",
        "commits": [head],
        "head_commit": head,
        "pusher": {"name": commit.author.login, "email": f"{commit.author.login}@users.noreply.example"},
    }


def _pushed(page: str, commit: Commit, before: Commit | None) -> Json:
    old = before.files if before is not None else {}
    login = commit.author.login
    person = {"name": login, "email": f"{login}@users.noreply.example", "username": login}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": instant(commit.at),
        "url": f"{page}/commit/{commit.sha}",
        "author": person,
        "committer": person,
        "added": sorted(commit.files.keys() - old.keys()),
        "removed": sorted(old.keys() - commit.files.keys()),
        "modified": sorted(name for name in old if name in commit.files and old[name] != commit.files[name]),
    }


def ping(render: Renderer, repository: Repository, hook: Hook, shown: Json) -> Json:
    """Return the payload that a new hook gets."""
    return {
        "zen": "Design for failure.",
        "hook_id": hook.id,
        "hook": {**shown, "last_response": {"code": None, "status": "unused", "message": None}},
        "repository": plain_repository(render, repository),
        "sender": render.user(repository.owner),
    }
