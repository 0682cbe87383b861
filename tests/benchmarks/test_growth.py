"""How reading hostile text grows with its length: parse, texts for the tracker, write-back.

Times are printed; held to something are their growth from n to 2n bytes, and what reading takes in memory.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plansync.core.confirm import edit_plan
from plansync.core.neutralise import ActingText, neutralise, neutralise_line
from plansync.core.parser import parse_plan
from plansync.core.sheets import Sheet
from plansync.core.writeback import IssueLink, ItemMark, PhaseMark, PlanMarks
from tests.support.hostile import FAMILIES

SIZE = 40_000
MOST_GROWTH = 2.5
"""Twice the text may take so many times the time."""
MOST_MEMORY = 30
"""Reading may take so many times the memory of the text."""
TRIES = 5
"""Machines are busy with other things, too: the least of so many times counts, in rounds until the growth is right."""

MOST_SECONDS = 2.0
"""A megabyte of a plan that somebody wrote is read in so many seconds."""
ACTS = ActingText(quick_actions=True)
URL = "https://git.example.com/acme/web"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
REAL = sorted(path for path in CORPUS.glob("*/*.md") if path.parent.name != "golden")


def read(source: bytes) -> None:
    parse_plan(source)


def go_all_the_way(source: bytes) -> None:
    """Read a plan, make its items' texts safe for a tracker, and write all links into it."""
    plan = parse_plan(source)
    for item in plan.items:
        neutralise_line(item.text, ACTS)
        neutralise(getattr(item, "body", "") or getattr(item, "mitigation", ""), ACTS)
        for detail in item.details:
            neutralise_line(detail.text, ACTS)
    items = tuple(ItemMark(item=item, link=IssueLink(7, f"{URL}/issues/7")) for item in plan.items)
    milestones = tuple(PhaseMark(phase=phase, title="Growth", url=f"{URL}/milestone/1") for phase in plan.phases)
    edit_plan((Sheet("", source),), plan, PlanMarks(items=items, milestones=milestones), parse_plan)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the collector from running within a measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds_of(work: Callable[[bytes], None], source: bytes) -> float:
    """Return the processor's time for one go."""
    with undisturbed():
        start = time.process_time()
        work(source)
        return time.process_time() - start


@pytest.mark.parametrize("work", [read, go_all_the_way])
@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_hostile_text_takes_about_twice_the_time(family: str, work: Callable[[bytes], None]) -> None:
    once, twice = (FAMILIES[family](size).encode() for size in (SIZE, 2 * SIZE))
    short, long = float("inf"), float("inf")
    for tried in range(3 * TRIES):
        short, long = min(short, seconds_of(work, once)), min(long, seconds_of(work, twice))
        if tried >= TRIES - 1 and long / short < MOST_GROWTH:
            break
    print(f"\n{family:<36}{short * 1000:9.1f} ms {long * 1000:9.1f} ms   t(2n)/t(n) = {long / short:.2f}")
    assert long / short < MOST_GROWTH


@pytest.mark.parametrize("family", FAMILIES)
def test_reading_hostile_text_takes_memory_in_proportion(family: str) -> None:
    source = FAMILIES[family](2 * SIZE).encode()
    parse_plan(source)  # what is compiled or imported once is not the text's doing
    tracemalloc.start()
    try:
        parse_plan(source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    print(f"\n{family:<36}{peak / len(source):6.1f} times the text")
    assert peak < MOST_MEMORY * len(source)


@pytest.mark.parametrize("path", REAL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_real_plan_is_read_within_two_seconds_a_megabyte(path: Path) -> None:
    source = path.read_bytes()
    seconds = min(seconds_of(read, source) for _ in range(TRIES))
    print(f"\n{path.parent.name}/{path.name:<20}{len(source):8,} bytes {seconds / len(source) * 1e6:6.2f} s/MB")
    assert seconds < MOST_SECONDS * max(len(source), 10_000) / 1e6


def test_the_corpus_is_named_where_it_is_read() -> None:
    print(f"\n{len(REAL)} real plans" if REAL else "\nno corpus beside the checkout: no real plan was timed")
    assert bool(REAL) == CORPUS.is_dir()
