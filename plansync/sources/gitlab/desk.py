"""One GitLab project as a desk of the hosted sources.

Reading: https://docs.gitlab.com/api/branches, https://docs.gitlab.com/api/repositories and
https://docs.gitlab.com/api/repository_files. Writing: https://docs.gitlab.com/api/commits, which compares each file's
last commit, but not the branch's head: the answer tells what the commit came down on.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.sources.entries import Entry, is_sound
from plansync.sources.gitlab.reviews import GitLabReviews
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

_NEXT = re.compile(r'<([^<>]+)>;[^<,]*rel="next"')
_MOVED = ("has changed since", "doesn't exist", "does not exist", "could not update", "reference update")
_RIGHT = "give the token the scope api and its account the role Developer, or one that may push to this branch"


@dataclass(slots=True)
class GitLabDesk:
    """Speaks GitLab's language for the project ``path``; ``author`` (name and mail) is empty for the account's own."""

    line: Line
    path: str
    author: tuple[str, str] | None = None
    _known: tuple[int, Project] | None = field(default=None, kw_only=True)

    @property
    def host(self) -> str:
        return self.line.host

    @property
    def reviews(self) -> GitLabReviews:
        return GitLabReviews(self.line, self._number, self.path)

    def project(self) -> Project:
        if self._known is None:
            call = Call(path=self._root, what="read the project")
            reply = self.line.ask(call)
            if reply.status == 404:
                raise missing(self._where)
            wire = self._checked(call, reply).json()
            found = Project(wire["path_with_namespace"], wire.get("default_branch") or "", bool(wire.get("archived")))
            self._known = (int(wire["id"]), found)
        return self._known[1]

    def head(self, branch: str, etag: str = "") -> Head | None:
        headers = {"If-None-Match": etag} if etag else {}
        if branch:
            path, query = f"{self._repository}/branches/{quote(branch, safe='')}", {}
        else:
            path, query = f"{self._repository}/commits", {"per_page": "1"}
        call = Call(path=path, query=query, headers=headers, what="read the branch")
        reply = self.line.ask(call)
        if reply.status == 304:
            return None
        if reply.status == 404:
            raise self._absence(reply, branch)
        wire = self._checked(call, reply).json()
        if not wire:
            raise empty(self._where)
        commit = wire["commit"] if branch else wire[0]
        return Head(commit["id"], "", reply.headers.get("etag", ""))

    def tree(self, head: Head, may_hold: Callable[[str], bool]) -> Sequence[Listed]:
        return list(self._listing(head.commit))

    def blob(self, entry: Entry, commit: str) -> Blob | None:
        path = f"{self._repository}/files/{quote(entry.path.decode(), safe='')}"
        call = Call(path=path, query={"ref": commit}, what="read a file")
        reply = self.line.ask(call)
        if reply.status == 404:
            return None
        wire = self._checked(call, reply).json()
        return Blob(base64.b64decode(wire["content"]), wire["last_commit_id"])

    def commit(self, draft: Draft) -> CommitResult:
        return self._commit(draft, {})

    def propose(self, draft: Draft) -> CommitResult:
        return self._commit(draft, {"start_sha": draft.onto, "force": True})

    def commits(self, base: str, branch: str) -> Sequence[Logged] | None:
        query = {"from": base, "to": branch}
        call = Call(path=f"{self._repository}/compare", query=query, what="compare branches")
        reply = self.line.ask(call)
        if reply.status == 404:
            return None
        return [Logged(commit["id"], commit["message"]) for commit in self._checked(call, reply).json()["commits"]]

    @property
    def _root(self) -> str:
        return f"/projects/{quote(self.path, safe='') if self._known is None else self._known[0]}"

    @property
    def _repository(self) -> str:
        return f"{self._root}/repository"

    @property
    def _where(self) -> str:
        return f"{self.path} on {self.host}"

    def _number(self) -> int:
        """Return the project's number: one that was renamed takes writes under no old path."""
        self.project()
        return self._known[0] if self._known is not None else 0

    def _absence(self, reply: Reply, branch: str) -> Exception:
        said = reply.message.casefold()
        if "project" in said:
            return missing(self._where)
        return no_branch(self._where, branch) if branch else empty(self._where)

    def _listing(self, commit: str) -> Iterator[Listed]:
        query = {"recursive": "true", "per_page": "100", "pagination": "keyset", "ref": commit}
        while True:
            call = Call(path=f"{self._repository}/tree", query=query, what="list the files")
            reply = self._checked(call, self.line.ask(call))
            for line in reply.json():
                entry = Entry(line["path"].encode("utf-8", "replace"), line["mode"].encode(), line["id"])
                if line["type"] in {"blob", "commit"} and is_sound(entry.path):
                    yield Listed(entry)
            place = _next_place(reply)
            if not place:
                return
            query = query | place

    def _commit(self, draft: Draft, more: dict[str, Any]) -> CommitResult:
        body: dict[str, Any] = {
            "branch": draft.branch,
            "commit_message": draft.message,
            "actions": [_action(edit.entry, edit.data, edit.changed_in) for edit in draft.edits],
            **more,
        }
        if self.author is not None:
            body |= {"author_name": self.author[0], "author_email": self.author[1]}
        call = Call(
            method="POST",
            path=f"/projects/{self._number()}/repository/commits",
            body=body,
            kind=Sending.WRITE,
            repeatable=False,
            what="commit plans",
        )
        reply = self.line.ask(call)
        said = reply.message
        if reply.status == 400 and any(words in said.casefold() for words in _MOVED):
            return Moved()
        if reply.status in {400, 403}:
            return Denied(said or f"GitLab answered {reply.status}", _RIGHT if reply.status == 403 else "")
        wire = self._checked(call, reply).json()
        parents = wire.get("parent_ids") or [""]
        return Committed(wire["id"], parents[0])

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise refusal(call, reply, self._where)
        return reply


def _action(entry: Entry, data: bytes, changed_in: str) -> dict[str, Any]:
    action = {
        "action": "update",
        "file_path": entry.path.decode(),
        "content": base64.b64encode(data).decode(),
        "encoding": "base64",
    }
    return action | ({"last_commit_id": changed_in} if changed_in else {})


def _next_place(reply: Reply) -> dict[str, str]:
    """Return where a listing goes on, by key or by page; not the link itself, which may name another address."""
    found = _NEXT.search(reply.headers.get("link", ""))
    asked = parse_qs(urlsplit(found[1]).query) if found else {}
    place: dict[str, str] = {name: asked[name][0] for name in ("page_token", "page") if name in asked}
    number = reply.headers.get("x-next-page", "").strip()
    return place or ({"page": number} if number else {})
