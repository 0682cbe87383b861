"""A town of people, plans, a tracker and one or two installations, and what is remembered of what people did.

Every task and risk that people write holds a word of its own (``k12``), so that it can be found again in plan and tracker
whatever else is done to it.
"""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from plansync.app.report import TargetReport
from plansync.store.open import open_store
from tests.simulator.eyes import Eyes, Seen, eyes_on
from tests.simulator.trouble import Killed, Trouble, TroubledSource
from tests.support.checker import without_writing
from tests.support.hosted_worlds import HostedWorld
from tests.support.world import World

T = TypeVar("T")
_TOKEN = re.compile(r"\bk\d+\b")
_LINE = re.compile(
    r"(?P<lead>[ \t]*- (?:\[(?P<mark>.)\] )?|\| )(?P<text>.*?\bk\d+\b[^(|\r\n]*?)(?P<link> \(\[#(?P<number>\d+)\]\([^)]*\)\))?"
    r"(?P<tail> <!-- plansync:ignore -->)?(?P<rest>(?: \|.*)?)"
)


class Idle(Exception):
    """There is nothing to do this to."""


@dataclass
class Line:
    """A line of a plan that holds a task or a risk."""

    path: str
    index: int
    token: str
    mark: str | None
    text: str
    number: int | None
    link: str
    ignored: bool
    is_risk: bool

    @property
    def struck(self) -> bool:
        """Say whether the whole text is struck out."""
        return self.text.startswith("~~")


@dataclass
class Item:
    """What is remembered of a task or risk. ``wild``: too much happened to it to say what must be."""

    token: str
    is_risk: bool
    wild: bool = False
    was: str | None = None
    """The state of its issue at the last quiet point."""
    wanted: list[tuple[str, str]] = field(default_factory=list)
    """(where, what) people said since: ``plan`` or ``tracker``; ``open``, ``closed``, ``not planned`` or ``?``."""
    reworded: bool = False
    """Its text was changed since the last quiet point, in a line that kept its link."""
    unmarked: bool = False
    """The marker of its issue was deleted since the last quiet point: its link is all there is."""
    home: str = ""
    """The plan that it was in at the last quiet point."""
    gone_from: str | None = None
    """The plan that it was taken out of since."""


