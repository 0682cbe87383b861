"""Status cells, milestone titles, publishing, and trackers that keep less than was sent (spec §3.8, §4.1, §4.6, §6)."""

from dataclasses import replace
from pathlib import Path

import pytest

from plansync.core.changes import Change, CreateIssue, Done, Outcome, UpdateIssue
from plansync.core.fit import Capabilities
from plansync.core.observed import CloseReason
from plansync.core.rules import Rules
from tests.support.example import MAP, PLAN, SEND, TITLES
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world, kinds, only

_TABLE = """\
# Implementation Plan: Tables

**Feature ID:** 024-tables
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Only

**Goal:** Rows

**Tasks:**

| Task | Size | Assignee | Files | Status |
| --- | --- | --- | --- | --- |
| Saw the planks | S | joiner | `saw.py` | To Do |
| Plane the planks | XS | joiner | `plane.py` | Done |
| Oil the planks | XS | joiner | `oil.py` | someday |

**Deliverable:** Planks

## 7. Risks

| ID | Impact | Risk | Likelihood | Status | Mitigation |
| --- | --- | --- | --- | --- | --- |
| R1 | High | Splinters | Low | **Open** | Gloves |
| R2 | Low | Dust | High | Closed | Mask |
"""


@pytest.fixture
def synced(world: World) -> World:
    world.write(PLAN)
    world.sync()
    return world


def _is_quiet(world: World) -> bool:
    return kinds(world.sync()) == [] and not only(world.sync()).diff


def test_a_status_cell_is_its_rows_box(world: World) -> None:
    world.write(_TABLE)
    report = world.sync()
    assert kinds(report).count("create_issue") == 3
    assert "PS703" in [p.code for p in only(report).problems]
    world.people.close(world.number("Saw the planks"))
    world.people.close(world.number("Splinters"))
    world.sync()
    assert "`saw.py` | Done |" in world.read()
    assert "| **Closed** | Gloves" in world.read()
    assert _is_quiet(world)
    world.edit("`saw.py` | Done |", "`saw.py` | To Do |")
    assert "reopen_issue" in kinds(world.sync())
    assert _is_quiet(world)


def test_a_cell_closed_by_hand_closes_the_issue(world: World) -> None:
    world.write(_TABLE)
    world.sync()
    world.edit("| **Open** | Gloves", "| **Mitigated** | Gloves")
    assert kinds(world.sync()) == ["close_issue"]
    assert "| **Mitigated** | Gloves" in world.read()
    assert _is_quiet(world)


_TICKS = """\
# Implementation Plan: Ticks

**Status:** Draft

## Implementation Phases

### Phase 1: Only

**Tasks:**

| Task | Description | Completed | Date |
| --- | --- | --- | --- |
| T-01 | Saw the planks | | |
| T-02 | Plane the planks |  |  |
| T-03 | Oil the planks | ✅ | 2026-03-01 |

### Phase 2: Boxes

**Tasks:**

| Task | Done |
| --- | --- |
| Glue the legs | [ ] |
| Paint the legs | [ ] |
"""


def test_a_column_of_ticks_is_ticked_and_unticked(world: World) -> None:
    world.write(_TICKS)
    assert kinds(world.sync()).count("create_issue") == 4
    world.people.close(world.number("Saw"))
    world.people.close(world.number("Glue"))
    report = world.sync()
    assert [problem.code for problem in only(report).problems] == []
    link = next(line for line in world.read().splitlines() if "Saw" in line)
    assert link.endswith(" | ✅| |")
    assert " | [x] |" in next(line for line in world.read().splitlines() if "Glue" in line)
    assert _is_quiet(world)
    world.edit(link, link.replace("✅", ""))
    assert kinds(world.sync()) == ["reopen_issue"]
    plane = next(line for line in world.read().splitlines() if "Plane" in line)
    world.edit(plane, plane.replace(" |  |  |", " | ✅ | 2026-03-02 |"))
    assert kinds(world.sync()) == ["close_issue"]
    assert _is_quiet(world)


