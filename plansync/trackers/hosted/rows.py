"""Issues and milestones of a host as rows: what is kept of the wire's JSON, in one form for all hosts.

Rows go into snapshots, so that they hold nothing but JSON's own types. Times are ISO 8601, in UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from plansync.core.events import issue_digest
from plansync.core.marker import read_marker
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """One issue. ``id`` is the host's number over all projects; ``moved_to`` the URL it was moved to."""

    number: int
    id: int
    url: str
    title: str
    body: str
    closed: str | None = None
    """A word of :class:`~plansync.core.observed.CloseReason`; None while it is open."""
    labels: tuple[str, ...] = ()
    milestone: int | None = None
    assignees: tuple[str, ...] = ()
    author: str = ""
    comments: int = 0
    created_at: str
    updated_at: str
    moved_to: str | None = None

    @property
    def digest(self) -> str:
        """Return what stands for all that an event shows of the issue as well."""
        return issue_digest(self.title, self.body, self.closed, self.labels, self.assignees)

    def as_json(self) -> Mapping[str, Any]:
        """Return the row for a snapshot."""
        return asdict(self)

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the row of a snapshot; raises ``TypeError`` where it is of another version."""
        lists = {"labels": tuple(data["labels"]), "assignees": tuple(data["assignees"])}
        return cls(**{**data, **lists})

    def observed(self, *, is_us: bool, trusted: bool, touched: bool) -> ObservedIssue:
        """Return the issue as the core knows it."""
        return ObservedIssue(
            number=self.number,
            url=self.url,
            title=self.title,
            body=self.body,
            closed=None if self.closed is None else CloseReason(self.closed),
            labels=frozenset(self.labels),
            milestone=self.milestone,
            assignees=self.assignees,
            author_is_us=is_us,
            author_trusted=trusted,
            touched_by_others=touched,
            created_at=datetime.fromisoformat(self.created_at),
            updated_at=datetime.fromisoformat(self.updated_at),
            moved_to=self.moved_to,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    """One milestone. ``number`` is what its URL names, ``id`` what the host's interface wants where that differs."""

    number: int
    id: int
    url: str
    title: str
    description: str
    closed: bool = False

    def as_json(self) -> Mapping[str, Any]:
        """Return the row for a snapshot."""
        return asdict(self)

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the row of a snapshot; raises ``TypeError`` where it is of another version."""
        return cls(**data)

    def observed(self, issues: tuple[int, int] | None = None) -> ObservedMilestone:
        """Return the milestone as the core knows it; ``issues`` are counted apart."""
        return ObservedMilestone(
            number=self.number,
            url=self.url,
            title=self.title,
            description=self.description,
            closed=self.closed,
            issues=issues,
        )


def twins(rows: Iterable[IssueRow]) -> frozenset[int]:
    """Return the open issues that share their marker with another: only of these it matters who touched them."""
    by_marker: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        marker = read_marker(row.body)
        if marker is not None and row.closed is None:
            by_marker[marker.plan, marker.item].append(row.number)
    return frozenset(number for numbers in by_marker.values() if len(numbers) > 1 for number in numbers)


def utc_text(time: datetime) -> str:
    """Return an aware time as rows keep it."""
    return time.isoformat()
