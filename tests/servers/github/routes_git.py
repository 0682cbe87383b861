"""Routes of a repository's files: contents, trees, blobs, references, commits. Writing goes by GraphQL."""

from __future__ import annotations

from base64 import encodebytes
from typing import Any

from tests.servers.github import gitstore
from tests.servers.github.render import Json, instant, node_id
from tests.servers.github.routing import Call, Routes
from tests.servers.github.state import Commit
from tests.servers.github.words import Refused, not_found, refused
from tests.servers.wire import Answer

routes = Routes("contents", "git/trees")
REPOSITORY = "/repos/{owner}/{repo}"
REFS = REPOSITORY + "/git/refs"
RAW_LIMIT = 1_000_000
"""Above this size the JSON of a file has no content; it is read as a blob, or raw."""


@routes.on("GET", REPOSITORY + "/contents/{path*}")
def get_contents(call: Call) -> Answer:
    commit, path = _commit(call, call.request.query.get("ref", "")), call.params["path"].strip("/")
    if path in commit.files:
        content = commit.files[path]
        if "raw" in call.request.headers.get("accept", ""):
            return Answer(200, content, {"Content-Type": "application/vnd.github.raw+json; charset=utf-8"})
        entry = gitstore.Entry(path.rpartition("/")[2], "100644", "blob", gitstore.blob_sha(content), len(content))
        is_big = len(content) > RAW_LIMIT
        text = "" if is_big else encodebytes(content).decode()
        return Answer(200, {**_entry(call, path, entry), "content": text, "encoding": "none" if is_big else "base64"})
    folders = gitstore.trees(commit.files)
    if path not in folders:
        raise not_found()
    return Answer(200, [_entry(call, f"{path}/{entry.name}".lstrip("/"), entry) for entry in folders[path][1]])


def _entry(call: Call, path: str, entry: gitstore.Entry) -> Json:
    api = call.render.repository_url(call.repository)
    page = f"{call.world.base}/{call.repository.full_name}"
    is_file = entry.kind == "blob"
    links = {
        "self": f"{api}/contents/{path}",
        "git": f"{api}/git/{entry.kind}s/{entry.sha}",
        "html": f"{page}/{entry.kind}/{call.repository.default_branch}/{path}",
    }
    return {
        "type": "file" if is_file else "dir",
        "size": entry.size or 0,
        "name": entry.name,
        "path": path,
        "sha": entry.sha,
        "url": links["self"],
        "git_url": links["git"],
        "html_url": links["html"],
        "download_url": f"{page}/raw/{call.repository.default_branch}/{path}" if is_file else None,
        "_links": links,
    }


@routes.on("GET", REPOSITORY + "/git/trees/{tree_sha*}")
def get_tree(call: Call) -> Answer:
    """Answer a tree by its hash, by a commit's or by a branch; ``recursive`` takes any value at all.

    What is beyond the limit of entries is left out, and the answer says so.
    """
    wanted = call.params["tree_sha"]
    files = _files_of(call, wanted)
    folders = gitstore.trees(files)
    lines = [("", entry) for entry in folders[""][1]]
    if "recursive" in call.request.query:
        lines = [(path, entry) for path, (_, inside) in sorted(folders.items()) for entry in inside]
    api = call.render.repository_url(call.repository)
    tree: list[dict[str, Any]] = []
    for path, entry in lines:
        line: dict[str, Any] = {"path": f"{path}/{entry.name}".lstrip("/"), "mode": entry.mode, "type": entry.kind}
        line |= {"sha": entry.sha, "url": f"{api}/git/{entry.kind}s/{entry.sha}"}
        tree.append(line if entry.size is None else line | {"size": entry.size})
    sha = folders[""][0]
    limit = call.world.tree_limit
    shown = {"sha": sha, "url": f"{api}/git/trees/{sha}", "tree": tree[:limit], "truncated": len(tree) > limit}
    return Answer(200, shown)


def _files_of(call: Call, wanted: str) -> dict[str, bytes]:
    for commit in call.repository.commits.values():
        for path, (sha, _) in gitstore.trees(commit.files).items():
            if sha == wanted:
                head = f"{path}/" if path else ""
                return {name.removeprefix(head): one for name, one in commit.files.items() if name.startswith(head)}
    return _commit(call, wanted).files


