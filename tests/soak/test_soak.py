"""A service that lives for days: all in step, and it needs no more at the end than at the beginning.

``make soak DAYS=30`` simulates as many days on each host; the ordinary tests two.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plansync.bootstrap.service import Plant
from plansync.settings import load_settings
from tests.soak.soaking import Soak
from tests.support.hosted_gitlab import TOKEN
from tests.support.hosted_shell import PROJECTS, Kind
from tests.support.hosted_worlds import WORLDS, HostedWorld

DAYS = int(os.environ.get("SOAK_DAYS", "2"))
MEBIBYTE = 2**20
CONFIG = """\
[[targets]]
name = "web"
source = {{ kind = "folder", path = ".", include = ["plans/*.md"] }}
tracker = {{ kind = "{kind}", project = "{project}", api_url = "{api_url}" }}

[pacing]
write_interval = 0
creations_per_minute = 100000
creations_per_hour = 100000
"""


def plant_on(world: HostedWorld, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Return the service's wiring for the world's folder and server, on the world's clock and store."""
    service: Any = world.server.service
    api_url, token = (service.api, service.token) if kind == "github" else (service.base, TOKEN)
    monkeypatch.setenv("PLANSYNC_TOKEN_WEB", token)
    config = world.write(CONFIG.format(kind=kind, project=PROJECTS[kind], api_url=api_url), "plansync.toml")
    clock: Any = world.clock
    return Plant(load_settings(config=config), world.store, clock, threading.Event())


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_days_with_faults_leave_all_in_step_and_nothing_grows(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    with ExitStack() as stack:
        world = WORLDS[kind](tmp_path, stack, free=True)
        stack.callback(world.store.close)
        soak = Soak(world, plant_on(world, kind, monkeypatch), seed=7)
        soak.live(timedelta(days=DAYS, hours=1))
        assert soak.settle() == 0
        assert soak.disagreements() == []
    first, last = soak.days[0], soak.days[-1]
    told = f"{DAYS} days, {dict(soak.syncs)} syncs, {soak.faults.count} faults, {soak.events.total()} human events"
    record_property(f"soak on {kind}", f"{told}; first and last day: {first}, {last}")
    assert len(soak.days) == DAYS
    assert soak.faults.count > DAYS
    assert soak.syncs["good"] > soak.syncs["failed"] > 0
    assert last.handles <= first.handles + 4
    assert last.database <= first.database * 1.1
    assert last.memory <= first.memory + 12 * MEBIBYTE
