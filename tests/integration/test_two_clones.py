"""Two clones of one repository on two machines, each with a state of its own, and one tracker (spec §4.7).

Machines that know nothing of each other may open an issue twice. What is promised: after the next runs each item has one
open issue, every clone links it, and then everything is quiet. Judged by the server's state and the files.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.bootstrap import SystemClock
from tests.servers.github import GitHub
from tests.servers.openapi import rest
from tests.servers.wire import TestServer
from tests.support.example import PLAN, TITLES
from tests.support.git_remote import Remote, git
from tests.support.leniency import ordered
from tests.support.shell import Shell

PATH = "plans/parcels.md"
ADDED = ("Print the parcel's label", "Weigh the parcel", "Drop the parcel at a shop")
"""Tasks that come into the plan once its phases have their milestones, whose titles GitHub gives only once."""
RISKS = ("Risk: The carrier changes its feed", "Risk: Messages annoy customers")
UNSEEN = timedelta(hours=1)
"""A list that is so far behind shows each machine only what it made itself, as if both were at work at the same time."""
MOST_RUNS = 6


@dataclass(frozen=True)
class Machine:
    """One clone, with what people do in it."""

    shell: Shell

    def once(self, code: int | None = 0) -> str:
        return self.shell("once", code=code).stdout

    def forget(self) -> None:
        """Lose what earlier runs noted, as a machine of CI does."""
        shutil.rmtree(self.shell.folder / ".plansync")

    def pull(self) -> None:
        """Take what others pushed; where both wrote a line, theirs goes."""
        git(self.shell.folder, "pull", "--quiet", "--no-rebase", "--no-edit", check=False)
        if git(self.shell.folder, "ls-files", "--unmerged"):
            git(self.shell.folder, "checkout", "--quiet", "--theirs", PATH)
            self.commit("Merge")

    def commit(self, message: str = "Sync") -> None:
        git(self.shell.folder, "add", "--all")
        if git(self.shell.folder, "status", "--porcelain") or message == "Merge":
            git(self.shell.folder, "commit", "--quiet", "--message", message)

    def share(self) -> None:
        """Commit, pull, push."""
        self.commit()
        self.pull()
        git(self.shell.folder, "push", "--quiet", "origin", "HEAD:main")

    @property
    def plan(self) -> str:
        return self.shell.read(PATH)


@dataclass(frozen=True)
class Team:
    """Two machines and the one tracker that they have in common."""

    host: GitHub
    server: TestServer
    ours: Machine
    theirs: Machine

    def open_issues(self) -> dict[str, list[int]]:
        """Return the numbers of open issues by title."""
        found: dict[str, list[int]] = {}
        for number, issue in sorted(self.host.repository.issues.items()):
            if issue.state == "open":
                found.setdefault(issue.title, []).append(number)
        return found

    def begin(self) -> None:
        """Have the plan in step everywhere; then somebody adds tasks to it, and both have them."""
        self.ours.once()
        self.ours.share()
        plan = self.ours.plan
        for title in ADDED:
            plan = plan.replace("  - [ ] Store parcels", f"  - [ ] {title}\n  - [ ] Store parcels", 1)
        self.ours.shell.write(PATH, plan)
        self.ours.share()
        self.theirs.pull()

    def sync_both_unseen(self) -> None:
        """Let both sync at the same time, so that neither sees what the other makes."""
        self.host.lag = UNSEEN
        self.ours.once()
        self.theirs.once()
        self.host.lag = timedelta(0)
        assert all(len(self.numbers(title)) == 2 for title in ADDED), "this was to be the hard case"
        assert all(len(self.numbers(title)) == 1 for title in TITLES)

    def numbers(self, title: str) -> list[int]:
        return [n for n, issue in self.host.repository.issues.items() if issue.title == title]

    def settle(self) -> None:
        """Work on as people do until nothing changes any more."""
        for _ in range(MOST_RUNS):
            before = self._standing()
            for machine in (self.ours, self.theirs):
                machine.pull()
                machine.once()
                machine.share()
            if self._standing() == before:
                return
        raise AssertionError("there is still something to do")

    def _standing(self) -> object:
        issues = self.host.repository.issues.values()
        states = [(i.number, i.title, i.body, i.state, i.state_reason, len(i.comments)) for i in issues]
        return states, self.ours.plan, self.theirs.plan

    def judge(self, *more: str) -> None:
        """One open issue for each item, linked in both clones, which are one; and two quiet runs."""
        titles = (*TITLES, *RISKS, *more)
        assert self.ours.plan == self.theirs.plan
        opened = self.open_issues()
        assert {title: len(numbers) for title, numbers in opened.items()} == dict.fromkeys(titles, 1)
        for title, (number,) in opened.items():
            (line,) = [line for line in self.ours.plan.splitlines() if f"{title.removeprefix('Risk: ')} ([#" in line]
            assert re.findall(r"\[#\d+\]\(\S+?/issues/(\d+)\)", line) == [str(number)]
        writes = self._writes()
        for machine in (self.ours, self.theirs):
            assert "nothing to do" in machine.once()
        assert self._writes() == writes

    def _writes(self) -> int:
        return sum(entry.writes for entry in self.server.books)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    host = GitHub(SystemClock(), token="ghp_canary0canary0canary0")
    host.lenient = set(ordered("github"))
    host.accountant.off()
    remote = Remote.new(tmp_path / "remote.git")
    with TestServer(host, watch=rest().check) as server:
        host.base = server.url
        tracker = f'kind = "github", project = "acme/web", api_url = "{host.api}"'
        toml = f'[[targets]]\nname = "web"\nsource = {{ include = ["plans/*.md"] }}\ntracker = {{ {tracker} }}\n'
        remote.commit({PATH: PLAN.encode(), "plansync.toml": toml.encode()})
        machines = []
        for name in ("ours", "theirs"):
            git(tmp_path, "clone", "--quiet", str(remote.folder), name)
            for key, value in (("user.name", name), ("user.email", f"{name}@example.com")):
                git(tmp_path / name, "config", key, value)
            shell = Shell(tmp_path / name).given(PLANSYNC_TOKEN_WEB=host.token, PLANSYNC_PACING__WRITE_INTERVAL="0")
            machines.append(Machine(shell))
        yield Team(host, server, *machines)


def test_who_comes_second_finds_the_issues_and_writes_the_same_links(team: Team) -> None:
    team.ours.once()
    team.theirs.once()
    assert team.ours.plan == team.theirs.plan
    team.ours.share()
    team.theirs.share()
    team.settle()
    team.judge()
    assert all(len(team.numbers(title)) == 1 for title in TITLES)


def test_two_first_runs_at_once_are_in_step_after_the_next(team: Team) -> None:
    team.host.lag = UNSEEN
    team.ours.once()
    team.theirs.once(code=None)
    team.host.lag = timedelta(0)
    assert all(len(team.numbers(title)) == 2 for title in RISKS)
    team.ours.share()
    team.theirs.share()
    team.settle()
    team.judge()


def test_twins_are_healed_once_the_plans_were_merged(team: Team) -> None:
    team.begin()
    team.sync_both_unseen()
    team.ours.share()
    team.theirs.share()
    team.settle()
    team.judge(*ADDED)


def test_twins_are_healed_though_each_clone_links_its_own(team: Team) -> None:
    team.begin()
    team.sync_both_unseen()
    for machine in (team.ours, team.theirs, team.ours, team.theirs):
        machine.forget()
        machine.once()
        assert all(title in team.open_issues() for title in ADDED)
    assert team.ours.plan == team.theirs.plan
    team.ours.share()
    team.theirs.share()
    team.settle()
    team.judge(*ADDED)


def test_twins_of_which_each_machine_closed_the_others_are_healed(team: Team) -> None:
    team.begin()
    team.sync_both_unseen()
    us = team.host.people(team.host.login)
    for title in ADDED:
        for number in team.numbers(title):
            us.close(number, reason="duplicate")
    team.ours.once()
    team.theirs.once()
    team.ours.share()
    team.theirs.share()
    team.settle()
    team.judge(*ADDED)


def test_a_twin_that_a_person_closed_as_a_duplicate_stays_closed(team: Team) -> None:
    team.begin()
    team.sync_both_unseen()
    team.ours.share()
    team.theirs.share()
    team.settle()
    (number,) = team.open_issues()[ADDED[0]]
    team.host.people("ann").close(number, reason="duplicate")
    team.settle()
    team.judge(*ADDED[1:])
