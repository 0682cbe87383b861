"""Real plans, each alone in a folder without configuration: synced once, again, and again without the state database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest
from plansync.app.sync import run_sync
from plansync.bootstrap import open_workshop
from plansync.core.parser import parse_plan
from plansync.settings import load_settings

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
PLANS = (
    *sorted((ROOT / "examples/plans").glob("*.md")),
    *sorted((ROOT / "tests/plans").glob("*.md")),
    *sorted((CORPUS / "seed").glob("*.md")),
)
BOM = b"\xef\xbb\xbf"


def as_it_is(data: bytes) -> bytes:
    return data


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def with_bom(data: bytes) -> bytes:
    return BOM + data.removeprefix(BOM)


def without_final_newline(data: bytes) -> bytes:
    return data.rstrip(b"\r\n")


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

    def tracked(self) -> Mapping[str, list[tuple[str, ...]]]:
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


def expected_counts(original: Path) -> tuple[int, int]:
    """Return how many issues and milestones a plan shall get: from its label if it has one, else as it is read."""
    golden = CORPUS / "golden" / original.parent.name / f"{original.stem}.json"
    if golden.is_file():
        label = json.loads(golden.read_text("utf-8"))
        return sum(len(phase["tasks"]) for phase in label["phases"]) + len(label["risks"]), len(label["phases"])
    plan = parse_plan(original.read_bytes())
    return sum(1 for _ in wanted(plan.phases)) + len(plan.risks), sum(
        1 for phase in plan.phases if any(wanted([phase]))
    )


def test_once_makes_an_issue_for_each_item_and_changes_nothing_but_links_and_status(
    original: Path, variant: Variant, tmp_path: Path
) -> None: ...
