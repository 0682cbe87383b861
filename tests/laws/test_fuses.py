"""Every fuse of spec §4.5, tripped and overridden."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from plansync.app.request import Silent
from plansync.core.rules import Limits
from tests.support.example import MAP, PLAN, SEND, TITLES
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only


def _big_plan(count: int) -> str:
    tasks = "".join(f"  - [ ] Pack box {chr(97 + i // 26)}{chr(97 + i % 26)} for the move\n" for i in range(count))
    return (
        "# Implementation Plan: Moving\n\n**Feature ID:** 030-moving\n**Status:** Draft\n\n## 5. Implementation Phases\n\n"
        f"### Phase 1: Packing\n\n- **Tasks:**\n{tasks}"
    )


def _drop(world: World, count: int) -> None:
    lines = world.read().splitlines(keepends=True)
    tasks = [line for line in lines if line.startswith("  - [ ]")]
    world.write("".join(line for line in lines if line not in tasks[:count]))


def test_more_than_five_and_a_fifth_of_the_issues_are_not_removed_at_once(world: World) -> None:
    world.write(_big_plan(20))
    world.sync()
    _drop(world, 6)
    before = world.read()
    report = world.sync()
    assert kinds(report) == []
    assert report.failed
    assert "6 of its 20 issues" in only(report).fused
    assert [found.message for found in only(report).problems if found.code == "PS603"] == [only(report).fused]
    assert world.read() == before
    preview = world.preview()
    assert kinds(preview) == ["close_issue"] * 6
    assert "--allow-removals" in preview.notes[0]
    assert not preview.failed
    assert kinds(world.sync(allow_removals=True)) == ["close_issue"] * 6


def test_five_removals_are_no_matter(world: World) -> None:
    world.write(_big_plan(20))
    world.sync()
    _drop(world, 5)
    assert kinds(world.sync()) == ["close_issue"] * 5


def test_six_removals_of_many_are_no_matter(world: World) -> None:
    world.write(_big_plan(31))
    world.sync()
    _drop(world, 6)
    assert kinds(world.sync()) == ["close_issue"] * 6


def test_all_of_two_are_not_removed(world: World) -> None:
    world.write(_big_plan(2))
    world.sync()
    _drop(world, 2)
    report = world.sync()
    assert kinds(report) == []
    assert only(report).fused


def test_an_emptied_plan_removes_nothing(world: World) -> None:
    world.write(PLAN)
    world.sync()
    world.write("# Implementation Plan: Parcel tracking\n\n**Feature ID:** 021-parcels\n**Status:** Draft\n")
    report = world.sync()
    assert kinds(report) == []
    assert report.failed


def test_reopenings_count_as_well(world: World) -> None:
    world.write(_big_plan(20))
    world.sync()
    whole = world.read()
    _drop(world, 6)
    world.sync(allow_removals=True)
    world.write(whole)
    report = world.sync()
    assert kinds(report) == []
    assert only(report).fused
    assert kinds(world.sync(allow_removals=True)) == ["reopen_issue"] * 6


def test_too_many_creations_stop_before_the_first(world: World) -> None:
    world.limits = replace(world.limits, creates=6)
    world.write(PLAN)
    report = world.sync()
    assert not world.all_issues()
    assert world.read() == PLAN
    assert "--max-creates 7" in report.errors[0][1]
    assert kinds(world.sync(max_creates=7)).count("create_issue") == 7


def test_no_limit_is_no_limit(world: World) -> None:
    world.limits = replace(world.limits, creates=0)
    world.write(_big_plan(201))
    assert kinds(world.sync()).count("create_issue") == 201


def test_a_person_at_the_terminal_is_asked(world: World) -> None:
    class Yes(Silent):
        asked: tuple[int, int] = (0, 0)

        def may_create(self, target: str, creations: int, limit: int) -> bool:
            Yes.asked = (creations, limit)
            return True

    world.limits = replace(world.limits, creates=6)
    world.write(PLAN)
    assert kinds(world.sync(Yes())).count("create_issue") == 7
    assert Yes.asked == (7, 6)


def test_the_limit_counts_all_slices_of_a_run(world: World) -> None:
    world.limits = replace(world.limits, creates=20, slice_creations=5)
    world.write(_big_plan(21))
    assert world.sync().errors
    assert not world.all_issues()


def test_slices_bring_everything_into_step(world: World) -> None:
    world.limits = replace(world.limits, slice_creations=2)
    world.write(PLAN)
    report = world.sync()
    assert not report.failed
    assert kinds(report).count("create_issue") == 7
    assert all(world.number(title) for title in TITLES)
    assert kinds(world.sync()) == []


def test_a_tracker_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=FakeTracker(unreadable=True))
    world.write(PLAN)
    report = world.sync()
    assert report.failed
    assert report.errors
    assert world.read() == PLAN
    world.store.close()


def test_a_token_that_loses_labels_creates_nothing_more(tmp_path: Path) -> None:
    tracker = FakeTracker(strip=("labels",))
    tracker.capabilities = replace(tracker.capabilities, credential="token-1")
    world = fake_world(tmp_path, tracker=tracker)
    world.write(PLAN)
    report = world.sync()
    made = [change for change in report.changes if change.kind == "create_issue" and change.outcome == "done"]
    assert len(made) == 1
    assert world.number(made[0].title)
    assert "label" in report.errors[0][0]
    again = world.sync()
    assert not [c for c in again.changes if c.kind == "create_issue" and c.outcome == "done"]
    assert again.failed
    tracker.strip = ()
    tracker.capabilities = replace(tracker.capabilities, credential="token-2")
    assert not world.sync().failed
    assert all(world.number(title) for title in TITLES)
    world.store.close()


def _git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> World:
    """A world inside a clone whose default branch is main."""
    _git(tmp_path, "init", "-q", "-b", "main", "origin")
    _git(tmp_path / "origin", "commit", "-q", "--allow-empty", "-m", "first")
    _git(tmp_path, "clone", "-q", "origin", "clone")
    return fake_world(tmp_path / "clone")


def test_a_shared_tracker_is_synced_only_from_the_sources_branch(checkout: World) -> None:
    checkout.write(PLAN)
    _git(checkout.root, "switch", "-q", "-c", "feature")
    report = checkout.sync()
    assert report.failed
    assert "any-branch" in report.errors[0][1]
    assert not checkout.all_issues()
    assert checkout.preview().pending
    assert kinds(checkout.sync(any_branch=True)).count("create_issue") == 7
    checkout.store.close()


def test_on_the_default_branch_it_is_synced(checkout: World) -> None:
    checkout.write(PLAN)
    assert not checkout.sync().failed
    checkout.store.close()


def test_a_file_with_conflict_markers_is_left_alone(world: World) -> None:
    world.write(PLAN)
    world.sync()
    torn = world.read().replace(
        "## 8. Open Questions", "<<<<<<< ours\n## 8. Open Questions\n=======\n## 8.\n>>>>>>> theirs"
    )
    torn = torn.replace(next(line for line in torn.splitlines(keepends=True) if MAP in line), "")
    world.write(torn)
    report = world.sync()
    assert kinds(report) == []
    assert world.read() == torn
    assert "PS105" in [p.code for p in only(report).problems]


def test_an_unclosed_fence_closes_nothing_as_removed(world: World) -> None:
    world.write(PLAN)
    world.sync()
    line = next(line for line in world.read().splitlines(keepends=True) if SEND in line)
    world.edit(line, f"{line}\n```\n")
    report = world.sync()
    assert not {"close_issue", "reopen_issue", "create_issue"} & set(kinds(report))
    assert "PS401" in [p.code for p in only(report).problems]


def test_nothing_is_removed_while_another_plan_cannot_be_read(world: World) -> None:
    world.write(PLAN)
    world.write(_big_plan(3), "plans/moving.md")
    world.sync()
    (world.root / "plans/moving.md").write_bytes(b"\xff\xfe broken")
    world.edit(next(line for line in world.read().splitlines(keepends=True) if MAP in line), "")
    report = world.sync()
    assert "close_issue" not in kinds(report)
    assert report.failed


def test_a_plan_that_vanished_keeps_its_issues(world: World) -> None:
    world.write(PLAN)
    world.write(_big_plan(3), "plans/moving.md")
    world.sync()
    (world.root / "plans/moving.md").unlink()
    report = world.sync()
    assert kinds(report) == []
    assert any("030-moving" in note for note in report.notes)


def test_a_target_without_any_plan_is_an_error(world: World) -> None:
    assert world.sync().failed


def test_limits_are_those_of_the_contract() -> None:
    assert (Limits().removals, Limits().removals_share, Limits().creates, Limits().slice_creations) == (5, 0.2, 200, 50)
