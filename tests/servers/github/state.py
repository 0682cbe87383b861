"""What the GitHub of the tests holds: people, repositories, issues and all that hangs on them.

Nothing here knows HTTP. Things compare by identity; whoever changes them goes through ``desk.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LEVELS = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(eq=False, slots=True)
class User:
    """An account: a person, a bot or an organization."""

    id: int
    login: str
    type: str = "User"


@dataclass(eq=False, slots=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(eq=False, slots=True)
class Comment:
    """What somebody said on an issue."""

    id: int
    user: User
    body: str
    created_at: datetime
    updated_at: datetime
    app: App | None = None


@dataclass(eq=False, slots=True)
class Event:
    """What somebody did to an issue; ``details`` are the fields that this kind of event has."""

    id: int
    event: str
    actor: User
    created_at: datetime
    details: dict[str, Any] = field(default_factory=dict)
    app: App | None = None


@dataclass(eq=False, slots=True)
class Edit:
    """One saving of a body; only GraphQL tells of it."""

    editor: User
    edited_at: datetime
    body: str


@dataclass(eq=False, slots=True)
class Milestone:
    """A milestone and the issues and pull requests in it."""

    id: int
    number: int
    title: str
    description: str | None
    creator: User
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    closed_at: datetime | None = None
    due_on: str | None = None
    members: dict[int, Issue] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Pull:
    """What a pull request has beyond an issue."""

    id: int
    head: str
    base: str
    merged_at: datetime | None = None


@dataclass(eq=False, slots=True)
class Issue:
    """An issue or, with ``pull``, a pull request."""

    id: int
    number: int
    repository: Repository
    title: str
    body: str | None
    user: User
    created_at: datetime
    updated_at: datetime
    app: App | None = None
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: User | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    milestone: Milestone | None = None
    locked: bool = False
    lock_reason: str | None = None
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    pull: Pull | None = None
    parent: Issue | None = None
    children: list[Issue] = field(default_factory=list)
    blocked_by: list[Issue] = field(default_factory=list)
    blocking: list[Issue] = field(default_factory=list)
    moved_to: Issue | None = None


@dataclass(eq=False, slots=True)
class Hook:
    """A webhook of a repository."""

    id: int
    url: str
    secret: str
    events: list[str]
    created_at: datetime
    updated_at: datetime
    active: bool = True
    content_type: str = "json"
    insecure_ssl: str = "0"


@dataclass(eq=False, slots=True)
class Commit:
    """A commit of a repository: whole trees in memory, path to bytes."""

    sha: str
    message: str
    author: User
    at: datetime
    files: dict[str, bytes]
    parents: list[str]
    tree: str


@dataclass(eq=False, slots=True)
class Repository:
    """A repository; ``permissions`` maps a login to one of ``LEVELS``."""

    id: int
    owner: User
    name: str
    created_at: datetime
    private: bool = False
    archived: bool = False
    has_issues: bool = True
    default_branch: str = "main"
    permissions: dict[str, str] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    moved: dict[int, Issue] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    """Branches that are changed by pull requests alone."""
    last_issue: int = 0
    last_milestone: int = 0
    last_change: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def full_name(self) -> str:
        """Return ``owner/name``."""
        return f"{self.owner.login}/{self.name}"

    def level(self, login: str | None) -> str:
        """Return what ``login`` may do here; a public repository may be read by everybody."""
        given = self.permissions.get(login or "", "none")
        return given if self.private or given != "none" else "read"

    def allows(self, login: str | None, wanted: str) -> bool:
        """Say whether ``login`` may do what ``wanted`` names."""
        return LEVELS.index(self.level(login)) >= LEVELS.index(wanted)


@dataclass(eq=False, slots=True)
class App:
    """A GitHub App, installed on all repositories; ``handed_out`` counts the tokens it was given."""

    id: int
    slug: str
    bot: User
    owner: User
    created_at: datetime
    private_key: str
    public_key: Any
    installation_id: int
    permissions: dict[str, str]
    handed_out: int = 0


@dataclass(eq=False, slots=True)
class Token:
    """A credential.

    Classic tokens have ``scopes``; fine-grained ones and those of an App have ``permissions`` instead.
    """

    text: str
    user: User
    scopes: list[str] = field(default_factory=lambda: ["repo"])
    permissions: dict[str, str] | None = None
    expires_at: datetime | None = None
    revoked: bool = False
    sso_required: bool = False
    app: App | None = None
