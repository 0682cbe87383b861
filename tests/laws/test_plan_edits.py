"""What people and agents do to a plan, and what becomes of its issues (spec §3, §4): before → after."""

import re

import pytest

from plansync.core.observed import CloseReason
from tests.support.example import FEED, MAP, PAGES, PLAN, SEND, STORE, TITLES
from tests.support.world import World, kinds, only


@pytest.fixture
def synced(world: World) -> World:
    """A world whose example plan is in step."""
    world.write(PLAN)
    world.sync()
    return world


def _is_quiet(world: World) -> bool:
    return kinds(world.sync()) == [] and not only(world.sync()).diff


def _without_links(text: str) -> str:
    text = re.sub(r" \(\[#\d+\]\([^)]*\)\)", "", text)
    return re.sub(r"\n- \*\*Milestone:\*\* .*", "", text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Keep parcels for 30 days in the store", "Keep parcels for 90 days in the store"),
        ("Move the tables of `parcels.old` to the archive", "Move the tables of `parcels.new` to the archive"),
        ("Let the new Parcel_Feed talk to the old carrier", "Let the new Parcel_Desk talk to the old carrier"),
    ],
)
def test_one_number_or_name_makes_it_another_task(world: World, before: str, after: str) -> None:
    world.write(PLAN.replace("Store parcels with their last state", before))
    world.sync()
    number = world.number(before)
    world.write(_without_links(world.read()).replace(before, after))
    world.sync()
    assert world.number(after) != number


def test_a_tool_that_makes_the_links_plain_has_no_issue_opened_twice(synced: World) -> None:
    numbers = {issue.number for issue in synced.all_issues()}
    for _ in range(4):
        synced.write(re.sub(r"\(\[#(\d+)\]\([^)]*/issues/\d+\)\)", r"(#\1)", synced.read()))
        assert "create_issue" not in kinds(synced.sync())
    assert {issue.number for issue in synced.all_issues()} == numbers


@pytest.mark.parametrize(
    ("more", "title"), [(" *(done by Ann)*", "{} *(done by Ann)*"), (", and test it", "{}, and test it")]
)
def test_what_is_written_behind_a_link_becomes_part_of_the_title_and_the_link_does_not(
    synced: World, more: str, title: str
) -> None:
    number = synced.number(MAP)
    (line,) = [line for line in synced.read().splitlines() if MAP in line]
    synced.edit(line, line + more)
    assert kinds(synced.sync()) == ["update_issue"]
    assert synced.issues()[title.format(TITLES[4])].number == number
    assert _is_quiet(synced)
    assert synced.read().count(f"[#{number}]") == 1


def test_a_note_behind_a_link_opens_no_second_issue_where_the_state_is_lost(synced: World) -> None:
    number, count = synced.number(MAP), len(synced.all_issues())
    if synced.tracker.capabilities.name == "local":
        pytest.skip("a link to the embedded tracker proves nothing by itself (spec §3.5)")
    (line,) = [line for line in synced.read().splitlines() if MAP in line]
    synced.edit(line, f"{line} on the `order` page, says Ann")
    synced.forget()
    assert "close_issue" not in kinds(synced.sync())
    assert len(synced.all_issues()) == count
    assert synced.issues()[f"{TITLES[4]} on the `order` page, says Ann"].number == number
    assert _is_quiet(synced)


