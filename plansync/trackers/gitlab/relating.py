"""Links between issues of one GitLab project. Plain ones are free; that one issue blocks another takes a licence.

Source: https://docs.gitlab.com/api/issue_links. Two issues have one link at most, of whatever type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plansync.core.observed import RelationKind
from plansync.core.pace import Sending
from plansync.hosts.calls import Call, Reply
from plansync.trackers.gitlab.writing import GitLabWrites
from plansync.trackers.hosted.rows import IssueRow

_BLOCKED, _RELATED = "is_blocked_by", "relates_to"
_NO_LICENCE = {400, 403}
"""How GitLab answers to a type of link that this instance does not have: without a licence, or in its free edition."""


@dataclass(slots=True)
class GitLabRelates(GitLabWrites):
    """The relating part of the desk."""

    _may_block: bool = field(default=True, kw_only=True)
    """False once GitLab has said that it takes a licence."""

    def related(self, number: int, kind: RelationKind) -> frozenset[int]:
        """Return the issues linked to an issue in any way: no second link could be made to them."""
        wires = list(self.read_all(f"{self.root}/issues/{number}/links", f"read the links of issue #{number}"))
        if wires and self.id is None:
            self.facts()
        return frozenset(wire["iid"] for wire in wires if wire["project_id"] == self.id)

    def relate(self, row: IssueRow, kind: RelationKind, other: IssueRow) -> str:
        if kind is RelationKind.BLOCKED_BY and self._may_block:
            call = self._link(row, other, _BLOCKED)
            reply = self.line.ask(call)
            if not self._is_unlicensed(reply):
                self._checked(call, reply)
                return ""
            self._may_block = False
        call = self._link(row, other, _RELATED)
        self._checked(call, self.line.ask(call))
        if kind is RelationKind.BLOCKED_BY:
            return f"related to #{other.number}, as links that block take a licence here"
        return ""

    def _link(self, row: IssueRow, other: IssueRow, link_type: str) -> Call:
        root = self._root_for_writing()
        body: Mapping[str, Any] = {
            "target_project_id": self.id,
            "target_issue_iid": other.number,
            "link_type": link_type,
        }
        return Call(
            method="POST",
            path=f"{root}/issues/{row.number}/links",
            body=body,
            kind=Sending.WRITE,
            what=f"relate issues #{row.number} and #{other.number}",
        )

    @staticmethod
    def _is_unlicensed(reply: Reply) -> bool:
        return reply.status in _NO_LICENCE and ("license" in reply.message or "link_type" in reply.message)
