"""Every fault at every request of a first sync, on both servers: nothing twice, nothing lost, soon in step (spec §4.7).

``make soak`` goes through all of it, the ordinary tests through a tenth that the seed chooses, of each kind of request.
"""

from __future__ import annotations

import math
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

import pytest

from plansync.core.marker import read_marker
from plansync.core.observed import ObservedIssue
from tests.servers.wire import Fault
from tests.support.hosted import HASTY
from tests.support.hosted_worlds import WORLDS, HostedWorld
from tests.support.world import World, kinds

TASKS, RISKS = 12, 5
ITEMS = TASKS + RISKS
REQUESTS = 29
"""More than a first sync sends: the last ones of the matrix hit nothing, and show that it was long enough."""
PAIRS = 500
CHUNKS = 100
SHARE = 1 if os.environ.get("SOAK_FAULTS") == "all" else 10
"""One of so many points is gone through."""
SEED = 4711
QUARANTINE = timedelta(minutes=11)
Kind = Literal["github", "gitlab"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Faults = Mapping[int, Fault]
PLAN = "\n".join(
    [
        "# Implementation Plan: Lighthouse\n\n**Feature ID:** 044-lighthouse\n**Status:** Draft\n",
        "## 5. Implementation Phases\n\n### Phase 1: Stones\n\n- **Tasks:**",
        *(f"  - [ ] Lay stone {number} of the tower" for number in range(1, 7)),
        "\n### Phase 2: Light\n\n- **Tasks:**",
        *(f"  - [ ] Grind lens {number} of the lamp" for number in range(1, 7)),
        "\n## 7. Risks and Mitigations\n\n| Risk | Likelihood | Impact | Mitigation |\n| --- | --- | --- | --- |",
        *(f"| Storm {number} takes the scaffold | L | H | Tie it |" for number in range(1, 6)),
        "",
    ]
)


@contextmanager
def never_synced(kind: Kind) -> Iterator[HostedWorld]:
    """Yield a project that was never synced, and its plan."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        world = WORLDS[kind](Path(folder), stack, timeout=HASTY)
        stack.callback(world.store.close)
        world.server.watch = None  # thousands of answers of a kind that the laws hold against the description
        world.write(PLAN)
        yield world


def issues_by_item(world: World) -> dict[str, list[ObservedIssue]]:
    """Return the open issues by the item in their marker, and what has none under an empty name."""
    found: dict[str, list[ObservedIssue]] = {}
    for issue in world.all_issues():
        marker = read_marker(issue.body)
        if issue.closed is None:
            found.setdefault(marker.item if marker else "", []).append(issue)
    return found


def assert_converges(kind: Kind, faults: Faults) -> None:
    """Sync with ``faults``, wait until the quarantine is over, sync twice more, and check."""
    with never_synced(kind) as world:
        server = world.server
        server.faults.update(faults)
        world.sync()
        server.faults.clear()
        world.clock.advance(QUARANTINE)
        world.sync()
        last = world.sync()
        assert not last.failed, (faults, last.errors)
        by_item = issues_by_item(world)
        assert {item: len(issues) for item, issues in by_item.items() if len(issues) > 1} == {}, faults
        assert len(by_item) == ITEMS, (faults, sorted(by_item))
        assert "" not in by_item
        linked = Counter(world.number(issue.title.removeprefix("Risk: ")) for (issue,) in by_item.values())
        assert linked == Counter(issue.number for (issue,) in by_item.values()), faults
        assert len(world.milestones()) == 2, faults
        before, text = server.writes, world.read()
        assert kinds(world.sync()) == [], faults
        assert (server.writes, world.read()) == (before, text), faults


@cache
def purposes(kind: Kind) -> tuple[str, ...]:
    """Return of each request of an undisturbed first sync what it is for: its verb, and its path without numbers."""
    with never_synced(kind) as world:
        world.sync()
        return tuple(f"{entry.method} {re.sub(r'[0-9]+', 'N', entry.path)}" for entry in world.server.books)


@cache
def points(kind: Kind) -> tuple[tuple[int, Fault], ...]:
    """Return the requests and the faults at them that are tried: our share of each purpose, seeded, each fault as often."""
    chance, asked = random.Random(f"{SEED} {kind}"), purposes(kind)
    used: Counter[Fault] = Counter()
    chosen: list[tuple[int, Fault]] = []
    for purpose in sorted({*asked, ""}):
        indexes = [at for at in range(REQUESTS) if (asked[at] if at < len(asked) else "") == purpose]
        rest = [(index, fault) for index in indexes for fault in Fault]
        chance.shuffle(rest)
        for _ in range(math.ceil(len(rest) / SHARE)):
            point = min(rest, key=lambda point: used[point[1]])
            rest.remove(point)
            used[point[1]] += 1
            chosen.append(point)
    return tuple(chosen)


@pytest.mark.parametrize("kind", KINDS)
def test_the_points_are_of_every_purpose_and_every_fault_and_end_behind_the_last_request(
    kind: Kind, record_property: Callable[[str, object], None]
) -> None:
    asked = purposes(kind)
    counts = Counter(asked[index] for index, _ in points(kind) if index < len(asked))
    facts = f"{len(points(kind))} of {len(Fault) * REQUESTS} points, seed {SEED}; {dict(sorted(counts.items()))}"
    record_property(f"faults on {kind}", facts)
    assert counts.keys() == set(asked)
    assert {fault for _, fault in points(kind)} == set(Fault)
    assert len(asked) < REQUESTS, "the first sync sends more than the matrix covers"
    assert len(points(kind)) >= len(Fault) * REQUESTS // SHARE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_at_any_request_leaves_nothing_twice_and_nothing_out(kind: Kind, fault: Fault) -> None:
    for index, chosen in points(kind):
        if chosen is fault:
            assert_converges(kind, {index: fault})


@pytest.mark.parametrize("chunk", range(0, CHUNKS, SHARE))
def test_two_faults_leave_nothing_twice_and_nothing_out(chunk: int) -> None:
    chance = random.Random(SEED + chunk)
    for turn in range(PAIRS // CHUNKS):
        kind = KINDS[turn % 2]
        first, second = chance.sample(range(REQUESTS), 2)
        assert_converges(kind, {first: chance.choice(list(Fault)), second: chance.choice(list(Fault))})
