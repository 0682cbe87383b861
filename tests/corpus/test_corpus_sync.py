"""Real plans, each alone in a folder without configuration: synced once, again, and again without the state database."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest
from plansync.app.sync import run_sync
from plansync.bootstrap import open_workshop
from plansync.settings import load_settings
from plansync.trackers.local.tracker import DEFAULT_URL
from tests.support.checker import without_writing
from tests.support.clocks import FakeClock
from tests.support.people import LocalPeople

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
PLANS = (
    *sorted((ROOT / "examples/plans").glob("*.md")),
    *sorted((ROOT / "tests/plans").glob("*.md")),
    *sorted((CORPUS / "seed").glob("*.md")),
)
KNOWN = {"saved-searches": (12 + 5, 3)}
"""Issues and milestones of plans that come without a label."""

BOM = b"\xef\xbb\xbf"


def as_it_is(data: bytes) -> bytes:
    return data


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def with_bom(data: bytes) -> bytes:
    return BOM + data.removeprefix(BOM)


def without_final_newline(data: bytes) -> bytes:
    return data.rstrip(b"\r\n")


WRITTEN = re.compile(rb" \(\[#\d+\]\([^)]*\)\)|\n- \*\*Milestone:\*\* \[.*?\]\([^)]*\)|(?<=\*\*Status:\*\* )Draft")
Variant = Callable[[bytes], bytes]
VARIANTS: tuple[Variant, ...] = (as_it_is, with_crlf, with_bom, without_final_newline)


@dataclass(frozen=True)
class Desk:
    """A folder with one plan in it."""

    folder: Path

    @property
    def plan(self) -> Path:
        return self.folder / "plans/plan.md"

    def sync(self) -> TargetReport:
        """Sync as ``plansync once --publish`` does, with what holds without a configuration file."""
        workshop = open_workshop(load_settings(working=self.folder, environ={}))
        with closing(workshop.store):
            return run_sync(workshop, workshop.targets[0], SyncRequest(publish=True))

    def forget(self) -> None:
        """Delete the state database and keep the tracker."""
        for file in (self.folder / ".plansync").glob("state.db*"):
            file.unlink()

    def tracked(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return what the tracker's own file says, table by table."""
        queries = {
            "issues": "select number, title, body, closed, milestone from issues order by number",
            "milestones": "select number, title, description, closed from milestones order by number",
        }
        with closing(sqlite3.connect(self.folder / ".plansync/tracker.db")) as connection:
            return {name: connection.execute(query).fetchall() for name, query in queries.items()}


@pytest.fixture(params=VARIANTS, ids=lambda variant: variant.__name__)
def variant(request: pytest.FixtureRequest) -> Variant:
    chosen: Variant = request.param
    return chosen


@pytest.fixture(params=PLANS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def original(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def expected_counts(original: Path) -> tuple[int, int] | None:
    """Return how many issues and milestones a plan shall get, as people counted them; None if nobody did."""
    golden = CORPUS / "golden" / original.parent.name / f"{original.stem}.json"
    if not golden.is_file():
        return KNOWN.get(original.stem)
    label = json.loads(golden.read_text("utf-8"))
    return sum(len(phase["tasks"]) for phase in label["phases"]) + len(label["risks"]), len(label["phases"])


def test_a_plan_is_synced_once_and_nothing_of_the_author_changes(
    original: Path, variant: Variant, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    desk.plan.parent.mkdir()
    before = variant(original.read_bytes())
    desk.plan.write_bytes(before)
    first = desk.sync()
    assert not first.failed, first
    counts = expected_counts(original)
    tracked = desk.tracked()
    assert counts in {None, (len(tracked["issues"]), len(tracked["milestones"]))}
    written = desk.plan.read_bytes()
    assert without_writing(written) == without_writing(before)
    assert written.count(b"/issues/") - before.count(b"/issues/") == len(tracked["issues"])

    assert_that_it_stays(desk)


def test_what_was_closed_stays_closed_and_ticked(original: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.plan.parent.mkdir()
    desk.plan.write_bytes(original.read_bytes())
    desk.sync()
    people = LocalPeople(tmp_path / ".plansync/tracker.db", DEFAULT_URL, FakeClock())
    for number, *_ in desk.tracked()["issues"][::2]:
        people.close(number)
    assert not desk.sync().failed
    assert without_writing(desk.plan.read_bytes()) == without_writing(original.read_bytes())
    assert_that_it_stays(desk)


def assert_that_it_stays(desk: Desk) -> None:
    """Check that a further run changes and writes nothing, nor does one after the state database was lost."""
    state = desk.plan.read_bytes(), desk.plan.stat().st_mtime_ns, desk.tracked()
    for wipe in (False, True):
        if wipe:
            desk.forget()
        again = desk.sync()
        assert not again.failed, again
        assert not again.changes
        assert again.writes == 0
        assert (desk.plan.read_bytes(), desk.plan.stat().st_mtime_ns, desk.tracked()) == state


@pytest.mark.parametrize("place", ["before", "behind"])
def test_the_checker_sees_a_byte_planted_beside_anything_that_was_written(place: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.plan.parent.mkdir()
    before = PLANS[0].read_bytes()
    desk.plan.write_bytes(before)
    desk.sync()
    written = desk.plan.read_bytes()
    spans = [hit.span() for hit in WRITTEN.finditer(written)]
    assert len(spans) == 12 + 5 + 3 + 1
    for start, end in spans:
        at = start if place == "before" else end
        for planted in (b"x", b" ", b"\n"):
            assert without_writing(written[:at] + planted + written[at:]) != without_writing(before), (start, planted)
        missing = written[: start - 1] + written[start:] if place == "before" else written[:end] + written[end + 1 :]
        assert without_writing(missing) != without_writing(before), start
