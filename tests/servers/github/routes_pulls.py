"""Routes of pull requests, as far as a tool needs them that keeps one of its own up to date."""

from __future__ import annotations

from tests.servers.github import gitstore
from tests.servers.github.render import Json, maybe
from tests.servers.github.render_repository import plain_repository
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Issue, Pull
from tests.servers.github.words import invalid, not_found, refused
from tests.servers.wire import Answer

routes = Routes("pull_requests", "pulls/pulls")
PULLS = "/repos/{owner}/{repo}/pulls"
PULL = PULLS + "/{pull_number}"


@routes.on("GET", PULLS)
def list_pulls(call: Call) -> Answer:
    query, owner = call.request.query, call.repository.owner.login
    kept = [
        issue
        for issue in call.repository.issues.values()
        if issue.pull is not None
        and query.get("state", "open") in {"all", issue.state}
        and query.get("head", f"{owner}:{issue.pull.head}") == f"{owner}:{issue.pull.head}"
        and query.get("base", issue.pull.base) == issue.pull.base
    ]
    kept.sort(key=lambda issue: issue.number, reverse=query.get("direction", "desc") != "asc")
    return call.page(kept, lambda issue: shown(call, issue))


@routes.on("POST", PULLS, content="pull")
def create_pull(call: Call) -> Answer:
    body, repository = call.body(), call.repository
    if not call.may_push:
        raise not_found()
    head, base = str(body.get("head", "")).rpartition(":")[2], str(body.get("base", ""))
    for field, branch in (("head", head), ("base", base)):
        if branch not in repository.branches:
            raise invalid("PullRequest", field, "invalid")
    if repository.branches[head] == repository.branches[base]:
        raise invalid("PullRequest", "base", "custom", f"No commits between {base} and {head}")
    for issue in repository.issues.values():
        if issue.pull is not None and issue.state == "open" and (issue.pull.head, issue.pull.base) == (head, base):
            words = f"A pull request already exists for {repository.owner.login}:{head}."
            raise invalid("PullRequest", "base", "custom", words)
    pull = Pull(call.world.next_id(), head, base)
    issue = call.desk.open(str(body.get("title") or head), body.get("body"), pull=pull)
    return Answer(201, {**shown(call, issue), **_more(call, issue)})


@routes.on("GET", PULL)
def get_pull(call: Call) -> Answer:
    issue = _pull(call)
    return Answer(200, {**shown(call, issue), **_more(call, issue)})


@routes.on("PATCH", PULL)
def update_pull(call: Call) -> Answer:
    issue, body, desk = _pull(call), call.body(), call.desk
    if not call.may_push and issue.user is not call.user:
        raise refused(403, "Must have admin rights to Repository.")
    if body.get("title") is not None:
        desk.rename(issue, str(body["title"]))
    if "body" in body:
        desk.write(issue, body["body"])
    if body.get("state") == "closed":
        desk.close(issue, None)
    elif body.get("state") == "open":
        desk.reopen(issue)
    return Answer(200, {**shown(call, issue), **_more(call, issue)})


def _pull(call: Call) -> Issue:
    found = call.repository.issues.get(call.number("pull_number"))
    if found is None or found.pull is None:
        raise not_found()
    return found


def shown(call: Call, issue: Issue) -> Json:
    """Return a ``pull-request-simple``."""
    pull, render = issue.pull or Pull(0, "", ""), call.render
    issue_url = render.issue_url(issue)
    api, page = issue_url.replace("/issues/", "/pulls/"), render.issue_page(issue)
    side = render.issue(issue)
    kept = (
        "number", "state", "locked", "title", "user", "body", "created_at", "updated_at", "closed_at", "assignee",
        "assignees", "milestone", "labels", "draft", "author_association", "active_lock_reason", "html_url",
    )  # fmt: skip
    statuses = f"{render.repository_url(issue.repository)}/statuses/{_sha(issue, pull.head)}"
    links = {
        "url": api,
        "issue_url": issue_url,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "commits_url": f"{api}/commits",
        "review_comments_url": f"{api}/comments",
        "review_comment_url": f"{render.repository_url(issue.repository)}/pulls/comments{{/number}}",
        "comments_url": f"{issue_url}/comments",
        "statuses_url": statuses,
    }
    hrefs = {
        "self": api,
        "html": page,
        "issue": issue_url,
        "comments": links["comments_url"],
        "review_comments": links["review_comments_url"],
        "review_comment": links["review_comment_url"],
        "commits": links["commits_url"],
        "statuses": statuses,
    }
    return {
        **{name: side[name] for name in kept},
        **links,
        "id": pull.id,
        "node_id": f"PR_{pull.id}",
        "merged_at": maybe(pull.merged_at),
        "merge_commit_sha": None,
        "requested_reviewers": [],
        "requested_teams": [],
        "auto_merge": None,
        "head": _end(call, issue, pull.head),
        "base": _end(call, issue, pull.base),
        "_links": {name: {"href": href} for name, href in hrefs.items()},
    }


def _more(call: Call, issue: Issue) -> Json:
    merged = issue.pull is not None and issue.pull.merged_at is not None
    counts = dict.fromkeys(("additions", "deletions", "changed_files", "commits", "review_comments"), 0)
    return {
        **counts,
        "comments": len(issue.comments),
        "mergeable": True,
        "rebaseable": True,
        "mergeable_state": "clean",
        "merged": merged,
        "merged_by": None,
        "maintainer_can_modify": False,
    }


def _end(call: Call, issue: Issue, branch: str) -> Json:
    owner = issue.repository.owner
    return {
        "label": f"{owner.login}:{branch}",
        "ref": branch,
        "sha": _sha(issue, branch),
        "user": call.render.user(owner),
        "repo": plain_repository(call.render, issue.repository),
    }


def _sha(issue: Issue, branch: str) -> str:
    return issue.repository.branches.get(branch, gitstore.NOTHING)
