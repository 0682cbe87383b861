"""Carry out changes one by one: intent, tracker, outcome, journal, at once each (spec §4.7, §5).

What a change refers to (the number of an issue or milestone made before it) is put in right before it is sent. A
failed change does not stop the others; a tracker that asks to stop does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plansync.app.keeping import Keeper
from plansync.app.keepsake import Fields, as_text, difference, is_new, look, look_at_new
from plansync.app.request import Target, Workshop
from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Done,
    Failed,
    MilestoneRef,
    Outcome,
    Relate,
    Skipped,
    Unknown,
    UpdateIssue,
)
from plansync.core.identity import ItemKey, PhaseKey
from plansync.core.predict import Prediction
from plansync.core.refs import resolve
from plansync.errors import Interrupted, OutcomeUnknown, PlansyncError
from plansync.ports.entries import Record


@dataclass(frozen=True, slots=True)
class Carried:
    """One change as it was sent, or would have been, and what became of it."""

    change: Change
    outcome: Outcome


@dataclass(slots=True)
class Carrier:
    """Carries out one slice. ``links`` grows with every issue made; ``prediction`` is the state after what was done."""

    workshop: Workshop
    target: Target
    run: str
    keeper: Keeper
    prediction: Prediction
    links: dict[ItemKey, tuple[int, str]]
    started_at: datetime
    observed_at: datetime
    """When the tracker was observed, on our clock."""
    milestones: dict[PhaseKey, int] = field(default_factory=dict)
    carried: list[Carried] = field(default_factory=list)
    stop: PlansyncError | None = None
    """What the tracker, or a lost lease, ended the slice with."""
    stripped: bool = False
    """An issue was answered without its label or milestone: nothing more is created with this credential."""
    out_of_time: bool = False

    def carry_out(self, changes: Sequence[Change]) -> None:
        """Apply ``changes`` in order; everything that was not tried is Skipped, with the reason."""
        for change in changes:
            outcome = self._next(change)
            sent = self._resolve(change) if isinstance(change, Relate) else change
            self.carried.append(Carried(change if isinstance(sent, Skipped) else sent, outcome))
            self.keeper.listener.applied(self.target.name, change, outcome)

    @property
    def done(self) -> int:
        """Return how many changes took effect."""
        return sum(isinstance(carried.outcome, Done) for carried in self.carried)

    @property
    def failed_plans(self) -> frozenset[str]:
        """Return the plans of which some change did not take effect."""
        return frozenset(c.change.plan for c in self.carried if not isinstance(c.outcome, Done))

    def _next(self, change: Change) -> Outcome:
        if self.stop is not None:
            return Skipped(str(self.stop))
        if self.out_of_time:
            return Skipped("left for the next slice")
        if self.stripped:
            return Skipped("the token may not set labels or milestones")
        try:
            self.keeper.go_on()
        except Interrupted as error:
            self.stop = error
            return Skipped(str(error))
        resolved = self._resolve(change)
        if isinstance(resolved, Skipped):
            return resolved
        try:
            self.keeper.keep()
            return self._apply(resolved)
        except PlansyncError as error:
            self.stop = error
            return Unknown(str(error)) if isinstance(error, OutcomeUnknown) else Failed(str(error), error.hint)

    def _apply(self, change: Change) -> Outcome:
        intent = None
        if isinstance(change, CreateIssue | CreateMilestone):
            intent = self.workshop.store.journal.intend(
                self.run, self.target.project, change.plan, change.key, self._tracker_now()
            )
        before = look(self.prediction, change)
        outcome = self._sent(change, intent)
        if isinstance(outcome, Done):
            self._learn(change, outcome)
        if intent is not None and not isinstance(outcome, Unknown):
            self.workshop.store.journal.settle([intent])
        record = _record(change, outcome, self.workshop.clock.now())
        record = replace(record, before=as_text(before), after=self._after(change, outcome, before))
        self.workshop.store.journal.record(self.run, record)
        self.out_of_time = self.workshop.clock.now() - self.started_at > self.target.limits.slice_time
        return outcome

    def _after(self, change: Change, outcome: Outcome, before: Fields) -> str:
        if not isinstance(outcome, Done):
            return ""
        if is_new(change):
            return as_text(look_at_new(self.prediction, change, outcome.number))
        return as_text(difference(before, look(self.prediction, change)))

    def _learn(self, change: Change, done: Done) -> None:
        self.prediction.add(change, done)
        if isinstance(change, CreateIssue):
            self.links[change.key] = (done.number, done.url)
        if isinstance(change, CreateMilestone):
            self.milestones[change.key] = done.number
        self.stripped = self.stripped or bool(done.stripped)

    def _resolve(self, change: Change) -> Change | Skipped:
        match change:
            case CreateIssue():
                return self._resolve_create(change)
            case UpdateIssue():
                return self._resolve_update(change)
            case CloseIssue() if change.number == 0:
                link = self.links.get(change.key)
                return replace(change, number=link[0]) if link else Skipped("the issue was not created")
            case Relate():
                return self._resolve_relate(change)
            case CloseMilestone() if change.plan in self.failed_plans:
                return Skipped("some change of its plan did not take effect")
            case CloseMilestone() if change.number == 0:
                number = self.milestones.get(change.key)
                return replace(change, number=number) if number else Skipped("the milestone was not created")
            case _:
                return change

    def _resolve_create(self, change: CreateIssue) -> CreateIssue | Skipped:
        milestone = self._milestone(change.milestone)
        if isinstance(milestone, Skipped):
            return milestone
        return replace(change, body=resolve(change.body, self.links), milestone=milestone)

    def _resolve_update(self, change: UpdateIssue) -> UpdateIssue | Skipped:
        milestone = self._milestone(change.milestone)
        if isinstance(milestone, Skipped):
            return milestone
        link = self.links.get(change.key)
        if change.number == 0 and link is None:
            return Skipped("the issue was not created")
        number = change.number or (link[0] if link else 0)
        region = resolve(change.region, self.links) if change.region else change.region
        return replace(change, number=number, region=region, milestone=milestone)

    def _resolve_relate(self, change: Relate) -> Relate | Skipped:
        number = change.number or self.links.get(change.key, (0, ""))[0]
        other = change.other or self.links.get(change.other_key, (0, ""))[0]
        if not number or not other:
            return Skipped("one of the two issues was not created")
        return replace(change, number=number, other=other)

    def _milestone(self, wanted: MilestoneRef | None) -> MilestoneRef | Skipped | None:
        if wanted is None or wanted.number is not None or wanted.key is None:
            return wanted
        number = self.milestones.get(wanted.key)
        return MilestoneRef(number, wanted.key) if number is not None else Skipped("its milestone was not created")

    def _sent(self, change: Change, intent: int | None) -> Outcome:
        """Send the change; what surely had no effect leaves no intent behind."""
        try:
            return self.keeper.patiently(lambda: self.target.tracker.apply(change))
        except PlansyncError as error:
            if intent is not None and not isinstance(error, OutcomeUnknown):
                self.workshop.store.journal.settle([intent])
            raise

    def _tracker_now(self) -> datetime:
        """Return the tracker's clock: what it said when it was observed, and what has passed since."""
        passed = self.workshop.clock.now() - self.observed_at
        return self.prediction.state.at + max(passed, timedelta(0))


def _record(change: Change, outcome: Outcome, at: datetime) -> Record:
    number = outcome.number if isinstance(outcome, Done) else getattr(change, "number", None)
    message = outcome.note if isinstance(outcome, Done) else outcome.message
    return Record(
        plan=change.plan,
        key=change.key,
        change=type(change).__name__,
        number=number,
        reason=change.reason,
        outcome=type(outcome).__name__.casefold(),
        message=message,
        before="",
        at=at,
    )
