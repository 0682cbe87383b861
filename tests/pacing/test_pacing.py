"""A thousand creations at GitHub's pace, on a test clock, with GitHub's own accountant watching (spec §7)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers.github import GitHub, serve
from tests.servers.wire import Entry, Fault, TestServer
from tests.support.shared_clock import Hub, shared

CREATIONS = 1000
LEAST = timedelta(hours=1, seconds=499)
"""Five hundred a second apart, an hour from the first, and five hundred more."""
PLANS = 20
ROOT = Path(__file__).parents[2]


def plan_text(number: int, tasks: int) -> str:
    lines = "\n".join(f"  - [ ] Do thing {index} of chapter {number}" for index in range(tasks))
    return (
        f"# Implementation Plan: Chapter {number}\n\n**Feature ID:** {number:03}-chapter\n**Status:** Draft\n\n"
        f"## 5. Implementation Phases\n\n### Phase 1: All of it\n\n- **Tasks:**\n{lines}\n"
    )


def folder_with(root: Path, name: str, github: GitHub, *, plans: int, tasks: int) -> Path:
    """Return a folder with plans, whose state is in a database that all folders below ``root`` share."""
    folder = root / name
    (folder / "plans").mkdir(parents=True)
    for number in range(plans):
        (folder / f"plans/{number:03}.md").write_text(plan_text(number, tasks), "utf-8")
    (folder / "plansync.toml").write_text(
        f'[[targets]]\nname = "web"\ntracker = {{ kind = "github", project = "acme/{name}", '
        f'api_url = "{github.api}" }}\n\n[limits]\ncreates = 0\n\n[state]\nurl = "sqlite:///{root}/state.db"\n',
        "utf-8",
    )
    return folder


def run_all(folders: Sequence[Path], address: Path, token: str) -> list[str]:
    """Run one process for each folder until all are in step; return what they said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PLANSYNC_", "COV"))}
    command = [sys.executable, "-m", "tests.support.paced_run", str(address)]
    running = [
        subprocess.Popen(
            [*command, str(folder)],
            cwd=ROOT,
            env=environ | {"PLANSYNC_GITHUB_TOKEN": token},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for folder in folders
    ]
    said = [process.communicate(timeout=540)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running), said
    return said


def creations(server: TestServer) -> list[Entry]:
    made = ("/issues", "/milestones")
    return [e for e in server.books if e.method == "POST" and e.path.endswith(made) and e.status == 201]


@pytest.mark.parametrize("projects", [("web",), ("web", "shop")], ids=["one process", "two on one token"])
def test_a_thousand_creations_keep_to_the_pace_and_waste_none_of_it(projects: tuple[str, ...], tmp_path: Path) -> None:
    hub = Hub(len(projects))
    github = GitHub(hub)
    if len(projects) > 1:
        github.add_repository("acme/shop")
    with serve(github) as server, shared(hub, tmp_path / "clock"):
        tasks = CREATIONS // PLANS // len(projects) - 1
        folders = [folder_with(tmp_path, name, github, plans=PLANS, tasks=tasks) for name in projects]
        said = run_all(folders, tmp_path / "clock", github.token)
    made = creations(server)
    assert len(made) == CREATIONS
    assert github.books.broken == []
    assert [entry.status for entry in server.books if entry.status in {403, 429}] == []
    assert made[-1].at - made[0].at <= LEAST * 1.1
    assert any("500 creations an hour are used up" in text and "are left" in text for text in said)


def test_nothing_is_sent_inside_a_back_off_window(tmp_path: Path) -> None:
    hub = Hub(2)
    github = GitHub(hub)
    github.add_repository("acme/shop")
    github.accountant.several = True
    chance = random.Random(4)
    limits = [Fault.SECONDARY, Fault.SECONDARY_WITH_HEADER, Fault.TOO_MANY]
    with serve(github) as server, shared(hub, tmp_path / "clock"):
        server.faults.update({index: chance.choice(limits) for index in sorted(chance.sample(range(120), 12))})
        folders = [folder_with(tmp_path, name, github, plans=2, tasks=25) for name in ("web", "shop")]
        run_all(folders, tmp_path / "clock", github.token)
    assert len(creations(server)) == 104
    assert github.books.broken == []
    assert sum(entry.fault is not None for entry in server.books) == 12
    assert github.books.broken == []
