"""Comments of one pull request on GitHub.

Source: https://docs.github.com/en/rest/issues/comments; what a pull request is told is a comment of its issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from plansync.core.pace import Sending
from plansync.errors import IssueGone
from plansync.hosts.calls import Call
from plansync.ports.comments import Comment
from plansync.trackers.github.mapping import login_of
from plansync.trackers.github.reading import GitHubReads


@dataclass(slots=True)
class GitHubComments(GitHubReads):
    """The comments of pull request ``number`` of ``project``."""

    number: int = 0

    def all(self) -> Sequence[Comment]:
        found = self._all(f"{self.root}/issues/{self.number}/comments", "read the comments of the pull request")
        return [Comment(wire["id"], login_of(wire.get("user")), wire.get("body") or "") for wire in found]

    def post(self, text: str) -> None:
        self._create(f"{self.root}/issues/{self.number}/comments", {"body": text}, "comment on the pull request")

    def change(self, comment: Comment, text: str) -> None:
        self._act("PATCH", comment, {"body": text}, "update the comment on the pull request")

    def remove(self, comment: Comment) -> None:
        with suppress(IssueGone):
            self._act("DELETE", comment, None, "remove the comment from the pull request")

    def _act(self, method: str, comment: Comment, body: dict[str, str] | None, what: str) -> None:
        path = f"{self.root}/issues/comments/{comment.id}"
        self._send(Call(method=method, path=path, body=body, kind=Sending.WRITE, what=what))
