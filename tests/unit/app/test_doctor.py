"""What doctor looks at beside the tracker's own checks, what it leaves out, and the one thing that it notes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.doctor import Checkup, examine_target
from plansync.app.request import Workshop
from plansync.core.fit import Capabilities
from plansync.core.parser import parse_plan
from plansync.errors import TrackerError
from plansync.ports.checkup import ACCESS, PROJECT, SERVER, TOKEN, Check
from plansync.ports.entries import Run
from plansync.ports.source import BranchRule
from plansync.sources.folder import FolderSource
from tests.support.example import PLAN
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds

MAY, MAY_NOT = Check(ACCESS, True, "Write"), Check(ACCESS, False, "Read", "give it more")


@dataclass
class Examinable(FakeTracker):
    """A tracker in memory that says of itself what it is told to, or raises."""

    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(name="fake", credential="token-1", account="tracker.example:token-1")
    )
    checks: Sequence[Check] = (MAY,)
    broken: Exception | None = None
    examined: int = 0

    def examine(self) -> Sequence[Check]:
        self.examined += 1
        if self.broken is not None:
            raise self.broken
        return self.checks


@pytest.fixture
def tracker() -> Examinable:
    return Examinable()


@pytest.fixture
def world(tmp_path: Path, tracker: Examinable) -> Iterator[World]:
    made = fake_world(tmp_path, tracker=tracker)
    made.write(PLAN)
    yield made
    made.store.close()


def examine(world: World) -> Checkup:
    """Examine the world's target."""
    target = world.target()
    return examine_target(Workshop((target,), world.store, world.clock, parse_plan, "host:1:1"), target)


def found(world: World, name: str) -> Check:
    """Return the only check with a name."""
    (check,) = (check for check in examine(world).checks if check.name == name)
    return check


def names(checkup: Checkup) -> list[str]:
    """Return the names of the checks, in order."""
    return [check.name for check in checkup.checks]


def test_plans_tracker_and_what_a_sync_would_make_are_told_in_a_fixed_order(world: World, tracker: Examinable) -> None:
    tracker.checks = (Check("webhook", True, "there"), Check("odd", True, "x"), MAY, Check(SERVER, True, "answers"))
    checkup = examine(world)
    assert names(checkup) == ["source", SERVER, ACCESS, "milestones", "sync", "webhook", "odd"]
    assert not checkup.failed
    assert (checkup.target, checkup.project) == ("web", "project")
    told = {check.name: check.message for check in checkup.checks}
    assert told["source"] == "1 plan"
    assert told["milestones"].startswith("2 to be made: ")
    assert told["sync"] == "7 issues to be opened; see `plansync preview`"


def test_nothing_is_written_to_tracker_plans_or_journal(world: World, tracker: Examinable) -> None:
    examine(world)
    assert tracker.calls == []
    assert world.read() == PLAN
    assert world.store.journal.runs(None, 5) == []


def test_what_is_in_step_is_said_to_be(world: World) -> None:
    world.sync()
    told = {check.name: check.message for check in examine(world).checks}
    assert (told["milestones"], told["sync"]) == ("none to be made", "in step, nothing to do")
    world.edit("- [ ] Send", "- [x] Send")
    assert found(world, "sync").message == "1 other change; see `plansync preview`"


def test_only_the_first_of_many_milestones_are_named(world: World) -> None:
    phases = "".join(f"### Phase {n}: Part {n}\n\n- **Tasks:**\n  - [ ] Do {n}\n\n" for n in range(1, 6))
    world.write(f"# Implementation Plan: X\n\n**Status:** Draft\n\n## 5. Implementation Phases\n\n{phases}")
    assert found(world, "milestones").message.endswith("; X: Phase 3: Part 3 and 2 more")


def test_a_plan_with_errors_is_a_warning(world: World) -> None:
    world.write("<<<<<<< ours\n=======\n>>>>>>> theirs\n" + PLAN, "plans/torn.md")
    sync = found(world, "sync")
    assert (sync.ok, sync.message, sync.hint) == (None, "1 plan with errors", "`plansync lint` names them")


def test_what_stops_a_rehearsal_is_not_well(world: World, tracker: Examinable) -> None:
    tracker.unreadable = True
    sync = found(world, "sync")
    assert (sync.ok, "does not answer" in sync.message) == (False, True)


# -------------------------------------------------------------------------------------------------------- the source


def test_a_source_without_plans_is_not_well_and_is_not_rehearsed(world: World) -> None:
    (world.root / "plans/plan.md").unlink()
    checkup = examine(world)
    assert names(checkup) == ["source", ACCESS]
    assert checkup.checks[0].message == "no plan was found"
    assert checkup.failed


