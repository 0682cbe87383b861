"""Days of a service in minutes: people, events that get lost, and a host that breaks one answer in a hundred.

Time is simulated; all else is real: configuration and wiring, worker, queue and state on SQLite, HTTP to a server.
Invariants are read from the server and the plans, not from what plansync says.
"""

from __future__ import annotations

import gc
import os
import random
import re
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from plansync.app.request import Silent
from plansync.app.worker import Over, Worker
from plansync.bootstrap.service import Plant
from plansync.core.marker import read_marker
from plansync.core.scope import Glimpse, Scope
from plansync.ports.queue import Ask, Letter, Rhythm, Taken, Urgency
from tests.servers.wire import Entry, Fault
from tests.support.hosted_worlds import HostedWorld

IS_LONG = "SOAK_DAYS" in os.environ
INTERVAL = timedelta(minutes=5 if IS_LONG else 15)
BROKEN = 0.01 if IS_LONG else 0.03
"""The share of broken answers. A day of the ordinary tests is as long, but has fewer syncs with more faults."""
KEPT = timedelta(days=1)
PLANS, TASKS = 3, 8
FAULTS = sorted(set(Fault) - {Fault.TIMEOUT, Fault.TIMEOUT_APPLIED})
"""Time-outs are left to the matrix of faults: they cost real time, and are told from resets by nobody."""
_BOX = re.compile(r"- \[(?P<mark>[ x])\] (?P<text>.*?) \(\[#(?P<number>\d+)\]\(")


