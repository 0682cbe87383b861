"""Routes of labels: the repository's, and those on an issue."""

from __future__ import annotations

from tests.servers.github import labels
from tests.servers.github.routes_issues import ISSUE
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Issue, Label
from tests.servers.github.words import not_found, refused
from tests.servers.wire import Answer

routes = Routes("issues", "issues/labels")
LABELS = "/repos/{owner}/{repo}/labels"
LABEL = LABELS + "/{name}"


@routes.on("GET", LABELS)
def list_labels(call: Call) -> Answer:
    return call.page(call.repository.labels, lambda label: call.render.label(call.repository, label))


@routes.on("POST", LABELS, content="label")
def create_label(call: Call) -> Answer:
    _may(call)
    body = call.body()
    name, color, words = body.get("name") or "", body.get("color"), body.get("description")
    label = labels.create(call.world, call.repository, call.user, name, color=color, description=words)
    content = call.render.label(call.repository, label)
    return Answer(201, content, {"Location": content["url"]})


@routes.on("GET", LABEL)
def get_label(call: Call) -> Answer:
    return Answer(200, call.render.label(call.repository, _label(call)))


@routes.on("PATCH", LABEL)
def update_label(call: Call) -> Answer:
    _may(call)
    label, body = _label(call), call.body()
    new = {"name": body.get("new_name"), "color": body.get("color"), "description": body.get("description")}
    labels.change(call.world, call.repository, call.user, label, **new)
    return Answer(200, call.render.label(call.repository, label))


@routes.on("DELETE", LABEL)
def delete_label(call: Call) -> Answer:
    _may(call)
    labels.delete(call.world, call.repository, call.user, _label(call))
    return Answer(204)


@routes.on("GET", ISSUE + "/labels")
def list_issue_labels(call: Call) -> Answer:
    return call.page(call.issue().labels, lambda label: call.render.label(call.repository, label))


@routes.on("POST", ISSUE + "/labels")
def add_labels(call: Call) -> Answer:
    issue = _issue_to_label(call)
    for label in _wanted(call):
        call.desk.label(issue, label)
    return _shown(call, issue)


@routes.on("PUT", ISSUE + "/labels")
def set_labels(call: Call) -> Answer:
    issue = _issue_to_label(call)
    call.desk.set_labels(issue, _wanted(call))
    return _shown(call, issue)


@routes.on("DELETE", ISSUE + "/labels/{name}")
def remove_label(call: Call) -> Answer:
    issue = _issue_to_label(call)
    label = labels.of(issue, call.params["name"])
    if label is None:
        raise refused(404, "Label does not exist")
    call.desk.unlabel(issue, label)
    return _shown(call, issue)


def _wanted(call: Call) -> list[Label]:
    """Return the labels of a body that is an object with a list, or the bare list."""
    content = call.request.json()
    given = content.get("labels", []) if isinstance(content, dict) else content
    names = [item if isinstance(item, str) else item["name"] for item in given]
    return labels.named(call.world, call.repository, call.user, names)


def _shown(call: Call, issue: Issue) -> Answer:
    return Answer(200, [call.render.label(call.repository, label) for label in issue.labels])


def _issue_to_label(call: Call) -> Issue:
    issue = call.issue()
    if not call.may_push:
        raise refused(403, "Must have admin rights to Repository.")
    return issue


def _label(call: Call) -> Label:
    found = labels.find(call.world, call.repository, call.params["name"])
    if found is None:
        raise not_found()
    return found


def _may(call: Call) -> None:
    if not call.may_push:
        raise not_found()
