"""Changes as tests send them to a tracker, and how they look at what became of them."""

from dataclasses import replace

from plansync.core.changes import (
    Change,
    CloseIssue,
    CreateIssue,
    CreateMilestone,
    Done,
    ReopenIssue,
    UpdateIssue,
)
from plansync.core.identity import ItemKey, PhaseKey, PlanKey
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone
from plansync.ports.tracker import Asked, Tracker

PLAN, KEY, PHASE = PlanKey("web"), ItemKey("t-0123456789abcdef"), PhaseKey("p-0123456789abcdef")
MARKER = f"<!-- plansync:v1 plan=web item={KEY} -->"


def region(words: str) -> str:
    """Return a managed region that says ``words``."""
    return f"{MARKER}\n{words}\n<!-- /plansync -->"


def new_issue(title: str = "Write the parser", words: str = "All of it.", **fields: object) -> CreateIssue:
    change = CreateIssue(plan=PLAN, key=KEY, kind=ItemKind.TASK, title=title, body=region(words))
    return replace(change, **fields)  # type: ignore[arg-type]  # fields by name


def update(number: int, **fields: object) -> UpdateIssue:
    return replace(UpdateIssue(plan=PLAN, key=KEY, number=number), **fields)  # type: ignore[arg-type]  # fields by name


def close(number: int, because: CloseReason = CloseReason.COMPLETED, comment: str = "") -> CloseIssue:
    return CloseIssue(plan=PLAN, key=KEY, number=number, because=because, comment=comment)


def reopen(number: int, *labels: str) -> ReopenIssue:
    return ReopenIssue(plan=PLAN, key=KEY, number=number, remove_labels=labels)


def new_milestone(title: str = "Web: Phase 1") -> CreateMilestone:
    return CreateMilestone(plan=PLAN, key=PHASE, title=title, description=region("A goal."))


def done(tracker: Tracker, change: Change) -> int:
    """Apply ``change``, which must succeed, and return the number."""
    outcome = tracker.apply(change)
    assert isinstance(outcome, Done), outcome
    return outcome.number


def issue(tracker: Tracker, number: int) -> ObservedIssue:
    """Return one issue as it is observed when it is asked for."""
    found = {found.number: found for found in tracker.observe(Asked(frozenset({number}))).issues}
    return found[number]


def milestone(tracker: Tracker, number: int) -> ObservedMilestone:
    """Return one milestone as it is observed when it is asked for."""
    state = tracker.observe(Asked(milestones=frozenset({number}), counts=True))
    return {found.number: found for found in state.milestones}[number]
