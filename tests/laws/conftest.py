"""Worlds for the laws: every one of them is acted out on each tracker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.hosted_worlds import WORLDS as HOSTED
from tests.support.world import World, fake_world, local_world

WORLDS = ("local", "shared", *HOSTED)


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return a world on each tracker in turn."""
    with ExitStack() as stack:
        match request.param:
            case "local":
                made = local_world(tmp_path)
            case "shared":
                made = fake_world(tmp_path)
            case name:
                made = HOSTED[name](tmp_path, stack)
        yield made
        made.store.close()
