"""What people do at the tracker, and what becomes of plan and issue (spec §4.1–4.3)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from plansync.app.request import Silent
from plansync.core.observed import CloseReason
from plansync.core.rules import Rules
from tests.support.example import FEED, MAP, PLAN, SEND, STORE, TITLES
from tests.support.world import World, kinds, only

BY_THE_DAILY_LISTING = timedelta(days=2)
"""A deletion moves no time, and a listing by label does not show who lost it: both may be seen a day late."""


@pytest.fixture
def synced(world: World) -> World:
    """A world whose example plan is in step."""
    world.write(PLAN)
    world.sync()
    return world


def _is_quiet(world: World) -> bool:
    writes = world.tracker.traffic.writes
    report = world.sync()
    return kinds(report) == [] and not only(report).diff and world.tracker.traffic.writes == writes


def test_closing_as_completed_ticks_the_box(synced: World) -> None:
    synced.people.close(synced.number(MAP))
    report = synced.sync()
    assert kinds(report) == []
    assert f"- [x] {MAP}" in synced.read()
    assert _is_quiet(synced)


def test_closing_as_not_planned_leaves_the_box_and_cancels_the_task(synced: World) -> None:
    synced.people.close(synced.number(MAP), not_planned=True)
    report = synced.sync()
    assert kinds(report) == []
    assert f"- [ ] {MAP}" in synced.read()
    assert only(report).status.total == 4
    assert _is_quiet(synced)


def test_reopening_unticks_the_box(synced: World) -> None:
    synced.people.close(synced.number(MAP))
    synced.sync()
    synced.people.reopen(synced.number(MAP))
    synced.sync()
    assert f"- [ ] {MAP}" in synced.read()
    assert _is_quiet(synced)


def test_reopening_what_the_plan_closed_unticks_the_box(synced: World) -> None:
    synced.edit(f"- [ ] {MAP}", f"- [x] {MAP}")
    synced.sync()
    synced.people.reopen(synced.number(MAP))
    assert kinds(synced.sync()) == []
    assert f"- [ ] {MAP}" in synced.read()
    assert _is_quiet(synced)


def test_when_both_sides_moved_the_tracker_wins_with_a_problem(synced: World) -> None:
    number = synced.number(MAP)
    synced.people.close(number)
    synced.sync()
    synced.edit(f"- [x] {MAP}", f"- [ ] {MAP}")
    synced.people.reopen(number)
    synced.people.close(number)
    report = synced.sync()
    assert kinds(report) == []
    assert f"- [x] {MAP}" in synced.read()
    assert "PS601" in [p.code for p in only(report).problems]


def test_without_a_store_a_closed_issue_ticks_and_a_ticked_box_closes(synced: World) -> None:
    synced.people.close(synced.number(MAP))
    synced.edit(f"- [ ] {SEND}", f"- [x] {SEND}")
    synced.forget()
    assert kinds(synced.sync()) == ["close_issue", "close_milestone"]
    assert f"- [x] {MAP}" in synced.read()
    assert synced.issues()[TITLES[3]].closed is CloseReason.COMPLETED


def test_without_a_store_a_person_who_reopened_is_believed(synced: World) -> None:
    synced.people.close(synced.number(MAP))
    synced.sync()
    synced.people.reopen(synced.number(MAP))
    synced.forget()
    assert kinds(synced.sync()) == []
    assert f"- [ ] {MAP}" in synced.read()


def test_a_renamed_issue_gets_its_title_back(synced: World) -> None:
    synced.people.rename(synced.number(MAP), "Something else")
    report = synced.sync()
    assert kinds(report) == ["update_issue"]
    assert [(f.name, f.old, f.new) for f in report.changes[0].fields] == [("title", "Something else", TITLES[4])]
    assert TITLES[4] in synced.issues()
    assert _is_quiet(synced)


def test_a_field_that_the_plan_does_not_own_is_left_alone(synced: World) -> None:
    synced.rules = Rules(own=frozenset({"body", "milestone", "labels"}))
    synced.sync()
    synced.people.rename(synced.number(MAP), "Something else")
    assert kinds(synced.sync()) == []


def test_text_above_and_below_the_region_stays(synced: World) -> None:
    number = synced.number(MAP)
    body = synced.issues()[TITLES[4]].body
    synced.people.set_body(number, f"Mine, above.\n\n{body}\n\nMine, below: /close @all")
    assert _is_quiet(synced)
    synced.edit("on a map", "on a large map")
    synced.sync()
    changed = next(i for i in synced.all_issues() if i.number == number).body
    assert changed.startswith("Mine, above.\n\n<!-- plansync:v1 ")
    assert changed.endswith("<!-- /plansync -->\n\nMine, below: /close @all")
    assert "on a large map" in changed


def test_what_a_person_writes_while_a_run_goes_on_stays(synced: World) -> None:
    number = synced.number(STORE)
    body = next(issue.body for issue in synced.all_issues() if issue.number == number)

    class Meanwhile(Silent):
        def started(self, target: str, changes: int, estimate: timedelta) -> None:
            synced.people.set_body(number, f"Written a moment ago.\n\n{body}")

    synced.edit("Store parcels with their last state", "Store parcels with all their states")
    synced.sync(Meanwhile())
    after = next(issue.body for issue in synced.all_issues() if issue.number == number)
    assert after.startswith("Written a moment ago.")
    assert kinds(synced.sync()) == []


def test_a_body_saved_from_a_browser_is_no_drift_and_keeps_its_line_ends(synced: World) -> None:
    number = synced.number(MAP)
    body = synced.issues()[TITLES[4]].body.replace("\n", "\r\n")
    synced.people.set_body(number, f"Mine.\r\n\r\n{body}\r\n")
    assert _is_quiet(synced)
    synced.edit("on a map", "on a large map")
    synced.sync()
    changed = next(i for i in synced.all_issues() if i.number == number).body
    assert changed == synced.kept(changed.replace("\r\n", "\n").replace("\n", "\r\n"))


def test_an_edit_inside_the_region_is_put_back(synced: World) -> None:
    number = synced.number(MAP)
    body = synced.issues()[TITLES[4]].body
    synced.people.set_body(number, body.replace("### Why", "### Because"))
    assert kinds(synced.sync()) == ["update_issue"]
    assert next(i for i in synced.all_issues() if i.number == number).body == body
    assert _is_quiet(synced)


def test_ticks_on_lines_that_are_no_boxes_in_the_plan_are_peoples(synced: World) -> None:
    number = synced.number(FEED)
    body = synced.issues()[TITLES[0]].body
    synced.people.set_body(number, body.replace("- [ ] Note the time", "- [x] Note the time"))
    assert _is_quiet(synced)
    synced.edit("Parcels are known", "Parcels are well known")
    synced.sync()
    changed = next(i for i in synced.all_issues() if i.number == number).body
    assert "well known" in changed
    assert "- [x] Note the time" in changed


def test_a_tick_on_a_boxed_detail_comes_into_the_plan_and_goes_back_to_the_issue(synced: World) -> None:
    number = synced.number(FEED)
    body = synced.issues()[TITLES[0]].body
    synced.people.set_body(number, body.replace("- [ ] Keep the raw", "- [x] Keep the raw"))
    assert kinds(synced.sync()) == []
    assert "    - [x] Keep the raw message" in synced.read()
    assert _is_quiet(synced)
    synced.edit("    - [x] Keep the raw message", "    - [ ] Keep the raw message")
    assert kinds(synced.sync()) == ["update_issue"]
    assert "- [ ] Keep the raw message" in next(i for i in synced.all_issues() if i.number == number).body
    assert _is_quiet(synced)


def test_a_deleted_marker_comes_back_below_the_text_that_is_left(synced: World) -> None:
    number = synced.number(MAP)
    synced.people.set_body(number, "All mine now.")
    report = synced.sync()
    assert kinds(report) == ["update_issue"]
    assert next(i for i in synced.all_issues() if i.number == number).body.startswith("All mine now.\n\n<!-- plansync")
    assert _is_quiet(synced)


def test_a_damaged_region_is_left_alone_with_a_problem(synced: World) -> None:
    number = synced.number(MAP)
    body = synced.issues()[TITLES[4]].body
    damaged = body.replace("<!-- /plansync -->", "")
    synced.people.set_body(number, damaged)
    report = synced.sync()
    assert kinds(report) == []
    assert "PS508" in [p.code for p in only(report).problems]
    assert next(i for i in synced.all_issues() if i.number == number).body == synced.kept(damaged)


def test_removed_labels_come_back_and_peoples_labels_stay(synced: World) -> None:
    assert _is_quiet(synced)
    number = synced.number(MAP)
    synced.people.add_label(number, "help wanted")
    synced.people.remove_label(number, "plansync")
    synced.clock.advance(BY_THE_DAILY_LISTING)
    assert kinds(synced.sync()) == ["update_issue"]
    assert synced.issues()[TITLES[4]].labels == {"plansync", "help wanted"}
    assert _is_quiet(synced)


def test_a_changed_level_changes_the_priority_label(synced: World) -> None:
    synced.edit("| M | H | Keep raw", "| L | L | Keep raw")
    assert kinds(synced.sync()) == ["update_issue"]
    assert synced.issues()["Risk: The carrier changes its feed"].labels == {"plansync", "risk", "risk:low"}


def test_a_deleted_issue_is_a_problem_and_never_created_again(synced: World) -> None:
    """On the embedded tracker a link is never gone (spec §3.5): there the item gets a new issue and a new link."""
    assert _is_quiet(synced)
    number = synced.number(MAP)
    synced.people.delete(number)
    synced.clock.advance(BY_THE_DAILY_LISTING)
    report = synced.sync()
    is_local = synced.tracker.address.kind == "local"
    assert kinds(report) == (["create_issue"] if is_local else [])
    assert ("PS502" in [p.code for p in only(report).problems]) is not is_local
    assert (synced.number(MAP) == number) is not is_local
    assert _is_quiet(synced)


def test_until_a_deletion_is_noticed_nothing_is_made_in_its_place(synced: World) -> None:
    assert _is_quiet(synced)
    number = synced.number(MAP)
    synced.people.delete(number)
    is_local = synced.tracker.address.kind == "local"
    assert ("create_issue" in kinds(synced.sync())) is is_local
    assert (synced.number(MAP) == number) is not is_local


def test_an_issue_that_the_author_links_is_adopted_below_their_own_text(world: World) -> None:
    text = "Show the way of the parcel on a map"
    number = world.people.create_issue(text, "We wrote this in May.\n")
    url = f"{world.tracker.address.issues}{number}"
    world.write(PLAN.replace(text, f"{text} ([#{number}]({url}))"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 6
    issue = next(i for i in world.all_issues() if i.number == number)
    assert issue.title == text
    assert issue.body.startswith("We wrote this in May.\n\n<!-- plansync:v1 ")
    assert "plansync" in issue.labels
    assert _is_quiet(world)
    world.people.rename(number, "Ours")
    assert _is_quiet(world)
    line = next(line for line in world.read().splitlines(keepends=True) if MAP in line)
    world.edit(line, "")
    assert kinds(world.sync()) == []
    assert next(i for i in world.all_issues() if i.number == number).closed is None


def test_assignees_are_set_on_creation_and_are_peoples_afterwards(world: World) -> None:
    world.rules = replace(world.rules, assignees={"Ann": "ann"})
    world.write(
        PLAN.replace("on a map", "on a map — Assignee: Ann").replace("of state\n", "of state — Assignee: @bob\n")
    )
    world.sync()
    assert world.issues()[TITLES[4]].assignees == ("ann",)
    assert world.issues()[TITLES[3]].assignees == ("bob",)
    world.people.assign(world.number(MAP), "carl")
    assert _is_quiet(world)
    room_for_two = world.tracker.capabilities.assignees > 1
    assert set(world.issues()[TITLES[4]].assignees) == ({"ann", "carl"} if room_for_two else {"carl"})


def test_a_comment_changes_nothing(synced: World) -> None:
    synced.people.comment(synced.number(MAP), "Shall we?")
    assert _is_quiet(synced)


def test_issues_of_others_are_never_touched(synced: World) -> None:
    number = synced.people.create_issue("Not ours", "<!-- no marker -->")
    assert _is_quiet(synced)
    assert next(i for i in synced.all_issues() if i.number == number).body == "<!-- no marker -->"


def test_a_milestone_that_is_settled_is_closed_and_reopened_with_its_phase(synced: World) -> None:
    for line in (MAP, SEND):
        synced.people.close(synced.number(line))
    report = synced.sync()
    assert kinds(report) == ["close_milestone"]
    synced.people.reopen(synced.number(MAP))
    assert kinds(synced.sync()) == ["reopen_milestone"]
    assert _is_quiet(synced)


def test_a_plain_bullet_counts_as_done_and_its_text_stays(world: World) -> None:
    world.write(PLAN.replace("- [ ] Show", "- Show"))
    world.sync()
    world.people.close(world.number(MAP))
    report = world.sync()
    assert f"  - {MAP}" in world.read()
    assert only(report).status.done == 1
    assert _is_quiet(world)


def test_checkboxes_turn_bullets_into_boxes(world: World) -> None:
    world.rules = replace(world.rules, checkboxes=True)
    world.write(PLAN.replace("- [ ] Show", "- Show").replace("- [ ] Send", "- Send"))
    world.sync()
    assert f"  - [ ] {MAP}" in world.read()
    world.people.close(world.number(MAP))
    world.sync()
    assert f"  - [x] {MAP}" in world.read()
    assert _is_quiet(world)


def test_questions_become_issues_where_they_are_wanted(world: World) -> None:
    world.rules = replace(world.rules, questions=True)
    world.write(PLAN)
    assert kinds(world.sync()).count("create_issue") == 8
    assert any("question" in issue.labels for issue in world.all_issues())
    assert world.number("Which carriers")
    assert _is_quiet(world)


def test_risks_can_be_left_out(world: World) -> None:
    world.rules = replace(world.rules, risks=False)
    world.write(PLAN)
    assert kinds(world.sync()).count("create_issue") == 5
    assert _is_quiet(world)


def test_what_is_done_is_opened_and_closed_where_that_is_wanted(world: World) -> None:
    world.rules = replace(world.rules, create_done=True)
    world.write(PLAN.replace("- [ ] Store", "- [x] Store"))
    report = world.sync()
    assert kinds(report).count("create_issue") == 7
    assert kinds(report).count("close_issue") == 1
    assert next(i for i in world.all_issues() if i.title.startswith(STORE)).closed is CloseReason.COMPLETED
    assert _is_quiet(world)