@pytest.mark.parametrize("begun", ["-", "- ", "*", "1."])
def test_a_plan_saved_while_somebody_begins_a_detail_changes_nothing(synced: World, begun: str) -> None:
    (line,) = [line for line in synced.read().splitlines() if MAP in line]
    synced.edit(f"{line}\n", f"{line}\n    {begun}\n")
    assert kinds(synced.sync(allow_removals=True)) == []
    synced.edit(f"\n    {begun}\n", f"\n    {begun.strip()} On paper\n")
    assert set(kinds(synced.sync())) <= {"update_issue"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"  - [ ] {MAP}", f"    - [ ] {MAP}"),
        (f"  - [ ] {MAP}", f"  -[ ] {MAP}"),
        (f"  - [ ] {MAP}", f"  [ ] {MAP}"),
        ("### Phase 2: Telling", "## Telling"),
        ("### Phase 2: Telling", "A note\n---\n\n### Phase 2: Telling"),
        ("### Phase 2: Telling", "<!-- never closed\n\n### Phase 2: Telling"),
    ],
    ids=["indented", "no blank", "no bullet", "another heading", "a note above a rule", "an open comment"],
)
def test_the_issue_of_an_item_that_a_slip_hides_stays_and_all_is_well_when_it_is_put_right(
    synced: World, old: str, new: str
) -> None:
    before, issues = synced.read(), {issue.number: (issue.title, issue.closed) for issue in synced.all_issues()}
    number = synced.number(MAP)
    synced.edit(old, new)
    report = synced.sync(allow_removals=True)
    assert not {"close_issue", "create_issue"} & set(kinds(report))
    assert f"#{number}" in " ".join(found.message for found in only(report).problems if found.code == "PS511")
    assert kinds(synced.sync(allow_removals=True)) == []
    synced.write(before)
    synced.sync()
    assert {issue.number: (issue.title, issue.closed) for issue in synced.all_issues()} == issues


def test_an_item_that_is_put_into_a_comment_is_taken_out(synced: World) -> None:
    number = synced.number(MAP)
    (line,) = [line for line in synced.read().splitlines() if MAP in line]
    synced.edit(line, f"  <!-- {line.strip()} -->")
    assert kinds(synced.sync()) == ["close_issue"]
    assert next(issue for issue in synced.all_issues() if issue.number == number).closed is CloseReason.NOT_PLANNED


def test_rewording_with_the_link_kept_changes_title_and_body(synced: World) -> None:
    number = synced.number(STORE)
    synced.edit("Store parcels with their last state", "Keep every parcel and where it was last")
    report = synced.sync()
    assert kinds(report) == ["update_issue"]
    assert report.changes[0].text_only
    assert synced.issues()["Keep every parcel and where it was last"].number == number
    assert _is_quiet(synced)


def test_rewording_beyond_recognition_with_the_link_kept_is_still_the_same_issue(synced: World) -> None:
    number = synced.number(STORE)
    synced.edit("Store parcels with their last state", "Fix all")
    synced.sync()
    assert synced.issues()["Fix all"].number == number


def test_rewording_a_little_without_the_link_is_matched_by_similarity(synced: World) -> None:
    number = synced.number(MAP)
    line = next(line for line in synced.read().splitlines() if MAP in line)
    synced.edit(line, "  - [ ] Show the way of the parcel on a small map")
    report = synced.sync()
    match = next(m for m in only(report).matches if "small map" in m.text)
    assert (match.number, match.by) == (number, "similarity")
    assert kinds(report) == ["update_issue"]
    assert _is_quiet(synced)


def test_rewording_a_number_without_the_link_is_another_task(synced: World) -> None:
    synced.edit("Show the way of the parcel on a map", "Show 10 parcels on the way on a map")
    synced.sync()
    line = next(line for line in synced.read().splitlines() if "Show 10 parcels" in line)
    synced.edit(line, "  - [ ] Show 20 parcels on the way on a map")
    report = synced.sync()
    assert kinds(report) == ["create_issue", "close_issue"]


def test_reordering_changes_nothing(synced: World) -> None:
    lines = synced.read().splitlines(keepends=True)
    send = next(i for i, line in enumerate(lines) if SEND in line)
    lines[send], lines[send + 1] = lines[send + 1], lines[send]
    synced.write("".join(lines))
    assert kinds(synced.sync()) == []


