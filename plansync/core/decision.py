"""What was decided for one plan: the values that pass from deciding to policy, apply and write-back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plansync.core.baseline import DetailState
from plansync.core.changes import Change, Relate
from plansync.core.desired import Wish
from plansync.core.identity import ItemKey
from plansync.core.match import Match, Matching
from plansync.core.observed import ObservedIssue, Relation, RelationKind
from plansync.core.phases import PhaseMatch
from plansync.core.problems import Problem
from plansync.core.progress import Progress
from plansync.core.reading import Reading
from plansync.core.state import StateDecision
from plansync.core.writeback import DetailMark, PlanMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDecision:
    """One item: what shall become of it, and what follows for issue and file.

    ``issue`` is the observed issue where there is one; ``state`` is None where box and issue were not compared.
    """

    match: Match
    wish: Wish
    issue: ObservedIssue | None = None
    state: StateDecision | None = None
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    details: tuple[DetailMark, ...] = ()
    detail_states: tuple[DetailState, ...] = ()
    asks_events: bool = False
    """Carrying it out needs the issue's events first."""
    asks_user: str = ""
    """The name of a user who must be known to exist first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingDecision:
    """What becomes of the plan's tracking issue; ``issue`` is None where there is none yet.

    ``complete`` is the plan's side, as a box is a task's; ``in_step`` False: the baseline must not advance;
    ``linked``: the header names it.
    """

    key: ItemKey
    complete: bool
    issue: ObservedIssue | None = None
    in_step: bool = True
    linked: bool = False
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    asks_events: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsDecision:
    """The relations to make, those that are as wanted, and the issues whose relations must be looked up first."""

    changes: tuple[Relate, ...] = ()
    held: tuple[Relation, ...] = ()
    asks: frozenset[tuple[RelationKind, int]] = frozenset()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDecision:
    """One plan, decided. ``passed_over`` says why a plan is not published (empty: it is)."""

    reading: Reading
    matching: Matching
    phases: tuple[PhaseMatch, ...]
    items: tuple[ItemDecision, ...]
    changes: tuple[Change, ...] = ()
    marks: PlanMarks = field(default_factory=PlanMarks)
    problems: tuple[Problem, ...] = ()
    progress: Progress = field(default_factory=Progress)
    status_before: str | None = None
    status_after: str | None = None
    passed_over: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Key of an item or phase → title, for reports."""
    tracking: TrackingDecision | None = None
    relations: RelationsDecision = field(default_factory=RelationsDecision)

    @property
    def asks_events(self) -> frozenset[int]:
        """Return the issues whose events must be read before this decision may be carried out."""
        numbers = [i.match.number for i in self.items if i.asks_events and i.match.number is not None]
        if self.tracking is not None and self.tracking.asks_events and self.tracking.issue is not None:
            numbers.append(self.tracking.issue.number)
        return frozenset(numbers)

    @property
    def asks_users(self) -> frozenset[str]:
        """Return the users that must be looked up."""
        return frozenset(item.asks_user for item in self.items if item.asks_user)
