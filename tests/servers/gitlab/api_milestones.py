"""Milestones of projects and groups in the API of the GitLab test server.

One rule guards the titles of a project's milestones: none of them, and none of the groups above, may be called the
same, exactly; and none of a group's may be called as one below it. GitLab says so with a 400 whose message holds the
errors as its language prints them.
"""

from __future__ import annotations

from typing import Any

from tests.servers.gitlab.call import Call, Refused, Routes
from tests.servers.gitlab.issue_filters import moment
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import PLANNER, Group, Milestone, Project
from tests.servers.wire import Answer

_TAKEN = "already being used for another group or project milestone."


def _listing(call: Call) -> Answer:
    owner = call.container()
    ancestors = call.flag("include_ancestors") or call.flag("include_parent_milestones")
    found = [
        milestone
        for milestone in call.lab.state.milestones_for(owner, ancestors=ancestors)
        if call.lab.is_listed(milestone.created_at) and _is_wanted(call, milestone)
    ]
    return page(call, found, call.lab.entities.milestone)


def _is_wanted(call: Call, milestone: Milestone) -> bool:
    iids, title, search = call.words("iids"), call.text("title"), (call.text("search") or "").lower()
    if call.params.get("state", "all") not in {"all", milestone.state}:
        return False
    after, before = call.text("updated_after"), call.text("updated_before")
    return (
        (iids is None or str(milestone.iid) in iids)
        and (title is None or title == milestone.title)
        and search in f"{milestone.title}\n{milestone.description}".lower()
        and (after is None or milestone.updated_at >= moment(after, "updated_after"))
        and (before is None or milestone.updated_at <= moment(before, "updated_before"))
    )


def _show(call: Call) -> dict[str, Any]:
    return call.lab.entities.milestone(call.milestone())


def _create(call: Call) -> dict[str, Any]:
    owner = call.container()
    title = _title(call, str(call.needed("title") or ""))
    call.need(owner, PLANNER)
    _check_title(call, owner, title, "create")
    milestone = call.lab.desk.new_milestone(owner, call.me, title, _fields(call))
    return call.lab.entities.milestone(milestone)


def _title(call: Call, title: str) -> str:
    return title.strip() if call.lab.state.strict("trimmed-titles") else title


def _check_title(call: Call, owner: Project | Group, title: str, doing: str, itself: Milestone | None = None) -> None:
    if not title.strip():
        raise _failed(doing, "can't be blank")
    if len(title) > 255:
        raise _failed(doing, "is too long (maximum is 255 characters)")
    strict = call.lab.state.strict
    above = call.lab.state.owners_for(owner)
    for other in call.lab.state.milestones.values():
        if other is itself or other.title != title:
            continue
        if other.owner is owner and strict("milestone-title-clash"):
            raise _failed(doing, _TAKEN)
        kin = other.owner in above or owner in call.lab.state.owners_for(other.owner)
        if kin and other.owner is not owner and strict("group-milestone-title-clash"):
            raise _failed(doing, _TAKEN)


def _failed(doing: str, why: str) -> Refused:
    return Refused(400, f'Failed to {doing} milestone {{:title=>["{why}"]}}')


def _fields(call: Call) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if "description" in call.params:
        fields["description"] = call.text("description") or ""
    for name in ("start_date", "due_date"):
        if name in call.params:
            text = call.text(name)
            fields[name] = moment(text, name).date().isoformat() if text else None
    return fields


def _update(call: Call) -> dict[str, Any]:
    milestone = call.milestone()
    call.need(milestone.owner, PLANNER)
    fields = _fields(call)
    if "title" in call.params:
        fields["title"] = _title(call, str(call.params["title"] or ""))
        _check_title(call, milestone.owner, fields["title"], "update", milestone)
    event = call.text("state_event")
    if event is not None:
        if event not in {"close", "activate"}:
            raise Refused(400, "state_event does not have a valid value", "error")
        fields["state"] = "closed" if event == "close" else "active"
    if not fields:
        names = "title, description, start_date, due_date, state_event"
        raise Refused(400, f"{names} are missing, at least one parameter must be provided", "error")
    call.lab.desk.change_milestone(milestone, call.me, fields)
    return call.lab.entities.milestone(milestone)


def _delete(call: Call) -> Answer:
    milestone = call.milestone()
    call.need(milestone.owner, PLANNER)
    call.lab.desk.delete_milestone(milestone, call.me)
    return Answer(204)


def _issues(call: Call) -> Answer:
    milestone = call.milestone()
    inside = [issue for issue in call.lab.state.issues.values() if issue.milestone is milestone]
    return page(call, [i for i in inside if call.lab.sees(call.user, i)][::-1], call.lab.entities.issue)


def _merge_requests(call: Call) -> Answer:
    call.milestone()
    return page(call, [], lambda found: found)


def _promote(call: Call) -> dict[str, Any]:
    milestone = call.milestone()
    call.need(milestone.owner, PLANNER)
    if not isinstance(milestone.owner, Project) or milestone.owner.group.personal:
        raise Refused(400, "Project does not belong to a group.")
    milestone.owner = milestone.owner.group
    milestone.owner.last_milestone += 1
    milestone.iid = milestone.owner.last_milestone
    return call.lab.entities.milestone(milestone)


ROUTES: Routes = {
    ("GET", "*/:id/milestones"): _listing,
    ("POST", "*/:id/milestones"): _create,
    ("GET", "*/:id/milestones/:milestone_id"): _show,
    ("PUT", "*/:id/milestones/:milestone_id"): _update,
    ("DELETE", "*/:id/milestones/:milestone_id"): _delete,
    ("GET", "*/:id/milestones/:milestone_id/issues"): _issues,
    ("GET", "*/:id/milestones/:milestone_id/merge_requests"): _merge_requests,
    ("POST", "*/:id/milestones/:milestone_id/promote"): _promote,
}