def test_reordering_without_links_puts_the_same_links_back(synced: World) -> None:
    before = {title: synced.number(title) for title in TITLES}
    lines = _without_links(synced.read()).splitlines(keepends=True)
    send = next(i for i, line in enumerate(lines) if SEND in line)
    lines[send], lines[send + 1] = lines[send + 1], lines[send]
    synced.write("".join(lines))
    assert kinds(synced.sync()) == []
    assert {title: synced.number(title) for title in TITLES} == before


def test_moving_to_another_phase_moves_the_milestone(synced: World) -> None:
    line = next(line for line in synced.read().splitlines(keepends=True) if PAGES in line)
    number = synced.number(PAGES)
    send = next(line for line in synced.read().splitlines(keepends=True) if SEND in line)
    synced.edit(line, "")
    synced.edit(send, line + send)
    report = synced.sync()
    assert kinds(report) == ["update_issue"]
    issue = synced.issues()[TITLES[2]]
    assert (issue.number, issue.milestone) == (number, synced.milestones()["Parcel tracking: Phase 2: Telling"].number)
    assert _is_quiet(synced)


def test_deleting_a_task_closes_its_issue_as_not_planned_with_a_word(synced: World) -> None:
    number = synced.number(MAP)
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, "")
    report = synced.sync()
    assert kinds(report) == ["close_issue"]
    issue = synced.issues()[TITLES[4]]
    assert issue.closed is CloseReason.NOT_PLANNED
    assert "plansync:removed" in issue.labels
    assert len(synced.people.comments(number)) == 1
    assert "plans/plan.md" in synced.people.comments(number)[0][1]
    assert _is_quiet(synced)


def test_a_deleted_task_whose_issue_is_closed_stays_as_it_is(synced: World) -> None:
    synced.people.close(synced.number(MAP))
    synced.sync()
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, "")
    assert kinds(synced.sync()) == []
    assert synced.issues()[TITLES[4]].closed is CloseReason.COMPLETED


def test_restoring_a_task_reopens_the_issue_that_plansync_closed(synced: World) -> None:
    before, number = synced.read(), synced.number(MAP)
    synced.edit(next(line for line in before.splitlines(keepends=True) if MAP in line), "")
    synced.sync()
    synced.write(before)
    report = synced.sync()
    assert kinds(report) == ["reopen_issue"]
    issue = synced.issues()[TITLES[4]]
    assert (issue.number, issue.closed) == (number, None)
    assert "plansync:removed" not in issue.labels
    assert _is_quiet(synced)


def test_restoring_a_task_without_its_link_finds_the_same_issue(synced: World) -> None:
    before, number = synced.read(), synced.number(MAP)
    line = next(line for line in before.splitlines(keepends=True) if MAP in line)
    synced.edit(line, "")
    synced.sync()
    synced.write(before.replace(line, _without_links(line)))
    assert kinds(synced.sync()) == ["reopen_issue"]
    assert synced.number(MAP) == number


def test_a_removed_issue_that_a_person_reopened_is_left_to_people(synced: World) -> None:
    number = synced.number(MAP)
    synced.edit(next(line for line in synced.read().splitlines(keepends=True) if MAP in line), "")
    synced.sync()
    synced.people.reopen(number)
    assert kinds(synced.sync()) == []
    assert synced.issues()[TITLES[4]].closed is None


def test_duplicating_a_line_with_its_link_is_a_problem_and_no_issue(synced: World) -> None:
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, line + line)
    count = len(synced.all_issues())
    report = synced.sync()
    assert kinds(report) == []
    assert [p.code for p in only(report).problems if p.code == "PS501"] == ["PS501"]
    assert len(synced.all_issues()) == count


def test_a_copied_line_that_was_reworded_does_not_take_the_issue_along(synced: World) -> None:
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    number = synced.number(MAP)
    copy = line.replace("Show the way of the parcel on a map", "Print the way of the parcel")
    synced.edit(line, copy + line)
    report = synced.sync()
    assert kinds(report) == []
    matches = {m.text: (m.number, m.by) for m in only(report).matches}
    assert matches["Show the way of the parcel on a map"] == (number, "link")
    assert [p.code for p in only(report).problems if p.code == "PS501"]


