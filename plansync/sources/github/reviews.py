"""Pull requests of one repository: https://docs.github.com/en/rest/pulls/pulls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.hosts.line import Line
from plansync.ports.reviews import Review
from plansync.sources.hosted.refusals import as_source_errors_alone, refusal

_ANOTHER = 422


@dataclass(frozen=True, slots=True)
class GitHubReviews:
    """The pull requests of one repository between its own branches; ``current`` returns its path as it is now."""

    line: Line
    current: Callable[[], str]

    def find(self, branch: str, onto: str) -> Review | None:
        owner = self.current().partition("/")[0]
        query = {"state": "open", "head": f"{owner}:{branch}", "base": onto, "per_page": "1"}
        found = self._ask(Call(path=self._root, query=query, what="look for the pull request")).json()
        return _review(found[0]) if found else None

    def open(self, branch: str, onto: str, title: str, text: str) -> Review:
        body = {"title": title, "body": text, "head": branch, "base": onto}
        call = Call(
            method="POST",
            path=self._root,
            body=body,
            kind=Sending.CREATE,
            repeatable=False,
            what="open the pull request",
        )
        with as_source_errors_alone():
            reply = self.line.ask(call)
        if reply.status == _ANOTHER and (found := self.find(branch, onto)) is not None:
            return found
        return _review(self._checked(call, reply).json())

    def update(self, review: Review, title: str, text: str) -> Review:
        return _review(self._patch(review, {"title": title, "body": text}, "update the pull request").json())

    def close(self, review: Review) -> None:
        self._patch(review, {"state": "closed"}, "close the pull request")

    @property
    def _root(self) -> str:
        with as_source_errors_alone():
            return f"/repos/{self.current()}/pulls"

    def _patch(self, review: Review, body: dict[str, Any], what: str) -> Reply:
        path = f"{self._root}/{review.number}"
        return self._ask(Call(method="PATCH", path=path, body=body, kind=Sending.WRITE, what=what))

    def _ask(self, call: Call) -> Reply:
        with as_source_errors_alone():
            return self._checked(call, self.line.ask(call))

    def _checked(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise refusal(call, reply, f"{self.current()} on {self.line.host}")
        return reply


def _review(wire: dict[str, Any]) -> Review:
    return Review(
        wire["number"], wire["html_url"], wire["title"], (wire["body"] or "").replace("\r\n", "\n").strip("\n")
    )
