"""Further issues that carry the marker of a plan's tracking issue: opened when an answer was lost (spec §4.7). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from plansync.core.changes import Change, CloseIssue
from plansync.core.duplicates import settle_duplicate
from plansync.core.observed import ObservedIssue
from plansync.core.ownership import OwnedIssue
from plansync.core.problems import Problem
from plansync.core.reading import Reading


def settle_twins(
    reading: Reading, kept: ObservedIssue, twins: Sequence[OwnedIssue]
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Close the open ones that only plansync ever touched; the others are people's to settle."""
    settled = [
        settle_duplicate(reading.key, twin, kept.number, "both track the plan", "to track the same plan")
        for twin in twins
        if twin.issue.closed is None
    ]
    problems = tuple(found for found in settled if isinstance(found, Problem))
    return tuple(change for change in settled if isinstance(change, CloseIssue)), problems
