"""One of two issues with one marker: closed if only plansync ever touched it, else for people (spec §4.7). Pure."""

from __future__ import annotations

from plansync.core.changes import CloseIssue
from plansync.core.identity import PlanKey
from plansync.core.observed import CloseReason
from plansync.core.ownership import OwnedIssue
from plansync.core.problems import Problem, problem


def settle_duplicate(plan: PlanKey, owned: OwnedIssue, kept: int, share: str, purpose: str) -> CloseIssue | Problem:
    """Return what becomes of an open issue whose place ``kept`` has.

    ``share`` says what the two have in common (``carry one marker``), ``purpose`` what they were opened for.
    """
    issue = owned.issue
    if not issue.author_is_us or issue.touched_by_others:
        return problem("PS504", 1, 1, f"issues #{kept} and #{issue.number} {share}")
    return CloseIssue(
        plan=plan,
        reason=f"duplicate of #{kept}",
        key=owned.key,
        number=issue.number,
        because=CloseReason.DUPLICATE,
        comment=f"This is a duplicate of #{kept}: both were opened {purpose}.",
        duplicate_of=kept,
    )
