"""What a run tells: exit codes, counts, joined slices, and the JSON of all that (spec §9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plansync.app.report import ChangeReport, PlanReport, StatusReport, SyncReport, TargetReport, as_json
from plansync.core.changes import FieldChange
from plansync.core.problems import Severity, problem
from plansync.core.rules import Rules
from plansync.ports.store import Lease
from tests.support.clocks import TickingClock
from tests.support.example import MAP, PLAN, SEND
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only

OPENED = ChangeReport(kind="create_issue", key="t-1", title="Build it", outcome="done")
PLAIN = PlanReport(path="a.md")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = fake_world(tmp_path)
    made.write(PLAN)
    yield made
    made.store.close()


def _target(*plans: PlanReport, **parts: Any) -> TargetReport:
    return TargetReport(name="web", tracker="github", project="acme/web", plans=plans, **parts)


@pytest.mark.parametrize(
    ("targets", "exit_code"),
    [
        ((_target(PLAIN),), 0),
        ((_target(replace(PLAIN, changes=(OPENED,))),), 0),
        ((_target(replace(PLAIN, changes=(replace(OPENED, outcome="skipped"),))),), 0),
        ((_target(replace(PLAIN, problems=(problem("PS201", 1, 1, ""),))),), 0),
        ((), 1),
        ((_target(PLAIN, errors=(("no plan was read", ""),)),), 1),
        ((_target(PLAIN), _target(replace(PLAIN, error="not written"))), 1),
        ((_target(replace(PLAIN, fused="6 of its 20")),), 1),
        ((_target(replace(PLAIN, problems=(problem("PS105", 1, 1, ""),))),), 1),
        ((_target(replace(PLAIN, changes=(replace(OPENED, outcome="failed"),))),), 1),
        ((_target(replace(PLAIN, changes=(replace(OPENED, outcome="unknown"),))),), 1),
    ],
)
def test_only_what_failed_waits_or_was_not_read_ends_with_one(
    targets: tuple[TargetReport, ...], exit_code: int
) -> None:
    assert SyncReport(targets).exit_code == exit_code


@pytest.mark.parametrize(
    ("plan", "pending"),
    [(PLAIN, False), (replace(PLAIN, changes=(OPENED,)), True), (replace(PLAIN, diff="-a\n+b"), True)],
)
def test_something_is_pending_where_tracker_or_file_would_change(plan: PlanReport, pending: bool) -> None:
    assert SyncReport((_target(PLAIN), _target(plan))).pending is pending


def test_updates_of_mere_text_are_counted_apart() -> None:
    update = ChangeReport(kind="update_issue", key="t-2", title="")
    plan = replace(PLAIN, changes=(OPENED, update, replace(update, text_only=True), update))
    assert _target(plan).counts == {"create_issue": 1, "update_issue": 2, "update_text": 1}


def test_a_report_is_json_by_its_fields_names_and_what_follows_from_them() -> None:
    found = problem("PS201", 3, 1, "No tasks")
    update = ChangeReport(kind="update_issue", key="t-1", title="T", fields=(FieldChange("title", "a", "b"),))
    report = SyncReport((_target(replace(PLAIN, changes=(update,), problems=(found,)), errors=(("a", "b"),)),))
    told = as_json(report)
    assert (told["exit_code"], told["pending"]) == (1, True)
    [target] = told["targets"]
    assert (target["counts"], target["pending"], target["errors"]) == ({"update_issue": 1}, True, [["a", "b"]])
    [plan] = target["plans"]
    assert plan["problems"][0]["severity"] == "warning"
    assert plan["changes"][0]["fields"] == [{"name": "title", "old": "a", "new": "b"}]
    assert plan["status"]["before"] is None


def test_plain_values_of_every_kind_are_json() -> None:
    assert as_json({1: {"a"}, "b": (Severity.ERROR, None)}) == {"1": ["a"], "b": ["error", None]}
    assert as_json(StatusReport(phases=(("Phase 1", 1, 2),)))["phases"] == [["Phase 1", 1, 2]]


def test_a_plan_is_told_with_all_that_was_read_and_done(world: World) -> None:
    plan = only(world.sync())
    assert (plan.title, plan.key, plan.path) == ("Parcel tracking", "021-parcels", "plans/plan.md")
    assert (plan.phases, plan.tasks, plan.risks, plan.questions, plan.open_risks) == (2, 5, 2, 1, 2)
    assert (plan.linked, plan.ticked) == (9, 0)
    assert plan.status.reason == "Not Started (0 of 5: Phase 1 0/3, Phase 2 0/2)"
    created = next(change for change in plan.changes if change.title.startswith(MAP))
    assert (created.outcome, created.number, created.milestone) == ("done", 5, "Parcel tracking: Phase 2: Telling")
    assert created.url.endswith("/issues/5")
    risk = next(change for change in plan.changes if "carrier changes" in change.title)
    assert risk.labels == ("plansync", "risk", "risk:high")
    assert {match.by for match in plan.matches} == {"new"}


def test_a_preview_tells_the_same_with_numbers_to_come(world: World) -> None:
    before = world.read()
    plan = only(world.preview())
    assert {change.outcome for change in plan.changes} == {"planned"}
    assert {(change.number, change.url) for change in plan.changes} == {(None, "")}
    assert "([#?](https://tracker.example/acme/web/issues/?))" in plan.diff
    assert world.read() == before
    assert kinds(world.preview()) == kinds(world.sync())


def test_a_preview_reads_events_and_users_as_a_run_does(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(users=("ann",)))
    world.write(PLAN)
    world.sync()
    number = world.number(SEND)
    world.people.close(number)
    world.people.reopen(number)
    world.edit("- [ ] Send", "- [x] Send")
    world.edit("on a map", "on a map — Assignee: @ann")
    traffic = world.tracker.traffic
    preview = world.preview()
    assert kinds(preview) == ["update_issue"]
    assert preview.changes[0].fields[-1].new == "ann"
    assert world.tracker.traffic.writes == traffic.writes
    assert kinds(world.sync()) == ["update_issue"]
    assert "- [ ] Send" in world.read()
    world.store.close()


def test_a_closed_issue_is_told_by_its_title(world: World) -> None:
    world.sync()
    world.edit("- [ ] Send", "- [x] Send")
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "")
    titles = {change.number: change.title for change in world.sync().changes if change.kind == "close_issue"}
    assert titles == {4: "Send a message on every change of state", 5: "Show the way of the parcel on a map"}


def test_slices_are_told_as_one_run(tmp_path: Path) -> None:
    world = fake_world(tmp_path)
    world.limits = replace(world.limits, slice_creations=3)
    world.write(PLAN)
    plan = only(world.sync())
    assert [change.kind for change in plan.changes].count("create_issue") == 7
    assert plan.linked == 9
    assert plan.diff.count("@@") >= 3
    assert plan.status.before == "Draft"
    world.store.close()


def test_a_slice_that_runs_out_of_time_goes_on_in_the_next(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(clock=TickingClock()))
    world.limits = replace(world.limits, slice_time=timedelta(milliseconds=400))
    world.write(PLAN)
    report = world.sync()
    assert sorted(issue.title for issue in world.all_issues()) == sorted({issue.title for issue in world.all_issues()})
    assert len(world.all_issues()) == 7
    assert not report.failed
    world.store.close()


def test_a_preview_may_take_longer_than_a_lease_and_holds_none(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(clock=TickingClock()))
    world.limits = replace(world.limits, lease=timedelta(milliseconds=30))
    world.write(PLAN)
    lease = world.store.leases.acquire(["project:project"], "elsewhere:2:2", timedelta(hours=1), world.clock.now())
    assert not world.preview().failed
    assert isinstance(lease, Lease)
    assert world.store.leases.renew(lease, timedelta(hours=1), world.clock.now())
    world.store.close()


def test_an_unchanged_plan_is_told_from_what_was_kept(world: World) -> None:
    world.write(PLAN.replace("| M | H |", "| perhaps | H |"))
    first = only(world.sync())
    second, third = only(world.sync()), only(world.sync())
    assert third.unchanged
    assert (third.title, third.tasks, third.open_risks) == (first.title, first.tasks, first.open_risks)
    assert third.status.reason == first.status.reason
    assert [p.code for p in third.problems] == [p.code for p in second.problems]
    assert "PS301" in [p.code for p in third.problems]


def test_a_closed_risk_is_not_open_whoever_says_so(world: World) -> None:
    world.sync()
    world.people.close(world.number("The carrier changes"))
    assert only(world.sync()).open_risks == 1
    without = replace(world, rules=Rules(risks=False))
    assert only(without.sync()).open_risks == 2


def test_issues_of_a_plan_that_is_not_there_any_more_are_told_once(world: World) -> None:
    world.sync()
    (world.root / "plans/plan.md").unlink()
    world.write(PLAN.replace("021-parcels", "022").replace("Parcel", "Package"), "plans/two.md")
    assert world.sync().notes == ("7 issue(s) name the plan '021-parcels', which was not read; they are left alone",)
