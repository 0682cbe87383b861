"""Plans with slips in them: no exception, no byte lost, and never more closed than the limit.

2,000 mutants in the ordinary tests, of short plans; ``make mutants N=100000`` makes as many of all plans that are
there. Every mutant is read, and has links and boxes written into it and taken out again; each twentieth is also synced
after the plan it was made of, with a tracker in memory. What fails is named by its number: ``make mutants N=1
FROM=1234`` makes that one alone (with ``SEED``, if that was given).
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.model import Plan
from plansync.core.observed import CloseReason
from plansync.core.parser import parse_plan
from plansync.core.rules import Limits
from plansync.core.sheets import Sheet
from plansync.core.text import Edit, Span
from plansync.core.writeback import IssueLink, ItemMark, PhaseMark, PlanMarks
from tests.support.checker import without_writing
from tests.support.fake_tracker import FakeTracker
from tests.support.mutants import Mutant, mutate, origins
from tests.support.world import World, fake_world, kinds

COUNT = int(os.environ.get("MUTANTS", "2000"))
SEED = int(os.environ.get("MUTANTS_SEED", "0"))
FIRST = int(os.environ.get("MUTANTS_FROM", "0"))
ORIGINS = origins(100_000 if "MUTANTS" in os.environ else 9_500)
AT_ONCE = 50
"""Mutants of one test."""
EACH_SYNCED = 20
URL = "https://git.example.com/acme/web"
LIMITS = Limits()


def chunks() -> Iterator[range]:
    for start in range(FIRST, FIRST + COUNT, AT_ONCE):
        yield range(start, min(start + AT_ONCE, FIRST + COUNT))


@cache
def source_of(origin: Path) -> bytes:
    return origin.read_bytes()


def mutant(number: int) -> Mutant:
    origin = ORIGINS[number % len(ORIGINS)]
    return mutate(SEED, number, origin, source_of(origin))


def all_marks(plan: Plan) -> PlanMarks:
    """Return a link for every item and each phase that may have one, and every second box the other way round."""
    return PlanMarks(
        items=tuple(
            ItemMark(
                item=item,
                link=IssueLink(9_000_000 + at, f"{URL}/issues/{9_000_000 + at}"),
                box=bool(at % 2) if item.box else None,
            )
            for at, item in enumerate(plan.items)
        ),
        milestones=tuple(
            PhaseMark(phase=phase, title="Mutants", url=f"{URL}/milestone/{9000 + at}")
            for at, phase in enumerate(plan.phases)
            if not phase.ignored
        ),
    )


def spans_of(plan: Plan) -> Iterator[Span]:
    for item in plan.items:
        yield item.span
        yield from (link.cut for link in item.links)
        yield from (part.span for part in (item.box, item.status_cell) if part is not None)
        yield from (Span(site.offset, site.offset) for site in (item.link_site, item.box_site) if site is not None)
    for phase in plan.phases:
        yield phase.span
        yield Span(phase.milestone_site.offset, phase.milestone_site.offset)
    yield from (line.span for line in (plan.status, plan.front_matter_status) if line is not None)


def undone(data: bytes, source: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Return ``data`` with the edits taken back, one after the other."""
    restored, cursor, shift = [], 0, 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        start = edit.span.start + shift
        assert data[start : start + len(edit.text)] == edit.text
        restored += [data[cursor:start], edit.span.of(source)]
        cursor = start + len(edit.text)
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return b"".join((*restored, data[cursor:]))


def check_reading(made: Mutant) -> None:
    plan = parse_plan(made.after)
    whole = Span(0, len(made.after))
    assert all(whole.holds(span) for span in spans_of(plan))
    edited = edit_plan((Sheet("", made.after),), plan, all_marks(plan), parse_plan)
    assert isinstance(edited, EditedPlan), edited
    assert undone(edited.sheets[0].data, made.after, edited.edits) == made.after
    again = parse_plan(edited.sheets[0].data)
    links = [link for item in again.items for link in item.links if link.url.startswith(f"{URL}/issues/900")]
    assert len({link.url for link in links}) == len(plan.items)


@dataclass(frozen=True)
class Synced:
    """A plan in step with a tracker in memory, kept to begin from again and again."""

    root: Path
    tracker: FakeTracker
    text: bytes
    owned: int

    @classmethod
    def first(cls, root: Path, source: bytes) -> Synced:
        """Sync ``source`` for the first time."""
        root.mkdir()
        world = fake_world(root)
        plan = root / "plans/plan.md"
        plan.parent.mkdir()
        plan.write_bytes(source)
        world.sync(publish=True, max_creates=5000)
        world.store.close()
        state = root / ".plansync"
        shutil.copytree(state, root / "kept")
        tracker = world.tracker
        assert isinstance(tracker, FakeTracker)
        return cls(root, tracker, plan.read_bytes(), len(tracker.project.issues))

    def again(self, text: bytes) -> World:
        """Return the world as it was after the first sync, but for the plan's text."""
        state = self.root / ".plansync"
        shutil.rmtree(state)
        shutil.copytree(self.root / "kept", state)
        (self.root / "plans/plan.md").write_bytes(text)
        return fake_world(self.root, tracker=copy.deepcopy(self.tracker))


def check_syncing(synced: Synced, made: Mutant) -> None:
    world = synced.again(made.after)
    try:
        before = states(world)
        report = world.sync(publish=True, max_creates=5000)
        after, plan = states(world), parse_plan(made.after)
        held = [n for n, closed in after.items() if n in before and is_removal(before[n], closed)]
        assert len(held) <= LIMITS.removals or len(held) <= LIMITS.removals_share * synced.owned, held
        assert not 2 <= len(held) >= synced.owned, held
        assert not (plan.guarded and any(after[number] is CloseReason.NOT_PLANNED for number in held)), held
        written = (world.root / "plans/plan.md").read_bytes()
        assert written == made.after or without_writing(written) == without_writing(made.after)
        if not report.failed:
            assert kinds(world.sync(publish=True, max_creates=5000)) == []
            assert (world.root / "plans/plan.md").read_bytes() == written
    finally:
        world.store.close()


def states(world: World) -> dict[int, CloseReason | None]:
    tracker = world.tracker
    assert isinstance(tracker, FakeTracker)
    return {number: issue.seen.closed for number, issue in tracker.project.issues.items()}


def is_removal(before: CloseReason | None, after: CloseReason | None) -> bool:
    """Say whether an issue was closed as not planned, or reopened."""
    return before is not after and (after is CloseReason.NOT_PLANNED or after is None)


@pytest.mark.parametrize("numbers", tuple(chunks()), ids=lambda numbers: f"{numbers.start}-{numbers.stop - 1}")
def test_a_plan_with_slips_loses_no_byte_and_closes_no_more_than_the_limit(numbers: range, tmp_path: Path) -> None:
    known: dict[Path, Synced] = {}
    for number in numbers:
        made = mutant(number)
        try:
            check_reading(made)
            if number % EACH_SYNCED == 0:
                check_syncing(synced_for(made, known, tmp_path), mutant_of_synced(made, known))
        except Exception as error:
            raise AssertionError(f"{made} (seed {SEED})") from error


def synced_for(made: Mutant, known: dict[Path, Synced], folder: Path) -> Synced:
    if made.origin not in known:
        known[made.origin] = Synced.first(folder / str(len(known)), made.before)
    return known[made.origin]


def mutant_of_synced(made: Mutant, known: dict[Path, Synced]) -> Mutant:
    """Return the same slips in the plan as the first sync left it."""
    return mutate(SEED, made.number, made.origin, known[made.origin].text)
