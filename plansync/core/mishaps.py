"""What went wrong while a plan's changes were carried out, as Problems at the items that they were for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plansync.core.changes import Change, CreateIssue, CreateMilestone, Done, Outcome, Unknown, UpdateMilestone
from plansync.core.decision import PlanDecision
from plansync.core.problems import Problem, problem

MISHAPS = frozenset({"PS602", "PS603", "PS605"})
"""The codes that come from here."""
PASSING = MISHAPS | {"PS506"}
"""The codes that tell of one run: its changes take away what they tell of, or the next run tells it anew."""


def mishaps(decision: PlanDecision, outcomes: Iterable[tuple[Change, Outcome]], fused: str) -> tuple[Problem, ...]:
    """Return the Problems of one plan in one slice; ``fused`` has the words of a removal fuse that tripped.

    a create's answer was lost                        PS602, at the item or phase
    the plan is held by its removal fuse              PS603, at the title
    the tracker answered without label or milestone,  PS605, at the item or phase
    or keeps another title for a milestone
    """
    plan = decision.reading.plan
    found = [problem("PS603", plan.title_line, 1, fused)] if fused else []
    places = {str(item.match.key): item.match.placed.item for item in decision.items}
    phases = {str(match.key): plan.phases[match.index] for match in decision.phases}
    for change, outcome in outcomes:
        place = places.get(str(change.key)) or phases.get(str(change.key))
        line, column = (place.line, place.column) if place else (plan.title_line, 1)
        found += [problem(code, line, column, message) for code, message in _of_outcome(change, outcome)]
    return tuple(found)


def _of_outcome(change: Change, outcome: Outcome) -> Iterator[tuple[str, str]]:
    if isinstance(outcome, Unknown) and isinstance(change, CreateIssue | CreateMilestone):
        yield "PS602", f"it is not known whether '{change.title}' was opened: {outcome.message}"
    if isinstance(outcome, Done) and outcome.stripped:
        yield "PS605", f"issue #{outcome.number} was answered without its {' and '.join(outcome.stripped)}"
    is_milestone = isinstance(change, CreateMilestone | UpdateMilestone)
    if isinstance(outcome, Done) and is_milestone and outcome.answered_title is not None:
        yield "PS605", f"milestone {outcome.number} is called '{outcome.answered_title}' there"
