"""Writing to one GitLab project. An issue is changed by a single request, whatever changes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plansync.core.looks import look_of
from plansync.core.observed import CloseReason
from plansync.core.pace import Sending
from plansync.hosts.calls import Call
from plansync.trackers.gitlab.actions import check_text
from plansync.trackers.gitlab.mapping import REASON_LABELS
from plansync.trackers.gitlab.reading import GitLabReads
from plansync.trackers.hosted.desk import NewIssue, Patch
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

_NOBODY = (0,)
"""The ids that take everybody off an issue."""


@dataclass(slots=True)
class GitLabWrites(GitLabReads):
    """The writing half of the desk; it reads what it must know to write: ids of people."""

    _made: set[str] = field(default_factory=set, kw_only=True)
    """The labels that are surely there, of those that say why an issue is closed."""

    def create_label(self, name: str, colour: str, description: str) -> None:
        call = Call(
            method="POST",
            path=f"{self._root_for_writing()}/labels",
            body={"name": name, "color": f"#{colour}", "description": description},
            kind=Sending.CREATE,
            what=f"make the label {name}",
        )
        reply = self.line.ask(call)
        if reply.status != 409:  # there already: in a group, made by somebody else, or an earlier answer was lost
            self._checked(call, reply)

    def create_issue(self, new: NewIssue) -> IssueRow:
        what = f"open the issue “{new.title}”"
        check_text(new.body, what)
        body: dict[str, Any] = {"title": new.title, "description": new.body}
        if new.labels:
            body["labels"] = ",".join(new.labels)
        if new.milestone is not None:
            body["milestone_id"] = new.milestone.id
        if ids := self._ids(new.assignees):
            body["assignee_ids"] = ids
        return self._row(self._create("/issues", body, what).json())

    def patch_issue(self, row: IssueRow, patch: Patch) -> IssueRow:
        what = f"change issue #{row.number}"
        if patch.body is not None:
            check_text(patch.body, what)
        body: dict[str, Any] = {}
        if patch.title is not None:
            body["title"] = patch.title
        if patch.body is not None:
            body["description"] = patch.body
        if patch.milestone is not None:
            body["milestone_id"] = patch.milestone.id
        elif patch.leaves_milestone:
            body["milestone_id"] = 0
        ids = _NOBODY if patch.assignees == () else self._ids(patch.assignees or ())
        if ids:
            body["assignee_ids"] = list(ids)
        body |= self._labelled(patch)
        if patch.close is not None:
            body["state_event"] = "close"
        elif patch.reopen:
            body["state_event"] = "reopen"
        return self._row(self._put(f"/issues/{row.number}", body, what).json()) if body else row

    def comment(self, number: int, text: str) -> None:
        what = f"comment on issue #{number}"
        check_text(text, what)
        self._create(f"/issues/{number}/notes", {"body": text}, what)

    def create_milestone(self, title: str, description: str) -> MilestoneRow:
        body = {"title": title, "description": description}
        return self._milestone_row(self._create("/milestones", body, f"open the milestone “{title}”").json())

    def patch_milestone(
        self,
        row: MilestoneRow,
        *,
        title: str | None = None,
        description: str | None = None,
        closed: bool | None = None,
    ) -> MilestoneRow:
        event = None if closed is None else "close" if closed else "activate"
        wanted = {"title": title, "description": description, "state_event": event}
        body = {name: value for name, value in wanted.items() if value is not None}
        return self._milestone_row(self._put(f"/milestones/{row.id}", body, f"change milestone {row.number}").json())

    def _labelled(self, patch: Patch) -> Mapping[str, str]:
        """Return which labels come and go, among them those that say why the issue is closed."""
        add, remove = [*patch.add_labels], [*patch.remove_labels]
        if patch.close is not None:
            add += self._reason(patch.close)
        if patch.close is not None or patch.reopen:
            remove += [label for label in REASON_LABELS.values() if label not in add]
        wanted = {"add_labels": ",".join(add), "remove_labels": ",".join(remove)}
        return {name: value for name, value in wanted.items() if value}

    def _reason(self, because: CloseReason) -> Sequence[str]:
        """Return the label for a reason, which is made where it is missing; most reasons have none."""
        label = REASON_LABELS.get(because)
        if label is None:
            return ()
        if label not in self._made:
            self.create_label(label, *look_of(label))
            self._made.add(label)
        return (label,)

    def _ids(self, logins: Sequence[str]) -> Sequence[int]:
        """Return the ids of users; those that cannot be assigned are left out."""
        for login in logins:
            if login.casefold() not in self.users:
                self.assignable(login)
        return [self.users[login.casefold()] for login in logins if login.casefold() in self.users]
