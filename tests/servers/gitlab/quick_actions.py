"""Quick actions: what they do to an issue, with the rights of whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.servers.gitlab import references
from tests.servers.gitlab.commands import Command
from tests.servers.gitlab.desk import Changes, Desk
from tests.servers.gitlab.values import GUEST, PLANNER, Issue, Label, Link, Milestone, User


def carry_out(desk: Desk, issue: Issue, user: User, command: Command) -> bool:
    """Do what a command says; False where it means nothing here, or the user may not."""
    level = desk.state.level(user, issue.project)
    if level < (GUEST if command.name in _FOR_GUESTS and user is issue.author else PLANNER):
        return False
    return _ACTIONS[command.name](desk, issue, user, command.argument)


_FOR_GUESTS = {"close", "reopen", "title"}


def _changing(read: Callable[[Desk, Issue, str], Changes]) -> Callable[[Desk, Issue, User, str], bool]:
    def action(desk: Desk, issue: Issue, user: User, argument: str) -> bool:
        changes = read(desk, issue, argument)
        return bool(changes) and desk.change_issue(issue, user, changes)

    return action


def _assign(desk: Desk, issue: Issue, argument: str) -> Changes:
    users = [desk.state.find_user(login) for login in references.mentioned_users(argument)]
    found = [user for user in users if user is not None]
    return {"assignees": found[:1] or issue.assignees} if found else {}


def _labels(desk: Desk, issue: Issue, argument: str) -> list[Label]:
    names = [quoted or plain for quoted, plain in re.findall(r'~(?:"([^"]+)"|([\w.&?-]+))', argument)]
    found = [desk.state.find_label(issue.project, name) for name in names or [argument.strip()]]
    return [label for label in found if label is not None]


def _milestone(desk: Desk, issue: Issue, argument: str) -> Changes:
    found = re.match(r'%?(?:"([^"]+)"|(.+))', argument)
    wanted = (found[1] or found[2]) if found else ""
    for milestone in desk.state.milestones_for(issue.project):
        if wanted.strip() in {milestone.title, f"{milestone.iid}"} and isinstance(milestone, Milestone):
            return {"milestone": milestone}
    return {}


def _due(desk: Desk, issue: Issue, argument: str) -> Changes:
    found = re.search(r"\d{4}-\d{2}-\d{2}", argument)
    return {"due_date": found[0]} if found else {}


def _duplicate(desk: Desk, issue: Issue, user: User, argument: str) -> bool:
    others = [other for other in references.mentioned_issues(desk.state, issue.project, argument) if other is not issue]
    if others:
        desk.mark_duplicate(issue, others[0], user)
    return bool(others)


def _relate(desk: Desk, issue: Issue, user: User, argument: str) -> bool:
    others = [other for other in references.mentioned_issues(desk.state, issue.project, argument) if other is not issue]
    for other in others:
        link = Link(desk.state.new_id("link"), issue, other, "relates_to", desk.state.now())
        desk.state.links[link.id] = link
    return bool(others)


def _move(desk: Desk, issue: Issue, user: User, argument: str) -> bool:
    target, _ = desk.state.find_project(argument)
    if target is None or desk.state.level(user, target) < PLANNER:
        return False
    desk.move(issue, target, user)
    return True


def _promote(desk: Desk, issue: Issue, user: User, argument: str) -> bool:
    desk.promote(issue, user)
    return True


def _noted(desk: Desk, issue: Issue, user: User, argument: str) -> bool:
    return True


_ACTIONS: dict[str, Callable[[Desk, Issue, User, str], bool]] = {
    "assign": _changing(_assign),
    "award": _noted,
    "clear_weight": _changing(lambda desk, issue, argument: {"weight": None}),
    "close": _changing(lambda desk, issue, argument: {"state_event": "close"}),
    "confidential": _changing(lambda desk, issue, argument: {"confidential": True}),
    "done": _noted,
    "due": _changing(_due),
    "duplicate": _duplicate,
    "estimate": _noted,
    "label": _changing(lambda desk, issue, argument: {"add_labels": _labels(desk, issue, argument)}),
    "labels": _changing(lambda desk, issue, argument: {"add_labels": _labels(desk, issue, argument)}),
    "lock": _changing(lambda desk, issue, argument: {"discussion_locked": True}),
    "milestone": _changing(_milestone),
    "move": _move,
    "promote": _promote,
    "reassign": _changing(_assign),
    "relabel": _changing(lambda desk, issue, argument: {"labels": _labels(desk, issue, argument)}),
    "relate": _relate,
    "remove_due_date": _changing(lambda desk, issue, argument: {"due_date": None}),
    "remove_label": _changing(lambda desk, issue, argument: {"remove_labels": _labels(desk, issue, argument)}),
    "remove_milestone": _changing(lambda desk, issue, argument: {"milestone": None}),
    "reopen": _changing(lambda desk, issue, argument: {"state_event": "reopen"}),
    "shrug": _noted,
    "spend": _noted,
    "subscribe": _noted,
    "tableflip": _noted,
    "title": _changing(lambda desk, issue, argument: {"title": argument} if argument else {}),
    "todo": _noted,
    "unassign": _changing(lambda desk, issue, argument: {"assignees": []}),
    "unlabel": _changing(
        lambda desk, issue, argument: {"remove_labels": _labels(desk, issue, argument) if argument else issue.labels}
    ),
    "unlock": _changing(lambda desk, issue, argument: {"discussion_locked": False}),
    "unsubscribe": _noted,
    "weight": _changing(
        lambda desk, issue, argument: {"weight": int(argument)} if argument.isascii() and argument.isdigit() else {}
    ),
    "zoom": _noted,
}

NAMES = frozenset(_ACTIONS)
