"""The middle of a slice: decide every plan of the target, with what decisions ask for read on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from plansync.app.request import SyncRequest, Target
from plansync.app.survey import Survey
from plansync.core.baseline import ItemState
from plansync.core.context import Context
from plansync.core.decide import decide_plan
from plansync.core.decision import PlanDecision
from plansync.core.facts import Facts
from plansync.core.identity import PlanKey
from plansync.core.match import Matching, match_items
from plansync.core.numbers import take_numbers
from plansync.core.observed import CloseReason, ObservedIssue, Relation, RelationKind, StateEvent
from plansync.core.own_links import take_own_links
from plansync.core.ownership import Ownership
from plansync.core.phases import PhaseMatch, match_phases
from plansync.core.plan_issues import named_by
from plansync.core.policy import creations_in
from plansync.core.reading import Gated, Reading
from plansync.core.state import is_of_an_older_day

_A_SECOND = timedelta(seconds=1)
"""What hosts' times are counted in."""


@dataclass(frozen=True, slots=True)
class View:
    """What decisions are made from: the plans, and the tracker as it was observed or as it is predicted to be."""

    readings: Sequence[Reading]
    gated: Sequence[Gated]
    ownership: Ownership
    may_remove: bool
    waiting: frozenset[str]
    related: frozenset[Relation] = frozenset()
    """What this slice related."""

    @classmethod
    def of(cls, survey: Survey, waiting: frozenset[str]) -> View:
        """Return what ``survey`` saw; ``waiting`` are the keys whose create is of unknown outcome."""
        return cls(survey.readings, survey.gated, survey.ownership, survey.may_remove, waiting)


@dataclass(slots=True)
class Judge:
    """Decides plans. Keeps what was rendered and read, so that deciding again sends and renders nothing twice."""

    target: Target
    request: SyncRequest
    texts: dict[Facts, tuple[str, str]] = field(default_factory=dict)
    events: dict[int, tuple[StateEvent, ...]] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    asked_users: set[str] = field(default_factory=set)
    related: set[Relation] = field(default_factory=set)
    looked: set[tuple[RelationKind, int]] = field(default_factory=set)

    def decide(self, survey: Survey, view: View, enough: int = 0) -> Mapping[PlanKey, PlanDecision]:
        """Decide the plans in scope; reads events and users until no decision asks for more.

        Plan by plan, in order, until ``enough`` creations are found (0: all plans).
        """
        decisions = self.decide_on(view, enough=enough)
        while self._ask(survey, decisions):
            decisions = self.decide_on(view, enough=enough)
        return decisions

    def decide_on(
        self, view: View, only: Collection[PlanKey] | None = None, enough: int = 0
    ) -> Mapping[PlanKey, PlanDecision]:
        """Decide from values alone: nothing is read here. ``only`` names the plans (None: all in scope)."""
        context = self._context(view)
        readings = take_numbers(view.readings, view.gated, context.ownership, context.address)
        readings = take_own_links(readings, context.ownership, context.address)
        matchings, phases = match_all(readings, view.gated, context)
        decisions: dict[PlanKey, PlanDecision] = {}
        creations = 0
        for reading in readings:
            if not reading.in_scope or (only is not None and reading.key not in only):
                continue
            decision = decide_plan(context, reading, matchings[reading.key], phases[reading.key])
            decisions[reading.key] = decision
            creations += creations_in(decision.changes)
            if enough and creations >= enough:
                break
        return decisions

    def _context(self, view: View) -> Context:
        address = self.target.tracker.address
        named = named_by(view.readings, view.ownership, address)
        return Context(
            address=address,
            capabilities=self.target.tracker.capabilities,
            ownership=replace(view.ownership, named=named) if named else view.ownership,
            render=self._render,
            events=self.events,
            users=frozenset(self.users),
            waiting=view.waiting,
            may_remove=view.may_remove,
            publish=self._asked(view.readings, asked=self.request.publish),
            lifted=self._asked(view.readings, asked=self.request.by_name),
            related=view.related | self.related,
            looked=frozenset(self.looked),
        )

    @staticmethod
    def _asked(readings: Sequence[Reading], *, asked: bool) -> frozenset[str]:
        return frozenset(r.path for r in readings if r.in_scope) if asked else frozenset()

    def _ask(self, survey: Survey, decisions: Mapping[PlanKey, PlanDecision]) -> bool:
        """Read what decisions ask for; False when nothing is missing any more."""
        numbers = {n for d in decisions.values() for n in d.asks_events} - self.events.keys()
        for number in sorted(numbers):
            self.events[number] = self._events(survey, number)
        names = {name for d in decisions.values() for name in d.asks_users} - self.asked_users
        if names:
            self.asked_users |= names
            self.users |= self.target.tracker.existing_users(names)
        ends = {end for d in decisions.values() for end in d.relations.asks} - self.looked
        for kind, number in sorted(ends):
            others = self.target.tracker.relations(kind, number)
            self.related |= {Relation(kind, number, other) for other in others}
        self.looked |= ends
        return bool(numbers or names or ends)

    def _events(self, survey: Survey, number: int) -> tuple[StateEvent, ...]:
        """Read the events since the issue was last in step, or else since it was opened.

        All those of a duplicate are read, and of an issue of a tracker that was put back from a backup.
        """
        issue = next((issue for issue in survey.observed.issues if issue.number == number), None)
        items = [item for state in survey.states.values() for item in state.items if item.number == number]
        if issue is not None and _is_to_be_read_whole(issue, items):
            return self.target.tracker.events(number, min(issue.created_at, issue.updated_at) - _A_SECOND)
        since = [item.at for item in items if item.at is not None]
        since += [issue.created_at] if issue is not None else []
        return self.target.tracker.events(number, since[0])

    def _render(self, facts: Facts) -> tuple[str, str]:
        if facts not in self.texts:
            text = self.target.renderer.render(facts)
            self.texts[facts] = (text.title, text.body)
        return self.texts[facts]


def match_all(
    readings: Sequence[Reading], gated: Sequence[Gated], context: Context
) -> tuple[Mapping[PlanKey, Matching], Mapping[PlanKey, tuple[PhaseMatch, ...]]]:
    """Match phases by their own evidence, then items, then the phases that only their tasks' issues tell."""
    ownership, address = context.ownership, context.address
    phases = {reading.key: match_phases(reading, ownership, address) for reading in readings}
    keys = {key: tuple(match.key for match in found) for key, found in phases.items()}
    matchings = match_items(readings, gated, ownership, address, keys)
    by_tasks = {r.key: match_phases(r, ownership, address, matchings[r.key].matches) for r in readings}
    return matchings, by_tasks


def _is_to_be_read_whole(issue: ObservedIssue, items: Sequence[ItemState]) -> bool:
    return issue.closed is CloseReason.DUPLICATE or any(is_of_an_older_day(issue, item) for item in items)
