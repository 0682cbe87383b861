"""A dry run remembers what it saw and how fast it asked, and nothing else."""

from pathlib import Path

from plansync.app.rehearsal import rehearsal_of
from plansync.app.request import Workshop
from plansync.core.parser import parse_plan
from tests.support.world import local_world


def test_pacing_and_snapshots_are_the_real_ones(tmp_path: Path) -> None:
    world = local_world(tmp_path)
    target = world.target()
    rehearsed, _ = rehearsal_of(Workshop((target,), world.store, world.clock, parse_plan, "host:1:1"), target)
    assert rehearsed.store.pacing is world.store.pacing
    assert rehearsed.store.snapshots is world.store.snapshots
    assert rehearsed.store.plans is not world.store.plans
    assert rehearsed.store.leases is not world.store.leases
