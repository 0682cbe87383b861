"""Laws of the main job over generated plans: what it writes, that once is enough, and that a plan still reads the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st

from plansync.app.report import TargetReport
from plansync.core.model import Item, Plan
from plansync.core.parser import parse_plan
from tests.support.checker import without_writing
from tests.support.odd_plans import odd_plans
from tests.support.plans import plan_sources
from tests.support.undoing import undo
from tests.support.world import World, kinds, local_world

EXAMPLES = int(os.environ.get("SYNC_EXAMPLES", "60"))
"""More of them are a matter of patience: ``SYNC_EXAMPLES=2000``."""

sources = plan_sources() | odd_plans()
over_generated_plans = settings(
    max_examples=EXAMPLES,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with databases that are made and empty, to be copied: making them takes longer than a sync."""
    root = tmp_path_factory.mktemp("empty")
    world = local_world(root)
    world.all_issues()
    world.store.close()
    return root / ".plansync"


@contextmanager
def world_with(source: bytes, empty_state: Path) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(empty_state, root / ".plansync")
        (root / "plans").mkdir()
        (root / "plans/plan.md").write_bytes(source)
        world = local_world(root)
        yield world
        world.store.close()


def plan_of(world: World) -> bytes:
    return (world.root / "plans/plan.md").read_bytes()


def sync(world: World) -> TargetReport:
    report = world.sync(publish=True)
    note(f"changes: {kinds(report)}\nfile: {plan_of(world)!r}")
    assert not [plan.error for plan in report.plans if plan.error], report
    return report


def assert_that_it_stays(world: World) -> None:
    before = standing(world)
    assert kinds(sync(world)) == []
    assert standing(world) == before


def standing(world: World) -> tuple[bytes, int, int]:
    """Return the plan's bytes and mtime, and the number of writes sent to the tracker so far."""
    return plan_of(world), (world.root / "plans/plan.md").stat().st_mtime_ns, world.tracker.traffic.writes


@over_generated_plans
@given(sources)
def test_nothing_is_written_but_links_boxes_milestones_and_status(empty_state: Path, source: bytes) -> None:
    with world_with(source, empty_state) as world:
        sync(world)
        assert without_writing(plan_of(world)) == without_writing(source)


@over_generated_plans
@given(sources)
def test_a_written_plan_reads_the_same_but_for_links_boxes_and_status(empty_state: Path, source: bytes) -> None:
    with world_with(source, empty_state) as world:
        sync(world)
        assert reading(parse_plan(plan_of(world))) == reading(parse_plan(source))


@over_generated_plans
@given(sources, st.integers(0, 2**12 - 1), st.booleans())
def test_two_syncs_are_one(empty_state: Path, source: bytes, closed: int, wipe: bool) -> None:
    with world_with(source, empty_state) as world:
        sync(world)
        assert_that_it_stays(world)
        numbers = [issue.number for issue in world.all_issues()]
        event(f"{min(len(numbers), 10)} issues")
        for at, number in enumerate(numbers):
            if closed >> (at % 12) & 1:
                world.people.close(number)
        sync(world)
        assert without_writing(plan_of(world)) == without_writing(source)
        if wipe:
            world.forget()
        assert_that_it_stays(world)


@settings(over_generated_plans, max_examples=EXAMPLES // 2)
@given(sources, st.integers(0, 2**12 - 1))
def test_undone_run_by_run_a_plan_is_what_it_was_byte_for_byte(empty_state: Path, source: bytes, closed: int) -> None:
    with world_with(source, empty_state) as world:
        runs = [(plan_of(world), sync(world).run)]
        for at, issue in enumerate(world.all_issues()):
            if closed >> (at % 12) & 1:
                world.people.close(issue.number)
        runs.append((plan_of(world), sync(world).run))
        for before, run in reversed(runs):
            report = undo(world, run)
            assert not report.failed, report
            assert plan_of(world) == before
            held = world.sync()
            assert (kinds(held), plan_of(world)) == ([], before)


def reading(plan: Plan) -> tuple[object, ...]:
    """Return what people read in a plan, apart from what plansync writes."""
    return (
        (plan.title, plan.feature_id, plan.spec, plan.created, plan.repos),
        [(phase.id, phase.name, phase.goal, phase.depends_on, phase.deliverable) for phase in plan.phases],
        [item_reading(item) for item in plan.items],
    )


def item_reading(item: Item) -> tuple[object, ...]:
    details = [(detail.text, detail.depth, detail.box is None) for detail in item.details]
    return item.kind, item.text, item.id, item.ignored, item.box is None, details
