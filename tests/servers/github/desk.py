"""What somebody may do to an issue, by whatever way: REST, browser or App. Each deed leaves its event."""

from __future__ import annotations

from typing import Any

from tests.servers.github import labels, milestones
from tests.servers.github.state import App, Comment, Edit, Event, Issue, Label, Milestone, Repository, User
from tests.servers.github.words import invalid
from tests.servers.github.world import World

LONGEST_TITLE, LONGEST_BODY = 256, 65_536


class Desk:
    """Changes issues of one repository in somebody's name."""

    def __init__(self, world: World, repository: Repository, actor: User, app: App | None = None) -> None:
        self.world = world
        self.repository = repository
        self.actor = actor
        self.app = app

    def open(self, title: str, body: str | None = None, **more: Any) -> Issue:
        """Open an issue; keywords are ``labels``, ``milestone``, ``assignees`` and ``pull``."""
        self._check_title(title)
        self._check_body(body)
        self.repository.last_issue += 1
        now = self.world.now()
        issue = Issue(
            id=self.world.next_id(),
            number=self.repository.last_issue,
            repository=self.repository,
            title=milestones.kept(self.world, title),
            body=body,
            user=self.actor,
            created_at=now,
            updated_at=now,
            app=self.app,
            pull=more.get("pull"),
        )
        self.repository.issues[issue.number] = issue
        self._announce("opened", issue)
        for label in more.get("labels", ()):
            self.label(issue, label)
        for user in more.get("assignees", ()):
            self.assign(issue, user)
        self.put_in(issue, more.get("milestone"))
        return issue

    def rename(self, issue: Issue, title: str) -> None:
        """Give an issue another title."""
        self._check_title(title)
        new, old = milestones.kept(self.world, title), issue.title
        if new != old:
            issue.title = new
            self.note(issue, "renamed", rename={"from": old, "to": new})
            self._announce("edited", issue, changes={"title": {"from": old}})

    def write(self, issue: Issue, body: str | None) -> None:
        """Save a body; the timeline says nothing of it, GraphQL's ``userContentEdits`` do."""
        self._check_body(body)
        old = issue.body
        if body != old:
            if not issue.edits:
                issue.edits.append(Edit(issue.user, issue.created_at, old or ""))
            issue.body = body
            issue.edits.append(Edit(self.actor, self.world.now(), body or ""))
            self._touch(issue)
            self._announce("edited", issue, changes={"body": {"from": old or ""}})

    def close(self, issue: Issue, reason: str | None = "completed") -> None:
        """Close an issue; of one that is closed, say why anew."""
        if issue.state == "closed" and issue.state_reason == reason:
            return
        issue.state, issue.state_reason = "closed", reason
        issue.closed_at, issue.closed_by = self.world.now(), self.actor
        self.note(issue, "closed", state_reason=reason)
        self._announce("closed", issue)

    def reopen(self, issue: Issue) -> None:
        """Open an issue again."""
        if issue.state == "open":
            return
        issue.state, issue.state_reason = "open", "reopened"
        issue.closed_at = issue.closed_by = None
        self.note(issue, "reopened", state_reason="reopened")
        self._announce("reopened", issue)

    def label(self, issue: Issue, label: Label) -> None:
        """Put a label on an issue."""
        if label not in issue.labels:
            issue.labels.append(label)
            self.note(issue, "labeled", label={"name": label.name, "color": label.color})
            self._announce("labeled", issue, label=label)

    def unlabel(self, issue: Issue, label: Label) -> None:
        """Take a label off an issue."""
        if label in issue.labels:
            issue.labels.remove(label)
            self.note(issue, "unlabeled", label={"name": label.name, "color": label.color})
            self._announce("unlabeled", issue, label=label)

    def set_labels(self, issue: Issue, wanted: list[Label]) -> None:
        """Give an issue these labels and no others."""
        for label in [old for old in issue.labels if old not in wanted]:
            self.unlabel(issue, label)
        for label in wanted:
            self.label(issue, label)

    def assign(self, issue: Issue, user: User) -> None:
        """Assign somebody."""
        if user not in issue.assignees:
            issue.assignees.append(user)
            self.note(issue, "assigned", assignee=user)
            self._announce("assigned", issue, assignee=user)

    def unassign(self, issue: Issue, user: User) -> None:
        """Assign somebody no longer."""
        if user in issue.assignees:
            issue.assignees.remove(user)
            self.note(issue, "unassigned", assignee=user)
            self._announce("unassigned", issue, assignee=user)

    def put_in(self, issue: Issue, milestone: Milestone | None) -> None:
        """Put an issue into a milestone, or into none."""
        old = issue.milestone
        if old is milestone:
            return
        if old is not None:
            del old.members[issue.number]
            issue.milestone = None
            self.note(issue, "demilestoned", milestone={"title": old.title})
            self._announce("demilestoned", issue, milestone=old)
        if milestone is not None:
            milestone.members[issue.number] = issue
            issue.milestone = milestone
            self.note(issue, "milestoned", milestone={"title": milestone.title})
            self._announce("milestoned", issue, milestone=milestone)

    def comment(self, issue: Issue, body: str) -> Comment:
        """Say something on an issue."""
        if not body.strip():
            raise invalid("IssueComment", "body", "missing_field")
        self._check_body(body, "IssueComment")
        now = self.world.now()
        made = Comment(self.world.next_id(), self.actor, body, now, now, self.app)
        issue.comments.append(made)
        self._touch(issue)
        self.world.announce("issue_comment", "created", self.repository, self.actor, {"issue": issue, "comment": made})
        return made

    def lock(self, issue: Issue, reason: str | None = None) -> None:
        """Lock an issue's conversation."""
        issue.locked, issue.lock_reason = True, reason
        self.note(issue, "locked", lock_reason=reason)
        self._announce("locked", issue)

    def unlock(self, issue: Issue) -> None:
        """Unlock an issue's conversation."""
        issue.locked, issue.lock_reason = False, None
        self.note(issue, "unlocked", lock_reason=None)
        self._announce("unlocked", issue)

    def delete(self, issue: Issue) -> None:
        """Delete an issue; its number is never given again, and nothing tells of it but a webhook."""
        self._leave(issue)
        self.repository.deleted.add(issue.number)
        self._announce("deleted", issue)

    def transfer(self, issue: Issue, target: Repository) -> Issue:
        """Move an issue to another repository: a number of its own there, labels where that repository has them."""
        there = Desk(self.world, target, issue.user, issue.app)
        found = [labels.find(self.world, target, label.name) for label in issue.labels]
        copy = there.open(issue.title, issue.body, labels=[label for label in found if label is not None])
        copy.state, copy.state_reason, copy.closed_at = issue.state, issue.state_reason, issue.closed_at
        copy.comments, copy.events, copy.edits = issue.comments, issue.events, issue.edits
        copy.assignees, copy.created_at = issue.assignees, issue.created_at
        self.note(copy, "transferred")
        self._leave(issue)
        self.repository.moved[issue.number] = copy
        issue.moved_to = copy
        self._announce("transferred", issue, moved_to=copy)
        return copy

    def note(self, issue: Issue, event: str, **details: Any) -> None:
        """Write an event into an issue's timeline."""
        issue.events.append(Event(self.world.next_id(), event, self.actor, self.world.now(), details, self.app))
        self._touch(issue)

    def _leave(self, issue: Issue) -> None:
        del self.repository.issues[issue.number]
        if issue.milestone is not None:
            del issue.milestone.members[issue.number]
        if issue.parent is not None:
            issue.parent.children.remove(issue)
        for child in issue.children:
            child.parent = None

    def _touch(self, issue: Issue) -> None:
        issue.updated_at = self.world.now()
        self.repository.last_change = issue.updated_at

    def _announce(self, action: str, issue: Issue, **details: Any) -> None:
        if issue.pull is None:
            self.world.announce("issues", action, self.repository, self.actor, {"issue": issue, **details})

    def _check_title(self, title: str) -> None:
        if not title.strip():
            raise invalid("Issue", "title", "missing_field")
        if len(title.strip()) > LONGEST_TITLE and self.world.lenient.strict("long-text"):
            raise invalid("Issue", "title", "custom", f"title is too long (maximum is {LONGEST_TITLE} characters)")

    def _check_body(self, body: str | None, resource: str = "Issue") -> None:
        if len(body or "") > LONGEST_BODY and self.world.lenient.strict("long-text"):
            raise invalid(resource, "body", "custom", f"body is too long (maximum is {LONGEST_BODY} characters)")
