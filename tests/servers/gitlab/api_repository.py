"""Trees, files, commits and branches in the API of the GitLab test server.

Who may push is a developer; to the default branch, which is protected, a maintainer.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from tests.servers.gitkinds import Module, mode_of
from tests.servers.gitlab.call import Call, Refused, Routes, not_found
from tests.servers.gitlab.paging import keyset, page
from tests.servers.gitlab.repository import Push, blob_id, commit, history, last_change
from tests.servers.gitlab.values import DEVELOPER, MAINTAINER, Commit, Project
from tests.servers.wire import Answer


def _head(call: Call, project: Project, what: str, name: str = "ref") -> Commit:
    ref = call.text(name) or project.default_branch
    wanted = project.branches.get(project.default_branch if ref == "HEAD" else ref)
    if wanted is not None:
        return wanted
    known = (found for head in project.branches.values() for found in history(head))
    for found in known:
        if found.id.startswith(ref) and len(ref) >= 7:
            return found
    raise not_found(what)


def _tree(call: Call) -> Answer:
    head = _head(call, call.project(), "Tree")
    folder, deep = (call.text("path") or "").strip("/"), call.flag("recursive")
    prefix = f"{folder}/" if folder else ""
    inside = [path.removeprefix(prefix) for path in sorted(head.tree) if path.startswith(prefix)]
    if folder and not inside:
        raise not_found("invalid revision or path")
    folders = dict.fromkeys("/".join(p.split("/")[:n]) for p in inside for n in range(1, p.count("/") + 1))
    names = [*((name, "tree") for name in folders), *((name, "blob") for name in inside)]
    found = [(name, kind) for name, kind in names if deep or "/" not in name]
    if call.text("pagination") == "keyset":
        return keyset(call, found, lambda pair: _entry(head, prefix, *pair))
    return page(call, found, lambda pair: _entry(head, prefix, *pair))


def _entry(head: Commit, prefix: str, name: str, kind: str) -> dict[str, Any]:
    path = f"{prefix}{name}"
    shown = {"name": path.rpartition("/")[2], "path": path}
    if kind == "tree":
        return shown | {"id": hashlib.sha256(path.encode()).hexdigest()[:40], "type": kind, "mode": "040000"}
    content = head.tree[path]
    if isinstance(content, Module):
        return shown | {"id": content.decode(), "type": "commit", "mode": mode_of(content)}
    return shown | {"id": blob_id(content), "type": kind, "mode": mode_of(content)}


def _file(call: Call) -> Answer:
    project = call.project()
    head, path = _head(call, project, "Commit"), str(call.params["file_path"])
    if path not in head.tree:
        raise not_found("File")
    content = head.tree[path]
    shown: dict[str, Any] = {
        "file_name": path.rpartition("/")[2],
        "file_path": path,
        "size": len(content),
        "encoding": "base64",
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "ref": call.text("ref") or project.default_branch,
        "blob_id": blob_id(content),
        "commit_id": head.id,
        "last_commit_id": last_change(head, path).id,
        "execute_filemode": False,
    }
    told = {name: str(value).encode().decode("latin-1") for name, value in shown.items()}  # bytes as they are
    headers = {f"X-Gitlab-{name.replace('_', '-').title()}": value for name, value in told.items()}
    return Answer(200, {**shown, "content": base64.b64encode(content).decode()}, headers)


def _raw_file(call: Call) -> Answer:
    head, path = _head(call, call.project(), "Commit"), str(call.params["file_path"])
    if path not in head.tree:
        raise not_found("File")
    return Answer(200, head.tree[path], {"Content-Type": "text/plain"})


def _write_file(action: str) -> Any:
    def handler(call: Call) -> Any:
        fields: dict[str, Any] = {
            name: call.params[name] for name in ("content", "encoding", "last_commit_id") if name in call.params
        }
        step: dict[str, Any] = {"action": action, "file_path": call.params["file_path"]} | fields
        branch = str(call.needed("branch"))
        _push(call, Push(branch, call.text("start_branch"), str(call.needed("commit_message")), [step]))
        return Answer(204) if action == "delete" else {"file_path": call.params["file_path"], "branch": branch}

    return handler


def _push(call: Call, push: Push) -> Commit:
    project = call.project()
    is_protected = push.branch == project.default_branch
    if call.lab.state.level(call.me, project) < (MAINTAINER if is_protected else DEVELOPER):
        raise Refused(403, "You are not allowed to push into this branch")
    call.need_life(project)
    return commit(call.lab.desk, project, call.me, push)


def _create_commit(call: Call) -> dict[str, Any]:
    branch, message = str(call.needed("branch")), str(call.needed("commit_message"))
    actions = list(call.needed("actions"))
    project, start = call.project(), call.text("start_sha")
    if start is not None and branch in project.branches and not call.flag("force"):
        raise Refused(400, f"A branch called '{branch}' already exists. Switch to that branch in order to make changes")
    begin = _head(call, project, "Commit", "start_sha") if start is not None else None
    new = _push(call, Push(branch, call.text("start_branch"), message, actions, begin))
    return {**_commit(call, new), "stats": {"additions": 0, "deletions": 0, "total": 0}, "status": None}


def _commit(call: Call, shown: Commit) -> dict[str, Any]:
    at, email = shown.created_at.isoformat(timespec="milliseconds"), f"{shown.author.username}@example.com"
    return {
        "id": shown.id,
        "short_id": shown.id[:8],
        "title": shown.message.split("\n", 1)[0],
        "message": shown.message,
        "author_name": shown.author.name,
        "author_email": email,
        "authored_date": at,
        "committer_name": shown.author.name,
        "committer_email": email,
        "committed_date": at,
        "created_at": at,
        "parent_ids": [shown.parent.id] if shown.parent is not None else [],
        "trailers": {},
        "extended_trailers": {},
        "web_url": f"{call.lab.base}/{call.project().full_path}/-/commit/{shown.id}",
    }


def _commits(call: Call) -> Answer:
    head, path = _head(call, call.project(), "Commit", "ref_name"), call.text("path")
    found = list(history(head))
    if path is not None:
        old = [None if one.parent is None else one.parent.tree.get(path) for one in found]
        found = [one for one, before in zip(found, old, strict=True) if one.tree.get(path) != before]
    return page(call, found, lambda shown: _commit(call, shown))


def _compare(call: Call) -> dict[str, Any]:
    """Compare two commits from where they parted; the differences of files are left out."""
    project = call.project()
    base, head = (_head(call, project, "Ref", name) for name in ("from", "to"))
    known = {commit.id for commit in history(base)}
    commits = [_commit(call, commit) for commit in history(head) if commit.id not in known][::-1]
    same, web = base.id == head.id, f"{call.lab.base}/{project.full_path}/-/compare/{base.id}...{head.id}"
    shown = {"commit": commits[-1] if commits else None, "commits": commits, "diffs": []}
    return shown | {"compare_timeout": False, "compare_same_ref": same, "web_url": web}


def _show_commit(call: Call) -> dict[str, Any]:
    return _commit(call, _head(call, call.project(), "Commit", "sha"))


def _branch(call: Call, name: str) -> dict[str, Any]:
    project = call.project()
    head = project.branches.get(name)
    if head is None:
        raise not_found("Branch")
    default = name == project.default_branch
    return {
        "name": name,
        "commit": _commit(call, head),
        "merged": False,
        "protected": default,
        "default": default,
        "developers_can_push": False,
        "developers_can_merge": False,
        "can_push": call.lab.state.level(call.user, project) >= (MAINTAINER if default else DEVELOPER),
        "web_url": f"{call.lab.base}/{project.full_path}/-/tree/{name}",
    }


def _branches(call: Call) -> Answer:
    return page(call, sorted(call.project().branches), lambda name: _branch(call, name))


def _show_branch(call: Call) -> dict[str, Any]:
    return _branch(call, str(call.params["branch"]))


def _create_branch(call: Call) -> dict[str, Any]:
    project, name = call.project(), str(call.needed("branch"))
    call.need(project, DEVELOPER)
    if name in project.branches:
        raise Refused(400, "Branch already exists")
    call.needed("ref")
    project.branches[name] = _head(call, project, "Commit")
    return _branch(call, name)


def _delete_branch(call: Call) -> Answer:
    project = call.project()
    call.need(project, DEVELOPER)
    if project.branches.pop(str(call.params["branch"]), None) is None:
        raise not_found("Branch")
    return Answer(204)


_REPOSITORY = "projects/:id/repository"

ROUTES: Routes = {
    ("GET", f"{_REPOSITORY}/tree"): _tree,
    ("GET", f"{_REPOSITORY}/files/:file_path"): _file,
    ("GET", f"{_REPOSITORY}/files/:file_path/raw"): _raw_file,
    ("POST", f"{_REPOSITORY}/files/:file_path"): _write_file("create"),
    ("PUT", f"{_REPOSITORY}/files/:file_path"): _write_file("update"),
    ("DELETE", f"{_REPOSITORY}/files/:file_path"): _write_file("delete"),
    ("GET", f"{_REPOSITORY}/commits"): _commits,
    ("POST", f"{_REPOSITORY}/commits"): _create_commit,
    ("GET", f"{_REPOSITORY}/commits/:sha"): _show_commit,
    ("GET", f"{_REPOSITORY}/compare"): _compare,
    ("GET", f"{_REPOSITORY}/branches"): _branches,
    ("POST", f"{_REPOSITORY}/branches"): _create_branch,
    ("GET", f"{_REPOSITORY}/branches/:branch"): _show_branch,
    ("DELETE", f"{_REPOSITORY}/branches/:branch"): _delete_branch,
}