class Tally(list[Entry]):
    """Books that only count: what the server remembers is no memory of plansync's."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self.writes = 0

    def append(self, entry: Entry) -> None:
        """Count ``entry``."""
        self._count += 1
        self.writes += entry.writes

    def __len__(self) -> int:
        return self._count


class Faulty(dict[int, Fault]):
    """Breaks one answer in a hundred, or some more."""

    def __init__(self, luck: random.Random) -> None:
        super().__init__()
        self.luck, self.share, self.count = luck, BROKEN, 0

    def pop(self, index: int, default: Any = None) -> Any:
        """Return the fault of a request, or ``default``."""
        if self.luck.random() >= self.share:
            return default
        self.count += 1
        return self.luck.choice(FAULTS)


@dataclass
class Day:
    """How much the service needs at the end of a day."""

    memory: int
    """Resident, in bytes."""
    handles: int
    database: int
    """Pages in use, in bytes."""


@dataclass
class Soak:
    """A service made of ``plant`` on ``world``; ``live`` lets time pass in it."""

    world: HostedWorld
    plant: Plant
    seed: int
    syncs: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    days: list[Day] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)
        self.faults = Faulty(self.luck)
        self.world.server.watch = None
        self.world.server.books = self.tally = Tally()
        self.world.server.faults = self.faults
        self.worker = Worker(
            queue=self.world.store.queue,
            clock=self.world.clock,
            open=self.plant.open,
            keeping=_unkept,
            holder="host:1:soak",
            luck=self.luck.random,
            teller=self,
            listener=Silent(),
        )
        for number in range(PLANS):
            self.world.write(_plan(number), _path(number))

    def begun(self, taken: Taken) -> None:
        """Hear of a sync that begins, as a Teller does."""

    def over(self, sync: Over) -> None:
        """Hear of a sync, as a Teller does."""
        self.syncs["failed" if sync.ending.error else "good"] += 1

    def live(self, span: timedelta) -> None:
        """Let ``span`` pass: a sync at every interval, people now and then, and webhooks that mostly arrive."""
        clock = self.world.clock
        start, end = clock.now(), clock.now() + span
        while clock.now() < end:
            tick = clock.now()
            if self.luck.random() < 0.15:
                self._happen()
            self._accept(Ask(target=self.world.name, trigger="schedule"))
            self._work()
            if (clock.now() - start) // timedelta(days=1) > len(self.days):
                self._end_of_day()
            clock.advance(max(timedelta(0), INTERVAL - (clock.now() - tick)))

    def settle(self) -> int:
        """Let the host be sound again, and everything be worked off; return what the last sync wrote."""
        self.faults.share = 0
        writes = self.writes
        for _ in range(4):
            writes = self.writes
            self._accept(Ask(target=self.world.name, trigger="api", urgency=Urgency.NOW))
            self._work()
            self.world.clock.advance(timedelta(hours=13))
        return self.writes - writes

    @property
    def writes(self) -> int:
        """Return how many requests wrote anything, whoever sent them."""
        return self.tally.writes

    def disagreements(self) -> list[str]:
        """Return what is wrong: items without an issue or with several, boxes that are not as their issue is."""
        found = []
        issues = {issue.number: issue for issue in self.world.all_issues()}
        markers = [read_marker(issue.body) for issue in issues.values() if issue.closed is None]
        twins = Counter((marker.plan, marker.item) for marker in markers if marker is not None)
        found += [f"{count} open issues for {marker}" for marker, count in twins.items() if count > 1]
        for number in range(PLANS):
            text = self.world.read(_path(number))
            boxes = list(_BOX.finditer(text))
            if len(boxes) != text.count("- ["):
                found.append(f"{_path(number)}: a task without a link\n{text}")
            for box in boxes:
                issue = issues[int(box["number"])]
                if (box["mark"] == "x") != (issue.closed is not None):
                    found.append(f"{_path(number)}: {box[0]} and the issue is {issue.closed}")
        return found

    def _accept(self, ask: Ask, delivery: str = "") -> None:
        self.world.store.queue.accept([Letter((ask,), delivery)], Rhythm(), self.world.clock.now())

    def _work(self) -> None:
        self.world.clock.advance(timedelta(seconds=2))
        while (taken := self.worker.take((self.world.name,))) is not None:
            self.worker.do(taken)

    def _happen(self) -> None:
        """Do what people do; nine in ten webhooks arrive, before or after the schedule comes round."""
        kind = self.luck.choice(("close", "reopen", "tick", "untick", "reword", "assign", "comment"))
        path = _path(self.luck.randrange(PLANS))
        text = self.world.read(path)
        boxes = list(_BOX.finditer(text))
        if not boxes:
            return
        box = self.luck.choice(boxes)
        number = int(box["number"])
        try:
            self._do(kind, box, path, number)
        except AssertionError:  # the person found it done already
            return
        self.events[kind] += 1
        if self.luck.random() < 0.9:
            arrived = f"{self.seed}:{self.events.total()}"
            scope = Scope(issues={number: Glimpse("ann")})
            self._accept(Ask(target=self.world.name, trigger="webhook", scope=scope), arrived)

    def _do(self, kind: str, box: re.Match[str], path: str, number: int) -> None:
        people, line = self.world.people, box[0]
        match kind:
            case "close":
                people.close(number)
            case "reopen":
                people.reopen(number)
            case "tick":
                self.world.edit(line, line.replace("[ ]", "[x]", 1), path)
            case "untick":
                self.world.edit(line, line.replace("[x]", "[ ]", 1), path)
            case "reword":
                word = self.luck.choice(("soon", "well", "twice"))
                plain = re.sub(r"( soon| well| twice)+$", "", box["text"])
                self.world.edit(line, line.replace(box["text"], f"{plain} {word}", 1), path)
            case "assign":
                people.assign(number, "bob")
            case "comment" if self.events["comment"] < 20:
                people.comment(number, "Is this still wanted?")

    def _end_of_day(self) -> None:
        self.world.store.queue.prune(KEPT, self.world.clock.now())
        gc.collect()
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
        self.days.append(Day(int(pages) * os.sysconf("SC_PAGE_SIZE"), _handles(), self._database_size()))

    def _database_size(self) -> int:
        with closing(sqlite3.connect(self.world.root / ".plansync/state.db")) as raw:
            used, free, size = (
                raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
            )
        return int((used - free) * size)


@contextmanager
def _unkept(_taken: Taken) -> Iterator[None]:
    yield


def _handles() -> int:
    """Return how many handles are open once the server's threads have closed theirs of connections that broke."""
    fewest, looks = sys.maxsize, 0
    while looks < 10:
        now = len(list(Path("/proc/self/fd").iterdir()))
        fewest, looks = (now, 0) if now < fewest else (fewest, looks + 1)
        time.sleep(0.02)
    return fewest


def _path(number: int) -> str:
    return f"plans/plan-{number}.md"


def _plan(number: int) -> str:
    names = ("Paint", "Polish", "Test", "Fill", "Raise", "Lower", "Greet", "Tie")
    tasks = "\n".join(f"  - [ ] {name} the boat of crew {number}" for name in names[:TASKS])
    return (
        f"# Implementation Plan: Fleet {number}\n\n**Feature ID:** {number:03}-fleet\n**Status:** Draft\n\n"
        f"## 5. Implementation Phases\n\n### Phase 1: Harbour\n\n- **Tasks:**\n{tasks}\n"
    )
