"""One GitHub repository as a desk of the hosted sources.

Reading: https://docs.github.com/en/rest/commits/commits#get-a-commit, https://docs.github.com/en/rest/git/trees and
https://docs.github.com/en/rest/git/blobs. Writing: the mutation ``createCommitOnBranch``, which compares the branch's
head and signs the commit (https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from plansync.core.pace import Sending
from plansync.errors import SourceError
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.sources.entries import Entry, is_sound
from plansync.sources.github.reviews import GitHubReviews
from plansync.sources.hosted.desk import (
    Blob,
    CommitResult,
    Committed,
    Denied,
    Draft,
    Head,
    Listed,
    Logged,
    Moved,
    Project,
)
from plansync.sources.hosted.refusals import empty, missing, no_branch, refusal

_COMMIT = """
mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }
"""
_RIGHT = "give the token Contents: read and write (a classic one: repo)"
_NEXT = "-next"
"""Ends the name of the branch on which a commit is made before it takes a request's branch over."""


@dataclass(slots=True)
class GitHubDesk:
    """Speaks GitHub's language for the repository ``path``. ``graphql`` is the address of its GraphQL interface."""

    line: Line
    path: str
    graphql: str
    _project: Project | None = field(default=None, kw_only=True)

    @property
    def host(self) -> str:
        return self.line.host

    @property
    def reviews(self) -> GitHubReviews:
        return GitHubReviews(self.line, lambda: self.project().path)

    def project(self) -> Project:
        if self._project is None:
            reply = self.line.ask(Call(path=self._root, what="read the repository"))
            if reply.status == 404:
                raise missing(self._where)
            wire = self._checked(Call(path=self._root, what="read the repository"), reply).json()
            rights = wire.get("permissions") or {}
            may_write = rights.get("push")
            self._project = Project(wire["full_name"], wire["default_branch"], bool(wire.get("archived")), may_write)
        return self._project

    def head(self, branch: str, etag: str = "") -> Head | None:
        ref = quote(f"heads/{branch}", safe="") if branch else "HEAD"
        headers = {"If-None-Match": etag} if etag else {}
        call = Call(
            path=f"{self._root}/commits/{ref}", query={"per_page": "1"}, headers=headers, what="read the branch"
        )
        reply = self.line.ask(call)
        match reply.status:
            case 304:
                return None
            case 404:
                raise missing(self._where)
            case 409:
                raise empty(self._where)
            case 422:
                raise no_branch(self._where, branch or "of its own")
            case _:
                pass
        wire = self._checked(call, reply).json()
        return Head(wire["sha"], wire["commit"]["tree"]["sha"], reply.headers.get("etag", ""))

    def tree(self, head: Head, may_hold: Callable[[str], bool]) -> Sequence[Listed]:
        return list(self._listing(head.tree or head.commit, "", may_hold))

    def blob(self, entry: Entry, commit: str) -> Blob | None:
        call = Call(path=f"{self._root}/git/blobs/{entry.oid}", what="read a file")
        reply = self.line.ask(call)
        if reply.status == 404:
            return None
        return Blob(base64.b64decode(self._checked(call, reply).json()["content"]))

    def commit(self, draft: Draft) -> CommitResult:
        subject, _, body = draft.message.partition("\n")
        edits = [
            {"path": edit.entry.path.decode(), "contents": base64.b64encode(edit.data).decode()} for edit in draft.edits
        ]
        wanted = {
            "branch": {"repositoryNameWithOwner": self.project().path, "branchName": draft.branch},
            "expectedHeadOid": draft.onto,
            "message": {"headline": subject, "body": body.strip("\n")},
            "fileChanges": {"additions": edits},
        }
        call = Call(
            method="POST",
            path=self.graphql,
            body={"query": _COMMIT, "variables": {"input": wanted}},
            kind=Sending.WRITE,
            repeatable=False,
            what="commit plans",
        )
        answer = self._checked(call, self.line.ask(call)).json()
        if errors := answer.get("errors"):
            return _trouble(errors)
        return Committed(answer["data"]["createCommitOnBranch"]["commit"]["oid"], draft.onto)

    def propose(self, draft: Draft) -> CommitResult:
        next_branch = draft.branch + _NEXT
        if not self._set(next_branch, draft.onto):
            return Moved()
        result = self.commit(Draft(next_branch, draft.onto, draft.edits, draft.message))
        if isinstance(result, Committed) and not self._set(draft.branch, result.commit):
            result = Moved()
        self._delete(next_branch)
        return result

    def commits(self, base: str, branch: str) -> Sequence[Logged] | None:
        call = Call(path=f"{self._root}/compare/{base}...{quote(branch, safe='')}", what="compare branches")
        reply = self.line.ask(call)
        if reply.status == 404:
            return None
        wire = self._checked(call, reply).json()
        told = [Logged(commit["sha"], commit["commit"]["message"]) for commit in wire["commits"]]
        return told if wire["total_commits"] == len(told) else [*told, Logged("", "")]

    @property
    def _root(self) -> str:
        return f"/repos/{self._project.path if self._project is not None else self.path}"

    @property
    def _where(self) -> str:
        return f"{self.path} on {self.host}"

    def _listing(self, tree: str, prefix: str, may_hold: Callable[[str], bool]) -> list[Listed]:
        """List a tree with all below it; one that is too large for one answer goes folder by folder."""
        wire = self._tree(tree, {"recursive": "1"})
        if not wire["truncated"]:
            return _files(wire["tree"], prefix)
        wire = self._tree(tree, {})
        if wire["truncated"]:
            raise SourceError(f"a folder of {self._where} is too large to be listed: {prefix or '/'}")
        found = _files(wire["tree"], prefix)
        for line in wire["tree"]:
            folder = f"{prefix}{line['path']}"
            if line["type"] == "tree" and may_hold(folder):
                found += self._listing(line["sha"], f"{folder}/", may_hold)
        return found

    def _tree(self, tree: str, query: Mapping[str, str]) -> Any:
        call = Call(path=f"{self._root}/git/trees/{tree}", query=query, what="list the files")
        return self._checked(call, self.line.ask(call)).json()

    def _set(self, branch: str, commit: str) -> bool:
        """Let ``branch``, which is ours, be at ``commit``, whether it is there or not; say whether it is now."""
        root = f"/repos/{self.project().path}/git/refs"
        body: dict[str, Any] = {"sha": commit, "force": True}
        move = Call(
            method="PATCH",
            path=f"{root}/heads/{quote(branch)}",
            body=body,
            kind=Sending.WRITE,
            what=f"move the branch {branch}",
        )
        reply = self.line.ask(move)
        if reply.status not in {404, 422}:
            return self._checked(move, reply).status < 300
        body = {"ref": f"refs/heads/{branch}", "sha": commit}
        make = Call(method="POST", path=root, body=body, kind=Sending.WRITE, what=f"make the branch {branch}")
        reply = self.line.ask(make)
        return reply.status != 422 and self._checked(make, reply).status < 300

    def _delete(self, branch: str) -> None:
        path = f"/repos/{self.project().path}/git/refs/heads/{quote(branch)}"
        self.line.ask(Call(method="DELETE", path=path, kind=Sending.WRITE, what=f"delete the branch {branch}"))

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise refusal(call, reply, self._where)
        return reply


def _files(lines: Sequence[Mapping[str, Any]], prefix: str) -> list[Listed]:
    found = (
        (
            Entry(f"{prefix}{line['path']}".encode("utf-8", "replace"), line["mode"].encode(), line["sha"]),
            line.get("size"),
        )
        for line in lines
        if line["type"] in {"blob", "commit"}
    )
    return [Listed(entry, size) for entry, size in found if is_sound(entry.path)]


def _trouble(errors: Sequence[Mapping[str, Any]]) -> CommitResult:
    """Return what errors of the mutation mean; a head that is another one is the only one to try again for."""
    kinds = {str(error.get("type", "")) for error in errors}
    words = " ".join("; ".join(str(error.get("message", "")) for error in errors).split())[:300]
    if "STALE_DATA" in kinds or "Expected branch to point to" in words:
        return Moved()
    return Denied(words, _RIGHT if kinds & {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"} else "")
