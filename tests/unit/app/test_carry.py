"""Changes carried out one by one: numbers put in, intents kept, and what is skipped says why (spec §4, §4.7)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plansync.app.carry import Carrier
from plansync.app.keeping import Keeper
from plansync.app.request import Silent, Workshop
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
    Unknown,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.identity import ItemKey, PhaseKey, PlanKey
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason, Relation, RelationKind
from plansync.core.parser import parse_plan
from plansync.core.predict import Prediction
from plansync.core.refs import reference
from plansync.errors import LeaseHeld, OutcomeUnknown, TrackerUnavailable
from plansync.ports.entries import Intent, Record, Run
from plansync.ports.history import History
from plansync.ports.pacing import Pacing
from plansync.ports.snapshots import Snapshots
from plansync.ports.store import Journal, Lease, Leases, PlanStates, Store
from plansync.ports.tracker import Asked
from tests.support.changes import region
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world

PLAN = PlanKey("web")


@dataclass
class Raising(FakeTracker):
    """Raises the error given for a call instead of answering."""

    errors: dict[int, Exception] = field(default_factory=dict)

    def apply(self, change: Change) -> Outcome:
        error = self.errors.get(len(self.calls))
        if error is not None:
            self.calls.append(change)
            raise error
        return super().apply(change)


@pytest.fixture
def tracker() -> Raising:
    return Raising()


@pytest.fixture
def world(tmp_path: Path, tracker: Raising) -> Iterator[World]:
    made = fake_world(tmp_path, tracker=tracker)
    yield made
    made.store.close()


def _carrier(world: World, **limits: Any) -> Carrier:
    target = replace(world.target(), limits=replace(world.limits, **limits))
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    lease = world.store.leases.acquire(["project:project"], "host:1:1", target.limits.lease, world.clock.now())
    assert isinstance(lease, Lease)
    run = world.store.journal.start("web", "once", world.clock.now())
    prediction = Prediction.of(world.tracker.observe(Asked()))
    keeper = Keeper(world.store.leases, world.clock, world.limits.lease, lease, "web", Silent())
    return Carrier(workshop, target, run, keeper, prediction, {}, world.clock.now(), world.clock.now())


def _create(key: str, words: str = "Words.", milestone: MilestoneRef | None = None) -> CreateIssue:
    body = region(words).replace("item=t-0123456789abcdef", f"item={key}")
    return CreateIssue(plan=PLAN, key=ItemKey(key), kind=ItemKind.TASK, title=key, body=body, milestone=milestone)


def _update(key: str, number: int, **parts: Any) -> UpdateIssue:
    return UpdateIssue(plan=PLAN, key=ItemKey(key), number=number, **parts)


MILESTONE = CreateMilestone(plan=PLAN, key=PhaseKey("p-1"), title="Phase 1", description=region("Goal."))
INSIDE = MilestoneRef(None, PhaseKey("p-1"))


def _outcomes(carrier: Carrier) -> list[str]:
    return [
        "done" if isinstance(c.outcome, Done) else f"{type(c.outcome).__name__.casefold()}: {c.outcome.message}"
        for c in carrier.carried
    ]


def test_numbers_of_what_was_just_made_are_put_in(world: World, tracker: Raising) -> None:
    carrier = _carrier(world)
    after = f"After {reference(ItemKey('t-1'), 'one')}."
    carrier.carry_out(
        [MILESTONE, _create("t-1", milestone=INSIDE), _create("t-2", after), _update("t-1", 0, title="One")]
    )
    assert _outcomes(carrier) == ["done"] * 4
    url = tracker.project.issue(1).seen.url
    assert tracker.project.issue(1).seen.milestone == 1
    assert tracker.project.issue(1).seen.title == "One"
    assert f"After [#1]({url}) one." in tracker.project.issue(2).seen.body
    assert carrier.failed_plans == frozenset()


def test_a_link_that_was_late_is_put_in_by_the_update(world: World, tracker: Raising) -> None:
    carrier = _carrier(world)
    later = _create("t-1", reference(ItemKey("t-2"), "two"))
    carrier.carry_out([later, _create("t-2"), _update("t-1", 0, region=later.body)])
    assert "[#2](" in tracker.project.issue(1).seen.body


def _relate(key: str, other_key: str) -> Relate:
    kind = RelationKind.RELATED
    return Relate(plan=PLAN, key=ItemKey(key), number=0, relation=kind, other_key=ItemKey(other_key), other=0)


def test_issues_that_were_just_made_are_related_and_told_by_their_numbers(world: World, tracker: Raising) -> None:
    carrier = _carrier(world)
    carrier.carry_out([_create("t-1"), _create("t-2"), _relate("t-1", "t-2")])
    relation = Relation(RelationKind.RELATED, 1, 2)
    assert tracker.project.relations == carrier.prediction.related == {relation}
    told = carrier.carried[-1].change
    assert isinstance(told, Relate)
    assert (told.number, told.other) == (1, 2)


@pytest.mark.parametrize("refused", [0, 1])
def test_an_issue_that_was_not_made_is_not_related(world: World, tracker: Raising, refused: int) -> None:
    tracker.refuse = {refused}
    carrier = _carrier(world)
    carrier.carry_out([_create("t-1"), _create("t-2"), _relate("t-1", "t-2")])
    assert _outcomes(carrier)[-1] == "skipped: one of the two issues was not created"
    assert tracker.project.relations == set()


def test_what_hangs_on_a_create_that_failed_is_skipped_and_says_so(world: World, tracker: Raising) -> None:
    tracker.refuse = {0, 1}
    carrier = _carrier(world)
    close = CloseIssue(plan=PLAN, key=ItemKey("t-2"), number=0, because=CloseReason.COMPLETED)
    settled = CloseMilestone(plan=PLAN, key=PhaseKey("p-2"), number=9)
    carrier.carry_out(
        [
            MILESTONE,
            _create("t-1", milestone=INSIDE),
            _create("t-2"),
            _update("t-2", 0),
            _update("t-3", 7, milestone=INSIDE),
            close,
            settled,
        ]
    )
    assert _outcomes(carrier) == [
        "failed: the fake tracker refuses",
        "skipped: its milestone was not created",
        "failed: the fake tracker refuses",
        "skipped: the issue was not created",
        "skipped: its milestone was not created",
        "skipped: the issue was not created",
        "skipped: some change of its plan did not take effect",
    ]
    assert carrier.failed_plans == {PLAN}
    assert carrier.stop is None


def test_a_tracker_that_asks_to_stop_is_obeyed_and_the_rest_is_skipped(world: World, tracker: Raising) -> None:
    tracker.errors = {1: TrackerUnavailable("out of order", hint="wait")}
    carrier = _carrier(world)
    carrier.carry_out([_create("t-1"), _create("t-2"), _create("t-3")])
    assert _outcomes(carrier) == ["done", "failed: out of order", "skipped: out of order"]
    outcome = carrier.carried[1].outcome
    assert isinstance(outcome, Failed)
    assert outcome.hint == "wait"
    assert isinstance(carrier.stop, TrackerUnavailable)


def test_a_create_whose_answer_was_lost_leaves_its_intent(world: World, tracker: Raising) -> None:
    tracker.errors = {1: OutcomeUnknown("timed out")}
    carrier = _carrier(world)
    carrier.carry_out([_create("t-1"), _create("t-2")])
    assert isinstance(carrier.carried[1].outcome, Unknown)
    assert [intent.key for intent in world.store.journal.unsettled("project")] == ["t-2"]


def test_a_create_that_was_refused_leaves_none(world: World, tracker: Raising) -> None:
    tracker.refuse = {0}
    _carrier(world).carry_out([_create("t-1")])
    assert list(world.store.journal.unsettled("project")) == []


def test_after_a_label_was_lost_nothing_more_is_sent(world: World, tracker: Raising) -> None:
    tracker.strip = ("milestone",)
    carrier = _carrier(world)
    carrier.carry_out([MILESTONE, _create("t-1", milestone=INSIDE), _create("t-2")])
    assert carrier.stripped
    assert _outcomes(carrier)[2] == "skipped: the token may not set labels or milestones"


def test_when_the_slices_time_is_up_the_rest_is_left_for_the_next(world: World) -> None:
    carrier = _carrier(world, slice_time=timedelta(minutes=5))
    world.clock.advance(timedelta(minutes=5, seconds=1))
    carrier.carry_out([_create("t-1"), _create("t-2")])
    assert carrier.out_of_time
    assert _outcomes(carrier) == ["done", "skipped: left for the next slice"]


def test_the_lease_is_prolonged_on_the_way(world: World) -> None:
    carrier = _carrier(world)
    first = carrier.keeper.lease
    carrier.carry_out([_create("t-1")])
    assert carrier.keeper.lease == first
    world.clock.advance(timedelta(seconds=30))
    carrier.carry_out([_create("t-2")])
    assert carrier.keeper.lease.expires_at > first.expires_at


def test_a_lease_that_somebody_took_over_ends_the_slice_before_the_next_write(world: World, tracker: Raising) -> None:
    carrier = _carrier(world)
    world.clock.advance(timedelta(seconds=90))
    assert isinstance(
        world.store.leases.acquire(["project:project"], "elsewhere:2:2", timedelta(60), world.clock.now()), Lease
    )
    carrier.carry_out([_create("t-1")])
    assert isinstance(carrier.stop, LeaseHeld)
    assert tracker.calls == []


@dataclass
class WatchedStore:
    """A store whose journal's records are seen as they are written."""

    real: Store
    records: list[Record] = field(default_factory=list)

    @property
    def plans(self) -> PlanStates:
        return self.real.plans

    @property
    def leases(self) -> Leases:
        return self.real.leases

    @property
    def journal(self) -> Journal:
        return WatchedJournal(self.real.journal, self.records)

    @property
    def history(self) -> History:
        return self.real.history

    @property
    def pacing(self) -> Pacing:
        return self.real.pacing

    @property
    def snapshots(self) -> Snapshots:
        return self.real.snapshots

    def close(self) -> None:
        """Leave it open."""


