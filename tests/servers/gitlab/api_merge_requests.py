"""Merge requests in the API of the GitLab test server: opened, found, changed, closed."""

from __future__ import annotations

from typing import Any

from tests.servers.gitlab.basics import stamp
from tests.servers.gitlab.call import Call, Refused, Routes, forbidden, not_found
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import DEVELOPER, MergeRequest, Note
from tests.servers.wire import Answer


def _shown(call: Call, request: MergeRequest) -> dict[str, Any]:
    project = call.project()
    head = project.branches.get(request.source)
    return {
        "id": request.id,
        "iid": request.iid,
        "project_id": project.id,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "created_at": stamp(request.created_at),
        "updated_at": stamp(request.updated_at),
        "source_branch": request.source,
        "target_branch": request.target,
        "author": call.lab.entities.user(request.author),
        "labels": [],
        "sha": head.id if head is not None else None,
        "detailed_merge_status": "mergeable",
        "has_conflicts": False,
        "references": {"short": f"!{request.iid}", "full": f"{project.full_path}!{request.iid}"},
        "web_url": f"{call.lab.base}/{project.full_path}/-/merge_requests/{request.iid}",
    }


def _listing(call: Call) -> Answer:
    state, source, target = call.params.get("state", "all"), call.text("source_branch"), call.text("target_branch")
    found = [
        request
        for request in call.project().merge_requests
        if state in {"all", request.state} and source in {None, request.source} and target in {None, request.target}
    ]
    return page(call, found[::-1], lambda request: _shown(call, request))


def _one(call: Call) -> MergeRequest:
    for request in call.project().merge_requests:
        if request.iid == call.number("mr_iid"):
            return request
    raise not_found()


def _show(call: Call) -> dict[str, Any]:
    return _shown(call, _one(call))


def _create(call: Call) -> dict[str, Any]:
    project = call.project()
    source, target = str(call.needed("source_branch")), str(call.needed("target_branch"))
    title = str(call.needed("title"))
    call.need(project, DEVELOPER)
    if source not in project.branches:
        raise Refused(400, {"source_branch": ["does not exist"]})
    for other in project.merge_requests:
        if (other.state, other.source, other.target) == ("opened", source, target):
            raise Refused(409, [f"Another open merge request already exists for this source branch: !{other.iid}"])
    now, number = call.lab.now(), call.lab.state.new_id("merge_request")
    text = call.text("description") or ""
    new = MergeRequest(number, len(project.merge_requests) + 1, source, target, title, text, call.me, now, now)
    project.merge_requests.append(new)
    return _shown(call, new)


def _update(call: Call) -> dict[str, Any]:
    request = _one(call)
    call.need(call.project(), DEVELOPER)
    request.title = call.text("title") or request.title
    request.description = call.params.get("description", request.description)
    event = call.text("state_event")
    request.state = {"close": "closed", "reopen": "opened"}.get(event or "", request.state)
    request.updated_at = call.lab.now()
    return _shown(call, request)


def _note_shown(call: Call, request: MergeRequest, note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "type": None,
        "body": note.body,
        "author": call.lab.entities.user(note.author),
        "created_at": stamp(note.created_at),
        "updated_at": stamp(note.updated_at),
        "system": note.system,
        "noteable_id": request.id,
        "noteable_type": "MergeRequest",
        "noteable_iid": request.iid,
    }


def _notes(call: Call) -> Answer:
    request = _one(call)
    notes = request.notes if call.params.get("sort", "desc") == "asc" else request.notes[::-1]
    return page(call, notes, lambda note: _note_shown(call, request, note))


def _own_note(call: Call, request: MergeRequest) -> Note:
    for note in request.notes:
        if note.id == call.number("note_id"):
            if note.author is not call.me:
                raise forbidden()
            return note
    raise not_found()


def _add_note(call: Call) -> dict[str, Any]:
    request, now = _one(call), call.lab.now()
    note = Note(call.lab.state.new_id("note"), str(call.needed("body")), call.me, now, now)
    request.notes.append(note)
    return _note_shown(call, request, note)


def _change_note(call: Call) -> dict[str, Any]:
    request = _one(call)
    note = _own_note(call, request)
    note.body, note.updated_at = str(call.needed("body")), call.lab.now()
    return _note_shown(call, request, note)


def _remove_note(call: Call) -> Answer:
    request = _one(call)
    request.notes.remove(_own_note(call, request))
    return Answer(204)


_NOTES = "projects/:id/merge_requests/:mr_iid/notes"

ROUTES: Routes = {
    ("GET", _NOTES): _notes,
    ("POST", _NOTES): _add_note,
    ("PUT", f"{_NOTES}/:note_id"): _change_note,
    ("DELETE", f"{_NOTES}/:note_id"): _remove_note,
    ("GET", "projects/:id/merge_requests"): _listing,
    ("POST", "projects/:id/merge_requests"): _create,
    ("GET", "projects/:id/merge_requests/:mr_iid"): _show,
    ("PUT", "projects/:id/merge_requests/:mr_iid"): _update,
}
