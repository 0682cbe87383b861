"""What happens to issues in the GitLab test server, whoever does it: the API, a person, or a quick action.

Each change leaves what GitLab leaves: system notes for title, description, assignees, lock and confidentiality;
resource events for state, labels, milestone and weight; and word to the web hooks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.gitlab import history
from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Group, Issue, Label, Milestone, Note, Project, User

Changes = dict[str, Any]
"""New values by the name of the field; besides ``labels``, ``add_labels``, ``remove_labels`` and ``state_event``."""

Told = Callable[[str, Any, User, dict[str, Any]], None]


@dataclass
class Desk:
    """Changes issues. Rights are the caller's to check; ``told`` hears of everything, for the web hooks."""

    state: State
    told: Told = field(default=lambda event, subject, user, more: None)

    def open_issue(self, project: Project, user: User, title: str, changes: Changes) -> Issue:
        """Make an issue."""
        now = self.state.now()
        project.last_issue += 1
        number, id = project.last_issue, self.state.new_id("issue")
        text = changes.pop("description", None)
        issue = self.state.add_issue(Issue(id, number, project, self._title(title), text, user, now, now))
        self._apply(issue, user, changes)
        self.told("issue", issue, user, {"action": "open", "changes": {}})
        return issue

    def change_issue(self, issue: Issue, user: User, changes: Changes) -> bool:
        """Change what is named; nothing is noted, and no time moves, where nothing differs."""
        before = history.snapshot(issue)
        if "title" in changes:
            changes["title"] = self._title(changes["title"])
        self._apply(issue, user, changes)
        event = self._set_state(issue, user, changes.get("state_event"))
        after = history.snapshot(issue)
        if before == after:
            return False
        issue.updated_at = self.state.now()
        self.told("issue", issue, user, {"action": event or "update", "changes": history.differences(before, after)})
        return True

    def say(self, issue: Issue, user: User, body: str, *, internal: bool = False, discussion: str = "") -> Note:
        """Add a comment."""
        note = history.note(self.state, issue, user, body)
        note.internal, note.threaded = internal, bool(discussion)
        note.discussion = discussion or note.discussion
        issue.updated_at = note.created_at
        self.told("note", note, user, {"issue": issue, "action": "create"})
        return note

    def move(self, issue: Issue, target: Project, user: User) -> Issue:
        """Make a copy in another project and close the original, which points to the copy."""
        titles = [label.name for label in issue.labels]
        copy = self.open_issue(target, issue.author, issue.title, {"description": issue.description})
        copy.labels = [label for title in titles if (label := self.state.find_label(target, title)) is not None]
        copy.notes = [*issue.notes]
        history.system_note(self.state, copy, user, f"moved from {issue.project.full_path}#{issue.iid}")
        history.system_note(self.state, issue, user, f"moved to {target.full_path}#{copy.iid}")
        issue.moved_to = copy
        self.change_issue(issue, user, {"state_event": "close"})
        return copy

    def promote(self, issue: Issue, user: User) -> int:
        """Make an epic of an issue: the issue is closed, and a note names the epic."""
        number = self.state.new_id("epic")
        history.system_note(self.state, issue, user, f"promoted to epic &{number}")
        issue.epic = number
        if self.state.strict("promoted-issues"):
            self.change_issue(issue, user, {"state_event": "close"})
        return number

    def mark_duplicate(self, issue: Issue, canonical: Issue, user: User) -> None:
        """Close an issue as a duplicate of another."""
        here, there = f"#{canonical.iid}", f"#{issue.iid}"
        history.system_note(self.state, issue, user, f"marked this issue as a duplicate of {here}")
        history.system_note(self.state, canonical, user, f"marked {there} as a duplicate of this issue")
        issue.duplicate_of = canonical
        self.change_issue(issue, user, {"state_event": "close"})

    def delete_milestone(self, milestone: Milestone, user: User) -> None:
        """Delete a milestone; its issues stay, without one."""
        del self.state.milestones[milestone.id]
        for issue in self.state.issues.values():
            if issue.milestone is milestone:
                issue.milestone, issue.updated_at = None, self.state.now()
        self.told("milestone", milestone, user, {"action": "delete"})

    def delete_label(self, label: Label) -> None:
        """Delete a label, from all issues."""
        del self.state.labels[label.id]
        for issue in self.state.issues.values():
            if label in issue.labels:
                issue.labels.remove(label)

    def new_label(self, owner: Project | Group, name: str, color: str = "#428BCA") -> Label:
        """Make a label; the colour is GitLab's own default."""
        label = Label(self.state.new_id("label"), name, color, owner, self.state.now())
        self.state.labels[label.id] = label
        return label

    def new_milestone(self, owner: Project | Group, user: User, title: str, fields: dict[str, Any]) -> Milestone:
        """Make a milestone; whether its title is free, the caller knows."""
        owner.last_milestone += 1
        now = self.state.now()
        number = self.state.new_id("milestone")
        milestone = Milestone(number, owner.last_milestone, title, owner, now, now, **fields)
        self.state.milestones[milestone.id] = milestone
        self.told("milestone", milestone, user, {"action": "create"})
        return milestone

    def change_milestone(self, milestone: Milestone, user: User, fields: dict[str, Any]) -> None:
        """Change what is named."""
        changed = {name: value for name, value in fields.items() if getattr(milestone, name) != value}
        for name, value in changed.items():
            setattr(milestone, name, value)
        if changed:
            milestone.updated_at = self.state.now()
            action = {"closed": "close", "active": "reopen"}.get(changed.get("state", ""), "update")
            self.told("milestone", milestone, user, {"action": action})

    def label_named(self, project: Project, name: str) -> Label:
        """Return a label by name, made where it is missing."""
        return self.state.find_label(project, name) or self.new_label(project, name)

    def _apply(self, issue: Issue, user: User, changes: Changes) -> None:
        self._relabel(issue, user, changes)
        for name in ("title", "description", "assignees", "milestone", "weight", "confidential", "discussion_locked"):
            if name in changes and getattr(issue, name) != changes[name]:
                old = getattr(issue, name)
                setattr(issue, name, changes[name])
                history.record(self.state, issue, user, name, old)
        if "due_date" in changes:
            issue.due_date = changes["due_date"]

    def _relabel(self, issue: Issue, user: User, changes: Changes) -> None:
        old = list(issue.labels)
        wanted: list[Label] = list(changes.get("labels", old))
        if "labels" in changes and not self.state.strict("put-labels-replaces"):
            wanted = [*old, *wanted]
        wanted = [*wanted, *changes.get("add_labels", [])]
        gone = changes.get("remove_labels", [])
        issue.labels = list(dict.fromkeys(label for label in wanted if label not in gone))
        for label in issue.labels:
            if label not in old:
                history.event(self.state, issue, user, ("label", "add", label))
        for label in old:
            if label not in issue.labels:
                history.event(self.state, issue, user, ("label", "remove", label))

    def _set_state(self, issue: Issue, user: User, event: str | None) -> str | None:
        wanted = {"close": "closed", "reopen": "opened"}.get(event or "")
        if wanted is None or wanted == issue.state:
            return None
        issue.state = wanted
        closed = wanted == "closed"
        issue.closed_at, issue.closed_by = (self.state.now(), user) if closed else (None, None)
        if not closed:
            issue.moved_to = issue.duplicate_of = None
        history.event(self.state, issue, user, ("state", "closed" if closed else "reopened", None))
        return event

    def _title(self, title: str) -> str:
        return title.strip() if self.state.strict("trimmed-titles") else title
