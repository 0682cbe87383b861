"""Worlds for the laws: every one of them is acted out on each tracker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.hosted_worlds import WORLDS as HOSTED
from tests.support.world import World, fake_world, local_world

WORLDS = ("local", "shared", *HOSTED)


@contextmanager
def world_named(name: str, root: Path) -> Iterator[World]:
    """Yield one of ``WORLDS``, with its files in ``root``."""
    with ExitStack() as stack:
        match name:
            case "local":
                made = local_world(root)
            case "shared":
                made = fake_world(root)
            case _:
                made = HOSTED[name](root, stack)
        yield made
        made.store.close()


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Return a world on each tracker in turn."""
    with world_named(request.param, tmp_path) as made:
        yield made
