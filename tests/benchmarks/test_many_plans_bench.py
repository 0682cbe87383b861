"""Very many plan files in one checkout: what listing them and a sync that finds everything in step ask of the system.

``PLANSYNC_BENCH_PLANS=1000`` makes them fewer. Times are printed, and only their growth is held to anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.test_bench import LEEWAY, NO_LIMITS, measured_sync
from tests.support.world import World, local_world

MOST = int(os.environ.get("PLANSYNC_BENCH_PLANS", "10000"))
SIZES = (MOST // 10, MOST)
FOLDERS = 50
PLAN = """\
# Implementation Plan: Piece {number}

**Feature ID:** {number:05}-piece
**Status:** {status}

### Phase 1: Work

- **Tasks:**
  - [{box}] Do piece {number}
"""
OPEN = 50
"""Of so many plans, one has something to do; the others are done, and were so before plansync came."""

_heard: dict[str, Counter[str]] = {}
"""What is counted now, by the folder that it is about; what Python tells can be listened to, but not left alone again."""


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    for folder, counts in _heard.items():
        is_file = event in {"open", "os.scandir"} and str(arguments[0]).startswith(folder)
        if is_file or event == "subprocess.Popen":
            counts[event] += 1


sys.addaudithook(_hear)


@contextmanager
def counted(folder: Path) -> Iterator[Counter[str]]:
    """Count what is asked of the system about files below ``folder``, and the programs that are started."""
    counts = _heard[str(folder)] = Counter()
    try:
        yield counts
    finally:
        del _heard[str(folder)]


@contextmanager
def world_of(size: int, root: Path) -> Iterator[World]:
    """Yield a checkout with ``size`` plans, and as many files that are none or are ignored."""
    root.mkdir()
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / ".gitignore").write_text("*.draft.md\n")
    world = local_world(root, limits=NO_LIMITS)
    for number in range(size):
        is_open = number % OPEN == 0
        status, box = ("Draft", " ") if is_open else ("Complete", "x")
        path = f"plans/{number % FOLDERS:02}/{number:05}"
        world.write(PLAN.format(number=number, status=status, box=box), f"{path}.md")
        world.write("a draft", f"{path}.draft.md")
    yield world
    world.store.close()


def test_many_plans_are_listed_read_once_and_not_parsed_while_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listing, quiet = {}, {}
    for size in SIZES:
        with world_of(size, tmp_path / f"of-{size}") as world:
            measured_sync(world)
            source, plans = world.target().source, world.root / "plans"
            with counted(plans) as asked:
                start = time.perf_counter()
                assert len(source.list()) == size
                listing[size] = time.perf_counter() - start
            assert asked == {"os.scandir": FOLDERS + 1, "subprocess.Popen": 1}
            with counted(plans) as asked:
                again = measured_sync(world)
            quiet[size] = again.seconds
            assert asked == {"open": size, "os.scandir": FOLDERS + 1, "subprocess.Popen": 1}
            assert (again.parses, again.writes, again.requests, again.report.changes) == (0, 0, 1, ())
            assert all(plan.unchanged for plan in again.report.plans)
    few, many = SIZES
    with capsys.disabled():
        for what, seconds in (("listing", listing), ("a quiet sync", quiet)):
            print(
                f"\n{what:<14}" + "".join(f"{size:>7,} plans {span * 1000:9.1f} ms" for size, span in seconds.items())
            )
    assert listing[many] / max(listing[few], 0.01) < 10 * LEEWAY
    assert quiet[many] / quiet[few] < 10 * LEEWAY
