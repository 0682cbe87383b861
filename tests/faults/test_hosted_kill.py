"""SIGKILL at side effects of ``plansync once`` on GitHub and GitLab: the next runs make it good, and nothing is doubled.

``make soak`` goes through all side effects, the ordinary tests through a tenth of them that the seed chooses. A request that
changes something is a side effect, too: killed before it, it never arrives; killed after it, nobody reads its answer.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.runner import KILLED, Ended, Runner
from tests.servers.github import GitHub
from tests.servers.gitlab.service import GitLab
from tests.servers.wire import TestServer
from tests.simulator.eyes import Seen, github_issues, gitlab_issues
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import PROJECT, TOKEN
from tests.support.hosted_worlds import github_with_people, gitlab_with_people
from tests.support.people import People

SHARE = 1 if os.environ.get("SOAK_FAULTS") == "all" else 10
"""One of so many points is gone through."""
SEED = 1871
HOSTS = ("github", "gitlab")
PLAN = """\
# Implementation Plan: Ferry

**Feature ID:** 061-ferry
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Boat

- **Tasks:**
  - [ ] Mend the hull
  - [ ] Paint the bow
  - [ ] Hang the bell

## 7. Risks and Mitigations

| Risk | Likelihood | Impact | Mitigation |
| --- | --- | --- | --- |
| Ice closes the river | L | H | Wait |
"""


@dataclass
class Scene:
    """A folder with a plan on a host, and somebody who works there."""

    folder: Path
    host: GitHub | GitLab
    people: People
    run: Runner
    clock: FakeClock
    """The host's clock, which goes on when it is told to."""

    @property
    def file(self) -> Path:
        """Return the plan's file."""
        return self.folder / "plans/ferry.md"

    def edit(self, *edits: tuple[str, str]) -> None:
        """Edit the plan as a person does."""
        text = self.file.read_text("utf-8")
        for old, new in edits:
            text, count = re.subn(old, new, text)
            assert count == 1, (old, text)
        self.file.write_text(text, "utf-8")

    def number(self, task: str) -> int:
        """Return the issue that a task links to."""
        found = re.search(rf"{task} \(\[#(\d+)\]", self.file.read_text("utf-8"))
        assert found is not None, task
        return int(found[1])

    def issues(self) -> Sequence[Seen]:
        """Return what stands at the tracker."""
        if isinstance(self.host, GitHub):
            return github_issues(self.host.repository)
        return gitlab_issues(self.host.state, self.host.state.find_project(PROJECT)[0])

    def sync(self) -> None:
        """Sync, and let a minute pass."""
        self.run.quietly("once")
        self.clock.advance(timedelta(minutes=1))

    def wait(self) -> None:
        """Let the quarantine pass on the host's clock."""
        self.clock.advance(timedelta(minutes=11))


def first_sync(scene: Scene) -> None:
    """A plan that no run has seen."""
    scene.file.write_text(PLAN, "utf-8")


def changes(scene: Scene) -> None:
    """A task ticked, one reworded, one closed by a person, one added."""
    in_step(scene)
    scene.people.close(scene.number("Mend the hull"))
    scene.edit(
        (r"\[ \] Paint the bow", "[x] Paint the bow"),
        (r"Hang the bell", "Hang the old bell"),
        (r"(?m)^(  - \[ \] Hang .*)$", r"\1\n  - [ ] Oil the rudder"),
    )


def removal(scene: Scene) -> None:
    """A task taken out, and one struck out."""
    in_step(scene)
    scene.edit((r"(?m)^  - \[ \] Paint the bow.*\n", ""), (r"Hang the bell", "~~Hang the bell~~"))


def reopening(scene: Scene) -> None:
    """A box unticked, an issue reopened by a person, and Status written by hand."""
    in_step(scene)
    for task in ("Mend the hull", "Paint the bow"):
        scene.people.close(scene.number(task))
    scene.sync()
    scene.people.reopen(scene.number("Mend the hull"))
    scene.edit((r"\[x\] Paint the bow", "[ ] Paint the bow"), (r"Status:\*\* In Progress", "Status:** Done"))


def adoption(scene: Scene) -> None:
    """A task that links to an issue of people."""
    in_step(scene)
    number = scene.people.create_issue("The crane squeaks", "Since Monday.")
    scene.edit(
        (
            r"(?m)^(  - \[ \] )Hang the bell( \(\[#)\d+(\]\(\S*/)\d+(\)\))$",
            rf"\g<0>\n\1Oil the crane\g<2>{number}\g<3>{number}\4",
        )
    )


