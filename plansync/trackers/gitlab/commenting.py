"""Comments of one merge request on GitLab.

Source: https://docs.gitlab.com/api/notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from plansync.core.pace import Sending
from plansync.errors import IssueGone
from plansync.hosts.calls import Call
from plansync.ports.comments import Comment
from plansync.trackers.gitlab.mapping import login_of
from plansync.trackers.gitlab.speaking import Speaker


@dataclass(slots=True)
class GitLabComments(Speaker):
    """The comments of merge request ``number`` of ``project``."""

    number: int = 0

    def login(self) -> str:
        return login_of(self.read("/user", "read whose token it is"))

    def all(self) -> Sequence[Comment]:
        query = {"sort": "asc", "order_by": "created_at"}
        found = self.read_all(f"{self.root}{self._notes}", "read the comments of the merge request", query)
        said = (note for note in found if not note.get("system"))
        return [Comment(note["id"], login_of(note.get("author")), note.get("body") or "") for note in said]

    def post(self, text: str) -> None:
        self._create(self._notes, {"body": text}, "comment on the merge request")

    def change(self, comment: Comment, text: str) -> None:
        self._act("PUT", comment, {"body": text}, "update the comment on the merge request")

    def remove(self, comment: Comment) -> None:
        with suppress(IssueGone):
            self._act("DELETE", comment, None, "remove the comment from the merge request")

    @property
    def _notes(self) -> str:
        return f"/merge_requests/{self.number}/notes"

    def _act(self, method: str, comment: Comment, body: dict[str, str] | None, what: str) -> None:
        path = f"{self._root_for_writing()}{self._notes}/{comment.id}"
        self._send(Call(method=method, path=path, body=body, kind=Sending.WRITE, what=what))
