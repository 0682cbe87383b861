"""The Git repositories of the GitLab test server, in memory: branches, commits, and files as they were at each."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.servers.gitlab.call import Refused
from tests.servers.gitlab.desk import Desk
from tests.servers.gitlab.values import Commit, Project, User

_CHANGED = "You are attempting to update a file that has changed since you started editing it."


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be committed: on which branch, begun at which other one, with which words."""

    branch: str
    start: str | None
    message: str
    actions: list[dict[str, Any]]
    begin: Commit | None = None
    """The commit to begin at, whatever is on the branch (``start_sha`` and ``force``)."""


def blob_id(content: bytes) -> str:
    """Return Git's id of a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def history(head: Commit | None) -> Iterator[Commit]:
    """Give a commit and its ancestors, newest first."""
    while head is not None:
        yield head
        head = head.parent


def last_change(head: Commit, path: str) -> Commit:
    """Return the commit that last changed a file."""
    found = head
    for commit in history(head):
        if commit.tree.get(path) != head.tree.get(path):
            break
        found = commit
    return found


def commit(desk: Desk, project: Project, user: User, push: Push) -> Commit:
    """Carry out all actions of a push in one commit, or none of them; raises ``Refused``."""
    head = push.begin or project.branches.get(push.branch)
    if head is None and push.start is not None:
        head = project.branches.get(push.start)
    if head is None and project.branches:
        raise Refused(400, "You can only create or edit files when you are on a branch")
    tree = dict(head.tree) if head is not None else {}
    for action in push.actions:
        _carry_out(tree, head, action)
    return add_commit(desk, project, user, push, tree)


def add_commit(desk: Desk, project: Project, user: User, push: Push, tree: dict[str, bytes]) -> Commit:
    """Put a commit with a tree on a branch, and tell the web hooks."""
    before = project.branches.get(push.branch)
    parent = push.begin or before or project.branches.get(push.start or "")
    now = desk.state.now()
    seed = repr((project.id, push.branch, parent and parent.id, sorted(tree.items()), push.message, now))
    new = Commit(hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest(), parent, tree, push.message, user, now)
    project.branches[push.branch] = new
    shown = {"id": new.id, "message": new.message, "title": new.message.split("\n", 1)[0]}
    author = {"name": user.name, "email": f"{user.username}@example.com"}
    more = {
        "branch": push.branch,
        "before": before.id if before is not None else "0" * 40,
        "after": new.id,
        "commits": [{**shown, "timestamp": now.isoformat(), "author": author, **_changes(parent, tree)}],
    }
    desk.told("push", project, user, more)
    return new


def _changes(parent: Commit | None, tree: dict[str, bytes]) -> dict[str, list[str]]:
    old = parent.tree if parent is not None else {}
    return {
        "added": [path for path in tree if path not in old],
        "modified": [path for path in tree if path in old and old[path] != tree[path]],
        "removed": [path for path in old if path not in tree],
    }


def _carry_out(tree: dict[str, bytes], head: Commit | None, action: dict[str, Any]) -> None:
    path, kind = str(action.get("file_path", "")), action.get("action")
    if kind not in {"create", "update", "delete", "move", "chmod"}:
        raise Refused(400, "actions[0][action] does not have a valid value", "error")
    if kind == "create":
        if path in tree:
            raise Refused(400, "A file with this name already exists")
        tree[path] = _content(action)
        return
    source = str(action.get("previous_path", "")) if kind == "move" else path
    if source not in tree or head is None:
        raise Refused(400, "A file with this name doesn't exist")
    known = action.get("last_commit_id")
    if known is not None and known != last_change(head, source).id:
        raise Refused(400, _CHANGED)
    content = tree.pop(source) if kind in {"delete", "move"} else tree[source]
    if kind != "delete":
        tree[path] = _content(action) if "content" in action else content


def _content(action: dict[str, Any]) -> bytes:
    text = str(action.get("content", ""))
    return base64.b64decode(text) if action.get("encoding") == "base64" else text.encode()
