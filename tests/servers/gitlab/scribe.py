"""How text comes into the GitLab test server: tidied, its quick actions carried out, its references followed.

Whoever writes a description or a comment, through the API or in a browser, writes it here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.servers.gitlab import history, quick_actions, references
from tests.servers.gitlab.commands import Command, extract
from tests.servers.gitlab.desk import Changes, Desk
from tests.servers.gitlab.state import State
from tests.servers.gitlab.values import Issue, Note, Project, User


@dataclass
class Scribe:
    """Writes texts, and keeps the books of what they did."""

    state: State
    desk: Desk
    executed: list[tuple[str, str, str]] = field(default_factory=list)
    notified: list[tuple[str, str]] = field(default_factory=list)
    cross_references: list[tuple[str, str]] = field(default_factory=list)

    def open_issue(self, project: Project, user: User, title: str, changes: Changes) -> Issue:
        """Make an issue of what somebody wrote."""
        commands: list[Command] = []
        if changes.get("description") is not None:
            changes["description"], commands = self._read(changes["description"])
        issue = self.desk.open_issue(project, user, title, changes)
        self._obey(issue, user, commands)
        self._follow(issue, user, f"{issue.title}\n{issue.description or ''}")
        return issue

    def change_issue(self, issue: Issue, user: User, changes: Changes) -> None:
        """Change an issue as somebody wrote."""
        commands: list[Command] = []
        if changes.get("description") is not None:
            changes["description"], commands = self._read(changes["description"])
        old = {issue.title, issue.description}
        self.desk.change_issue(issue, user, changes)
        self._obey(issue, user, commands)
        for text in (issue.title, issue.description):
            if text not in old:
                self._follow(issue, user, text or "")

    def say(self, issue: Issue, user: User, body: str, discussion: str = "", *, internal: bool = False) -> Note | None:
        """Add a comment; None where it was nothing but quick actions, of which no comment remains."""
        rest, commands = self._read(body)
        self._obey(issue, user, commands)
        if not rest.strip():
            return None
        note = self.desk.say(issue, user, rest, internal=internal, discussion=discussion)
        self._follow(issue, user, rest)
        return note

    def _read(self, text: str) -> tuple[str, list[Command]]:
        """Return the text as it is kept, and the commands in it.

        GitLab's extractor drops carriage returns and trailing space of whatever passes through it, commands or not.
        """
        commands: list[Command] = []
        rest = text
        if self.state.strict("quick-actions"):
            rest, commands = extract(text.replace("\r", ""), quick_actions.NAMES)
        if not self.state.strict("tidied-texts"):
            return (rest if commands else text), commands
        return rest.replace("\r", "").rstrip(), commands

    def _obey(self, issue: Issue, user: User, commands: list[Command]) -> None:
        for command in commands:
            if quick_actions.carry_out(self.desk, issue, user, command):
                self.executed.append((f"{issue.project.full_path}#{issue.iid}", command.name, command.argument))

    def _follow(self, issue: Issue, user: User, text: str) -> None:
        here = f"{issue.project.full_path}#{issue.iid}"
        for login in references.mentioned_users(text):
            self.notified.append((here, login))
        for target in references.mentioned_issues(self.state, issue.project, text):
            if target is issue:
                continue
            near = target.project is issue.project
            body = f"mentioned in issue {f'#{issue.iid}' if near else here}"
            if not any(note.system and note.body == body for note in target.notes):
                history.system_note(self.state, target, user, body)
                self.cross_references.append((here, f"{target.project.full_path}#{target.iid}"))
