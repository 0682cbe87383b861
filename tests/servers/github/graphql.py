"""The little GraphQL that plansync needs: who edited an issue, and one commit for many files.

Errors come with status 200, as GraphQL has it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any

from tests.servers.github.gitstore import Store
from tests.servers.github.graphql_text import Malformed, Reader, Selection
from tests.servers.github.render import Json, instant, maybe, node_id
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Edit, Issue, Repository, User
from tests.servers.github.words import refused
from tests.servers.wire import Answer

routes = Routes()


class Failed(Exception):
    """One field could not be had."""

    def __init__(self, type: str, message: str) -> None:
        super().__init__(message)
        self.type = type


@routes.on("POST", "/graphql")
@routes.on("POST", "/api/graphql")
def graphql(call: Call) -> Answer:
    if call.identity.token is None:
        raise refused(401, "Requires authentication")
    content = call.body()
    if call.world.graphql_rate_limited:
        words = f"API rate limit exceeded for user ID {call.user.id}."
        return Answer(200, {"errors": [{"type": "RATE_LIMITED", "message": words}]})
    try:
        kind, selections = Reader(content.get("query", ""), dict(content.get("variables") or {})).operation()
    except Malformed as error:
        return Answer(200, {"errors": [{"message": str(error)}]})
    resolvers = _MUTATIONS if kind == "mutation" else _QUERIES
    data: Json = {}
    errors: list[Json] = []
    for asked in selections:
        try:
            data[asked.alias] = _shaped(_resolved(call, resolvers, asked), asked)
        except Failed as error:
            data[asked.alias] = None
            errors.append({"type": error.type, "path": [asked.alias], "message": str(error)})
    return Answer(200, {"data": data, "errors": errors} if errors else {"data": data})


Resolver = Callable[[Call, dict[str, Any]], Any]


def _resolved(call: Call, resolvers: dict[str, Resolver], asked: Selection) -> Any:
    if asked.name not in resolvers:
        raise Failed("undefinedField", f"Field '{asked.name}' doesn't exist")
    return resolvers[asked.name](call, asked.arguments)


def _shaped(value: Any, asked: Selection) -> Any:
    """Return what was asked for of a value, whose fields may be functions of their arguments."""
    if isinstance(value, list):
        return [_shaped(item, asked) for item in value]
    if not isinstance(value, dict):
        return value
    shaped: Json = {}
    for field in asked.inner:
        if field.name not in value:
            raise Failed("undefinedField", f"Field '{field.name}' doesn't exist on '{asked.name}'")
        found = value[field.name]
        shaped[field.alias] = _shaped(found(field.arguments) if callable(found) else found, field)
    return shaped


def _repository(call: Call, arguments: dict[str, Any]) -> Json:
    name = f"{arguments.get('owner')}/{arguments.get('name')}"
    found = call.world.repository(name) or call.world.old_names.get(name.casefold())
    if found is None or (found.private and not found.allows(call.identity.login, "read")):
        raise Failed("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
    repository: Repository = found

    def issue(inner: dict[str, Any]) -> Json:
        number = inner.get("number")
        if number not in repository.issues:
            raise Failed("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
        return _issue(repository.issues[number])

    return {
        "id": node_id("R", repository.id),
        "databaseId": repository.id,
        "nameWithOwner": repository.full_name,
        "isArchived": repository.archived,
        "hasIssuesEnabled": repository.has_issues,
        "issue": issue,
        "ref": lambda inner: _ref(repository, str(inner.get("qualifiedName", ""))),
    }


def _issue(issue: Issue) -> Json:
    return {
        "id": node_id("I", issue.id),
        "databaseId": issue.id,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body or "",
        "state": issue.state.upper(),
        "author": _actor(issue.user),
        "editor": _actor(issue.edits[-1].editor) if issue.edits else None,
        "lastEditedAt": maybe(issue.edits[-1].edited_at) if issue.edits else None,
        "includesCreatedEdit": bool(issue.edits),
        "userContentEdits": lambda arguments: _edits(issue.edits, arguments),
    }


def _edits(edits: Sequence[Edit], arguments: dict[str, Any]) -> Json:
    """Return the savings of a body, latest first, the creation as the last."""
    shown = list(reversed(edits))
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        words = "You must provide a `first` or `last` value to properly paginate the `userContentEdits` connection."
        raise Failed("MISSING_PAGINATION_BOUNDARIES", words)
    cut = shown[:first] if first is not None else shown[-int(last or 0) :]
    nodes = [
        {"editor": _actor(edit.editor), "editedAt": instant(edit.edited_at), "diff": edit.body, "deletedAt": None}
        for edit in cut
    ]
    pages = {"hasNextPage": len(cut) < len(shown), "endCursor": str(len(cut))}
    return {"totalCount": len(shown), "nodes": nodes, "pageInfo": pages}


def _actor(user: User) -> Json:
    login = user.login.removesuffix("[bot]")
    return {"login": login, "__typename": user.type, "id": node_id("U", user.id), "databaseId": user.id}


def _ref(repository: Repository, name: str) -> Json | None:
    sha = repository.branches.get(name.removeprefix("refs/heads/"))
    return None if sha is None else {"name": name, "target": {"oid": sha}}


def _commit_on_branch(call: Call, arguments: dict[str, Any]) -> Json:
    """Put many files into one commit, if the branch is still where the caller saw it."""
    given = arguments["input"]
    where = given["branch"]
    repository = call.world.repository(str(where.get("repositoryNameWithOwner")))
    branch = str(where.get("branchName", "")).removeprefix("refs/heads/")
    if repository is None or branch not in repository.branches:
        raise Failed("NOT_FOUND", "Could not resolve to a Ref.")
    call.found = repository
    if not call.may_push or repository.archived:
        raise Failed("FORBIDDEN", "Resource not accessible by personal access token")
    if branch in repository.protected:
        raise Failed(
            "UNPROCESSABLE", "Repository rule violations found\n\nChanges must be made through a pull request."
        )
    head = repository.branches[branch]
    if given.get("expectedHeadOid") != head:
        raise Failed("STALE_DATA", f'Expected branch to point to "{given.get("expectedHeadOid")}" but it did not. '
                     "Pull and try again.")  # fmt: skip
    changes = given.get("fileChanges", {})
    files: dict[str, bytes | None] = {
        item["path"]: b64decode(item["contents"]) for item in changes.get("additions", [])
    }
    files |= {item["path"]: None for item in changes.get("deletions", [])}
    words = given["message"]
    message = "\n\n".join(part for part in (words["headline"], words.get("body")) if part)
    made = Store(call.world, repository).commit(call.user, branch, files, message)
    url = f"{call.world.base}/{repository.full_name}/commit/{made.sha}"
    return {"clientMutationId": None, "commit": {"oid": made.sha, "url": url}, "ref": {"name": branch}}


def _limit(call: Call, _: dict[str, Any]) -> Json:
    figures = call.accountant.figures(call.identity.key, call.world.clock.now(), "graphql")
    return {**figures, "cost": 1}


_QUERIES: dict[str, Resolver] = {
    "repository": _repository,
    "viewer": lambda call, _: _actor(call.user),
    "rateLimit": _limit,
}
_MUTATIONS: dict[str, Resolver] = {"createCommitOnBranch": _commit_on_branch}