def in_step(scene: Scene) -> None:
    """The plan, synced."""
    first_sync(scene)
    scene.sync()


Setting = Callable[[Scene], None]
SETTINGS: tuple[Setting, ...] = (first_sync, changes, removal, reopening, adoption)


@contextmanager
def scene_on(name: str, warm: subprocess.Popen[str]) -> Iterator[Scene]:
    """Yield a folder that is configured for a new project on a host, with nothing in it."""
    clock = FakeClock()
    host: GitHub | GitLab = github_with_people(clock) if name == "github" else gitlab_with_people(clock)
    if isinstance(host, GitHub):
        host.accountant.off()
    else:
        host.limits.requests = host.limits.creations = host.limits.notes = None
    with TemporaryDirectory() as root, TestServer(host) as server:
        host.base = server.url
        folder = Path(root).resolve() / "ferry"
        (folder / "plans").mkdir(parents=True)
        api, project = (host.api, "acme/web") if isinstance(host, GitHub) else (host.base, PROJECT)
        tracker = f'{{ kind = "{name}", project = "{project}", api_url = "{api}" }}'
        source = '{ path = ".", include = ["plans/*.md"] }'
        (folder / "plansync.toml").write_text(f'[[targets]]\nname = "web"\nsource = {source}\ntracker = {tracker}\n')
        token = host.token if isinstance(host, GitHub) else TOKEN
        variables = {"PLANSYNC_TOKEN_WEB": token, "PLANSYNC_PACING__WRITE_INTERVAL": "0"}
        yield Scene(folder, host, host.people("ann"), Runner(warm, folder, variables), clock)


@dataclass(frozen=True)
class Left:
    """What a run left behind, whatever numbers the issues got."""

    plan: str
    issues: tuple[tuple[object, ...], ...]


def left_by(scene: Scene) -> Left:
    """Read plan and tracker, with nothing of plansync."""
    names = {issue.number: issue.title for issue in scene.issues()}

    def named(text: str) -> str:
        text = re.sub(r"http://127\.0\.0\.1:\d+", "", text.replace("\r\n", "\n"))
        text = re.sub(r"\[#(\d+)\]", lambda hit: f"[#{names.get(int(hit[1]))}]", text)
        return re.sub(r"/(issues|milestone|milestones)/\d+", r"/\1/N", text)

    rows = (
        (issue.title, named(issue.body), issue.state, sorted(issue.labels), issue.milestone, len(issue.comments))
        for issue in scene.issues()
    )
    return Left(named(scene.file.read_text("utf-8")), tuple(sorted(rows, key=repr)))


def undisturbed(setting: Setting, host: str, warm: subprocess.Popen[str]) -> tuple[Ended, Left]:
    """Return the side effects of the run that is to be killed, and what it leaves behind when it is not."""
    with scene_on(host, warm) as scene:
        setting(scene)
        ended = scene.run.quietly("once")
        return ended, left_by(scene)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.__name__)
def test_after_a_kill_the_next_runs_make_it_good(
    setting: Setting, host: str, warm: subprocess.Popen[str], record_property: Callable[[str, object], None]
) -> None:
    whole, wanted = undisturbed(setting, host, warm)
    points = [(at, moment) for at in range(1, len(whole.effects) + 1) for moment in ("before", "after")]
    chosen = random.Random(f"{SEED} {setting.__name__} {host}").sample(points, max(1, len(points) // SHARE))
    sent = [effect for effect in whole.effects if effect.startswith("send ")]
    record_property(
        f"kills on {host}, {setting.__name__}",
        f"{len(chosen)} of {len(points)} points, seed {SEED}; {len(sent)} of {len(whole.effects)} effects at the host",
    )
    assert sent
    for at, moment in sorted(chosen):
        with scene_on(host, warm) as scene:
            setting(scene)
            killed = scene.run("once", at=at, moment=moment)
            where = f"killed {moment} side effect {at}, {whole.effects[at - 1]}"
            assert killed.code == KILLED, f"{where}: {killed.output}"
            scene.run("once")
            scene.wait()
            after = scene.run.quietly("once")
            found = left_by(scene)
            titles = [row[0] for row in found.issues if row[2] == "open"]
            assert len(set(titles)) == len(titles), where
            assert found == wanted, f"{where}: {after.output}"
            writes = scene.issues()
            scene.run.quietly("once")
            assert (left_by(scene), scene.issues()) == (wanted, writes), where
