"""Merge requests of one project: https://docs.gitlab.com/api/merge_requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.ports.reviews import Review
from plansync.sources.hosted.refusals import as_source_errors_alone, refusal

_ANOTHER = 409


@dataclass(frozen=True, slots=True)
class GitLabReviews:
    """The merge requests of one project between its own branches.

    ``number`` returns the project's, under which alone a renamed one takes writes; ``path`` is for messages.
    """

    line: Line
    number: Callable[[], int]
    path: str

    def find(self, branch: str, onto: str) -> Review | None:
        query = {"state": "opened", "source_branch": branch, "target_branch": onto, "per_page": "1"}
        found = self._ask(Call(path=self._root, query=query, what="look for the merge request")).json()
        return _review(found[0]) if found else None

    def open(self, branch: str, onto: str, title: str, text: str) -> Review:
        body = {"source_branch": branch, "target_branch": onto, "title": title, "description": text}
        call = Call(
            method="POST",
            path=self._root,
            body=body,
            kind=Sending.CREATE,
            repeatable=False,
            what="open the merge request",
        )
        with as_source_errors_alone():
            reply = self.line.ask(call)
        if reply.status == _ANOTHER and (found := self.find(branch, onto)) is not None:
            return found
        return _review(self._checked(call, reply).json())

    def update(self, review: Review, title: str, text: str) -> Review:
        return _review(self._put(review, {"title": title, "description": text}, "update the merge request").json())

    def close(self, review: Review) -> None:
        self._put(review, {"state_event": "close"}, "close the merge request")

    @property
    def _root(self) -> str:
        with as_source_errors_alone():
            return f"/projects/{self.number()}/merge_requests"

    def _put(self, review: Review, body: dict[str, Any], what: str) -> Reply:
        path = f"{self._root}/{review.number}"
        return self._ask(Call(method="PUT", path=path, body=body, kind=Sending.WRITE, what=what))

    def _ask(self, call: Call) -> Reply:
        with as_source_errors_alone():
            return self._checked(call, self.line.ask(call))

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise refusal(call, reply, f"{self.path} on {self.line.host}")
        return reply


def _review(wire: dict[str, Any]) -> Review:
    text = (wire["description"] or "").replace("\r\n", "\n").strip("\n")
    return Review(wire["iid"], wire["web_url"], wire["title"], text)