@routes.on("GET", REPOSITORY + "/git/blobs/{file_sha}")
def get_blob(call: Call) -> Answer:
    for commit in call.repository.commits.values():
        for content in commit.files.values():
            sha = gitstore.blob_sha(content)
            if sha == call.params["file_sha"]:
                url = f"{call.render.repository_url(call.repository)}/git/blobs/{sha}"
                text = encodebytes(content).decode()
                shown = {"sha": sha, "node_id": f"B_{sha[:12]}", "size": len(content), "url": url}
                return Answer(200, {**shown, "content": text, "encoding": "base64"})
    raise not_found()


@routes.on("GET", REPOSITORY + "/git/ref/{ref*}")
def get_ref(call: Call) -> Answer:
    branch = call.params["ref"].removeprefix("heads/")
    if not call.repository.commits:
        raise refused(409, "Git Repository is empty.")
    if branch not in call.repository.branches:
        raise not_found()
    return Answer(200, _ref(call, branch))


@routes.on("POST", REFS)
def create_ref(call: Call) -> Answer:
    body = call.body()
    branch = str(body.get("ref", "")).removeprefix("refs/heads/")
    _may(call)
    if body.get("sha") not in call.repository.commits:
        raise refused(422, "Object does not exist")
    if branch in call.repository.branches:
        raise refused(422, "Reference already exists")
    call.repository.branches[branch] = body["sha"]
    return Answer(201, _ref(call, branch))


@routes.on("PATCH", REFS + "/{ref*}")
def update_ref(call: Call) -> Answer:
    branch, body = _branch(call), call.body()
    commit = call.repository.commits.get(body.get("sha", ""))
    if commit is None:
        raise refused(422, "Object does not exist")
    if not body.get("force") and not _is_ahead(call, commit, call.repository.branches[branch]):
        raise refused(422, "Update is not a fast forward")
    call.repository.branches[branch] = commit.sha
    _close_empty(call, branch)
    return Answer(200, _ref(call, branch))


def _close_empty(call: Call, branch: str) -> None:
    """Close the pull requests of a branch that was moved to where their base is, as GitHub does."""
    branches = call.repository.branches
    for issue in call.repository.issues.values():
        is_open = issue.pull is not None and issue.state == "open" and issue.pull.head == branch
        if is_open and issue.pull is not None and branches.get(issue.pull.base) == branches[branch]:
            call.desk.close(issue, None)


@routes.on("DELETE", REFS + "/{ref*}")
def delete_ref(call: Call) -> Answer:
    del call.repository.branches[_branch(call)]
    return Answer(204)


def _branch(call: Call) -> str:
    branch = call.params["ref"].removeprefix("heads/")
    _may(call)
    if branch not in call.repository.branches:
        raise refused(422, "Reference does not exist")
    return branch


def _is_ahead(call: Call, commit: Commit, old: str) -> bool:
    ahead: list[str] = [commit.sha]
    for sha in ahead:
        if sha == old:
            return True
        ahead.extend(call.repository.commits[sha].parents)
    return False


def _ref(call: Call, branch: str) -> Json:
    api, sha = call.render.repository_url(call.repository), call.repository.branches[branch]
    target = {"sha": sha, "type": "commit", "url": f"{api}/git/commits/{sha}"}
    ref = f"refs/heads/{branch}"
    return {"ref": ref, "node_id": node_id("REF", call.repository.id), "url": f"{api}/git/{ref}", "object": target}


@routes.on("GET", REPOSITORY + "/git/commits/{commit_sha}")
def get_git_commit(call: Call) -> Answer:
    commit = call.repository.commits.get(call.params["commit_sha"])
    if commit is None:
        raise not_found()
    api, page = call.render.repository_url(call.repository), f"{call.world.base}/{call.repository.full_name}"
    parents = [
        {"sha": sha, "url": f"{api}/git/commits/{sha}", "html_url": f"{page}/commit/{sha}"} for sha in commit.parents
    ]
    shown = {**_told(call, commit), "sha": commit.sha, "node_id": f"C_{commit.sha[:12]}"}
    links = {"url": f"{api}/git/commits/{commit.sha}", "html_url": f"{page}/commit/{commit.sha}"}
    return Answer(200, {**shown, **links, "parents": parents})