def test_duplicating_a_line_without_its_link_opens_one_more_issue(synced: World) -> None:
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, line + _without_links(line))
    report = synced.sync()
    assert kinds(report) == ["create_issue"]
    numbers = re.findall(rf"{MAP}.*/issues/(\d+)\)", synced.read())
    assert len(set(numbers)) == 2
    assert _is_quiet(synced)


def test_renaming_the_file_keeps_every_issue(synced: World) -> None:
    before = synced.read()
    (synced.root / "plans/plan.md").unlink()
    synced.write(before, "plans/archive/2026/parcels.md")
    report = synced.sync()
    assert {change.kind for change in report.changes} <= {"update_issue", "update_milestone"}
    assert all(change.text_only or change.kind == "update_milestone" for change in report.changes)
    assert synced.read("plans/archive/2026/parcels.md") == before
    assert kinds(synced.sync()) == []


def test_renaming_the_file_and_losing_links_and_store_still_creates_nothing(synced: World) -> None:
    before = synced.read()
    (synced.root / "plans/plan.md").unlink()
    synced.write(_without_links(before), "plans/parcels.md")
    synced.forget()
    report = synced.sync()
    assert "create_issue" not in kinds(report)
    assert synced.number(MAP, "plans/parcels.md")


def test_ticking_a_box_closes_the_issue(synced: World) -> None:
    synced.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    report = synced.sync()
    assert kinds(report) == ["close_issue"]
    assert synced.issues()[TITLES[4]].closed is CloseReason.COMPLETED
    assert only(report).status.reason == "In Progress (1 of 5: Phase 1 0/3, Phase 2 1/2)"
    assert _is_quiet(synced)


def test_unticking_a_box_reopens_the_issue(synced: World) -> None:
    synced.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    synced.sync()
    synced.edit(f"- [x] {MAP}", f"- [ ] {MAP}")
    assert kinds(synced.sync()) == ["reopen_issue"]
    assert synced.issues()[TITLES[4]].closed is None
    assert _is_quiet(synced)


def test_striking_a_task_out_closes_it_as_not_planned(synced: World) -> None:
    synced.edit("Show the way of the parcel on a map", "~~Show the way of the parcel on a map~~")
    report = synced.sync()
    assert kinds(report) == ["close_issue"]
    closed = [i for i in synced.all_issues() if i.closed is CloseReason.NOT_PLANNED]
    assert len(closed) == 1
    assert only(report).status.total == 4
    assert _is_quiet(synced)


def test_regenerating_the_whole_plan_without_links_finds_every_issue_again(synced: World) -> None:
    synced.people.close(synced.number(STORE))
    synced.sync()
    linked = synced.read()
    synced.write(PLAN)
    report = synced.sync()
    assert "create_issue" not in kinds(report)
    assert "close_issue" not in kinds(report)
    assert synced.read() == linked
    assert _is_quiet(synced)


def test_renaming_a_phase_renames_its_milestone(synced: World) -> None:
    synced.edit("### Phase 2: Telling", "### Phase 2: Telling customers")
    report = synced.sync()
    assert "create_milestone" not in kinds(report)
    assert "Parcel tracking: Phase 2: Telling customers" in synced.milestones()
    assert len(synced.milestones()) == 2
    assert _is_quiet(synced)


def test_renumbering_a_phase_keeps_its_milestone(synced: World) -> None:
    synced.edit("### Phase 2: Telling", "### Phase 3: Telling")
    report = synced.sync()
    assert "create_milestone" not in kinds(report)
    assert len(synced.milestones()) == 2
    assert _is_quiet(synced)


