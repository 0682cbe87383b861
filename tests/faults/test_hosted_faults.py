"""Every fault at every request of a first sync, on both servers: nothing twice, nothing lost, soon in step (spec §4.7)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

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
CHUNKS = 20
QUARANTINE = timedelta(minutes=11)
Kind = Literal["github", "gitlab"]
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


def assert_converges(kind: Kind, faults: Faults) -> int:
    """Sync with ``faults``, wait until the quarantine is over, sync twice more, and check; return the requests sent."""
    with never_synced(kind) as world:
        server = world.server
        server.faults.update(faults)
        world.sync()
        sent = server.requests
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
        return sent


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_at_any_request_leaves_nothing_twice_and_nothing_out(kind: Kind, fault: Fault) -> None:
    sent = [assert_converges(kind, {index: fault}) for index in range(REQUESTS)]
    assert sent[-1] <= REQUESTS, "the first sync sends more than the matrix covers"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_two_faults_leave_nothing_twice_and_nothing_out(chunk: int) -> None:
    chance = random.Random(4711 + chunk)
    for turn in range(PAIRS // CHUNKS):
        kind: Kind = "github" if turn % 2 else "gitlab"
        first, second = chance.sample(range(REQUESTS), 2)
        assert_converges(kind, {first: chance.choice(list(Fault)), second: chance.choice(list(Fault))})