@routes.on("GET", REPOSITORY + "/commits/{ref*}")
def get_commit(call: Call) -> Answer:
    return Answer(200, _shown(call, _named(call, call.params["ref"])))


@routes.on("GET", REPOSITORY + "/compare/{basehead*}")
def compare(call: Call) -> Answer:
    first, _, second = call.params["basehead"].partition("...")
    base, head = _commit(call, first), _commit(call, second)
    ahead, behind = _beyond(call, head, base), _beyond(call, base, head)
    common = next(iter(commit for commit in _lineage(call, head) if commit not in ahead), base)
    status = {(True, False): "ahead", (False, True): "behind", (True, True): "diverged"}
    api, page = call.render.repository_url(call.repository), f"{call.world.base}/{call.repository.full_name}"
    shown = {
        "url": f"{api}/compare/{first}...{second}",
        "html_url": f"{page}/compare/{first}...{second}",
        "permalink_url": f"{page}/compare/{base.sha}...{head.sha}",
        "diff_url": f"{page}/compare/{first}...{second}.diff",
        "patch_url": f"{page}/compare/{first}...{second}.patch",
        "base_commit": _shown(call, base),
        "merge_base_commit": _shown(call, common),
        "status": status.get((bool(ahead), bool(behind)), "identical"),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [_shown(call, commit) for commit in ahead[::-1][:250]],
        "files": [],
    }
    return Answer(200, shown)


def _lineage(call: Call, head: Commit) -> list[Commit]:
    """Return a commit and all that came before it, newest first."""
    found = [head]
    for commit in found:
        found += [parent for sha in commit.parents if (parent := call.repository.commits[sha]) not in found]
    return found


def _beyond(call: Call, head: Commit, base: Commit) -> list[Commit]:
    known = _lineage(call, base)
    return [commit for commit in _lineage(call, head) if commit not in known]


def _named(call: Call, ref: str) -> Commit:
    """Return a commit as its own route names it, which has words of its own for what is not there."""
    if not call.repository.commits:
        raise refused(409, "Git Repository is empty.")
    try:
        return _commit(call, "" if ref == "HEAD" else ref)
    except Refused:
        raise refused(422, f"No commit found for SHA: {ref}") from None


def _shown(call: Call, commit: Commit) -> Json:
    api, page = call.render.repository_url(call.repository), f"{call.world.base}/{call.repository.full_name}"
    url, author = f"{api}/commits/{commit.sha}", call.render.user(commit.author)
    told = {**_told(call, commit), "url": f"{api}/git/commits/{commit.sha}", "comment_count": 0}
    parents = [{"sha": sha, "url": f"{api}/commits/{sha}"} for sha in commit.parents]
    names = {"sha": commit.sha, "node_id": f"C_{commit.sha[:12]}", "url": url, "comments_url": f"{url}/comments"}
    page = f"{page}/commit/{commit.sha}"
    return {**names, "html_url": page, "commit": told, "author": author, "committer": author, "parents": parents}


def _told(call: Call, commit: Commit) -> Json:
    login = commit.author.login
    person = {"name": login, "email": f"{login}@users.noreply.example", "date": instant(commit.at)}
    unsigned = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    tree = {"sha": commit.tree, "url": f"{call.render.repository_url(call.repository)}/git/trees/{commit.tree}"}
    content: Json = {"author": person, "committer": person, "message": commit.message}
    return content | {"tree": tree, "verification": unsigned}


def _commit(call: Call, ref: str) -> Commit:
    """Return the commit that a branch's name or a hash names; the default branch without one."""
    repository = call.repository
    name = (ref or repository.default_branch).removeprefix("refs/heads/").removeprefix("heads/")
    found = repository.commits.get(repository.branches.get(name, name))
    if found is None:
        raise not_found()
    return found


def _may(call: Call) -> None:
    if not call.may_push:
        raise not_found()
