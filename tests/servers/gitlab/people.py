"""Somebody who works in a GitLab project by hand, for tests; implements ``tests.support.people.People``."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.gitlab.scribe import Scribe
from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Issue, Label, Milestone, Project, User


@dataclass(frozen=True)
class GitLabPeople:
    """One user in one project. Numbers are iids, of issues and of milestones."""

    state: State
    scribe: Scribe
    project: Project
    user: User

    def create_issue(self, title: str, body: str = "") -> int:
        return self.scribe.open_issue(self.project, self.user, title, {"description": body}).iid

    def close(self, number: int, *, not_planned: bool = False) -> None:
        """Close an issue; GitLab knows no reasons for it."""
        self._change(number, state_event="close")

    def reopen(self, number: int) -> None:
        self._change(number, state_event="reopen")

    def comment(self, number: int, text: str) -> None:
        self.scribe.say(self.issue(number), self.user, text)

    def comments(self, number: int) -> list[tuple[str, str]]:
        return [(note.author.username, note.body) for note in self.issue(number).comments]

    def rename(self, number: int, title: str) -> None:
        self._change(number, title=title)

    def set_body(self, number: int, body: str) -> None:
        self._change(number, description=body)

    def add_label(self, number: int, name: str) -> None:
        self._change(number, add_labels=[self._label(name)])

    def remove_label(self, number: int, name: str) -> None:
        self._change(number, remove_labels=[self._label(name)])

    def assign(self, number: int, name: str) -> None:
        """Assign somebody, who is made a user where there is none; without a licence an issue has one assignee."""
        user = self.state.find_user(name) or self.state.add_user(name)
        self._change(number, assignees=[user])

    def delete(self, number: int) -> None:
        self.state.remove_issue(self.issue(number))

    def create_milestone(self, title: str, description: str = "") -> int:
        new = self.scribe.desk.new_milestone(self.project, self.user, title.strip(), {"description": description})
        return new.iid

    def describe_milestone(self, number: int, description: str) -> None:
        self.scribe.desk.change_milestone(self.milestone(number), self.user, {"description": description})

    def rename_milestone(self, number: int, title: str) -> None:
        """Give a milestone another title."""
        self.scribe.desk.change_milestone(self.milestone(number), self.user, {"title": title})

    def close_milestone(self, number: int) -> None:
        """Close a milestone."""
        self.scribe.desk.change_milestone(self.milestone(number), self.user, {"state": "closed"})

    def delete_milestone(self, number: int) -> None:
        self.scribe.desk.delete_milestone(self.milestone(number), self.user)

    def save_from_browser(self, number: int) -> None:
        """Save an issue as a browser's form sends it: every line ends with CR and LF.

        GitLab's services drop carriage returns today; issues that were saved by older versions, imported or moved
        still have them, and this is how such an issue reads.
        """
        issue = self.issue(number)
        if self.state.strict("browser-crlf"):
            text = (issue.description or "").replace("\r\n", "\n").replace("\n", "\r\n")
            self.scribe.desk.change_issue(issue, self.user, {"description": text})

    def set_milestone(self, number: int, milestone: int | None) -> None:
        """Put an issue into a milestone, or take it out."""
        self._change(number, milestone=None if milestone is None else self.milestone(milestone))

    def lock(self, number: int) -> None:
        """Lock an issue's discussion."""
        self._change(number, discussion_locked=True)

    def make_confidential(self, number: int) -> None:
        """Hide an issue from guests."""
        self._change(number, confidential=True)

    def move(self, number: int, to_project: Project) -> Issue:
        """Move an issue to another project, and return the new one."""
        return self.scribe.desk.move(self.issue(number), to_project, self.user)

    def promote(self, number: int) -> int:
        """Make an epic of an issue, and return the epic's number."""
        return self.scribe.desk.promote(self.issue(number), self.user)

    def mark_duplicate(self, number: int, of: int) -> None:
        """Close an issue as a duplicate."""
        self.scribe.desk.mark_duplicate(self.issue(number), self.issue(of), self.user)

    def issue(self, number: int) -> Issue:
        """Return an issue that is there."""
        found = self.state.find_issue(self.project, number)
        assert found is not None, number
        return found

    def milestone(self, number: int) -> Milestone:
        """Return a milestone of the project that is there."""
        own = self.state.milestones_for(self.project, ancestors=False)
        return next(milestone for milestone in own if milestone.iid == number)

    def _label(self, name: str) -> Label:
        return self.scribe.desk.label_named(self.project, name)

    def _change(self, number: int, **changes: object) -> None:
        self.scribe.change_issue(self.issue(number), self.user, dict(changes))
