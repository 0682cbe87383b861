"""Writing to one GitHub repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from plansync.core.observed import CloseReason
from plansync.core.pace import Sending
from plansync.hosts.calls import Call
from plansync.trackers.github import mapping
from plansync.trackers.github.speaking import Speaker
from plansync.trackers.hosted.desk import NewIssue, Patch
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

_STATE_REASONS = {
    CloseReason.COMPLETED: "completed",
    CloseReason.NOT_PLANNED: "not_planned",
    CloseReason.DUPLICATE: "duplicate",
    CloseReason.MOVED: "not_planned",
}


@dataclass(slots=True)
class GitHubWrites(Speaker):
    """The writing half of the desk."""

    def create_label(self, name: str, colour: str, description: str) -> None:
        body = {"name": name, "color": colour, "description": description}
        call = Call(
            method="POST", path=f"{self.root}/labels", body=body, kind=Sending.WRITE, what=f"make the label {name}"
        )
        reply = self.line.ask(call)
        if reply.status == 422 and "already_exists" in reply.message:
            return
        self._checked(call, reply)

    def create_issue(self, new: NewIssue) -> IssueRow:
        body: dict[str, Any] = {"title": new.title, "body": new.body}
        if new.labels:
            body["labels"] = list(new.labels)
        if new.milestone is not None:
            body["milestone"] = new.milestone.number
        if new.assignees:
            body["assignees"] = list(new.assignees)
        return mapping.issue_row(self._create(f"{self.root}/issues", body, f"open the issue “{new.title}”").json())

    def patch_issue(self, row: IssueRow, patch: Patch) -> IssueRow:
        path = f"{self.root}/issues/{row.number}"
        what = f"change issue #{row.number}"
        labels = list(row.labels)
        if patch.add_labels:
            body = {"labels": list(patch.add_labels)}
            reply = self._send(
                Call(method="POST", path=f"{path}/labels", body=body, kind=Sending.WRITE, what=f"label #{row.number}")
            )
            labels = [label["name"] for label in reply.json()]
        for label in patch.remove_labels:
            labels = self._take_off(path, label, labels)
        fields = _fields(patch)
        if not fields:
            return replace(row, labels=tuple(labels))
        call = Call(method="PATCH", path=path, body=fields, kind=Sending.CREATE, what=what)
        return mapping.issue_row(self._send(call).json())

    def comment(self, number: int, text: str) -> None:
        self._create(f"{self.root}/issues/{number}/comments", {"body": text}, f"comment on issue #{number}")

    def create_milestone(self, title: str, description: str) -> MilestoneRow:
        body = {"title": title, "description": description}
        reply = self._create(f"{self.root}/milestones", body, f"open the milestone “{title}”")
        return mapping.milestone_row(reply.json())

    def patch_milestone(
        self,
        row: MilestoneRow,
        *,
        title: str | None = None,
        description: str | None = None,
        closed: bool | None = None,
    ) -> MilestoneRow:
        state = None if closed is None else "closed" if closed else "open"
        wanted = {"title": title, "description": description, "state": state}
        call = Call(
            method="PATCH",
            path=f"{self.root}/milestones/{row.number}",
            body={name: value for name, value in wanted.items() if value is not None},
            kind=Sending.WRITE,
            what=f"change milestone {row.number}",
        )
        return mapping.milestone_row(self._send(call).json())

    def _take_off(self, path: str, label: str, labels: list[str]) -> list[str]:
        call = Call(
            method="DELETE",
            path=f"{path}/labels/{quote(label, safe='')}",
            kind=Sending.WRITE,
            what=f"take off the label {label}",
        )
        reply = self.line.ask(call)
        if reply.status != 404:  # gone already: somebody was faster, or an earlier answer was lost
            self._checked(call, reply)
        return [name for name in labels if name.casefold() != label.casefold()]


def _fields(patch: Patch) -> Mapping[str, Any]:
    """Return the body of a PATCH; labels are never in it, for there they would replace all others."""
    fields: dict[str, Any] = {}
    if patch.title is not None:
        fields["title"] = patch.title
    if patch.body is not None:
        fields["body"] = patch.body
    if patch.milestone is not None:
        fields["milestone"] = patch.milestone.number
    elif patch.leaves_milestone:
        fields["milestone"] = None
    if patch.assignees is not None:
        fields["assignees"] = list(patch.assignees)
    if patch.close is not None:
        fields |= {"state": "closed", "state_reason": _STATE_REASONS[patch.close]}
    elif patch.reopen:
        fields["state"] = "open"
    return fields