def test_plans_that_cannot_be_read_are_counted_and_the_first_is_named(world: World) -> None:
    (world.root / "plans/gone.md").symlink_to("nowhere.md")
    source = found(world, "source")
    assert source.ok is False
    assert source.message.startswith("1 of 2 plans cannot be read: plans/gone.md: ")


class OffBranch(FolderSource):
    """A source whose checkout is on another branch."""

    def branch_rule(self) -> BranchRule:
        return BranchRule(False, "the branch topic is checked out, not main")


def test_another_branch_than_the_source_s_is_a_warning(world: World) -> None:
    target = world.target()
    assert isinstance(target.source, FolderSource)
    target.source.__class__ = OffBranch
    workshop = Workshop((target,), world.store, world.clock, parse_plan, "host:1:1")
    (branch,) = (check for check in examine_target(workshop, target).checks if check.name == "branch")
    assert branch.ok is None
    assert "--any-branch" in branch.hint


# ------------------------------------------------------------------------------------------------------- the tracker


def test_a_check_that_crashes_is_told_without_its_words_and_the_others_go_on(world: World, tracker: Examinable) -> None:
    tracker.broken = ValueError("ghp_canary")
    checkup = examine(world)
    assert names(checkup) == ["source", "milestones", "sync", "tracker"]
    crashed = checkup.checks[-1]
    assert (crashed.ok, crashed.message) == (False, "the check itself failed: ValueError")


def test_an_error_of_a_check_is_told_with_its_hint(world: World, tracker: Examinable) -> None:
    tracker.broken = TrackerError("it is odd", hint="look")
    assert found(world, "tracker") == Check("tracker", False, "it is odd", "look")


def test_a_tracker_that_cannot_be_examined_has_no_checks(world: World) -> None:
    world.tracker = FakeTracker(clock=world.clock)
    assert names(examine(world)) == ["source", "milestones", "sync"]


@pytest.mark.parametrize("name", [SERVER, TOKEN, PROJECT])
def test_what_cannot_be_reached_is_not_rehearsed(world: World, tracker: Examinable, name: str) -> None:
    tracker.checks = (Check(name, False, "no"),)
    assert names(examine(world)) == ["source", name]


def test_a_token_that_may_only_read_is_rehearsed_all_the_same(world: World, tracker: Examinable) -> None:
    tracker.checks = (MAY_NOT,)
    assert names(examine(world)) == ["source", ACCESS, "milestones", "sync"]


def test_within_a_back_off_window_the_tracker_is_not_asked(world: World, tracker: Examinable) -> None:
    until = world.clock.now() + timedelta(minutes=30)
    world.store.pacing.back_off(tracker.capabilities.account, until, "it asked for a pause")
    checkup = examine(world)
    assert names(checkup) == ["source", "pause"]
    assert checkup.checks[-1].message == "nothing may be sent until 2026-03-02 12:30:00 UTC: it asked for a pause"
    assert (tracker.examined, tracker.traffic.requests) == (0, 0)
    world.clock.advance(timedelta(minutes=30))
    assert "pause" not in names(examine(world))


# ---------------------------------------------------------------------------------- the fuse of a token (spec §4.5)


def strip(world: World, tracker: Examinable) -> None:
    """Let a run see that the token loses labels."""
    tracker.strip = ["labels"]
    assert world.sync().failed
    tracker.strip = []


def latest(world: World) -> Run:
    """Return the latest run in the journal."""
    return world.store.journal.runs("web", 1)[0]


def test_a_token_that_has_the_right_again_may_create_again(world: World, tracker: Examinable) -> None:
    strip(world, tracker)
    assert kinds(world.sync()) == []
    fuse = found(world, "fuse")
    assert (fuse.ok, fuse.message) == (True, "the token may set labels and milestones now; creating goes on")
    assert (latest(world).trigger, latest(world).ok) == ("doctor", True)
    assert json.loads(latest(world).summary)["stripped"] == ""
    report = world.sync()
    assert not report.failed
    assert "create_issue" in kinds(report)
    assert "fuse" not in names(examine(world))


@pytest.mark.parametrize("checks", [(MAY_NOT,), (Check(ACCESS, None, "nobody knows"),), ()])
def test_a_token_that_is_not_known_to_have_the_right_stays_stopped(
    world: World, tracker: Examinable, checks: Sequence[Check]
) -> None:
    strip(world, tracker)
    tracker.checks = checks
    fuse = found(world, "fuse")
    assert fuse.ok is False
    assert "set another" in fuse.hint
    assert latest(world).trigger == "once"
    assert world.sync().failed


def test_another_token_is_not_held_by_the_fuse_of_the_first(world: World, tracker: Examinable) -> None:
    strip(world, tracker)
    tracker.capabilities = replace(tracker.capabilities, credential="token-2")
    assert "fuse" not in names(examine(world))