@dataclass
class WatchedJournal:
    """A journal that keeps its records in sight."""

    real: Journal
    records: list[Record]

    def start(self, target: str, trigger: str, at: datetime) -> str:
        return self.real.start(target, trigger, at)

    def intend(self, run: str, target: str, plan: str, key: str, at: datetime) -> int:
        return self.real.intend(run, target, plan, key, at)

    def settle(self, intents: Sequence[int]) -> None:
        self.real.settle(intents)

    def unsettled(self, target: str) -> Sequence[Intent]:
        return self.real.unsettled(target)

    def record(self, run: str, record: Record) -> None:
        self.records.append(record)
        self.real.record(run, record)

    def finish(self, run: str, at: datetime, ok: bool, summary: str) -> None:
        self.real.finish(run, at, ok, summary)

    def runs(self, target: str | None, limit: int, before: str = "") -> Sequence[Run]:
        return self.real.runs(target, limit, before)


def test_the_journal_keeps_each_outcome_and_what_was_there_before(world: World, tracker: Raising) -> None:
    carrier = _carrier(world)
    store = WatchedStore(world.store)
    carrier.workshop = replace(carrier.workshop, store=store)
    tracker.refuse = {4}
    renamed = UpdateMilestone(plan=PLAN, key=PhaseKey("p-1"), number=1, title="New")
    unknown = UpdateMilestone(plan=PLAN, key=PhaseKey("p-2"), number=2, title="New")
    carrier.carry_out([MILESTONE, _create("t-1"), _update("t-1", 1, title="New"), renamed, unknown])
    assert [(r.change, r.outcome, r.number) for r in store.records] == [
        ("CreateMilestone", "done", 1),
        ("CreateIssue", "done", 1),
        ("UpdateIssue", "done", 1),
        ("UpdateMilestone", "done", 1),
        ("UpdateMilestone", "failed", 2),
    ]
    assert [r.before for r in store.records[:2]] == ["", ""]
    assert json.loads(store.records[2].before)["title"] == "t-1"
    before = {"title": "Phase 1", "description": region("Goal."), "closed": False}
    assert json.loads(store.records[3].before) == before
    assert store.records[4].message == "the fake tracker refuses"
