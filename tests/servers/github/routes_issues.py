"""Routes of issues: list, create, read, change, lock, comment, assign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.servers.github import labels
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Issue, Milestone, User
from tests.servers.github.words import invalid, not_found, refused
from tests.servers.wire import Answer

routes = Routes("issues", "issues/issues")
ISSUES = "/repos/{owner}/{repo}/issues"
ISSUE = ISSUES + "/{issue_number}"
REASONS = {"completed", "not_planned", "duplicate", "reopened", None}
ADMIN = "Must have admin rights to Repository."


@routes.on("GET", ISSUES)
def list_issues(call: Call) -> Answer:
    if not call.repository.has_issues:
        raise refused(410, "Issues are disabled for this repo")
    query = call.request.query
    with_pulls = call.world.lenient.strict("pull-requests-in-list")
    kept = [
        issue
        for issue in call.repository.issues.values()
        if call.world.is_visible(issue.created_at) and (with_pulls or issue.pull is None) and _asked(call, issue)
    ]
    sort = query.get("sort", "created")
    keys = {
        "created": lambda issue: (issue.created_at, issue.number),
        "updated": lambda issue: (issue.updated_at, issue.number),
        "comments": lambda issue: (len(issue.comments), issue.number),
    }
    kept.sort(key=keys.get(sort, keys["created"]), reverse=query.get("direction", "desc") != "asc")
    return call.page(kept, call.render.issue, cursor="issues")


def _asked(call: Call, issue: Issue) -> bool:
    """Say whether the filters of the query let an issue through."""
    query = call.request.query
    if query.get("state", "open") not in {"all", issue.state}:
        return False
    if "since" in query and issue.updated_at < datetime.fromisoformat(query["since"]):
        return False
    wanted = [name for name in query.get("labels", "").split(",") if name]
    if not all(labels.of(issue, name) for name in wanted):
        return False
    if "creator" in query and issue.user.login.casefold() != query["creator"].casefold():
        return False
    return _in(query.get("milestone"), issue.milestone) and _with(query.get("assignee"), issue.assignees)


def _in(asked: str | None, milestone: Milestone | None) -> bool:
    match asked:
        case None:
            return True
        case "*":
            return milestone is not None
        case "none":
            return milestone is None
        case _:
            return milestone is not None and str(milestone.number) == asked


def _with(asked: str | None, assignees: list[User]) -> bool:
    match asked:
        case None:
            return True
        case "*":
            return bool(assignees)
        case "none":
            return not assignees
        case _:
            return any(user.login.casefold() == asked.casefold() for user in assignees)


@routes.on("POST", ISSUES, content="issue")
def create_issue(call: Call) -> Answer:
    body = call.body()
    if not call.repository.has_issues:
        raise refused(410, "Issues are disabled for this repo")
    if body.get("title") is None:
        raise invalid("Issue", "title", "missing_field")
    more: dict[str, Any] = {}
    if call.may_push or not call.world.lenient.strict("labels-dropped"):
        more["assignees"] = _assignees(call, body)
        more["milestone"] = _milestone(call, body.get("milestone"))
        more["labels"] = labels.named(call.world, call.repository, call.user, _names(body.get("labels") or []))
    issue = call.desk.open(str(body["title"]), body.get("body"), **more)
    return Answer(201, call.render.issue(issue), {"Location": call.render.issue_url(issue)})


@routes.on("GET", ISSUE)
def get_issue(call: Call) -> Answer:
    issue = call.issue()
    return Answer(200, call.render.issue(issue), {"Last-Modified": f"{issue.updated_at:%a, %d %b %Y %H:%M:%S GMT}"})


@routes.on("PATCH", ISSUE, content="edit")
def update_issue(call: Call) -> Answer:
    issue, body, desk = call.issue(), call.body(), call.desk
    if not call.may_push and issue.user is not call.user:
        raise refused(403, ADMIN)
    if body.get("state_reason") not in REASONS:
        raise invalid("Issue", "state_reason", "invalid")
    if body.get("state") not in {None, "open", "closed"}:
        raise invalid("Issue", "state", "invalid")
    assignees = _assignees(call, body) if call.may_push else []
    milestone = _milestone(call, body.get("milestone")) if call.may_push else None
    if body.get("title") is not None:
        desk.rename(issue, str(body["title"]))
    if "body" in body:
        desk.write(issue, body["body"])
    if call.may_push:
        _replace_lists(call, issue, assignees)
        if "milestone" in body:
            desk.put_in(issue, milestone)
    if body.get("state") == "closed":
        desk.close(issue, body.get("state_reason") or "completed")
    elif body.get("state") == "open":
        desk.reopen(issue)
    return Answer(200, call.render.issue(issue))


def _replace_lists(call: Call, issue: Issue, assignees: list[User]) -> None:
    body, desk = call.body(), call.desk
    if "labels" in body:
        wanted = labels.named(call.world, call.repository, call.user, _names(body["labels"] or []))
        if not call.world.lenient.strict("patch-replaces-labels"):
            wanted = [*issue.labels, *wanted]
        desk.set_labels(issue, wanted)
    if "assignees" in body or "assignee" in body:
        for user in [old for old in issue.assignees if old not in assignees]:
            desk.unassign(issue, user)
        for user in assignees:
            desk.assign(issue, user)


def _names(given: list[Any]) -> list[str]:
    return [label if isinstance(label, str) else label["name"] for label in given]


def _assignees(call: Call, body: dict[str, Any]) -> list[User]:
    single = [body["assignee"]] if body.get("assignee") else []
    found: list[User] = []
    for item in [*single, *(body.get("assignees") or [])]:
        login = item if isinstance(item, str) else item["login"]
        user = assignable(call, login)
        if user is not None:
            found.append(user)
        elif call.world.lenient.strict("invalid-assignee"):
            raise invalid("Issue", "assignees", "invalid", value=login)
    return found


def assignable(call: Call, login: str) -> User | None:
    """Return the account of that name if issues may be assigned to it: whoever may read, and is known here."""
    user = call.world.users.get(login.casefold())
    here = user is not None and (user.login in call.repository.permissions or user is call.repository.owner)
    return user if here and user is not None and user.type == "User" else None


def _milestone(call: Call, given: Any) -> Milestone | None:
    if given is None:
        return None
    found = call.repository.milestones.get(int(given)) if str(given).isdecimal() else None
    if found is None:
        raise invalid("Issue", "milestone", "invalid", value=given)
    return found


@routes.on("PUT", ISSUE + "/lock")
def lock(call: Call) -> Answer:
    if not call.may_push:
        raise refused(403, ADMIN)
    call.desk.lock(call.issue(), (call.body() or {}).get("lock_reason"))
    return Answer(204)


@routes.on("DELETE", ISSUE + "/lock")
def unlock(call: Call) -> Answer:
    if not call.may_push:
        raise refused(403, ADMIN)
    call.desk.unlock(call.issue())
    return Answer(204)


@routes.on("POST", ISSUE + "/assignees")
def add_assignees(call: Call) -> Answer:
    issue = call.issue()
    if not call.may_push:
        raise refused(403, ADMIN)
    for login in call.body().get("assignees", []):
        user = assignable(call, login)
        if user is not None:
            call.desk.assign(issue, user)
    return Answer(201, call.render.issue(issue))


@routes.on("GET", "/repos/{owner}/{repo}/assignees/{assignee}")
def check_assignee(call: Call) -> Answer:
    if assignable(call, call.params["assignee"]) is None:
        raise not_found()
    return Answer(204)


@routes.on("GET", "/repos/{owner}/{repo}/assignees")
def list_assignees(call: Call) -> Answer:
    logins = [login for login in call.repository.permissions if assignable(call, login)]
    return call.page([call.world.user(login) for login in logins], call.render.user)
