"""Resource events and issue links in the API of the GitLab test server."""

from __future__ import annotations

from typing import Any

from tests.servers.gitlab.call import Call, Handler, Refused, Routes, forbidden, not_found
from tests.servers.gitlab.paging import page
from tests.servers.gitlab.values import GUEST, Issue, Link
from tests.servers.wire import Answer

_OTHER_WAY = {"relates_to": "relates_to", "blocks": "is_blocked_by", "is_blocked_by": "blocks"}


def _listing(kind: str) -> Handler:
    def handler(call: Call) -> Answer:
        issue = call.issue()
        found = [event for event in issue.events if event.kind == kind]
        return page(call, found, lambda event: call.lab.entities.event(event, issue))

    return handler


def _single(kind: str) -> Handler:
    def handler(call: Call) -> dict[str, Any]:
        issue, wanted = call.issue(), call.number("event_id")
        for event in issue.events:
            if event.kind == kind and event.id == wanted:
                return call.lab.entities.event(event, issue)
        raise not_found()

    return handler


def _links(call: Call) -> list[dict[str, Any]]:
    issue = call.issue()
    return [
        _related(call, link, issue) for link in call.lab.state.links.values() if issue in (link.source, link.target)
    ]


def _related(call: Call, link: Link, issue: Issue) -> dict[str, Any]:
    outward = link.source is issue
    other = link.target if outward else link.source
    shown = call.lab.entities.link(link)
    return {
        **call.lab.entities.issue(other),
        "issue_link_id": link.id,
        "link_type": link.kind if outward else _OTHER_WAY[link.kind],
        "link_created_at": shown["link_created_at"],
        "link_updated_at": shown["link_updated_at"],
    }


def _create_link(call: Call) -> dict[str, Any]:
    """Relate two issues. Blocking takes a licence, and GitLab says so with a 403 of its own."""
    source = call.issue()
    kind = call.text("link_type") or "relates_to"
    if kind not in _OTHER_WAY:
        raise Refused(400, "link_type does not have a valid value", "error")
    if kind != "relates_to" and not call.lab.licensed:
        raise Refused(403, "Blocked issues not available for current license")
    project, _ = call.lab.state.find_project(str(call.needed("target_project_id")))
    target = None if project is None else call.lab.state.find_issue(project, call.number("target_issue_iid"))
    if target is None or not call.lab.reads(call.user, target.project) or not call.lab.sees(call.user, target):
        raise Refused(404, "No matching issue found. Make sure that you are adding a valid issue URL.")
    if min(call.lab.state.level(call.me, issue.project) for issue in (source, target)) < GUEST:
        raise forbidden()
    call.need_life(source.project)
    if source is target:
        raise Refused(422, "Cannot assign issue(s) to itself.")
    if any({link.source, link.target} == {source, target} for link in call.lab.state.links.values()):
        raise Refused(409, "Issue(s) already assigned")
    link = Link(call.lab.state.new_id("link"), source, target, kind, call.lab.now())
    call.lab.state.links[link.id] = link
    return call.lab.entities.link(link)


def _link(call: Call) -> Link:
    issue = call.issue()
    link = call.lab.state.links.get(call.number("link_id"))
    if link is None or issue not in (link.source, link.target):
        raise not_found()
    return link


def _show_link(call: Call) -> dict[str, Any]:
    return call.lab.entities.link(_link(call))


def _delete_link(call: Call) -> dict[str, Any]:
    link = _link(call)
    call.need(link.source.project, GUEST)
    del call.lab.state.links[link.id]
    return call.lab.entities.link(link)


_ISSUE = "projects/:id/issues/:iid"

ROUTES: Routes = {
    **{
        ("GET", f"{_ISSUE}/resource_{kind}_events"): _listing(kind)
        for kind in ("state", "label", "milestone", "weight")
    },
    **{
        ("GET", f"{_ISSUE}/resource_{kind}_events/:event_id"): _single(kind)
        for kind in ("state", "label", "milestone", "weight")
    },
    ("GET", f"{_ISSUE}/links"): _links,
    ("POST", f"{_ISSUE}/links"): _create_link,
    ("GET", f"{_ISSUE}/links/:link_id"): _show_link,
    ("DELETE", f"{_ISSUE}/links/:link_id"): _delete_link,
}