def test_a_finished_plan_is_passed_over_until_it_is_asked_for(world: World) -> None:
    world.write(PLAN.replace("**Status:** Draft", "**Status:** Complete"))
    report = world.sync()
    assert kinds(report) == []
    assert "Complete" in only(report).skipped
    assert not report.failed
    assert kinds(world.sync(plans=("plans/plan.md",), publish=True)).count("create_issue") == 7


def test_ticked_tasks_get_no_issue_but_count(world: World) -> None:
    world.write(PLAN.replace("- [ ] Store", "- [x] Store"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 6
    assert only(report).status.reason == "In Progress (1 of 5: Phase 1 1/3, Phase 2 0/2)"
    assert "**Status:** In Progress" in world.read()
    assert _is_quiet(world)


def test_ignored_items_get_no_issue(world: World) -> None:
    world.write(PLAN.replace("on a map", "on a map <!-- plansync:ignore -->"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 6
    assert only(report).status.total == 4
    assert _is_quiet(world)


def test_an_item_that_becomes_ignored_is_released_and_not_closed(synced: World) -> None:
    synced.edit("on a map", "on a map <!-- plansync:ignore -->")
    report = synced.sync()
    assert kinds(report) == ["update_issue"]
    issue = synced.issues()[TITLES[4]]
    assert issue.closed is None
    assert "plansync" not in issue.labels
    assert "plansync" not in issue.body
    assert _is_quiet(synced)


def test_a_link_in_mid_sentence_is_a_mere_reference(world: World) -> None:
    url = "https://tracker.example/acme/web/issues/400"
    if world.tracker.address.kind == "local":
        url = "http://127.0.0.1:8484/issues/400"
    world.write(PLAN.replace("on a map", f"like [before]({url}) on a map"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 7
    assert f"like [before]({url}) on a map ([#" in world.read()
    assert _is_quiet(world)


def test_a_link_to_another_project_means_tracked_elsewhere(world: World) -> None:
    link = "([#7](https://other.example/acme/maps/issues/7))"
    world.write(PLAN.replace("on a map", f"on a map {link}"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 6
    assert link in world.read()
    world.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    assert only(world.sync()).status.done == 1


def test_a_task_added_changes_no_other_issue(synced: World) -> None:
    bodies = {issue.number: (issue.title, issue.body, issue.updated_at) for issue in synced.all_issues()}
    synced.edit(f"  - [ ] {SEND}", f"  - [ ] Ask before the first message\n  - [ ] {SEND}")
    report = synced.sync()
    assert kinds(report) == ["create_issue"]
    for issue in synced.all_issues():
        if issue.number in bodies:
            assert (issue.title, issue.body, issue.updated_at) == bodies[issue.number]


def test_moving_a_task_with_its_link_to_another_plan_moves_the_issue(synced: World) -> None:
    number = synced.number(MAP)
    line = next(line for line in synced.read().splitlines(keepends=True) if MAP in line)
    synced.edit(line, "")
    synced.write(
        "# Implementation Plan: Maps\n\n**Feature ID:** 022-maps\n**Status:** Draft\n\n## 5. Implementation Phases\n\n"
        f"### Phase 1: Drawing\n\n- **Tasks:**\n{line}  - [ ] Choose the map\n",
        "plans/maps.md",
    )
    report = synced.sync()
    assert not any(change.kind == "close_issue" for change in report.changes)
    assert synced.number(MAP, "plans/maps.md") == number
    assert "plan=022-maps" in synced.issues()[TITLES[4]].body
    assert kinds(synced.sync()) == []


def test_two_plans_with_one_feature_id_are_told_apart(synced: World) -> None:
    synced.write(PLAN.replace("Parcel tracking", "Parcel tracking again"), "plans/zz.md")
    report = synced.sync()
    assert not report.failed
    assert kinds(report).count("create_issue") == 7
    assert {plan.key for plan in report.plans} == {"021-parcels", "021-parcels@plans/zz.md"}
    assert kinds(synced.sync()) == []


def test_a_copied_plan_with_its_links_takes_nothing_from_the_original(synced: World) -> None:
    synced.write(synced.read(), "plans/copy.md")
    before = synced.read()
    report = synced.sync()
    assert kinds(report) == []
    assert synced.read() == before
    codes = [p.code for plan in report.plans if plan.path == "plans/copy.md" for p in plan.problems]
    assert codes.count("PS501") == 7


def test_a_struck_out_or_done_item_is_never_created(world: World) -> None:
    world.write(PLAN.replace("Show the way of the parcel on a map", "~~Show the way of the parcel on a map~~"))
    assert kinds(world.sync()).count("create_issue") == 6


def test_the_feed_is_still_there(synced: World) -> None:
    assert synced.number(FEED) == 1


_BLOCKS = """\
# Implementation Plan: Blocks

**Feature ID:** 023-blocks
**Status:** Draft

## 5. Implementation Tasks

<!-- TASK:BEGIN id=T001 -->
### T001: Lay the pipe
**Metadata:**
- **Size:** S
- **Dependencies:** {first}

**Acceptance Criteria:**
- [ ] Water flows

<!-- TASK:END -->

<!-- TASK:BEGIN id=T002 -->
### T002: Fit the tap
**Metadata:**
- **Size:** XS
- **Dependencies:** T001

**Acceptance Criteria:**
- [ ] It does not drip

<!-- TASK:END -->
"""


def test_a_dependency_is_created_first_and_linked(world: World) -> None:
    world.write(
        _BLOCKS.format(first="None")
        .replace("T001: Lay", "T003: Lay")
        .replace("id=T001", "id=T003")
        .replace("T001", "T003")
    )
    world.sync()
    assert [issue.title for issue in world.all_issues()] == ["Lay the pipe", "Fit the tap"]
    lay = world.issues()["Lay the pipe"]
    assert f"[#{lay.number}]({lay.url}) Lay the pipe" in world.issues()["Fit the tap"].body
    assert "- **Issue:** [#1](" in world.read()
    assert list(world.milestones()) == ["Blocks"]
    assert _is_quiet(world)


def test_a_cycle_of_dependencies_is_linked_both_ways_in_one_run(world: World) -> None:
    world.write(_BLOCKS.format(first="T002"))
    report = world.sync()
    assert not report.failed
    lay, fit = world.issues()["Lay the pipe"], world.issues()["Fit the tap"]
    assert f"[#{lay.number}]" in fit.body
    assert f"[#{fit.number}]" in lay.body
    assert _is_quiet(world)


def test_a_dependency_without_an_issue_is_named_and_the_second_sync_is_quiet(world: World) -> None:
    plan = _BLOCKS.format(first="None").replace("### T001: Lay the pipe", "### T001: ~~Lay the pipe~~")
    world.write(plan)
    world.sync()
    assert [issue.title for issue in world.all_issues()] == ["Fit the tap"]
    assert _is_quiet(world)


def test_a_reworded_task_with_its_id_is_the_same_without_its_link(world: World) -> None:
    world.write(_BLOCKS.format(first="None"))
    world.sync()
    world.write(_BLOCKS.format(first="None").replace("Fit the tap", "Fit the new tap and test it"))
    report = world.sync()
    assert "create_issue" not in kinds(report)
    match = next(m for m in only(report).matches if "new tap" in m.text)
    assert (match.number, match.by) == (2, "id")


def test_without_links_and_without_a_store_the_markers_tell_everything(synced: World) -> None:
    linked = synced.read()
    synced.write(PLAN)
    synced.forget()
    assert kinds(synced.sync()) == []
    assert synced.read() == linked


def test_an_id_given_to_quite_another_task_is_another_task(world: World) -> None:
    world.write(_BLOCKS.format(first="None"))
    world.sync()
    world.write(_BLOCKS.format(first="None").replace("Fit the tap", "Order 20 bricks for the garden wall"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 1
    assert kinds(report).count("close_issue") == 1
