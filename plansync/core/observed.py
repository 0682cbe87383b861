"""What a tracker holds, as values: issues, milestones, relations, events. Made by adapters, read by core."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from plansync.core.audience import Exposure


class CloseReason(StrEnum):
    """Why an issue is closed; every tracker's own words are mapped onto these."""

    COMPLETED = "completed"
    NOT_PLANNED = "not_planned"
    DUPLICATE = "duplicate"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedIssue:
    """One issue as the tracker answered it; ``closed`` is None while it is open."""

    number: int
    url: str
    title: str
    body: str
    closed: CloseReason | None = None
    labels: frozenset[str] = frozenset()
    milestone: int | None = None
    """The milestone's number."""
    assignees: tuple[str, ...] = ()
    author_is_us: bool = False
    author_trusted: bool = False
    """Opened by plansync's account or by someone with write access: its marker may be believed (spec §3.2)."""
    touched_by_others: bool = False
    """Anyone but plansync commented, edited or changed it, as far as the tracker tells."""
    created_at: datetime
    updated_at: datetime
    moved_to: str | None = None
    """The URL it was moved to, where the tracker tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedMilestone:
    """One milestone as the tracker answered it."""

    number: int
    url: str
    title: str
    description: str
    closed: bool = False
    issues: tuple[int, int] | None = None
    """(closed, all) issues in it, whoever opened them; None where the tracker cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedState:
    """Everything that one observation brought.

    ``issues`` has every owned issue, open or closed, and the foreign ones that were asked for by number;
    ``gone`` has the asked-for numbers that do not exist any more. ``at`` is the tracker's own clock.
    ``counted`` is False where milestones' issues were not counted.
    """

    issues: tuple[ObservedIssue, ...] = ()
    milestones: tuple[ObservedMilestone, ...] = ()
    gone: frozenset[int] = frozenset()
    gone_milestones: frozenset[int] = frozenset()
    at: datetime
    counted: bool = True
    foreign_milestone_titles: frozenset[str] = field(default_factory=frozenset)
    """Titles taken by milestones outside ``milestones`` (GitLab: in the project's groups)."""
    unlisted: frozenset[int] = field(default_factory=frozenset)
    """Of the issues, those that a listing of everything made lately should have shown and did not: it lags."""
    exposure: Exposure | None = None
    """Who reads issues and plans; None where that is no question."""


class RelationKind(StrEnum):
    """What one issue is to another; not every tracker knows all of them (``Capabilities``)."""

    SUB_ISSUE = "sub_issue"
    """The other one is a part of it."""
    BLOCKED_BY = "blocked_by"
    """The other one has to be done first."""
    RELATED = "related"
    """They belong together, and neither comes first."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Issue ``other`` is what ``kind`` says to issue ``number``."""

    kind: RelationKind
    number: int
    other: int


@dataclass(frozen=True, slots=True)
class StateEvent:
    """An issue was closed (``closed`` has the reason) or reopened (``closed`` is None) at ``at``."""

    at: datetime
    closed: CloseReason | None
    by_us: bool
