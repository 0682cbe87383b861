"""Write-back and the people who save, move and lose the file meanwhile (spec §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.sync import run_sync
from plansync.core.model import Plan
from plansync.core.parser import parse_plan
from plansync.ports.source import Note, Proposed, Refused, Replacement, Saved
from tests.support.example import MAP, PLAN
from tests.support.watched_source import WatchedSource
from tests.support.world import World, fake_world, kinds, only

OTHER = PLAN.replace("021-parcels", "022-packages").replace("Parcel", "Package")


class CountingSource(WatchedSource):
    """Counts looks, and keeps which paths were saved together."""

    looks = 0

    def refresh(self) -> None:
        self.looks += 1
        super().refresh()

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        self.saved.append([item.content.path for item in replacements if item.is_needed])
        return super().save(replacements, note)

    @cached_property
    def saved(self) -> list[list[str]]:
        return []


class ReviewedSource(WatchedSource):
    """Refuses one plan, and lets people review the others."""

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        paths = [item.content.path for item in replacements]
        assert note.message(paths).startswith("docs: ")
        return [
            Refused(item.content.path, f"{item.content.path}: may not be written", "ask")
            if item.content.path == "plans/two.md"
            else Proposed(item.content, "https://host.example/pulls/1")
            for item in replacements
        ]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = fake_world(tmp_path)
    made.write(PLAN)
    yield made
    made.store.close()


def _sync(
    world: World, before_write: Callable[[str], None] = lambda path: None, parse: Callable[[bytes], Plan] = parse_plan
) -> TargetReport:
    target = world.target()
    target = replace(target, source=WatchedSource(target.source, before_write))
    return run_sync(Workshop((target,), world.store, world.clock, parse, "host:1:1"), target, SyncRequest())


def test_a_plan_that_vanishes_meanwhile_is_an_error_and_the_others_are_written(world: World) -> None:
    world.write(OTHER, "plans/two.md")

    def lose(path: str) -> None:
        if path == "plans/plan.md":
            (world.root / path).unlink(missing_ok=True)

    report = _sync(world, lose)
    errors = {plan.path: plan.error for plan in report.plans}
    assert "plans/plan.md" in errors["plans/plan.md"]
    assert errors["plans/two.md"] == ""
    assert world.number(MAP, "plans/two.md")
    assert report.failed
    world.write(PLAN)
    assert "create_issue" not in kinds(world.sync())


def test_a_write_back_that_would_not_read_as_intended_writes_nothing_and_says_so(world: World) -> None:
    """As a reader with a bug would see it: links that were written are not there."""

    def forgetful(data: bytes) -> Plan:
        plan = parse_plan(data)
        phases = tuple(replace(p, tasks=tuple(replace(t, links=()) for t in p.tasks)) for p in plan.phases)
        return replace(plan, phases=phases)

    report = _sync(world, parse=forgetful)
    assert "nothing was written to plans/plan.md" in only(report).error
    assert world.read() == PLAN
    assert report.failed
    assert not world.sync().failed
    assert len(world.all_issues()) == 7


def test_a_run_looks_at_its_source_once_and_saves_all_plans_together(world: World) -> None:
    world.write(OTHER, "plans/two.md")
    counting = CountingSource(world.target().source, lambda path: None)
    target = replace(world.target(), source=counting)
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    assert not run_sync(workshop, target, SyncRequest()).failed
    assert (counting.looks, counting.saved) == (1, [["plans/plan.md", "plans/two.md"]])
    world.clock.advance()
    assert not run_sync(workshop, target, SyncRequest()).failed
    assert (counting.looks, counting.saved[1:]) == (2, [])


def test_what_a_source_refuses_or_proposes_is_in_the_report(world: World) -> None:
    world.write(OTHER, "plans/two.md")
    target = world.target()
    target = replace(target, source=ReviewedSource(target.source, lambda path: None))
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    report = run_sync(workshop, target, SyncRequest())
    plans = {plan.path: plan for plan in report.plans}
    assert (plans["plans/two.md"].error, plans["plans/two.md"].hint) == ("plans/two.md: may not be written", "ask")
    assert plans["plans/plan.md"].error == ""
    assert plans["plans/plan.md"].waits_at == "https://host.example/pulls/1"
    assert plans["plans/plan.md"].diff
    assert world.read() == PLAN