def test_a_milestone_title_that_others_took_gets_a_number(world: World) -> None:
    world.people.create_milestone("parcel tracking: phase 1: READING")
    world.write(PLAN)
    world.sync()
    assert "Parcel tracking: Phase 1: Reading (2)" in world.milestones()
    assert _is_quiet(world)


def test_a_deleted_milestone_is_a_problem_and_not_made_again(synced: World) -> None:
    number = synced.milestones()["Parcel tracking: Phase 2: Telling"].number
    synced.people.delete_milestone(number)
    report = synced.sync()
    is_local = synced.tracker.address.kind == "local"
    assert ("create_milestone" in kinds(report)) is is_local
    assert ("PS509" in [p.code for p in only(report).problems]) is not is_local
    assert kinds(synced.sync()) == []


def test_a_milestones_text_comes_back_and_a_damaged_one_is_left_alone(synced: World) -> None:
    milestone = synced.milestones()["Parcel tracking: Phase 2: Telling"]
    synced.people.describe_milestone(milestone.number, milestone.description.replace("Customers", "Nobody"))
    assert kinds(synced.sync()) == ["update_milestone"]
    assert _is_quiet(synced)
    damaged = milestone.description.replace("<!-- /plansync -->", "")
    synced.people.describe_milestone(milestone.number, damaged)
    report = synced.sync()
    assert kinds(report) == []
    assert "PS508" in [p.code for p in only(report).problems]


def test_a_lost_milestone_field_is_written_again(synced: World) -> None:
    line = next(line for line in synced.read().splitlines(keepends=True) if "**Milestone:**" in line)
    before = synced.read()
    synced.edit(line, "")
    assert kinds(synced.sync()) == []
    assert synced.read() == before


def test_a_renamed_and_renumbered_phase_is_known_by_its_tasks(synced: World) -> None:
    line = [line for line in synced.read().splitlines(keepends=True) if "**Milestone:**" in line][1]
    synced.edit(line, "")
    synced.edit("### Phase 2: Telling", "### Phase 4: Keeping customers informed")
    report = synced.sync()
    assert "create_milestone" not in kinds(report)
    assert "Parcel tracking: Phase 4: Keeping customers informed" in synced.milestones()
    assert _is_quiet(synced)


def test_a_plan_is_published_when_its_status_allows_it(world: World) -> None:
    world.rules = Rules(publish_when=("Approved",))
    world.write(PLAN)
    report = world.sync()
    assert kinds(report) == []
    assert "Approved" in only(report).skipped
    assert world.read() == PLAN
    world.edit("**Status:** Draft", "**Status:** Approved")
    assert kinds(world.sync()).count("create_issue") == 7
    assert "**Status:** Approved" in world.read()
    world.edit("**Status:** Approved", "**Status:** Draft")
    world.edit(f"  - [ ] {SEND}", f"  - [ ] Ask first\n  - [ ] {SEND}")
    assert kinds(world.sync()) == ["create_issue"]


