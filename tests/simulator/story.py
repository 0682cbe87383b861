"""Stories: what happened in a town, step by step. A story that goes wrong is told again with as few steps as will do."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulator import acts_at_tracker, acts_in_plans, happenings
from tests.simulator.judge import come_to_rest, judge_always, judge_rest
from tests.simulator.town import Idle, Town, Violation, found_town
from tests.support.hosted_worlds import WORLDS as HOSTED
from tests.support.world import World, fake_world, local_world

REST = "rest"
_PARTICULAR = re.compile(r"'[^']*'|\[[^\]]*\]|(?:plans|archive)/\S+|#?\bk?\d+\b")
EVENTS: Mapping[str, Callable[[Town], None]] = {
    **{f"plan: {name}": act for name, act in {**acts_in_plans.USUAL, **acts_in_plans.ODD}.items()},
    **{f"tracker: {name}": act for name, act in {**acts_at_tracker.USUAL, **acts_at_tracker.ODD}.items()},
}
"""Everything that people do."""
ACTS: Mapping[str, Callable[[Town], None]] = {
    **EVENTS,
    **{f"run: {name}": act for name, act in happenings.RUNS.items()},
    **{f"fault: {name}": act for name, act in happenings.FAULTS.items()},
}
_USUAL = [f"plan: {n}" for n in acts_in_plans.USUAL] + [f"tracker: {n}" for n in acts_at_tracker.USUAL]
_RARE = ["plan: unstrike", "plan: unstrike", "plan: strike"]
"""What can be done but seldom is tried more often."""
_ODD = [*_RARE] + [f"plan: {n}" for n in acts_in_plans.ODD] + [f"tracker: {n}" for n in acts_at_tracker.ODD]
_RUNS = [f"run: {n}" for n in happenings.RUNS]
_FAULTS = [f"fault: {n}" for n in happenings.FAULTS]
_SHARES = ((_USUAL, 52), (_ODD, 6), (_RUNS, 24), (_FAULTS, 18))
_BETWEEN_RESTS = 12


@dataclass(frozen=True)
class Step:
    """One act; ``seed`` makes its choices, whatever else happens in the story."""

    act: str
    seed: int


@dataclass(frozen=True)
class Told:
    """How a story went; ``wrong`` says what must not be."""

    steps: tuple[Step, ...]
    """What was done, without what could not be done."""
    counts: Counter[str]
    syncs: int
    wrong: str = ""

    @property
    def kind(self) -> str:
        """Return what went wrong, whatever it happened to."""
        return _PARTICULAR.sub("…", self.wrong.partition(": ")[2])[:60]


def invent(seed: int, acts: int) -> Iterator[Step]:
    """Yield the story of a seed, with a rest now and then; more than ``acts`` acts, since some cannot be done."""
    luck = random.Random(f"story {seed}")
    yield Step("run: run", 0)
    for number in range(1, 3 * acts):
        if number % _BETWEEN_RESTS == 0:
            yield Step(REST, 0)
        (kinds,) = luck.choices([kinds for kinds, _ in _SHARES], [share for _, share in _SHARES])
        yield Step(luck.choice(kinds), luck.randrange(1 << 30))


def tell(tracker: str, story: Iterable[Step], empty: Path, acts: int | None = None) -> Told:
    """Act a story out on one kind of tracker; ``empty`` holds databases that are made and empty.

    With ``acts`` it ends with a rest after so many that could be done.
    """
    done: list[Step] = []
    with _world(tracker, empty) as world:
        town = found_town(tracker, world, random.Random(0))
        wrong = ""
        try:
            for step in story:
                done.append(step)
                if not _act(town, step):
                    done.pop()
                if acts is not None and sum(town.counts[act] for act in ACTS) >= acts:
                    done.append(Step(REST, 0))
                    _act(town, done[-1])
                    break
        except Violation as violation:
            wrong = f"{done[-1]}: {violation}"
        finally:
            town.trouble.clear()
        return Told(tuple(done), town.counts, town.syncs, wrong)


def _act(town: Town, step: Step) -> bool:
    """Take one step; False where there was nothing to do it to."""
    if step.act == REST:
        come_to_rest(town)
        judge_rest(town)
        town.counts[REST] += 1
        return True
    town.luck = random.Random(step.seed)
    try:
        ACTS[step.act](town)
    except Idle:
        judge_always(town)
        return False
    town.counts[step.act] += 1
    judge_always(town)
    return True


def shorten(story: Sequence[Step], goes_wrong: Callable[[Sequence[Step]], bool]) -> Sequence[Step]:
    """Return a shorter story that goes wrong as well: none of its steps can be left out, nor any run of them."""
    width = len(story) // 2
    while width:
        at = 0
        while at < len(story):
            shorter = (*story[:at], *story[at + width :])
            if shorter and goes_wrong(shorter):
                story = shorter
            else:
                at += width
        width //= 2
    return story


def as_code(story: Sequence[Step]) -> str:
    """Return a story as it can be put into a test."""
    return "(\n" + "".join(f"    Step({step.act!r}, {step.seed}),\n" for step in story) + ")"


@contextmanager
def _world(tracker: str, empty: Path) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = Path(folder)
        shutil.copytree(empty, root / ".plansync")
        match tracker:
            case "local":
                world = local_world(root)
            case "shared":
                world = fake_world(root)
            case _:
                world = HOSTED[tracker](root, stack, free=True)
        yield world
        world.store.close()
