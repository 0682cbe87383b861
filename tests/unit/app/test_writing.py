"""Write-back and the people who save, move and lose the file meanwhile (spec §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.sync import run_sync
from plansync.core.model import Plan
from plansync.core.parser import parse_plan
from plansync.ports.source import BranchRule, Content, Source, Unreadable
from tests.support.example import MAP, PLAN
from tests.support.world import World, fake_world, kinds, only

OTHER = PLAN.replace("021-parcels", "022-packages").replace("Parcel", "Package")


@dataclass
class WatchedSource:
    """A source that lets something happen right before each write."""

    real: Source
    before_write: Callable[[str], None]

    @property
    def uid(self) -> str:
        return self.real.uid

    def list(self) -> Sequence[str]:
        return self.real.list()

    def read(self, path: str) -> Content | Unreadable:
        return self.real.read(path)

    def write(self, content: Content, data: bytes) -> Content:
        self.before_write(content.path)
        return self.real.write(content, data)

    def branch_rule(self) -> BranchRule:
        return self.real.branch_rule()


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
