"""Notes, discussions and their emojis in the API of the GitLab test server."""

from __future__ import annotations

from typing import Any

from tests.servers.gitlab.basics import stamp
from tests.servers.gitlab.call import Call, Refused, Routes, forbidden, not_found
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import GUEST, MAINTAINER, PLANNER, Award, Issue, Note
from tests.servers.wire import Answer

_LONGEST_NOTE = 1_000_000


def _listing(call: Call) -> Answer:
    issue = call.issue()
    order, sort = call.params.get("order_by", "created_at"), call.params.get("sort", "desc")
    filters = {"all_notes": issue.notes, "only_comments": issue.comments}
    filters["only_activity"] = [note for note in issue.notes if note.system]
    name = call.params.get("activity_filter", "all_notes")
    if name not in filters or order not in {"created_at", "updated_at"} or sort not in {"asc", "desc"}:
        raise Refused(400, "activity_filter, order_by or sort does not have a valid value", "error")
    found = sorted(_readable(call, filters[name], issue), key=lambda note: (getattr(note, order), note.id))
    return page(call, found if sort == "asc" else found[::-1], lambda note: call.lab.entities.note(note, issue))


def _readable(call: Call, notes: list[Note], issue: Issue) -> list[Note]:
    insider = call.lab.state.level(call.user, issue.project) >= PLANNER
    return [note for note in notes if insider or not note.internal]


def _note(call: Call, issue: Issue) -> Note:
    wanted = call.number("note_id")
    for note in _readable(call, issue.notes, issue):
        if note.id == wanted:
            return note
    raise not_found()


def _own_note(call: Call, issue: Issue) -> Note:
    note = _note(call, issue)
    is_mine = note.author is call.me and not note.system
    if not is_mine and (note.system or call.lab.state.level(call.me, issue.project) < MAINTAINER):
        raise forbidden()
    call.need_life(issue.project)
    return note


def _show(call: Call) -> dict[str, Any]:
    issue = call.issue()
    return call.lab.entities.note(_note(call, issue), issue)


def _create(call: Call) -> Any:
    """Add a note. One of quick actions alone leaves none: GitLab says 202, and what it did."""
    issue, body = call.issue(), _body(call)
    _check_may_speak(call, issue)
    call.lab.check_note(call)
    note = call.lab.scribe.say(issue, call.me, body, internal=call.flag("internal") or call.flag("confidential"))
    if note is None:
        return Answer(202, {"commands_changes": {}, "summary": ["Commands applied"]})
    return call.lab.entities.note(note, issue)


def _check_may_speak(call: Call, issue: Issue) -> None:
    """Refuse strangers where the discussion is locked."""
    call.need_life(issue.project)
    if issue.discussion_locked and call.lab.state.level(call.me, issue.project) < GUEST:
        raise forbidden()


def _body(call: Call) -> str:
    body = str(call.needed("body") or "")
    if not body.strip():
        raise Refused(400, "body is empty", "error")
    if len(body) > _LONGEST_NOTE:
        raise Refused(400, f'400 Bad request - Note {{:note=>["is too long (maximum is {_LONGEST_NOTE} characters)"]}}')
    return body


def _update(call: Call) -> dict[str, Any]:
    issue = call.issue()
    note = _own_note(call, issue)
    note.body, note.updated_at = _body(call).replace("\r", "").rstrip(), call.lab.now()
    issue.updated_at = note.updated_at
    return call.lab.entities.note(note, issue)


def _delete(call: Call) -> Answer:
    issue = call.issue()
    issue.notes.remove(_own_note(call, issue))
    return Answer(204)


def _award(call: Call, award: Award, note: Note) -> dict[str, Any]:
    return {
        "id": award.id,
        "name": award.name,
        "user": call.lab.entities.user(award.user),
        "created_at": stamp(award.created_at),
        "updated_at": stamp(award.created_at),
        "awardable_id": note.id,
        "awardable_type": "Note",
    }


def _awards(call: Call) -> Answer:
    note = _note(call, call.issue())
    return page(call, note.awards, lambda award: _award(call, award, note))


def _give_award(call: Call) -> dict[str, Any]:
    note = _note(call, call.issue())
    award = Award(call.lab.state.new_id("award"), str(call.needed("name")), call.me, call.lab.now())
    note.awards.append(award)
    return _award(call, award, note)


def _take_award(call: Call) -> Answer:
    note, wanted = _note(call, call.issue()), call.number("award_id")
    note.awards = [award for award in note.awards if award.id != wanted]
    return Answer(204)


def _discussion(call: Call, issue: Issue, id: str) -> dict[str, Any]:
    notes = [note for note in issue.notes if note.discussion == id]
    if not notes:
        raise not_found("Discussion")
    shown = [call.lab.entities.note(note, issue) for note in notes]
    return {"id": id, "individual_note": not notes[0].threaded, "notes": shown}


def _discussions(call: Call) -> Answer:
    issue = call.issue()
    return page(call, list(dict.fromkeys(n.discussion for n in issue.notes)), lambda id: _discussion(call, issue, id))


def _show_discussion(call: Call) -> dict[str, Any]:
    return _discussion(call, call.issue(), str(call.params["discussion"]))


def _start_discussion(call: Call) -> dict[str, Any]:
    issue = call.issue()
    _check_may_speak(call, issue)
    note = call.lab.scribe.say(issue, call.me, _body(call))
    if note is None:
        raise Refused(400, "400 Bad request - Note contains quick actions alone")
    note.threaded = True
    return _discussion(call, issue, note.discussion)


def _reply(call: Call) -> dict[str, Any]:
    issue = call.issue()
    _check_may_speak(call, issue)
    thread = str(_discussion(call, issue, str(call.params["discussion"]))["id"])
    note = call.lab.scribe.say(issue, call.me, _body(call), thread)
    if note is None:
        raise Refused(400, "400 Bad request - Note contains quick actions alone")
    return call.lab.entities.note(note, issue)


_NOTES = "projects/:id/issues/:iid/notes"
_THREADS = "projects/:id/issues/:iid/discussions"

ROUTES: Routes = {
    ("GET", _NOTES): _listing,
    ("POST", _NOTES): _create,
    ("GET", f"{_NOTES}/:note_id"): _show,
    ("PUT", f"{_NOTES}/:note_id"): _update,
    ("DELETE", f"{_NOTES}/:note_id"): _delete,
    ("GET", f"{_NOTES}/:note_id/award_emoji"): _awards,
    ("POST", f"{_NOTES}/:note_id/award_emoji"): _give_award,
    ("DELETE", f"{_NOTES}/:note_id/award_emoji/:award_id"): _take_award,
    ("GET", _THREADS): _discussions,
    ("POST", _THREADS): _start_discussion,
    ("GET", f"{_THREADS}/:discussion"): _show_discussion,
    ("POST", f"{_THREADS}/:discussion/notes"): _reply,
    ("GET", f"{_THREADS}/:discussion/notes/:note_id"): _show,
    ("PUT", f"{_THREADS}/:discussion/notes/:note_id"): _update,
    ("DELETE", f"{_THREADS}/:discussion/notes/:note_id"): _delete,
}
