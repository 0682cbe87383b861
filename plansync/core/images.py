"""How an issue or milestone was before a run, and after it: what the way back is found from. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueImage:
    """An issue at one time; ``closed`` is None while it is open."""

    title: str
    body: str = ""
    closed: CloseReason | None = None
    labels: frozenset[str] = frozenset()
    milestone: int | None = None
    assignees: tuple[str, ...] = ()

    @classmethod
    def of(cls, issue: ObservedIssue) -> IssueImage:
        """Return the image of an issue as it was observed."""
        return cls(
            title=issue.title,
            body=issue.body,
            closed=issue.closed,
            labels=issue.labels,
            milestone=issue.milestone,
            assignees=issue.assignees,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneImage:
    """A milestone at one time."""

    title: str
    description: str = ""
    closed: bool = False

    @classmethod
    def of(cls, milestone: ObservedMilestone) -> MilestoneImage:
        """Return the image of a milestone as it was observed."""
        return cls(title=milestone.title, description=milestone.description, closed=milestone.closed)


Image = IssueImage | MilestoneImage