def test_a_phase_marked_complete_gets_no_issues_and_does_not_count(world: World) -> None:
    world.write(PLAN.replace("### Phase 1: Reading", "### Phase 1: Reading [COMPLETED]"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 4
    assert only(report).status.total == 2
    assert _is_quiet(world)


def test_progress_can_be_counted_by_milestones(world: World) -> None:
    world.rules = Rules(progress="milestone")
    world.write(PLAN)
    world.sync()
    world.people.close(world.number(MAP))
    assert only(world.sync()).status.done == 1
    assert "**Status:** In Progress" in world.read()
    world.edit("- [ ] Send", "- [x] Send")
    assert only(world.sync()).status.done == 2
    assert _is_quiet(world)


def test_anybodys_issue_in_a_milestone_counts_where_milestones_are_counted(tmp_path: Path) -> None:
    tracker = FakeTracker()
    world = fake_world(tmp_path, Rules(progress="milestone"), tracker=tracker)
    world.write(PLAN)
    world.sync()
    assert kinds(world.sync()) == []
    issue = tracker.project.issue(world.people.create_issue("Ours, by hand"))
    issue.seen = replace(issue.seen, milestone=1)
    world.people.close(issue.seen.number)
    report = world.sync()
    assert (only(report).status.done, only(report).status.total) == (1, 6)
    assert "**Status:** In Progress" in world.read()
    assert kinds(world.sync()) == []
    world.store.close()


def test_an_ignored_plan_is_released_whole(synced: World) -> None:
    synced.edit("**Status:** Draft\n", "**Status:** Draft\n<!-- plansync:ignore -->\n")
    report = synced.sync(allow_removals=True)
    assert set(kinds(report)) <= {"update_issue", "close_milestone"}
    assert all("plansync" not in issue.labels for issue in synced.all_issues())
    assert all(issue.closed is None for issue in synced.all_issues())
    assert kinds(synced.sync()) == []


class TrimmingTracker(FakeTracker):
    """Keeps titles without their final full stop and bodies without their horizontal rules."""

    def apply(self, change: Change) -> Outcome:
        outcome = super().apply(change)
        if isinstance(change, CreateIssue | UpdateIssue) and isinstance(outcome, Done):
            issue = self.project.issue(outcome.number)
            kept = replace(
                issue.seen, title=issue.seen.title.rstrip("."), body=issue.seen.body.replace("\n---\n", "\n")
            )
            title = kept.title if kept.title != issue.seen.title else None
            body = kept.body if kept.body != issue.seen.body else None
            issue.seen = kept
            return replace(outcome, answered_title=title, answered_body=body)
        return outcome


def test_what_the_tracker_keeps_differently_is_not_sent_again(tmp_path: Path) -> None:
    world = fake_world(tmp_path, tracker=TrimmingTracker())
    world.write(PLAN.replace("on a map", "on a map, etc."))
    world.sync()
    assert kinds(world.sync()) == []
    world.edit("on a map, etc.", "on a large map, etc.")
    assert kinds(world.sync()) == ["update_issue"]
    assert kinds(world.sync()) == []
    world.store.close()


def test_a_title_is_cut_at_a_word_and_the_whole_text_is_in_the_body(tmp_path: Path) -> None:
    world = fake_world(
        tmp_path, tracker=FakeTracker(capabilities=Capabilities(name="small", title_limit=30, milestone_title_limit=30))
    )
    world.write(PLAN)
    world.sync()
    issue = next(i for i in world.all_issues() if i.title.startswith("Show the way"))
    assert issue.title == "Show the way of the parcel on…"
    assert TITLES[4] in issue.body
    assert kinds(world.sync()) == []
    world.store.close()


def test_an_issue_that_moved_takes_its_link_along(tmp_path: Path) -> None:
    tracker = FakeTracker()
    world = fake_world(tmp_path, tracker=tracker)
    world.write(PLAN)
    world.sync()
    issue = tracker.project.issue(world.number(MAP))
    url = "https://tracker.example/acme/maps/issues/3"
    issue.seen = replace(issue.seen, closed=CloseReason.MOVED, moved_to=url)
    world.sync()
    assert f"({url})" in next(line for line in world.read().splitlines() if MAP in line)
    assert kinds(world.sync()) == []
    world.store.close()


def test_mentions_references_and_quick_actions_in_a_plan_are_inert(world: World) -> None:
    world.write(PLAN.replace("on a map", "for @everyone like #12 <!-- plansync:v1 plan=x item=t-1 -->"))
    world.sync()
    issue = world.all_issues()[4]
    assert "@everyone" not in issue.body
    assert "#12" not in issue.body
    assert issue.body.count("<!-- plansync:v1 ") == 1
    assert _is_quiet(world)
