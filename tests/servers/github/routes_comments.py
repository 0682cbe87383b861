"""Routes of what hangs on an issue: comments, events, the timeline."""

from __future__ import annotations

from datetime import datetime

from tests.servers.github.render import Json
from tests.servers.github.routes_issues import ISSUE, ISSUES
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Comment, Event, Issue
from tests.servers.github.words import invalid, not_found, refused
from tests.servers.wire import Answer

routes = Routes("issues", "issues/comments")
COMMENT = ISSUES + "/comments/{comment_id}"


@routes.on("GET", ISSUE + "/comments")
def list_comments(call: Call) -> Answer:
    issue = call.issue()
    since = call.request.query.get("since")
    comments = [one for one in issue.comments if not since or one.updated_at >= datetime.fromisoformat(since)]
    return call.page(comments, lambda comment: call.render.comment(issue, comment))


@routes.on("POST", ISSUE + "/comments", content="comment")
def create_comment(call: Call) -> Answer:
    issue, text = call.issue(), call.body().get("body")
    if issue.locked and not call.may_push:
        raise refused(403, "Unable to create comment because issue is locked.")
    if not isinstance(text, str):
        raise invalid("IssueComment", "body", "missing_field")
    comment = call.desk.comment(issue, text)
    content = call.render.comment(issue, comment)
    return Answer(201, content, {"Location": content["url"]})


@routes.on("GET", COMMENT)
def get_comment(call: Call) -> Answer:
    return Answer(200, call.render.comment(*_comment(call)))


@routes.on("PATCH", COMMENT, content="edit")
def update_comment(call: Call) -> Answer:
    issue, comment = _comment(call)
    if comment.user is not call.user and not call.may_push:
        raise refused(403, "Must have admin rights to Repository.")
    comment.body, comment.updated_at = call.body()["body"], call.world.now()
    return Answer(200, call.render.comment(issue, comment))


@routes.on("DELETE", COMMENT)
def delete_comment(call: Call) -> Answer:
    issue, comment = _comment(call)
    issue.comments.remove(comment)
    return Answer(204)


def _comment(call: Call) -> tuple[Issue, Comment]:
    wanted = call.number("comment_id")
    for issue in call.repository.issues.values():
        for comment in issue.comments:
            if comment.id == wanted:
                return issue, comment
    raise not_found()


@routes.on("GET", ISSUE + "/events")
def list_events(call: Call) -> Answer:
    issue = call.issue()
    return call.page(issue.events, lambda event: call.render.event(issue, event))


@routes.on("GET", ISSUE + "/timeline")
def list_timeline(call: Call) -> Answer:
    issue = call.issue()
    happened: list[Comment | Event] = sorted(
        [*issue.events, *issue.comments], key=lambda item: (item.created_at, item.id)
    )
    return call.page(happened, lambda item: _happened(call, issue, item))


def _happened(call: Call, issue: Issue, item: Comment | Event) -> Json:
    if isinstance(item, Comment):
        return call.render.said(issue, item)
    return call.render.event(issue, item, timeline=True)
