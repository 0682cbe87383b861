"""Worlds for the laws: every one of them is acted out on each tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.world import World, fake_world, local_world

WORLDS: dict[str, Callable[[Path], World]] = {"local": local_world, "shared": fake_world}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return a world on each tracker in turn."""
    made = WORLDS[request.param](tmp_path)
    yield made
    made.store.close()
