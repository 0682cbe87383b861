"""Issues in the API of the GitLab test server.

Who may do what, after GitLab's issue policy: a member may make issues, and set their labels, milestone and assignees
while doing so; on an issue that is there, that takes a planner. A label that does not exist is made only for who may
make labels (a planner), and otherwise left out without a word. Somebody who is no member may make an issue in a public
project, but set nothing. An issue's author may change its title, description and state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.servers.gitlab.call import Call, Refused, Routes, forbidden, not_found
from tests.servers.gitlab.desk import Changes
from tests.servers.gitlab.issue_filters import in_order, is_wanted
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import GUEST, OWNER, PLANNER, Issue, Label, Milestone, Project
from tests.servers.wire import Answer

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 1_048_576

_UPDATES = (
    "add_labels", "assignee_id", "assignee_ids", "confidential", "description", "discussion_locked", "due_date",
    "labels", "milestone_id", "remove_labels", "state_event", "title", "weight",
)  # fmt: skip


def _list_project(call: Call) -> Answer:
    project = call.project()
    return _listing(call, call.lab.state.issues_of(project))


def _list_group(call: Call) -> Answer:
    group = call.group()
    return _listing(call, [i for i in call.lab.state.issues.values() if group in i.project.group.lineage])


def _list_mine(call: Call) -> Answer:
    mine, everything = call.me, call.params.get("scope") == "all"
    return _listing(call, [i for i in call.lab.state.issues.values() if everything or i.author is mine])


def _listing(call: Call, issues: Iterable[Issue]) -> Answer:
    lab = call.lab
    seen = [issue for issue in issues if lab.is_listed(issue.created_at) and lab.sees(call.user, issue)]
    found = in_order(call, [issue for issue in seen if is_wanted(call, issue)])
    details = call.flag("with_labels_details")
    return page(call, found, lambda issue: lab.entities.issue(issue, details=details))


def _show(call: Call) -> dict[str, Any]:
    return shown(call, call.issue())


def shown(call: Call, issue: Issue) -> dict[str, Any]:
    """Show one issue by itself."""
    return {**call.lab.entities.issue(issue), "subscribed": call.user is issue.author}


def _create(call: Call) -> dict[str, Any]:
    project = call.project()
    title = call.needed("title")
    if not project.issues_enabled:
        raise forbidden()
    call.need_life(project)
    call.lab.check_creation(call)
    _check_texts(title, call.text("description"), filled=True)
    level = call.lab.state.level(call.me, project)
    may_set = level >= GUEST or not call.lab.state.strict("labels-dropped-for-guests")
    changes = _changes(call, project, may_set=may_set)
    issue = call.lab.scribe.open_issue(project, call.me, str(title), changes)
    return shown(call, issue)


def _update(call: Call) -> dict[str, Any]:
    issue = call.issue()
    if not any(name in call.params for name in _UPDATES):
        missing = f"{', '.join(_UPDATES)} are missing, at least one parameter must be provided"
        raise Refused(400, missing, "error")
    level = call.lab.state.level(call.me, issue.project)
    if level < PLANNER and not (issue.author is call.me or call.me in issue.assignees):
        raise forbidden()
    call.need_life(issue.project)
    _check_texts(call.params.get("title", "-"), call.text("description"), filled="title" in call.params)
    may_set = level >= PLANNER or not call.lab.state.strict("labels-dropped-for-guests")
    changes = _changes(call, issue.project, may_set=may_set)
    event = call.text("state_event")
    if event not in {None, "close", "reopen"}:
        raise Refused(400, "state_event does not have a valid value", "error")
    changes |= {"state_event": event} if event else {}
    changes |= {"title": str(call.params["title"])} if "title" in call.params else {}
    call.lab.scribe.change_issue(issue, call.me, changes)
    return shown(call, issue)


def _check_texts(title: Any, description: str | None, *, filled: bool) -> None:
    text = str(title or "").strip()
    if filled and not text:
        raise Refused(400, {"title": ["can't be blank"]})
    if len(text) > LONGEST_TITLE:
        raise Refused(400, {"title": [f"is too long (maximum is {LONGEST_TITLE} characters)"]})
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        raise Refused(400, {"description": [f"is too long (maximum is {LONGEST_DESCRIPTION} characters)"]})


def _changes(call: Call, project: Project, *, may_set: bool) -> Changes:
    changes: Changes = {}
    if "description" in call.params:
        changes["description"] = call.text("description")
    if not may_set:
        return changes
    for name in ("labels", "add_labels", "remove_labels"):
        words = call.words(name)
        if words is not None:
            changes[name] = _labels(call, project, words, make=name != "remove_labels")
    if "milestone_id" in call.params:
        changes |= _milestone(call, project)
    if "assignee_ids" in call.params or "assignee_id" in call.params:
        changes |= _assignees(call, project)
    changes |= _plain(call)
    return changes


def _plain(call: Call) -> Changes:
    changes: Changes = {name: call.flag(name) for name in ("confidential", "discussion_locked") if name in call.params}
    if "due_date" in call.params:
        changes["due_date"] = call.text("due_date") or None
    if "weight" in call.params and call.lab.licensed:
        changes["weight"] = None if call.params["weight"] is None else call.number("weight")
    return changes


def _labels(call: Call, project: Project, names: list[str], *, make: bool) -> list[Label]:
    """Return labels by name: compared exactly, so ``Bug`` is another label than ``bug`` and is made beside it."""
    may_make = call.lab.state.level(call.me, project) >= PLANNER or not call.lab.state.strict(
        "labels-dropped-for-guests"
    )
    found: list[Label] = []
    for name in names:
        label = call.lab.state.find_label(project, name)
        if label is None and make and may_make:
            label = call.lab.desk.new_label(project, name)
        found += [label] if label is not None else []
    return found


def _milestone(call: Call, project: Project) -> Changes:
    """Return the milestone to set; an id that is unknown here changes nothing, and GitLab does not say so."""
    if call.params["milestone_id"] in {None, "", 0, "0"}:
        return {"milestone": None}
    wanted = call.number("milestone_id")
    return {"milestone": found} if (found := _found(call, project, wanted)) is not None else {}


def _found(call: Call, project: Project, wanted: int) -> Milestone | None:
    by_iid = not call.lab.state.strict("milestone-ids")
    for milestone in call.lab.state.milestones_for(project):
        if milestone.id == wanted or (by_iid and milestone.iid == wanted):
            return milestone
    return None


def _assignees(call: Call, project: Project) -> Changes:
    """Return whom to assign: who may read the project; without a licence, the first alone."""
    words = call.words("assignee_ids" if "assignee_ids" in call.params else "assignee_id") or []
    users = [call.lab.state.users.get(int(word)) for word in words if word.isdigit()]
    found = [user for user in users if user is not None and call.lab.reads(user, project)]
    return {"assignees": found if call.lab.licensed else found[:1]}


def _delete(call: Call) -> Answer:
    project = call.project()
    issue = call.lab.state.find_issue(project, call.number("iid"))
    if issue is None or not call.lab.sees(call.me, issue):
        raise not_found("Issue")
    if call.lab.state.level(call.me, project) not in {PLANNER, OWNER}:
        raise forbidden()
    call.need_life(project)
    call.lab.state.remove_issue(issue)
    return Answer(204)


def _move(call: Call) -> dict[str, Any]:
    issue = call.issue()
    target = call.lab.state.projects.get(call.number("to_project_id"))
    if target is None or not call.lab.reads(call.me, target):
        raise not_found("Project")
    rights = [call.lab.state.level(call.me, project) for project in (issue.project, target)]
    if min(rights) < PLANNER:
        raise Refused(400, "Cannot move issue due to insufficient permissions!")
    if target is issue.project:
        raise Refused(400, "Cannot move issue to project it originates from!")
    return shown(call, call.lab.desk.move(issue, target, call.me))


def _participants(call: Call) -> Answer:
    issue = call.issue()
    users = dict.fromkeys([issue.author, *issue.assignees, *(note.author for note in issue.notes)])
    return page(call, list(users), call.lab.entities.user)


def _nothing(call: Call) -> Answer:
    call.issue()
    return page(call, [], lambda found: found)


ROUTES: Routes = {
    ("GET", "issues"): _list_mine,
    ("GET", "groups/:id/issues"): _list_group,
    ("GET", "projects/:id/issues"): _list_project,
    ("POST", "projects/:id/issues"): _create,
    ("GET", "projects/:id/issues/:iid"): _show,
    ("PUT", "projects/:id/issues/:iid"): _update,
    ("DELETE", "projects/:id/issues/:iid"): _delete,
    ("POST", "projects/:id/issues/:iid/move"): _move,
    ("GET", "projects/:id/issues/:iid/participants"): _participants,
    ("GET", "projects/:id/issues/:iid/closed_by"): _nothing,
    ("GET", "projects/:id/issues/:iid/related_merge_requests"): _nothing,
}