@dataclass
class Town:
    """``world`` is where the first installation works; a second one has a state database of its own."""

    name: str
    world: World
    luck: random.Random
    eyes: Eyes
    trouble: Trouble
    items: dict[str, Item] = field(default_factory=dict)
    human: dict[str, bytes] = field(default_factory=dict)
    """What people wrote of each plan: its bytes without what plansync may write."""
    theirs: dict[int, tuple[object, ...]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    copies: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    """Plans of which nobody can say whether they or their copy are the original."""
    loose: set[str] = field(default_factory=set)
    """Plans whose Status is not judged any more."""
    stale: set[str] = field(default_factory=lambda: {"home", "away"})
    """Installations whose state database does not know what was done last."""
    syncs: int = 0
    last: TargetReport | None = None
    removed_since: Counter[str] = field(default_factory=Counter)
    _tokens: int = 0

    @property
    def root(self) -> Path:
        """Return the folder that all lies in."""
        return self.world.root

    # -- plans ----------------------------------------------------------------------------------------------------

    def paths(self) -> list[str]:
        """Return the plans that are there, copies apart."""
        found = (str(file.relative_to(self.root)) for file in sorted((self.root / "plans").glob("*.md")))
        return [path for path in found if path not in self.copies]

    def path(self) -> str:
        """Choose a plan."""
        return self.choose(self.paths())

    def text(self, path: str) -> str:
        """Return a plan as it is."""
        return (self.root / path).read_bytes().decode()

    def save(self, path: str, text: str) -> None:
        """Save a plan as a person does, and remember what people wrote."""
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
        self.remember(path)

    def remember(self, path: str) -> None:
        """Take a plan as it is for what people want it to be."""
        self.human[path] = without_writing((self.root / path).read_bytes())
        for line in _lines(path, self.text(path)):
            self.items[line.token].home = self.items[line.token].home or path

    def lines(self, path: str | None = None) -> list[Line]:
        """Return the lines of tasks and risks, of one plan or of all."""
        return [line for one in ([path] if path else self.paths()) for line in _lines(one, self.text(one))]

    def tame(self, path: str | None = None, *, risks: bool = False) -> list[Line]:
        """Return the lines that nothing odd was done to, tasks alone or risks as well."""
        return [
            line
            for line in self.lines(path)
            if not self.items[line.token].wild and not line.struck and not line.ignored and (risks or not line.is_risk)
        ]

    def token(self, *, is_risk: bool = False) -> str:
        """Return a word for a new item."""
        self._tokens += 1
        token = f"k{self._tokens}"
        self.items[token] = Item(token, is_risk)
        return token

    def change_line(self, line: Line, new: str | None, *more: str) -> None:
        """Replace a line (None: take it out), and put ``more`` lines below it."""
        text = self.text(line.path)
        rows = text.split("\n")
        end = "\r" if rows[line.index].endswith("\r") else ""
        rows[line.index : line.index + 1] = [row + end for row in (*([] if new is None else [new]), *more)]
        self.save(line.path, "\n".join(rows))

    def row(self, line: Line) -> str:
        """Return a line as it stands in its file, without its end."""
        return self.text(line.path).split("\n")[line.index].removesuffix("\r")

    def choose(self, things: list[T]) -> T:
        """Choose one; raises ``Idle`` where there is none."""
        if not things:
            raise Idle
        return self.luck.choice(things)

    # -- the tracker ----------------------------------------------------------------------------------------------

    def issues(self) -> Mapping[int, Seen]:
        """Return what stands at the tracker."""
        return self.eyes()

    def watch(self, number: int) -> None:
        """Take an issue as it is for what people want of theirs in it."""
        self.theirs[number] = self.issues()[number].theirs

    def linked(self, *states: str, risks: bool = True) -> list[tuple[Line, Seen]]:
        """Return tame lines with their issues, of these states."""
        seen = self.issues()
        pairs = ((line, seen.get(line.number or 0)) for line in self.tame(risks=risks))
        return [(line, issue) for line, issue in pairs if issue is not None and (not states or issue.state in states)]

    def make_wild(self, token: str) -> None:
        """Expect nothing of an item any more, nor of the Status of its plan."""
        self.items[token].wild = True
        self.loose.update(line.path for line in self.lines() if line.token == token)

    def sound(self) -> list[str]:
        """Return the plans that are there and can be read whole."""
        return [path for path in self.paths() if "<<<<<<< " not in self.text(path)]

    def is_unsure(self, item: Item, path: str) -> bool:
        """Say whether an item came into ``path`` from a plan that nobody can read now: it may still be there, too."""
        return item.home not in {"", path} and item.home not in self.sound()

    def want(self, token: str, where: str, what: str) -> None:
        """Remember what a person said of an item."""
        self.items[token].wanted.append((where, what))

    # -- runs -----------------------------------------------------------------------------------------------------

    def sync(self, installation: str = "home", **request: Any) -> TargetReport | None:
        """Run plansync; None where it was killed."""
        if not request.get("dry_run"):
            self._doubt(installation)
        report: TargetReport | None = None
        with self.installed(installation) as world:
            try:
                report = world.sync(**request)
            except Killed:
                self.counts["killed"] += 1
                world.clock.advance(timedelta(minutes=2))
        self.syncs += 1
        self.last = report
        return report

    def _doubt(self, installation: str) -> None:
        """A state database that missed something cannot tell what people changed in the plan since."""
        if installation in self.stale:
            for item in self.items.values():
                if any(where == "plan" for where, _ in item.wanted):
                    item.wanted.append(("plan", "?"))
                if item.reworded and self.name == "local":
                    self.make_wild(item.token)  # a link to the embedded tracker proves nothing by itself (spec §3.5)
        self.stale |= {"home", "away"}
        self.stale.discard(installation)

    def installed(self, installation: str) -> _Installed:
        """Return the world of an installation, to be entered."""
        return _Installed(self, installation)

    def fail(self, what: str) -> None:
        """Say what must not be."""
        raise Violation(what)


class Violation(AssertionError):
    """Something that must never be."""


class _Installed:
    def __init__(self, town: Town, name: str) -> None:
        self._town, self._name = town, name
        self._away: World | None = None

    def __enter__(self) -> World:
        world = self._town.world
        if self._name == "home":
            return world
        store = open_store(f"sqlite:///{world.root}/.plansync/away.db")
        made = replace(world, store=store)
        made.set_clock(self._town.trouble.clock)
        if isinstance(made, HostedWorld):
            fresh = made.connect(snapshots=store.snapshots, pacing=store.pacing)
            made.tracker = self._town.trouble.around(fresh)
        self._away = made
        return made

    def __exit__(self, *_: object) -> None:
        if self._away is not None:
            self._away.store.close()


def _lines(path: str, text: str) -> Iterator[Line]:
    for index, row in enumerate(text.split("\n")):
        found = _LINE.fullmatch(row.removesuffix("\r"))
        if found is None:
            continue
        token = _TOKEN.search(found["text"])
        assert token is not None
        yield Line(
            path=path,
            index=index,
            token=token[0],
            mark=found["mark"],
            text=found["text"],
            number=int(found["number"]) if found["number"] else None,
            link=found["link"] or "",
            ignored=bool(found["tail"]),
            is_risk=found["lead"] == "| ",
        )


def found_town(name: str, world: World, luck: random.Random) -> Town:
    """Return a town around ``world`` with two plans and no sync yet."""
    eyes = eyes_on(name, world)
    trouble = Trouble(world.clock)
    world.tracker = trouble.around(world.tracker)
    world.around = lambda source: TroubledSource(source, trouble)
    town = Town(name, world, luck, eyes, trouble)
    for number in (1, 2):
        town.save(f"plans/{number:03}-harbour.md", _plan(town, number))
    return town


def _plan(town: Town, number: int) -> str:
    phases = "\n".join(
        f"### Phase {phase}: {name}\n\n- **Goal:** Ships may land\n- **Tasks:**\n"
        + "".join(f"  - [ ] {verb} the quay {town.token()}\n" for verb in ("Build", "Paint", "Light"))
        for phase, name in ((1, "Walls"), (2, "Lamps"))
    )
    risks = "".join(
        f"| Storm breaks the wall {town.token(is_risk=True)} | {a} | {b} | Wait for calm |\n" for a, b in ("HL", "MM")
    )
    return (
        f"# Implementation Plan: Harbour {number}\n\n**Feature ID:** {number:03}-harbour\n**Status:** Draft\n\n"
        f"## 5. Implementation Phases\n\n{phases}\n## 7. Risks and Mitigations\n\n"
        f"| Risk | Likelihood | Impact | Mitigation |\n|---|---|---|---|\n{risks}"
    )


def copy_state(town: Town, where: str) -> None:
    """Put the first installation's state database aside, or back; it is closed meanwhile."""
    world = town.world
    world.store.close()
    state = world.root / ".plansync"
    source, target = ("state.db", "kept.db") if where == "aside" else ("kept.db", "state.db")
    for left in state.glob("state.db-*"):
        left.unlink()
    shutil.copyfile(state / source, state / target)
    world.store = open_store(f"sqlite:///{state}/state.db")
    reconnect(town)


def reconnect(town: Town) -> None:
    """Go on as a new process would, with the store as it is now."""
    world = town.world
    if isinstance(world, HostedWorld):
        made = world.connect(snapshots=world.store.snapshots, pacing=world.store.pacing)
        world.tracker = town.trouble.around(made)
