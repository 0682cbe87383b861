"""Labels of projects and groups in the API of the GitLab test server.

GitLab compares label names exactly, in its finders (``find_by(title:)``) and in its uniqueness rules: ``Bug`` and
``bug`` are two labels, both can be made, and an issue can carry both. GitHub is the one that is blind to case; the
switch ``label-case`` makes this server so, too.
"""

from __future__ import annotations

import re
from typing import Any

from tests.servers.gitlab.call import Call, Refused, Routes, not_found
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import PLANNER, Label, Project
from tests.servers.wire import Answer

_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")
_NAMED = {"red": "#FF0000", "green": "#008000", "blue": "#0000FF", "white": "#FFFFFF", "black": "#000000"}


def _listing(call: Call) -> Answer:
    owner = call.container()
    ancestors = str(call.params.get("include_ancestor_groups", "true")).lower() != "false"
    search = (call.text("search") or "").lower()
    found = [label for label in call.lab.state.labels_for(owner, ancestors=ancestors) if search in label.name.lower()]
    counts = call.flag("with_counts")
    return page(call, found, lambda label: call.lab.entities.label(label, call.user, counts=counts))


def _label(call: Call, *, ancestors: bool) -> Label:
    owner = call.container()
    wanted = str(call.params["label_id"] if "label_id" in call.params else call.needed("name"))
    for label in call.lab.state.labels_for(owner, ancestors=ancestors):
        if wanted in {str(label.id), label.name}:
            return label
    raise not_found("Label")


def _show(call: Call) -> dict[str, Any]:
    return call.lab.entities.label(_label(call, ancestors=True), call.user)


def _create(call: Call) -> dict[str, Any]:
    owner = call.container()
    name, color = str(call.needed("name") or "").strip(), _color(str(call.needed("color")))
    call.need(owner, PLANNER)
    if call.lab.state.find_label(owner, name) is not None:
        raise Refused(409, "Label already exists")
    _check_name(name)
    label = call.lab.desk.new_label(owner, name, color)
    label.description = call.text("description") or None
    label.priority = call.number("priority") if call.params.get("priority") is not None else None
    return call.lab.entities.label(label, call.user)


def _check_name(name: str) -> None:
    if not name:
        raise Refused(400, {"title": ["can't be blank", "is invalid"]})
    if "," in name:
        raise Refused(400, {"title": ["is invalid"]})
    if len(name) > 255:
        raise Refused(400, {"title": ["is too long (maximum is 255 characters)"]})


def _color(text: str) -> str:
    color = _NAMED.get(text.strip().lower(), text.strip())
    if not _COLOR.fullmatch(color):
        raise Refused(400, {"color": ["must be a valid color code"]})
    return color


def _update(call: Call) -> dict[str, Any]:
    label = _label(call, ancestors=False)
    call.need(label.owner, PLANNER)
    if not any(name in call.params for name in ("new_name", "color", "description", "priority")):
        raise Refused(
            400, "new_name, color, description, priority are missing, at least one parameter must be provided", "error"
        )
    if "new_name" in call.params:
        name = str(call.params["new_name"]).strip()
        _check_name(name)
        other = call.lab.state.find_label(label.owner, name)
        if other is not None and other is not label and other.owner is label.owner:
            raise Refused(400, {"title": ["has already been taken"]})
        label.name = name
    if "color" in call.params:
        label.color = _color(str(call.params["color"]))
    if "description" in call.params:
        label.description = call.text("description")
    if "priority" in call.params:
        label.priority = call.number("priority") if call.params["priority"] is not None else None
    return call.lab.entities.label(label, call.user)


def _delete(call: Call) -> Answer:
    label = _label(call, ancestors=False)
    call.need(label.owner, PLANNER)
    call.lab.desk.delete_label(label)
    return Answer(204)


def _subscribe(call: Call) -> dict[str, Any]:
    label = _label(call, ancestors=True)
    label.subscribers.add(call.me.id)
    return call.lab.entities.label(label, call.me)


def _unsubscribe(call: Call) -> dict[str, Any]:
    label = _label(call, ancestors=True)
    label.subscribers.discard(call.me.id)
    return call.lab.entities.label(label, call.me)


def _promote(call: Call) -> Answer:
    label = _label(call, ancestors=False)
    call.need(label.owner, PLANNER)
    if not isinstance(label.owner, Project) or label.owner.group.personal:
        raise Refused(400, "Failed to promote project label to group label")
    label.owner = label.owner.group
    return Answer(200, call.lab.entities.label(label, call.user))


ROUTES: Routes = {
    ("GET", "*/:id/labels"): _listing,
    ("POST", "*/:id/labels"): _create,
    ("GET", "*/:id/labels/:label_id"): _show,
    ("PUT", "*/:id/labels/:label_id"): _update,
    ("DELETE", "*/:id/labels/:label_id"): _delete,
    ("PUT", "*/:id/labels"): _update,
    ("DELETE", "*/:id/labels"): _delete,
    ("POST", "*/:id/labels/:label_id/subscribe"): _subscribe,
    ("POST", "*/:id/labels/:label_id/unsubscribe"): _unsubscribe,
    ("PUT", "*/:id/labels/:label_id/promote"): _promote,
}
