"""What the GitLab test server knows, and how things are found in it: by id, path, iid, token."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tests.servers.gitlab.switches import Leniency
from tests.servers.gitlab.values import (
    OWNER,
    Group,
    Hook,
    Issue,
    Label,
    Link,
    Milestone,
    Project,
    Token,
    TokenKind,
    User,
)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime: ...


@dataclass
class State:
    """Everything there is. ``lenient`` holds the names of the behaviours that are switched off."""

    clock: Clock
    lenient: Leniency = field(default_factory=Leniency)
    users: dict[int, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    _counters: dict[str, Iterator[int]] = field(default_factory=dict)
    _iids: dict[tuple[int, int], Issue] = field(default_factory=dict)

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def strict(self, name: str) -> bool:
        """Say whether GitLab's own behaviour ``name`` is in force."""
        return self.lenient.strict(name)

    def new_id(self, kind: str) -> int:
        """Return the next global id of its kind; each kind begins far from 1, so that an iid is never mistaken."""
        first = 1000 * (3 + len(self._counters)) + 1
        return next(self._counters.setdefault(kind, itertools.count(first)))

    def add_user(self, login: str, name: str | None = None, *, admin: bool = False, bot: bool = False) -> User:
        """Make a user with a namespace of the same name."""
        user = User(self.new_id("user"), login, name or login.replace("-", " ").title(), admin, bot)
        self.users[user.id] = user
        self.add_group(login, personal=True).members[user.id] = OWNER
        return user

    def add_token(self, user: User, value: str, kind: TokenKind = TokenKind.PERSONAL) -> Token:
        """Give a user a token; change its other fields afterwards."""
        token = Token(self.new_id("token"), value, user, self.now(), kind)
        self.tokens[value] = token
        return token

    def add_group(
        self, path: str, parent: Group | None = None, name: str | None = None, *, personal: bool = False
    ) -> Group:
        """Make one group."""
        group = Group(self.new_id("group"), path, name or path, parent, personal)
        self.groups[group.id] = group
        return group

    def group_at(self, full_path: str) -> Group:
        """Return the group of a path, with ancestors; they are made where they are missing."""
        found: Group | None = None
        for part in full_path.split("/"):
            below = f"{found.full_path}/{part}" if found is not None else part
            found = self.find_group(below) or self.add_group(part, found)
        assert found is not None
        return found

    def add_project(self, full_path: str, name: str | None = None) -> Project:
        """Make a project, and the groups above it."""
        where, _, path = full_path.rpartition("/")
        project = Project(self.new_id("project"), path, name or path, self.group_at(where), self.now())
        self.projects[project.id] = project
        return project

    def add_issue(self, issue: Issue) -> Issue:
        """Take in a new issue."""
        self.issues[issue.id] = issue
        self._iids[issue.project.id, issue.iid] = issue
        return issue

    def remove_issue(self, issue: Issue) -> None:
        """Forget an issue, and what links to it."""
        del self.issues[issue.id], self._iids[issue.project.id, issue.iid]
        for link in [link for link in self.links.values() if issue in (link.source, link.target)]:
            del self.links[link.id]

    def find_group(self, address: str) -> Group | None:
        """Return a group by its id or, without regard to case, its path."""
        if address.isdigit():
            return self.groups.get(int(address))
        return next((group for group in self.groups.values() if group.full_path.lower() == address.lower()), None)

    def find_project(self, address: str) -> tuple[Project | None, bool]:
        """Return a project by its id or path, and whether it was found by a path that it had before."""
        if address.isdigit():
            return self.projects.get(int(address)), False
        path = address.lower()
        for project in self.projects.values():
            if project.full_path.lower() == path:
                return project, False
        return next(((project, True) for project in self.projects.values() if path in project.old_paths), (None, False))

    def find_user(self, login: str) -> User | None:
        """Return a user by login, without regard to case."""
        return next((user for user in self.users.values() if user.username.lower() == login.lower()), None)

    def find_issue(self, project: Project, iid: int) -> Issue | None:
        """Return an issue by its number in a project."""
        return self._iids.get((project.id, iid))

    def issues_of(self, project: Project) -> list[Issue]:
        """Return a project's issues, oldest first."""
        return [issue for issue in self.issues.values() if issue.project is project]

    def owners_for(self, container: Project | Group) -> list[Project | Group]:
        """Return whose labels and milestones count in a project or group: its own and its ancestors'."""
        if isinstance(container, Project):
            return [container, *container.group.lineage]
        return list(container.lineage)

    def labels_for(self, container: Project | Group, *, ancestors: bool = True) -> list[Label]:
        """Return the labels to be had in a project or group, by name."""
        owners = self.owners_for(container) if ancestors else [container]
        found = [label for label in self.labels.values() if label.owner in owners]
        return sorted(found, key=lambda label: (label.name, label.id))

    def find_label(self, container: Project | Group, name: str) -> Label | None:
        """Return a label by name. GitLab compares exactly; ``label-case`` makes it blind to case, as GitHub is."""
        fold = str if self.strict("label-case") else str.lower
        return next((label for label in self.labels_for(container) if fold(label.name) == fold(name)), None)

    def milestones_for(self, container: Project | Group, *, ancestors: bool = True) -> list[Milestone]:
        """Return the milestones to be had in a project or group, newest first."""
        owners = self.owners_for(container) if ancestors else [container]
        found = [milestone for milestone in self.milestones.values() if milestone.owner in owners]
        return sorted(found, key=lambda milestone: -milestone.id)

    def level(self, user: User | None, container: Project | Group) -> int:
        """Return a user's access level, 0 for none: the highest of the project's and all groups' above."""
        if user is None:
            return 0
        if user.admin:
            return OWNER
        return max(owner.members.get(user.id, 0) for owner in self.owners_for(container))
