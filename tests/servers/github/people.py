"""People at the GitHub of the tests: what somebody does in a browser, past the REST interface and its limits."""

from __future__ import annotations

from tests.servers.github import labels, milestones, relations
from tests.servers.github.desk import Desk
from tests.servers.github.state import Issue, Pull, Repository
from tests.servers.github.world import World


class GitHubPeople:
    """Somebody with the right to write to one repository."""

    def __init__(self, world: World, repository: Repository, login: str) -> None:
        self.world = world
        self.repository = repository
        self.login = login

    @property
    def desk(self) -> Desk:
        """Return the desk at which this person does things."""
        return Desk(self.world, self.repository, self.world.user(self.login))

    def issue(self, number: int) -> Issue:
        """Return an issue or pull request; raises ``KeyError``."""
        return self.repository.issues[number]

    def create_issue(self, title: str, body: str = "") -> int:
        with self.world.lock:
            return self.desk.open(title, body).number

    def open_pull_request(self, title: str, body: str = "", head: str = "topic") -> int:
        """Open a pull request, which has its number from the same row as the issues."""
        with self.world.lock:
            pull = Pull(self.world.next_id(), head, self.repository.default_branch)
            return self.desk.open(title, body, pull=pull).number

    def close(self, number: int, *, not_planned: bool = False, reason: str | None = None) -> None:
        with self.world.lock:
            self.desk.close(self.issue(number), reason or ("not_planned" if not_planned else "completed"))

    def reopen(self, number: int) -> None:
        with self.world.lock:
            self.desk.reopen(self.issue(number))

    def comment(self, number: int, text: str) -> None:
        with self.world.lock:
            self.desk.comment(self.issue(number), text)

    def comments(self, number: int) -> list[tuple[str, str]]:
        return [(comment.user.login, comment.body) for comment in self.issue(number).comments]

    def rename(self, number: int, title: str) -> None:
        with self.world.lock:
            self.desk.rename(self.issue(number), title)

    def set_body(self, number: int, body: str) -> None:
        with self.world.lock:
            self.desk.write(self.issue(number), body)

    def save_from_browser(self, number: int) -> None:
        """Save a body unchanged from a form, which makes every line end CRLF."""
        with self.world.lock:
            body = (self.issue(number).body or "").replace("\r\n", "\n")
            if self.world.lenient.strict("browser-crlf"):
                body = body.replace("\n", "\r\n")
            self.desk.write(self.issue(number), body)

    def add_label(self, number: int, name: str) -> None:
        with self.world.lock:
            (label,) = labels.named(self.world, self.repository, self.desk.actor, [name])
            self.desk.label(self.issue(number), label)

    def remove_label(self, number: int, name: str) -> None:
        with self.world.lock:
            label = labels.of(self.issue(number), name)
            if label is not None:
                self.desk.unlabel(self.issue(number), label)

    def assign(self, number: int, name: str) -> None:
        with self.world.lock:
            self.desk.assign(self.issue(number), self.world.user(name))

    def delete(self, number: int) -> None:
        with self.world.lock:
            self.desk.delete(self.issue(number))

    def lock(self, number: int, reason: str | None = None) -> None:
        """Lock an issue."""
        with self.world.lock:
            self.desk.lock(self.issue(number), reason)

    def transfer(self, number: int, project: str) -> int:
        """Transfer an issue to another repository and return its number there."""
        with self.world.lock:
            target = self.world.repository(project)
            if target is None:
                raise LookupError(project)
            return self.desk.transfer(self.issue(number), target).number

    def create_label(self, name: str, color: str = "ededed", description: str | None = None) -> None:
        """Make a label."""
        with self.world.lock:
            labels.create(
                self.world, self.repository, self.desk.actor, name, color=color, description=description
            )  # fmt: skip

    def delete_label(self, name: str) -> None:
        """Delete a label from the repository, and so from every issue."""
        with self.world.lock:
            label = labels.find(self.world, self.repository, name)
            if label is not None:
                labels.delete(self.world, self.repository, self.desk.actor, label)

    def create_milestone(self, title: str, description: str = "") -> int:
        with self.world.lock:
            made = milestones.create(
                self.world, self.repository, self.desk.actor, title=title, description=description
            )  # fmt: skip
            return made.number

    def describe_milestone(self, number: int, description: str) -> None:
        self.change_milestone(number, description=description)

    def change_milestone(self, number: int, **new: str) -> None:
        """Change a milestone's title, description, state or due_on."""
        with self.world.lock:
            milestone = self.repository.milestones[number]
            milestones.change(self.world, self.repository, self.desk.actor, milestone, **new)

    def put_in_milestone(self, number: int, milestone: int | None) -> None:
        """Put an issue into a milestone, or into none."""
        with self.world.lock:
            found = None if milestone is None else self.repository.milestones[milestone]
            self.desk.put_in(self.issue(number), found)

    def delete_milestone(self, number: int) -> None:
        with self.world.lock:
            milestone = self.repository.milestones[number]
            milestones.delete(self.world, self.repository, self.desk.actor, milestone)

    def add_sub_issue(self, parent: int, child: int) -> None:
        """Make an issue the sub-issue of another."""
        with self.world.lock:
            relations.add_child(self.desk, self.issue(parent), self.issue(child))

    def block(self, number: int, blocker: int) -> None:
        """Say that an issue waits for another."""
        with self.world.lock:
            relations.block(self.desk, self.issue(number), self.issue(blocker))
