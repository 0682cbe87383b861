"""What one kind of host brings to a hosted tracker: plain reads and writes of one project, each a request or so.

A desk maps the wire's JSON to rows and refusals to errors. It decides nothing, and remembers only what saves it asking
twice (the ids of a project and its people). Any method may raise ``TrackerError``: ``ChangeRefused`` where only this
one change is not possible, ``IssueGone`` where its issue or milestone does not exist, ``OutcomeUnknown`` for a create
whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from plansync.core.audience import Audience
from plansync.core.fit import Capabilities
from plansync.core.observed import CloseReason, RelationKind
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow

Row = TypeVar("Row")
PAGE = 100
"""Rows a page, the most that the hosts give."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a listing. ``fresh`` is False when the host answered that nothing changed (304): no rows then.

    ``next`` is the host's own word for the page that follows, empty after the last.
    """

    rows: tuple[Row, ...] = ()
    next: str = ""
    etag: str = ""
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which issues, open and closed, in which order; pull requests are never among them.

    ``by`` is ``updated`` or ``created``; ``label`` narrows to one label, ``milestone`` to one milestone;
    ``since`` is a hint that older ones are not wanted, for hosts that can leave them out without harm.
    """

    by: str = "created"
    newest_first: bool = False
    label: str | None = None
    milestone: MilestoneRow | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The project itself. ``path`` is its name now (``acme/web``), which a rename changes.

    ``issues_for`` and ``files_for`` are who may read its issues and its files.
    """

    path: str
    archived: bool = False
    has_issues: bool = True
    issues_for: Audience = Audience.ALL
    files_for: Audience = Audience.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """An issue to open; labels exist already."""

    title: str
    body: str
    labels: tuple[str, ...] = ()
    milestone: MilestoneRow | None = None
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What to change of an issue; None leaves a field alone. Labels to add exist already.

    ``close`` closes with a reason, ``reopen`` reopens; ``leaves_milestone`` takes it out of the one it is in;
    ``assignees`` take the place of those who are assigned.
    """

    title: str | None = None
    body: str | None = None
    milestone: MilestoneRow | None = None
    leaves_milestone: bool = False
    assignees: tuple[str, ...] | None = None
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    close: CloseReason | None = None
    reopen: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether it changes nothing."""
        return self == Patch()


@dataclass(frozen=True, slots=True)
class Happening:
    """An issue was closed (with a reason) or reopened (None) by ``actor``."""

    at: datetime
    closed: CloseReason | None
    actor: str


class Reads(Protocol):
    """Reading one project."""

    def facts(self) -> Facts: ...
    def files_for(self, project: str) -> Audience | None:
        """Return who may read the files of another project on this host; None where that cannot be found out."""

    def login(self) -> str:
        """Return the account that the credential acts as."""

    def issues(self, listing: Listing, cursor: str = "", etag: str = "") -> Page[IssueRow]:
        """Return the page that ``cursor``, an earlier page's ``next``, names; the first one without."""

    def issue(self, number: int) -> IssueRow | None:
        """Return an issue as it is now, None when it does not exist; one that was moved away says where to."""

    def why_closed(self, row: IssueRow) -> str | None:
        """Return the word for why an issue is closed, None while it is open; more than its row may tell."""

    def milestones(self, page: int, etag: str = "") -> Page[MilestoneRow]: ...
    def milestone(self, number: int) -> MilestoneRow | None: ...
    def taken_titles(self) -> frozenset[str]:
        """Return titles that milestones outside the project take (GitLab: of its groups)."""

    def labels(self) -> Sequence[str]: ...
    def comments(self, number: int) -> Sequence[tuple[str, str]]:
        """Return author and text of each comment, oldest first."""

    def happenings(self, row: IssueRow) -> Sequence[Happening]:
        """Return all closings and reopenings, oldest first."""

    def touched_by(self, number: int) -> frozenset[str]:
        """Return everybody who commented on an issue or changed it after it was opened."""

    def may_write(self, login: str) -> bool: ...
    def assignable(self, login: str) -> str | None:
        """Return the user as the host spells it, None when the issue cannot be assigned to it."""


class Writes(Protocol):
    """Writing to one project. What is made, is made once; everything else may be repeated safely."""

    def create_label(self, name: str, colour: str, description: str) -> None: ...
    def create_issue(self, new: NewIssue) -> IssueRow: ...
    def patch_issue(self, row: IssueRow, patch: Patch) -> IssueRow:
        """Change an issue; of several requests that takes, opening or closing comes last."""

    def comment(self, number: int, text: str) -> None: ...
    def create_milestone(self, title: str, description: str) -> MilestoneRow: ...
    def patch_milestone(
        self,
        row: MilestoneRow,
        *,
        title: str | None = None,
        description: str | None = None,
        closed: bool | None = None,
    ) -> MilestoneRow: ...


class Relates(Protocol):
    """Relating issues of one project, where the host can; only kinds that the capabilities name are asked for."""

    def related(self, number: int, kind: RelationKind) -> frozenset[int]:
        """Return the issues of this project that are what ``kind`` says to issue ``number``."""

    def relate(self, row: IssueRow, kind: RelationKind, other: IssueRow) -> str:
        """Make ``other`` what ``kind`` says to ``row``; return what the host could not hold of it, mostly nothing."""


class Desk(Reads, Writes, Relates, Protocol):
    """One project on one host, seen with one credential."""

    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def credential(self) -> str:
        """Return a digest of the very token in use: what a host answered to another one's conditional reads is void."""

    @property
    def sent(self) -> tuple[int, int]:
        """Return how many requests were sent so far, and the writes among them."""

    @property
    def now(self) -> datetime:
        """Return the host's clock as of its last answer; ours before the first."""
