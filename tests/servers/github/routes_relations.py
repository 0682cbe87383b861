"""Routes of sub-issues and dependencies, which name the other issue by its id, not by its number."""

from __future__ import annotations

from tests.servers.github import relations
from tests.servers.github.routes_issues import ADMIN, ISSUE
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Issue
from tests.servers.github.words import not_found, refused
from tests.servers.wire import Answer

routes = Routes("issues", "issues/sub-issues")
BLOCKED_BY = ISSUE + "/dependencies/blocked_by"


@routes.on("GET", ISSUE + "/sub_issues")
def list_sub_issues(call: Call) -> Answer:
    return call.page(call.issue().children, call.render.issue)


@routes.on("POST", ISSUE + "/sub_issues", content="sub-issue")
def add_sub_issue(call: Call) -> Answer:
    parent = _issue(call)
    child = _by_id(call, call.body().get("sub_issue_id"))
    relations.add_child(call.desk, parent, child, replace=call.body().get("replace_parent") is True)
    return Answer(201, call.render.issue(parent))


@routes.on("DELETE", ISSUE + "/sub_issue")
def remove_sub_issue(call: Call) -> Answer:
    parent = _issue(call)
    child = _by_id(call, call.body().get("sub_issue_id"))
    if child.parent is not parent:
        raise not_found()
    relations.remove_child(call.desk, parent, child)
    return Answer(200, call.render.issue(parent))


@routes.on("GET", ISSUE + "/parent")
def get_parent(call: Call) -> Answer:
    parent = call.issue().parent
    if parent is None:
        raise not_found()
    return Answer(200, call.render.issue(parent))


@routes.on("GET", BLOCKED_BY)
def list_blockers(call: Call) -> Answer:
    return call.page(call.issue().blocked_by, call.render.issue)


@routes.on("GET", ISSUE + "/dependencies/blocking")
def list_blocked(call: Call) -> Answer:
    return call.page(call.issue().blocking, call.render.issue)


@routes.on("POST", BLOCKED_BY, content="dependency")
def add_blocker(call: Call) -> Answer:
    issue = _issue(call)
    relations.block(call.desk, issue, _by_id(call, call.body().get("issue_id")))
    return Answer(201, call.render.issue(issue))


@routes.on("DELETE", BLOCKED_BY + "/{issue_id}")
def remove_blocker(call: Call) -> Answer:
    issue = _issue(call)
    blocker = _by_id(call, call.number("issue_id"))
    if blocker not in issue.blocked_by:
        raise not_found()
    relations.unblock(call.desk, issue, blocker)
    return Answer(200, call.render.issue(issue))


def _issue(call: Call) -> Issue:
    issue = call.issue()
    if not call.may_push:
        raise refused(403, ADMIN)
    return issue


def _by_id(call: Call, wanted: object) -> Issue:
    for repository in call.world.repositories.values():
        for issue in repository.issues.values():
            if issue.id == wanted:
                return issue
    raise refused(404, "The provided sub-issue does not exist") if "sub" in call.request.path else not_found()
