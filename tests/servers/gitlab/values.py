"""What the GitLab test server holds: users, tokens, groups, projects, and what belongs to an issue.

Plain mutable records, without behaviour but what follows from their own fields. Global ids and iids differ on purpose:
``id`` counts over the whole instance, ``iid`` within a project, and neither is ever given twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

GUEST, PLANNER, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 15, 20, 30, 40, 50


class TokenKind(StrEnum):
    """Where a token comes from; a project's or a group's token acts as a bot user of its own."""

    PERSONAL = "personal"
    PROJECT = "project"
    GROUP = "group"
    JOB = "job"


@dataclass(eq=False, slots=True)
class User:
    """Somebody, or a bot."""

    id: int
    username: str
    name: str
    admin: bool = False
    bot: bool = False
    state: str = "active"


@dataclass(eq=False, slots=True)
class Token:
    """A credential; ``expires_on`` is the first day on which it is of no use."""

    id: int
    value: str
    user: User
    created_at: datetime
    kind: TokenKind = TokenKind.PERSONAL
    scopes: tuple[str, ...] = ("api",)
    expires_on: date | None = None
    revoked: bool = False


@dataclass(eq=False, slots=True)
class Group:
    """A namespace: a group in a tree of groups, or that of a user."""

    id: int
    path: str
    name: str
    parent: Group | None = None
    personal: bool = False
    members: dict[int, int] = field(default_factory=dict)
    """Access level by user id."""
    last_milestone: int = 0

    @property
    def full_path(self) -> str:
        """Return the path with all ancestors."""
        return self.path if self.parent is None else f"{self.parent.full_path}/{self.path}"

    @property
    def lineage(self) -> list[Group]:
        """Return this group and its ancestors, nearest first."""
        return [self, *(self.parent.lineage if self.parent is not None else [])]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with the whole tree: paths and contents."""

    id: str
    parent: Commit | None
    tree: dict[str, bytes]
    message: str
    author: User
    created_at: datetime


@dataclass(eq=False, slots=True)
class MergeRequest:
    """A request to merge one branch into another."""

    id: int
    iid: int
    source: str
    target: str
    title: str
    description: str
    author: User
    created_at: datetime
    updated_at: datetime
    state: str = "opened"
    notes: list[Note] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Project:
    """A project and its counters; ``old_paths`` are lower case, as addresses are compared."""

    id: int
    path: str
    name: str
    group: Group
    created_at: datetime
    description: str | None = None
    archived: bool = False
    issues_enabled: bool = True
    visibility: str = "private"
    default_branch: str = "main"
    members: dict[int, int] = field(default_factory=dict)
    old_paths: set[str] = field(default_factory=set)
    last_issue: int = 0
    last_milestone: int = 0
    branches: dict[str, Commit] = field(default_factory=dict)
    merge_requests: list[MergeRequest] = field(default_factory=list)

    @property
    def full_path(self) -> str:
        """Return the path with all groups."""
        return f"{self.group.full_path}/{self.path}"


@dataclass(eq=False, slots=True)
class Label:
    """A label of a project, or of a group and so of all projects below it."""

    id: int
    name: str
    color: str
    owner: Project | Group
    created_at: datetime
    description: str | None = None
    priority: int | None = None
    subscribers: set[int] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Milestone:
    """A milestone of a project, or of a group and so of all projects below it."""

    id: int
    iid: int
    title: str
    owner: Project | Group
    created_at: datetime
    updated_at: datetime
    description: str = ""
    state: str = "active"
    start_date: str | None = None
    due_date: str | None = None


@dataclass(eq=False, slots=True)
class Award:
    """An emoji on a note."""

    id: int
    name: str
    user: User
    created_at: datetime


@dataclass(eq=False, slots=True)
class Note:
    """A comment, or a line of history that GitLab wrote itself (``system``)."""

    id: int
    body: str
    author: User
    created_at: datetime
    updated_at: datetime
    system: bool = False
    internal: bool = False
    discussion: str = ""
    threaded: bool = False
    awards: list[Award] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Event:
    """A change of state, label, milestone or weight: GitLab keeps these beside the notes."""

    id: int
    kind: str
    action: str
    user: User
    created_at: datetime
    subject: Label | Milestone | int | None = None


@dataclass(eq=False, slots=True)
class Issue:
    """An issue and what was said and done about it."""

    id: int
    iid: int
    project: Project
    title: str
    description: str | None
    author: User
    created_at: datetime
    updated_at: datetime
    state: str = "opened"
    closed_at: datetime | None = None
    closed_by: User | None = None
    labels: list[Label] = field(default_factory=list)
    milestone: Milestone | None = None
    assignees: list[User] = field(default_factory=list)
    confidential: bool = False
    discussion_locked: bool | None = None
    due_date: str | None = None
    weight: int | None = None
    moved_to: Issue | None = None
    duplicate_of: Issue | None = None
    epic: int | None = None
    """The number of the epic that this issue was promoted to."""
    notes: list[Note] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def comments(self) -> list[Note]:
        """Return what people said."""
        return [note for note in self.notes if not note.system]


@dataclass(eq=False, slots=True)
class Link:
    """A relation between two issues."""

    id: int
    source: Issue
    target: Issue
    kind: str
    created_at: datetime


@dataclass(eq=False, slots=True)
class Hook:
    """A web hook of a project or a group; neither token is ever shown again."""

    id: int
    url: str
    owner: Project | Group
    created_at: datetime
    token: str = ""
    signing_token: str = ""
    name: str | None = None
    description: str | None = None
    enable_ssl_verification: bool = True
    events: dict[str, bool] = field(default_factory=dict)
