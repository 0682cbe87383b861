"""Sub-issues and dependencies between issues."""

from __future__ import annotations

from tests.servers.github.desk import Desk
from tests.servers.github.render import Json, Renderer
from tests.servers.github.state import Issue
from tests.servers.github.words import DOCS, refused

CANNOT_ADD = "An error occured while adding the sub-issue to the parent issue. "
MOST_CHILDREN, DEEPEST, MOST_BLOCKERS = 100, 8, 50


def add_child(desk: Desk, parent: Issue, child: Issue, *, replace: bool = False) -> None:
    """Make an issue the sub-issue of another; it has one parent at most."""
    if child.parent is parent:
        raise _cannot("Issue may not contain duplicate sub-issues")
    if child.parent is not None and not replace:
        raise _cannot("Sub issue may only have one parent")
    above = _ancestors(parent)
    if child in above:
        raise _cannot("Sub issue may not be its own ancestor")
    if len(parent.children) >= MOST_CHILDREN:
        raise _cannot(f"Parent cannot have more than {MOST_CHILDREN} sub-issues")
    if len(above) + _depth(child) > DEEPEST:
        raise _cannot(f"Sub-issues may not be nested deeper than {DEEPEST} levels")
    if child.parent is not None:
        remove_child(desk, child.parent, child)
    child.parent = parent
    parent.children.append(child)
    _note(desk, "sub_issue_added", parent, sub_issue=child)
    _note(desk, "parent_issue_added", child, parent_issue=parent)
    _announce_parent(desk, "added", parent, child)


def remove_child(desk: Desk, parent: Issue, child: Issue) -> None:
    """Make an issue nobody's sub-issue."""
    child.parent = None
    parent.children.remove(child)
    _note(desk, "sub_issue_removed", parent, sub_issue=child)
    _note(desk, "parent_issue_removed", child, parent_issue=parent)
    _announce_parent(desk, "removed", parent, child)


def block(desk: Desk, blocked: Issue, blocker: Issue) -> None:
    """Say that an issue waits for another."""
    if blocker in blocked.blocked_by:
        raise refused(422, "Validation failed: Target issue has already been taken")
    if blocker is blocked or blocked in blocker.blocked_by:
        raise refused(422, "Validation failed: Target issue cannot block itself or what blocks it")
    if len(blocked.blocked_by) >= MOST_BLOCKERS:
        raise refused(422, f"Validation failed: an issue has at most {MOST_BLOCKERS} blockers")
    blocked.blocked_by.append(blocker)
    blocker.blocking.append(blocked)
    _note(desk, "blocked_by_added", blocked, blocked_by=blocker)
    _note(desk, "blocking_added", blocker, blocking=blocked)
    _announce_blocking(desk, "added", blocked, blocker)


def unblock(desk: Desk, blocked: Issue, blocker: Issue) -> None:
    """Say that an issue waits for another no longer."""
    blocked.blocked_by.remove(blocker)
    blocker.blocking.remove(blocked)
    _note(desk, "blocked_by_removed", blocked, blocked_by=blocker)
    _note(desk, "blocking_removed", blocker, blocking=blocked)
    _announce_blocking(desk, "removed", blocked, blocker)


def _announce_parent(desk: Desk, what: str, parent: Issue, child: Issue) -> None:
    """Tell the parent's repository of its new sub-issue, and the sub-issue's of its parent."""
    for side, told in (("sub_issue", parent), ("parent_issue", child)):
        details = {"parent": parent, "child": child, "side": side}
        desk.world.announce("sub_issues", f"{side}_{what}", told.repository, desk.actor, details)


def _announce_blocking(desk: Desk, what: str, blocked: Issue, blocker: Issue) -> None:
    for action, side, told in (("blocked_by", "blocking_issue", blocked), ("blocking", "blocked_issue", blocker)):
        details = {"blocked": blocked, "blocker": blocker, "side": side}
        desk.world.announce("issue_dependencies", f"{action}_{what}", told.repository, desk.actor, details)


def _note(desk: Desk, event: str, issue: Issue, **other: Issue) -> None:
    """Write the event, which shows the other issue as it is now."""
    desk.note(issue, event, **{name: reference(Renderer(desk.world), found) for name, found in other.items()})


def reference(render: Renderer, issue: Issue) -> Json:
    """Return an ``issue-reference``."""
    return {
        "number": issue.number,
        "title": issue.title,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "repository": render.simple_repository(issue.repository),
        "issue_type": None,
    }


def _ancestors(issue: Issue) -> list[Issue]:
    """Return an issue and what it is in, nearest first."""
    found = [issue]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    return found


def _depth(issue: Issue) -> int:
    return 1 + max((_depth(child) for child in issue.children), default=0)


def _cannot(why: str) -> Exception:
    return refused(422, CANNOT_ADD + why, f"{DOCS}/issues/sub-issues#add-sub-issue")
