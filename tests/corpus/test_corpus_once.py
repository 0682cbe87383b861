"""``plansync once PLAN --publish --max-creates 5000`` on every plan that there is, alone in a folder, and then once more."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from plansync.cli.main import app
from tests.support.checker import without_writing

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
PLANS = (
    *sorted((ROOT / "examples/plans").glob("*.md")),
    *sorted((ROOT / "tests/plans").glob("*.md")),
    *sorted(path for path in CORPUS.glob("*/*.md") if path.parent.name != "golden"),
)
LARGE = 460_000
"""Bytes of the largest plan that somebody was seen to write."""
RULES = {"create-done": {"PLANSYNC_SYNC__CREATE_DONE": "true"}, "defaults": {}}


@dataclass(frozen=True)
class Told:
    """What one ``plansync once`` told."""

    code: int
    report: Any
    out: str

    @property
    def is_no_plan(self) -> bool:
        """Say whether the file was passed over, since there is nothing of a plan in it."""
        plans = [plan for target in self.report["targets"] for plan in target["plans"]]
        return bool(plans) and all(plan["skipped"].startswith("no phases") for plan in plans)


def once() -> Told:
    words = ["once", "plans/plan.md", "--publish", "--max-creates", "5000", "--json"]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    return Told(result.exit_code, json.loads(result.stdout), result.output)


@pytest.fixture(params=RULES)
def rules(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in RULES[request.param].items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


def large_plan() -> bytes:
    """Return a plan as long as the longest, of tasks that say much."""
    lines = ["# Implementation Plan: Dredging", "", "**Status:** Draft", "", "## 5. Implementation Phases", ""]
    length, phase = 0, 0
    while length < LARGE:
        phase += 1
        lines += [f"### Phase {phase}: Reach {phase} of the river", "", "- **Goal:** Ships pass", "- **Tasks:**"]
        for task in range(8):
            said = "; ".join(
                f"`quay_{phase}.{task}_{mark}` is sounded, and what is found is *noted*" for mark in range(20)
            )
            lines += [f"  - [ ] Clear lane {task} of reach {phase}", f"    - {said}", "", f"    {said}", ""]
            length += 2 * len(said) + 50
        lines += [""]
    return "\n".join(lines).encode()


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize("original", PLANS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_plan_is_synced_whole_at_once_and_a_second_run_is_quiet(original: Path) -> None:
    check_two_runs(original.read_bytes())


def test_so_is_a_plan_as_long_as_the_longest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    source = large_plan()
    assert len(source) >= LARGE
    check_two_runs(source)


def test_the_plans_are_counted(record_property: Callable[[str, object], None]) -> None:
    ours = sum(path.is_relative_to(ROOT) for path in PLANS)
    there = f"{len(PLANS) - ours} of the corpus" if CORPUS.is_dir() else "none of the corpus, which is absent"
    record_property("plans synced by once", f"{ours} of our own, {there}")
    assert ours >= 5
    assert (len(PLANS) > ours) == CORPUS.is_dir()


def check_two_runs(source: bytes) -> None:
    plan = Path("plans/plan.md")
    plan.parent.mkdir()
    plan.write_bytes(source)
    first = once()
    assert first.code == int(first.is_no_plan), first.out
    written = plan.read_bytes()
    assert without_writing(written) == without_writing(source)
    again = once()
    assert again.code == first.code, again.out
    target = again.report["targets"][0]
    assert [change for report in target["plans"] for change in report["changes"]] == []
    assert target["writes"] == 0
    assert plan.read_bytes() == written
