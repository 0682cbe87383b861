"""Markers that are signed, forged, lost (spec §3.2), and two targets on one project."""

from dataclasses import replace
from pathlib import Path

import pytest

from plansync.core.rules import MarkerRules, Rules
from plansync.sources.checkout import Checkout
from plansync.sources.folder import FolderSource
from plansync.sources.globs import Globs
from tests.support.example import MAP, PLAN, TITLES
from tests.support.world import World, kinds, only


def _keyed(*keys: str, require: bool = False) -> Rules:
    return Rules(markers=MarkerRules(keys=keys, require_signature=require))


@pytest.fixture
def synced(world: World) -> World:
    world.write(PLAN)
    world.sync()
    return world


def test_unsigned_markers_are_signed_once_there_is_a_key(synced: World) -> None:
    assert " sig=" not in synced.issues()[TITLES[4]].body
    synced.rules = _keyed("first")
    report = synced.sync()
    assert set(kinds(report)) == {"update_issue", "update_milestone"}
    assert all(" sig=" in issue.body for issue in synced.all_issues())
    assert kinds(synced.sync()) == []


def test_a_rotated_key_changes_nothing(synced: World) -> None:
    synced.rules = _keyed("first")
    synced.sync()
    synced.rules = _keyed("second", "first")
    assert kinds(synced.sync()) == []
    synced.rules = _keyed("second", "first", require=True)
    assert kinds(synced.sync()) == []


def test_a_key_that_was_taken_away_changes_nothing(synced: World) -> None:
    synced.rules = _keyed("first")
    synced.sync()
    synced.rules = Rules()
    assert kinds(synced.sync()) == []


def test_a_marker_that_fails_to_verify_blocks_its_item(synced: World) -> None:
    synced.rules = _keyed("first")
    synced.sync()
    number = synced.number(MAP)
    body = synced.issues()[TITLES[4]].body
    at = body.index(" sig=") + 5
    synced.people.set_body(number, body[:at] + ("0" if body[at] != "0" else "1") + body[at + 1 :])
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, "  - [ ] Show the way of the parcel on a map\n")
    report = synced.sync()
    assert kinds(report) == []
    assert "PS503" in [p.code for p in only(report).problems]


def test_a_linked_issue_whose_marker_fails_to_verify_is_left_alone(synced: World) -> None:
    synced.rules = _keyed("another", require=True)
    report = synced.sync()
    assert "create_issue" not in kinds(report)
    assert "PS503" in [p.code for p in only(report).problems]


def _second_target(world: World) -> None:
    root = world.root / "more"
    (root / "plans").mkdir(parents=True)
    source = FolderSource(root, Globs(("plans/**/*.md",), ()), world.limits.plan_bytes, Checkout(root))
    world.others = (replace(world.target(), name="more", source=source),)


def test_a_plan_of_another_target_on_the_project_is_read_and_left_alone(world: World) -> None:
    world.write(PLAN)
    _second_target(world)
    other = PLAN.replace("021-parcels", "050-more").replace("Parcel tracking", "More")
    (world.root / "more/plans/more.md").write_text(other)
    report = world.sync()
    assert kinds(report).count("create_issue") == 7
    assert (world.root / "more/plans/more.md").read_text() == other


def test_a_task_moved_to_a_plan_of_another_target_is_not_removed(world: World) -> None:
    world.write(PLAN)
    _second_target(world)
    world.sync()
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "")
    (world.root / "more/plans/more.md").write_text(
        f"# Maps\n\n## 5. Implementation Phases\n\n### Phase 1: Maps\n\n- **Tasks:**\n{line}"
    )
    assert "close_issue" not in kinds(world.sync())


def test_one_path_in_two_sources_without_a_feature_id_is_an_error_that_names_both(world: World) -> None:
    world.write(PLAN.replace("**Feature ID:** 021-parcels\n", ""), "plans/same.md")
    _second_target(world)
    (world.root / "more/plans/same.md").write_text(PLAN.replace("**Feature ID:** 021-parcels\n", ""))
    assert "create_issue" in kinds(world.sync())
    more = replace(world, name="more", root=world.root / "more", others=(world.target(),))
    report = more.sync()
    found = [p for plan in report.plans for p in plan.problems if p.code == "PS505"]
    assert len(found) == 1
    assert str(world.root) in found[0].message
    assert report.failed


def test_narrowing_to_one_plan_leaves_the_others_alone(world: World, tmp_path: Path) -> None:
    world.write(PLAN)
    world.write(PLAN.replace("021-parcels", "022-two").replace("Parcel", "Package"), "plans/two.md")
    report = world.sync(plans=("plans/two.md",))
    assert [plan.path for plan in report.plans] == ["plans/two.md"]
    assert kinds(report).count("create_issue") == 7
    assert world.read() == PLAN
    assert tmp_path.exists()
