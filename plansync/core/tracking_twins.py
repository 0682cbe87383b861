"""Further issues that carry the marker of a plan's tracking issue: opened when an answer was lost (spec §4.7). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from plansync.core.changes import Change, CloseIssue
from plansync.core.identity import tracking_key
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.ownership import OwnedIssue
from plansync.core.problems import Problem, problem
from plansync.core.reading import Reading

DUPLICATE_COMMENT = "This is a duplicate of #{kept}: both were opened to track the same plan."


def settle_twins(
    reading: Reading, kept: ObservedIssue, twins: Sequence[OwnedIssue]
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Close the open ones that only plansync ever touched; the others are people's to settle."""
    changes: list[Change] = []
    problems: list[Problem] = []
    for issue in (owned.issue for owned in twins if owned.issue.closed is None):
        if not issue.author_is_us or issue.touched_by_others:
            message = f"issues #{kept.number} and #{issue.number} both track the plan"
            problems.append(problem("PS504", 1, 1, message))
            continue
        changes.append(
            CloseIssue(
                plan=reading.key,
                reason=f"duplicate of #{kept.number}",
                key=tracking_key(reading.key),
                number=issue.number,
                because=CloseReason.DUPLICATE,
                comment=DUPLICATE_COMMENT.format(kept=kept.number),
                duplicate_of=kept.number,
            )
        )
    return tuple(changes), tuple(problems)
