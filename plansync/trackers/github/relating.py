"""Sub-issues and dependencies of one GitHub repository.

Source: https://docs.github.com/en/rest/issues/sub-issues and https://docs.github.com/en/rest/issues/issue-dependencies.
"""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.observed import RelationKind
from plansync.core.pace import Sending
from plansync.errors import IssueGone
from plansync.hosts.calls import Call
from plansync.trackers.github.reading import GitHubReads
from plansync.trackers.hosted.rows import IssueRow

_PARTS = {RelationKind.SUB_ISSUE: "sub_issues", RelationKind.BLOCKED_BY: "dependencies/blocked_by"}
_IDS = {RelationKind.SUB_ISSUE: "sub_issue_id", RelationKind.BLOCKED_BY: "issue_id"}
"""The other issue is named by its id, which is another number than the one in its address."""


@dataclass(slots=True)
class GitHubRelates(GitHubReads):
    """The relating part of the desk. A server that is too old to know relations has none."""

    def related(self, number: int, kind: RelationKind) -> frozenset[int]:
        try:
            wires = list(self._all(self._path(number, kind), f"read the relations of issue #{number}"))
        except IssueGone:
            return frozenset()
        return frozenset(wire["number"] for wire in wires if not self._is_elsewhere(wire))

    def relate(self, row: IssueRow, kind: RelationKind, other: IssueRow) -> str:
        call = Call(
            method="POST",
            path=self._path(row.number, kind),
            body={_IDS[kind]: other.id},
            kind=Sending.CREATE,
            what=f"relate issues #{row.number} and #{other.number}",
        )
        self._send(call)
        return ""

    def _path(self, number: int, kind: RelationKind) -> str:
        return f"{self.root}/issues/{number}/{_PARTS[kind]}"
