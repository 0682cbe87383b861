"""Stories of people, plans, trackers, faults and clocks; told by seed, judged from outside, shortened where they go wrong.

``make soak MINUTES=30`` tells stories for as long, with seeds beyond those of the ordinary run; ``SIMULATOR_STORY=github:17``
tells that one alone.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.simulator.story import ACTS, Step, Told, as_code, invent, shorten, tell
from tests.support.world import local_world

STEPS = 50
SEEDS = {"shared": 150, "local": 100, "github": 25, "gitlab": 25}
"""How many stories are told on each tracker; the one in memory can lag, and costs least."""
LEAST = 20
"""How often everything happens over all of them."""
MINUTES = float(os.environ.get("SIMULATOR_MINUTES", "0"))
ONE = os.environ.get("SIMULATOR_STORY", "")
PROCESSES = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class Story:
    """Which story it was, and how it went; ``short`` is the shortest that goes wrong as well."""

    tracker: str
    seed: int
    told: Told
    short: str = ""

    @property
    def name(self) -> str:
        """Return what tells it from others."""
        return f"{self.tracker}:{self.seed}"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with databases that are made and empty, to be copied: making them takes longer than a sync."""
    root = tmp_path_factory.mktemp("empty")
    world = local_world(root)
    world.all_issues()
    world.store.close()
    return root / ".plansync"


def tell_one(empty: Path, name: str) -> Story:
    """Tell one story in whatever process; one that goes wrong is told again until it is as short as it can be."""
    tracker, _, seed = name.partition(":")
    told = tell(tracker, invent(int(seed), STEPS), empty, STEPS)
    if not told.wrong:
        return Story(tracker, int(seed), told)
    short = shorten(told.steps, partial(_goes_wrong, tracker, empty, told.kind))
    return Story(tracker, int(seed), tell(tracker, short, empty), as_code(short))


def _goes_wrong(tracker: str, empty: Path, kind: str, story: Sequence[Step]) -> bool:
    return tell(tracker, story, empty).kind == kind


def stories(empty: Path, names: Sequence[str]) -> Iterator[Story]:
    """Tell stories on all processors, in any order."""
    if len(names) == 1:
        yield tell_one(empty, names[0])
        return
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(tell_one, empty), names, chunksize=1)


def names() -> Iterator[str]:
    """Yield the stories of the ordinary run, the longest ones first."""
    for tracker, number in reversed(SEEDS.items()):
        yield from (f"{tracker}:{seed}" for seed in range(number))


Fact = Callable[[str, object], None]


def note(fact: Fact, told: Sequence[Story]) -> Counter[str]:
    """Print what happened, and return it."""
    books: Counter[str] = Counter()
    for story in told:
        books += story.told.counts
    syncs = sum(story.told.syncs for story in told)
    wrong = [story for story in told if story.told.wrong]
    steps = sum(books[act] for act in ACTS)
    fact("simulator", f"{len(told)} seeds, {steps} steps, {syncs} syncs, {len(wrong)} violations")
    table = "\n".join(f"  {books[act]:6}  {act}" for act in ACTS)
    fact("simulator, how often each thing happened", f"\n{table}\n  {books['killed']:6}  (killed in the middle)")
    return books


def expect_all_well(told: Sequence[Story]) -> None:
    """Fail with the first stories that went wrong, short enough to be read."""
    wrong = [f"{s.name}: {s.told.wrong}\nshortened:\n{s.short}" for s in told if s.told.wrong]
    assert not wrong, f"{len(wrong)} stories went wrong\n" + "\n\n".join(wrong[:3])


@pytest.mark.skipif(bool(ONE or MINUTES), reason="other stories are asked for")
def test_three_hundred_stories_go_well_and_everything_happens_in_them(empty: Path, record_property: Fact) -> None:
    told = list(stories(empty, list(names())))
    books = note(record_property, told)
    expect_all_well(told)
    assert len(told) == 300
    assert min(sum(story.told.counts[act] for act in ACTS) for story in told) >= STEPS
    assert {act: books[act] for act in ACTS if books[act] < LEAST} == {}


@pytest.mark.skipif(not MINUTES, reason="make soak MINUTES=… goes on for so long")
def test_stories_go_well_for_as_long_as_is_asked_for(empty: Path, record_property: Fact) -> None:
    end = time.monotonic() + MINUTES * 60
    told: list[Story] = []
    seeds = count(10_000)
    while time.monotonic() < end:
        more = [f"{tracker}:{next(seeds)}" for tracker in SEEDS for _ in range(PROCESSES)]
        told += stories(empty, more)
        expect_all_well(told)
    note(record_property, told)
    assert told


@pytest.mark.skipif(not ONE, reason="SIMULATOR_STORY names none")
def test_the_story_that_is_asked_for_goes_well(empty: Path, record_property: Fact) -> None:
    told = list(stories(empty, [ONE]))
    note(record_property, told)
    expect_all_well(told)
