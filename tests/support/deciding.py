"""Deciding a plan that is put together by hand: what tests of decisions begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plansync.core.baseline import PlanState
from plansync.core.changes import CreateIssue, CreateMilestone
from plansync.core.context import Context
from plansync.core.decide import decide_plan
from plansync.core.decision import PlanDecision
from plansync.core.facts import Facts, MilestoneFacts, TaskFacts
from plansync.core.match import match_items
from plansync.core.model import Box, Plan, Task
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone
from plansync.core.phases import match_phases
from plansync.core.plan_issues import named_by
from plansync.core.reading import Reading
from plansync.core.rules import Rules
from plansync.core.text import Span
from tests.support.plan_values import make_phase, make_plan, make_task
from tests.support.reconciling import (
    PLAN,
    WEB,
    issue_of,
    link_to,
    make_context,
    make_reading,
    milestone_of,
    owning,
)

STATE = PlanState(key=PLAN, source="", path="", target="web")


def _render(facts: Facts) -> tuple[str, str]:
    links = "".join(f"\n- {d.link}" for d in facts.dependencies) if isinstance(facts, TaskFacts) else ""
    title = f"{facts.plan.title}: {facts.phase.heading}" if isinstance(facts, MilestoneFacts) and facts.phase else ""
    return title or getattr(facts, "text", "Search"), f"Words.{links}"


def boxed_task(text: str, link: int | None = None, box: str | None = " ", **parts: Any) -> Task:
    """Return a task with this mark in its box (None: a bullet), linked to an issue."""
    known = {"links": (link_to(link),) if link else (), "box": Box(box, Span(0, 1)) if box else None}
    return make_task(text, **{**known, **parts})


def decide(
    plan: Plan,
    *issues: ObservedIssue,
    milestones: tuple[ObservedMilestone, ...] = (),
    others: tuple[Reading, ...] = (),
    rules: Rules | None = None,
    reading: dict[str, Any] | None = None,
    **context: Any,
) -> PlanDecision:
    """Match and decide the usual plan among these issues and milestones."""
    mine = make_reading(plan, rules=rules or Rules(), **(reading or {}))
    linked = [int(link.label[1:]) for item in plan.items for link in item.links]
    ownership = owning(*issues, milestones=milestones, linked=linked, rules=mine.rules.markers)
    ownership = replace(ownership, named=named_by([mine], ownership, WEB))
    phases = match_phases(mine, ownership, WEB)
    keys = {mine.key: [match.key for match in phases]}
    matching = match_items([mine, *others], (), ownership, WEB, keys)[mine.key]
    phases = match_phases(mine, ownership, WEB, matching.matches)
    known: Context = make_context(ownership, render=_render, **context)
    return decide_plan(known, mine, matching, phases)


def kinds_of(decision: PlanDecision) -> list[str]:
    """Return the changes by their names."""
    return [type(change).__name__ for change in decision.changes]


def codes_of(decision: PlanDecision) -> list[str]:
    """Return the Problems found, but the missing Status of a plan put together by hand."""
    return [found.code for found in decision.problems if found.code != "PS104"]


def created_by(decision: PlanDecision) -> list[str]:
    """Return the titles of the issues to be opened."""
    return [change.title for change in decision.changes if isinstance(change, CreateIssue)]


def known_milestone(**parts: Any) -> ObservedMilestone:
    """Return the milestone of the usual phase, in step."""
    made = next(c for c in decide(make_plan(make_phase(boxed_task("a")))).changes if isinstance(c, CreateMilestone))
    return replace(milestone_of(3), title=made.title, description=made.description, **parts)


ONE = make_plan(make_phase(boxed_task("a", 5)))
OPEN = issue_of(5, "a", milestone=3)
CLOSED = replace(OPEN, closed=CloseReason.NOT_PLANNED)
