"""Routes of milestones."""

from __future__ import annotations

from tests.servers.github import milestones
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Milestone
from tests.servers.github.words import invalid, not_found
from tests.servers.wire import Answer

routes = Routes("issues", "issues/milestones")
MILESTONES = "/repos/{owner}/{repo}/milestones"
MILESTONE = MILESTONES + "/{milestone_number}"
FIELDS = ("title", "description", "due_on", "state")


@routes.on("GET", MILESTONES)
def list_milestones(call: Call) -> Answer:
    query = call.request.query
    state = query.get("state", "open")
    kept = [
        milestone
        for milestone in call.repository.milestones.values()
        if state in {"all", milestone.state} and call.world.is_visible(milestone.created_at)
    ]
    backwards = query.get("direction") == "desc"
    if query.get("sort") == "completeness":
        kept.sort(key=lambda one: (_completeness(call, one), one.number), reverse=backwards)
    else:
        kept.sort(key=lambda one: (one.due_on or "9999", one.number), reverse=backwards)
    return call.page(kept, lambda one: call.render.milestone(call.repository, one))


def _completeness(call: Call, milestone: Milestone) -> float:
    is_open, closed = milestones.counts(call.world, milestone)
    return closed / (is_open + closed or 1)


@routes.on("POST", MILESTONES, content="milestone")
def create_milestone(call: Call) -> Answer:
    _may(call)
    given = _fields(call)
    made = milestones.create(call.world, call.repository, call.user, **given)
    content = call.render.milestone(call.repository, made)
    return Answer(201, content, {"Location": content["url"]})


@routes.on("GET", MILESTONE)
def get_milestone(call: Call) -> Answer:
    return Answer(200, call.render.milestone(call.repository, call.milestone()))


@routes.on("PATCH", MILESTONE)
def update_milestone(call: Call) -> Answer:
    milestone = call.milestone()
    _may(call)
    milestones.change(call.world, call.repository, call.user, milestone, **_fields(call))
    return Answer(200, call.render.milestone(call.repository, milestone))


@routes.on("DELETE", MILESTONE)
def delete_milestone(call: Call) -> Answer:
    milestone = call.milestone()
    _may(call)
    milestones.delete(call.world, call.repository, call.user, milestone)
    return Answer(204)


def _fields(call: Call) -> dict[str, object]:
    given = {name: value for name, value in call.body().items() if name in FIELDS}
    if given.get("state", "open") not in {"open", "closed"}:
        raise invalid("Milestone", "state", "invalid")
    return given


def _may(call: Call) -> None:
    if not call.may_push:
        raise not_found()
