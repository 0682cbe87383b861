"""A worker of the service does what is due, says how it ended, and when to try again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plansync.app.report import ChangeReport, Gathered, PlanReport, TargetReport
from plansync.app.request import Silent, Workshop
from plansync.app.worker import SOON, SPAN, Over, Worker, ending_of
from plansync.core.changes import Change, Outcome
from plansync.core.due import FIRST_PAUSE, pause_after
from plansync.core.parser import parse_plan
from plansync.core.scope import WHOLE, Glimpse, Scope
from plansync.errors import ConfigError, Interrupted, LeaseHeld, RateLimited, Stopped, StoreError, TrackerUnavailable
from plansync.ports.queue import Ask, Ending, Letter, Rhythm, Taken
from plansync.ports.store import Held, Lease
from plansync.queue.embedded import Bell, BelledQueue
from tests.support.clocks import NOON
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world

PLAN = """\
# Saved searches

**Status**: Planned

## Implementation Phases

### Phase 1: Base

- [ ] Make the table
- [ ] Write the job
"""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Flaky(BelledQueue):
    """A queue that some endings do not get into."""

    faults: list[StoreError]

    def finish(self, taken: Taken, ending: Ending, now: datetime) -> bool:
        if self.faults:
            raise self.faults.pop()
        return super().finish(taken, ending, now)


@dataclass
class Bench(Silent):
    """A worker on one target, and what it told; ``broken`` is raised instead of wiring a sync."""

    world: World
    told: list[Over] = field(default_factory=list)
    witnessed: list[TargetReport] = field(default_factory=list)
    begun_with: list[str] = field(default_factory=list)
    broken: Exception | None = None
    is_configured: bool = True
    unstored: list[StoreError] = field(default_factory=list)
    """Raised, one after the other, instead of noting how a sync ended."""
    is_ending: bool = False
    ends_after: int = 0
    """After so many changes the process is asked to end."""

    @property
    def worker(self) -> Worker:
        return Worker(
            queue=Flaky(self.world.store.queue, Bell(), self.unstored),
            clock=self.world.clock,
            open=self.open,
            keeping=lambda _: nullcontext(),
            holder="host:1:1",
            luck=lambda: 1.0,
            teller=self,
            listener=self,
            witnesses=(self,),
        )

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        self.ends_after -= 1
        self.is_ending = self.is_ending or self.ends_after == 0

    def begun(self, taken: Taken) -> None:
        self.begun_with.append(taken.target)

    def over(self, sync: Over) -> None:
        self.told.append(sync)

    def synced(self, report: TargetReport, took: timedelta) -> None:
        self.witnessed.append(report)

    @contextmanager
    def open(self, name: str) -> Iterator[Workshop | None]:
        if self.broken is not None:
            raise self.broken
        world = self.world
        made = Workshop((world.target(),), world.store, world.clock, parse_plan, "host:1:1", lambda: self.is_ending)
        yield made if self.is_configured else None

    def ask(self, trigger: str = "schedule", scope: Scope = WHOLE) -> None:
        letter = Letter((Ask(target="web", trigger=trigger, scope=scope),))
        self.world.store.queue.accept([letter], Rhythm(), self.world.clock.now())

    def work(self) -> Over:
        """Do the sync that must be due, and return what was told of it."""
        taken = self.take()
        assert taken is not None
        self.worker.do(taken)
        return self.told[-1]

    def take(self) -> Taken | None:
        return self.worker.take(("web",))

    @property
    def tracker(self) -> FakeTracker:
        assert isinstance(self.world.tracker, FakeTracker)
        return self.world.tracker


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    world = fake_world(tmp_path)
    world.write(PLAN)
    yield Bench(world)
    world.store.close()


def test_what_was_asked_for_is_done_and_nothing_waits_then(bench: Bench) -> None:
    bench.ask("schedule")
    bench.ask("start")
    over = bench.work()
    assert (over.ending.ok, over.noted) == (True, True)
    assert "](https://" in bench.world.read()
    assert bench.take() is None
    (run,) = bench.world.store.journal.runs("web", 5)
    assert run.trigger == "schedule, start"
    assert bench.world.store.queue.overview().fortunes["web"].success_at is not None


def test_who_counts_syncs_hears_of_each(bench: Bench) -> None:
    bench.ask()
    bench.work()
    assert [report.name for report in bench.witnessed] == ["web"]


def test_a_scope_narrows_the_run_to_its_plans(bench: Bench) -> None:
    bench.world.write(PLAN.replace("Saved searches", "Other"), "plans/other.md")
    bench.ask("webhook", Scope(plans=frozenset({"plans/other.md"})))
    assert [plan.path for plan in bench.work().report.plans] == ["plans/other.md"]
    assert "](https://" not in bench.world.read()


def test_an_issue_narrows_the_run_to_the_plan_that_has_it(bench: Bench) -> None:
    bench.ask()
    bench.work()
    number = bench.world.number("Make the table")
    bench.world.people.close(number)
    bench.ask("webhook", Scope(issues={number: Glimpse("ann", "d", "2026-03-02T12:00:00Z")}))
    over = bench.work()
    assert [plan.path for plan in over.report.plans] == ["plans/plan.md"]
    assert "- [x] Make the table" in bench.world.read()


def test_nothing_is_run_where_nobody_needs_to_look(bench: Bench) -> None:
    bench.ask("webhook", Scope(issues={4711: Glimpse()}))
    over = bench.work()
    assert over.ending.ok
    assert bench.world.store.journal.runs("web", 5) == []
    assert over.report.project == "project"


def test_edits_that_are_gathered_are_written_by_a_sync_of_their_own_after_the_interval(bench: Bench) -> None:
    bench.world.gather = timedelta(minutes=5)
    bench.ask()
    bench.work()
    number = bench.world.number("Make the table")
    bench.world.people.close(number)
    bench.ask("webhook", Scope(issues={number: Glimpse("ann", "d", "2026-03-02T12:00:00Z")}))
    held = bench.work()
    assert (held.ending.ok, "- [ ] Make the table" in bench.world.read()) == (True, True)
    (waiting,) = bench.world.store.queue.overview().waiting
    assert (waiting.scope, waiting.due_at) == (Scope(plans=frozenset({"plans/plan.md"})), held.ending.retry_at)
    assert bench.take() is None
    bench.world.clock.advance(timedelta(minutes=5))
    assert bench.work().ending == Ending(ok=True)
    assert "- [x] Make the table" in bench.world.read()
    assert bench.world.store.queue.overview().waiting == ()


def test_a_sync_that_fails_with_edits_gathered_is_tried_again_with_their_plans(bench: Bench) -> None:
    bench.world.gather = timedelta(minutes=5)
    bench.ask()
    bench.work()
    number = bench.world.number("Make the table")
    bench.world.people.close(number)
    bench.world.write(PLAN.replace("Saved searches", "Other"), "plans/other.md")
    bench.tracker.refuse.update(range(100))
    bench.ask("webhook", Scope(plans=frozenset({"plans/other.md"}), issues={number: Glimpse("ann", "d", "2026")}))
    assert not bench.work().ending.ok
    (waiting,) = bench.world.store.queue.overview().waiting
    assert waiting.attempt == 1
    assert waiting.scope.plans == {"plans/plan.md", "plans/other.md"}


def test_a_failure_is_tried_again_after_pauses_that_grow(bench: Bench) -> None:
    bench.tracker.unreadable = True
    bench.ask()
    for attempt in (1, 2, 3):
        over = bench.work()
        pause = pause_after(attempt, 1.0)
        assert over.ending.retry_at == over.ended_at + pause
        assert bench.world.store.queue.overview().fortunes["web"].error
        bench.world.clock.advance(pause - timedelta(seconds=1))
        assert bench.take() is None
        bench.world.clock.advance()
    bench.tracker.unreadable = False
    assert bench.work().ending.ok
    assert bench.world.store.queue.overview().fortunes["web"].failing_since is None


def test_a_bug_fails_one_sync_is_logged_and_tried_again(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.broken = ZeroDivisionError("by zero")
    bench.ask()
    over = bench.work()
    assert over.ending.error == "ZeroDivisionError: by zero"
    assert over.ending.retry_at == over.ended_at + FIRST_PAUSE
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None


def test_a_configuration_that_only_the_sync_found_bad_is_an_error_of_the_target(bench: Bench) -> None:
    bench.broken = ConfigError("templates/task.md.j2:3: no such variable", hint="mend it")
    bench.ask()
    over = bench.work()
    assert over.report.errors == (("templates/task.md.j2:3: no such variable", "mend it"),)
    assert over.ending.retry_at is not None


def test_a_target_that_is_configured_no_more_is_done_with_a_word(bench: Bench) -> None:
    bench.is_configured = False
    bench.ask()
    over = bench.work()
    assert over.report.notes == ("the target is not configured any more",)
    assert bench.take() is None


def test_who_has_the_lease_is_not_waited_for(bench: Bench) -> None:
    lease = bench.world.store.leases.acquire(("project:project",), "other:1:1", MINUTE, bench.world.clock.now())
    assert isinstance(lease, Lease)
    bench.ask()
    over = bench.work()
    assert over.took < timedelta(seconds=1)
    assert over.ending.retry_at == over.ended_at + SOON
    assert bench.world.store.queue.overview().fortunes["web"].failing_since is None
    bench.world.store.leases.release(lease)
    bench.world.clock.advance(SOON)
    assert bench.work().ending.ok


def test_a_lease_lasts_no_longer_than_what_was_taken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    store, clock, seen = bench.world.store, bench.world.clock, []

    def applied(target: str, change: Change, outcome: Outcome) -> None:
        seen.append(store.leases.acquire(("project:project",), "other:1:1", MINUTE, clock.now()))

    monkeypatch.setattr(bench, "applied", applied)
    bench.ask()
    assert bench.work().ending.ok
    assert seen
    assert all(isinstance(held, Held) and held.expires_at <= clock.now() + SPAN for held in seen)


def test_a_process_that_is_to_end_puts_back_what_it_did_not_do(bench: Bench) -> None:
    bench.is_ending = True
    bench.ask("webhook", Scope(plans=frozenset({"plans/plan.md"})))
    over = bench.work()
    assert (over.ending.counts, over.ending.retry_at) == (False, over.ended_at)
    (waiting,) = bench.world.store.queue.overview().waiting
    assert (waiting.attempt, set(waiting.scope.plans), waiting.triggers) == (0, {"plans/plan.md"}, ("webhook",))
    bench.is_ending = False
    assert bench.work().ending.ok


def test_a_sync_that_is_to_end_stops_between_two_changes_and_the_next_does_the_rest(bench: Bench) -> None:
    bench.ends_after = 2
    bench.ask()
    over = bench.work()
    assert [change.outcome for change in over.report.changes] == ["done", "done", "skipped"]
    assert (over.ending.counts, over.ending.retry_at) == (False, over.ended_at)
    assert bench.world.number("Make the table")
    assert bench.world.store.journal.unsettled("project") == []
    bench.is_ending, bench.ends_after = False, 0
    assert [change.kind for change in bench.work().report.changes] == ["create_issue"]
    assert len(bench.world.issues()) == len(bench.world.all_issues()) == 2


def test_a_sync_that_was_taken_away_counts_for_nothing(bench: Bench) -> None:
    bench.ask()
    taken = bench.take()
    assert taken is not None
    bench.world.clock.advance(timedelta(minutes=2))
    again = bench.worker.take(("web",))
    assert again is not None
    bench.worker.do(taken)
    assert not bench.told[-1].noted
    bench.worker.do(again)
    assert bench.told[-1].noted


def test_an_ending_that_is_not_stored_at_once_is_tried_again(bench: Bench) -> None:
    bench.unstored = [StoreError("locked"), StoreError("locked")]
    bench.ask()
    over = bench.work()
    assert (over.ending.ok, over.noted) == (True, True)
    assert bench.world.store.queue.overview().running == ()


def test_an_ending_that_cannot_be_stored_is_told_and_raised(bench: Bench) -> None:
    bench.ask()
    taken = bench.take()
    assert taken is not None
    bench.world.store.close()
    (bench.world.root / ".plansync/state.db").unlink()
    (bench.world.root / ".plansync/state.db").mkdir()
    with pytest.raises(StoreError):
        bench.worker.do(taken)
    assert [over.noted for over in bench.told] == [False]


PLAIN = PlanReport(path="plans/plan.md")
FAILED = ChangeReport(kind="create_issue", key="k", title="t", outcome="failed")


def report(*plans: PlanReport, **parts: Any) -> TargetReport:
    return TargetReport(name="web", tracker="fake", project="project", plans=plans, **parts)


def stopped(error: Exception) -> TargetReport:
    return report(errors=((str(error), ""),), stopped_by=error)


@pytest.mark.parametrize(
    ("said", "pause", "counts"),
    [
        (stopped(Interrupted("asked to end")), timedelta(0), False),
        (stopped(LeaseHeld("held")), SOON, False),
        (stopped(RateLimited("later", retry_after=timedelta(hours=1))), timedelta(hours=1), True),
        (stopped(TrackerUnavailable("no answer")), pause_after(3, 0.5), True),
        (stopped(Stopped("not on this branch")), pause_after(3, 0.5), True),
        (report(PLAIN, errors=(("1 plan(s) are held by the removal fuse", ""),)), pause_after(3, 0.5), True),
        (report(replace(PLAIN, changes=(FAILED,))), pause_after(3, 0.5), True),
        (report(replace(PLAIN, error="kept changing")), pause_after(3, 0.5), True),
    ],
)
def test_what_failed_waits_as_long_as_its_reason_asks(said: TargetReport, pause: timedelta, counts: bool) -> None:
    ending = ending_of(said, 2, NOON, 0.5)
    assert (ending.ok, ending.retry_at, ending.counts) == (False, NOON + pause, counts)
    assert ending.error


def test_a_plan_at_fault_is_not_tried_again_until_it_changes_or_the_schedule_comes_round() -> None:
    ending = ending_of(report(replace(PLAIN, fused="6 of its 20")), 0, NOON, 0.5)
    assert (ending.ok, ending.retry_at, ending.counts) == (False, None, True)
    assert ending.error == "plans/plan.md: 6 of its 20"


def test_a_plan_at_fault_does_not_keep_gathered_edits_from_being_written() -> None:
    until, paths = NOON + MINUTE, frozenset({"plans/two.md"})
    said = report(replace(PLAIN, fused="6 of its 20"), gathered=Gathered(until, paths))
    ending = ending_of(said, 0, NOON, 0.5)
    assert (ending.ok, ending.retry_at, ending.left) == (False, until, Scope(plans=paths))


def test_an_error_is_one_line() -> None:
    many = report(errors=tuple((f"line {n}\nand more", "") for n in range(5)))
    assert ending_of(many, 0, NOON, 0.5).error == "line 0 and more; line 1 and more; line 2 and more"
