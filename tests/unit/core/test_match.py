"""Which issue is whose: the order of evidence, and every reason for an item to have none (spec §3.4, §3.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.identity import PhaseKey, item_key
from plansync.core.links import Address
from plansync.core.match import Duplicate, Matching, match_items
from plansync.core.model import ItemKind, LinkPlace, Task
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.problems import problem
from plansync.core.reading import Gated, Reading
from plansync.core.rules import MarkerRules
from plansync.core.stages import By
from tests.support.plan_values import make_phase, make_plan, make_risk, make_task
from tests.support.reconciling import PLAN, WEB, issue_of, link_to, make_issue, make_reading, owning

ONE, TWO = PhaseKey("p-one"), PhaseKey("p-two")


def _reading(*phases: tuple[Task, ...], key: str = PLAN, **parts: Any) -> Reading:
    return make_reading(make_plan(*(make_phase(*tasks) for tasks in phases)), key, **parts)


def _match(
    *readings: Reading,
    issues: tuple[ObservedIssue, ...],
    gated: tuple[Gated, ...] = (),
    address: Address = WEB,
    rules: MarkerRules | None = None,
) -> Matching:
    """Match the readings and return what the first of them got."""
    linked = {int(link.label[1:]) for reading in readings for item in reading.plan.items for link in item.links}
    ownership = owning(*issues, linked=sorted(linked), rules=rules)
    keys = {reading.key: (ONE, TWO) for reading in readings}
    return match_items(readings, gated, ownership, address, keys)[readings[0].key]


def _found(matching: Matching) -> list[tuple[int | None, By]]:
    return [(match.number, match.by) for match in matching.matches]


def _task(text: str, link: int | None = None, **parts: Any) -> Task:
    return make_task(text, links=(link_to(link),) if link else (), **parts)


def test_a_link_counts_more_than_id_key_and_text() -> None:
    task = _task("Build it", 9, id="T001")
    issues = (issue_of(1, "Build it", id="T001", phase=ONE), issue_of(9, "Quite another"))
    assert _found(_match(_reading((task,)), issues=issues)) == [(9, By.LINK)]


def test_of_items_with_one_id_and_one_text_the_one_in_the_issue_s_phase_has_it() -> None:
    reading = _reading((_task("Add", id="T010"),), (_task("Add", id="T010"),))
    matching = _match(reading, issues=(issue_of(1, "Add", id="T010", phase=TWO),))
    assert _found(matching) == [(None, By.NEW), (1, By.ID)]


def test_of_items_with_one_id_the_one_whose_text_is_like_the_issue_has_it_in_any_phase() -> None:
    reading = _reading((_task("Build the shed", id="T010"),), (_task("Feed the cat", id="T010"),))
    matching = _match(reading, issues=(issue_of(1, "Build the shed", id="T010", phase=TWO),))
    assert _found(matching) == [(1, By.ID), (None, By.NEW)]


def test_an_id_counts_more_than_the_text() -> None:
    task = _task("Build the shed", id="T001")
    issues = (issue_of(1, "Build the shed"), issue_of(2, "Build the big shed", id="T001"))
    assert _found(_match(_reading((task,)), issues=issues)) == [(2, By.ID)]


@pytest.mark.parametrize(
    ("title", "by"),
    [("Build a shed", By.ID), ("Build the shed and paint it", By.ID), ("Zip up every quick fox", By.NEW)],
)
def test_an_id_counts_only_if_the_texts_are_half_alike(title: str, by: By) -> None:
    matching = _match(_reading((_task("Build the shed", id="T001"),)), issues=(issue_of(2, title, id="T001"),))
    assert matching.matches[0].by is by
    assert matching.matches[0].confidence >= 0.5


def test_of_two_issues_with_the_id_the_more_alike_then_the_older_is_taken() -> None:
    issues = (issue_of(1, "Build a red shed", id="T1"), issue_of(2, "Build the shed", id="T1"))
    assert _found(_match(_reading((_task("Build the shed", id="T1"),)), issues=issues)) == [(2, By.ID)]
    twins = (issue_of(4, "Build a shed", id="T1"), issue_of(3, "Build a shed", id="T1", occurrence=1))
    assert _found(_match(_reading((_task("Build the shed", id="T1"),)), issues=twins)) == [(3, By.ID)]


def test_an_id_of_a_risk_is_not_that_of_a_task() -> None:
    issue = issue_of(1, "Build the shed", kind=ItemKind.RISK, id="R1")
    assert _found(_match(_reading((_task("Build the shed", id="R1"),)), issues=(issue,))) == [(None, By.NEW)]


def test_the_same_text_is_known_by_its_key() -> None:
    assert _found(_match(_reading((_task("Build it"),)), issues=(issue_of(3, "Build it", phase=ONE),))) == [(3, By.KEY)]


def test_a_key_whose_text_went_to_another_item_is_that_ones() -> None:
    """#3 was opened for “Build it” and is “Paint it” now; both texts are in the plan."""
    body = _with_text_of(issue_of(3, "Build it").body, issue_of(4, "Paint it").body)
    reading = _reading((_task("Build it"), _task("Paint it")))
    matching = _match(reading, issues=(issue_of(3, "Build it", title="Paint it", body=body),))
    assert _found(matching) == [(None, By.NEW), (3, By.TEXT)]


def test_a_key_whose_text_nobody_has_is_still_the_items() -> None:
    body = _with_text_of(issue_of(3, "Build it").body, issue_of(4, "Paint it").body)
    matching = _match(_reading((_task("Build it"),)), issues=(issue_of(3, "Build it", body=body),))
    assert _found(matching) == [(3, By.KEY)]


def _with_text_of(body: str, other: str) -> str:
    """Return the body with the text digest of another one's marker."""
    mine, theirs = (text.split(" text=")[1][:12] for text in (body, other))
    return body.replace(mine, theirs)


def test_the_same_text_is_found_in_its_phase_first_then_anywhere() -> None:
    issues = (
        issue_of(1, "Build it", occurrence=7, phase=TWO),
        issue_of(2, "Build it", occurrence=8, phase=ONE),
        issue_of(3, "Build it", occurrence=9, phase="p-gone"),
    )
    reading = _reading((_task("Build it"), _task("Build it")), (_task("Build it"),))
    assert _found(_match(reading, issues=issues)) == [(2, By.PHASE_TEXT), (3, By.TEXT), (1, By.PHASE_TEXT)]


def test_of_equal_texts_the_open_issue_is_taken_then_the_older() -> None:
    issues = (
        issue_of(1, "Build it", occurrence=7, phase=ONE, closed=CloseReason.COMPLETED),
        issue_of(3, "Build it", occurrence=8, phase=ONE),
        issue_of(2, "Build it", occurrence=9, phase=ONE),
    )
    assert _found(_match(_reading((_task("Build it"),)), issues=issues)) == [(2, By.PHASE_TEXT)]


def test_equal_texts_are_assigned_by_phase_though_their_keys_count_them_in_order() -> None:
    issues = (issue_of(1, "Build it", phase=TWO), issue_of(2, "Build it", occurrence=1, phase=ONE))
    reading = _reading((_task("Build it"),), (_task("Build it"),))
    assert _found(_match(reading, issues=issues)) == [(2, By.PHASE_TEXT), (1, By.PHASE_TEXT)]


def test_a_text_of_which_one_issue_is_left_goes_to_the_phase_that_it_was_in() -> None:
    reading = _reading((_task("Build it"),), (_task("Build it"),))
    matching = _match(reading, issues=(issue_of(1, "Build it", phase=TWO),))
    assert _found(matching) == [(None, By.NEW), (1, By.PHASE_TEXT)]


def test_a_task_moved_to_another_phase_is_still_known_by_its_key() -> None:
    assert _found(_match(_reading((), (_task("Build it"),)), issues=(issue_of(1, "Build it", phase=ONE),))) == [
        (1, By.KEY)
    ]


def test_a_reworded_task_is_matched_by_likeness_and_says_how_sure() -> None:
    matching = _match(
        _reading((_task("Send a message on each change"),)), issues=(issue_of(4, "Send a message on every change"),)
    )
    assert _found(matching) == [(4, By.SIMILARITY)]
    assert 0.75 <= matching.matches[0].confidence < 1


@pytest.mark.parametrize(
    ("text", "was", "why"),
    [
        ("Send a note to some people", "Send a message on every change", "too little alike"),
        ("Keep copies for 30 days in there", "Keep copies for 90 days in there", "another number"),
        ("Rename `load` in all the callers", "Rename `save` in all the callers", "another code span"),
        ("Rename load_it in all the callers", "Rename save_it in all the callers", "another identifier"),
    ],
)
def test_what_is_not_like_enough_is_a_new_task(text: str, was: str, why: str) -> None:
    matching = _match(_reading((_task(text),)), issues=(issue_of(4, was),))
    assert matching.matches[0].by is By.NEW, why
    assert [owned.number for owned in matching.orphans] == [4]


def test_a_near_miss_is_named_with_its_likeness() -> None:
    matching = _match(_reading((_task("Keep copies for 30 days"),)), issues=(issue_of(4, "Keep copies for 90 days"),))
    assert matching.matches[0].near_miss == "#4 “Keep copies for 90 days” (0.96)"


@pytest.mark.parametrize("text", ["Zip up every quick fox", "Keep copies for 30 days"])
def test_what_is_quite_different_or_closed_is_no_near_miss(text: str) -> None:
    closed = issue_of(4, "Keep copies for 90 days", closed=CloseReason.COMPLETED)
    open_one = issue_of(5, "Sail around the world", phase=TWO)
    assert _match(_reading((_task(text),)), issues=(closed, open_one)).matches[0].near_miss == ""


def test_two_issues_that_are_as_alike_leave_it_to_people() -> None:
    issues = (issue_of(4, "Send a message on every change"), issue_of(5, "Send a message on any change"))
    matching = _match(_reading((_task("Send a message on each change"),)), issues=issues)
    assert _found(matching) == [(None, By.NEW)]
    assert matching.matches[0].near_miss.startswith("#")


def test_two_tasks_that_are_as_like_one_issue_leave_it_to_people() -> None:
    reading = _reading((_task("Send a message on every changed"), _task("Send a message on every changes")))
    assert _found(_match(reading, issues=(issue_of(4, "Send a message on every change"),))) == [(None, By.NEW)] * 2


def test_only_open_issues_that_plansync_opened_are_matched_by_likeness() -> None:
    reading = _reading((_task("Send a message on each change"),))
    was = "Send a message on every change"
    for issue in (issue_of(4, was, closed=CloseReason.NOT_PLANNED), issue_of(4, was, adopted=True)):
        assert _found(_match(reading, issues=(issue,))) == [(None, By.NEW)]
    assert _found(_match(reading, issues=(issue_of(4, was, kind=ItemKind.RISK),))) == [(None, By.NEW)]


@pytest.mark.parametrize("broken", ["PS401", "PS101"])
def test_a_plan_that_may_have_lost_something_rematches_nothing_by_likeness(broken: str) -> None:
    plan = make_plan(
        make_phase(_task("Send a message on each change")), problems=(problem(broken, 1, 1, "", part="plan"),)
    )
    reading = make_reading(plan, whole=not plan.broken_parts)
    assert _found(_match(reading, issues=(issue_of(4, "Send a message on every change"),))) == [(None, By.NEW)]


def test_the_last_text_is_the_stores_where_the_marker_agrees_else_the_title() -> None:
    was = "Send a message on every change"
    known = ItemState(key="t-1", kind="task", text=was, phase="", number=4)
    state = PlanState(key=PLAN, source="", path="", target="", items=(known,))
    reading = _reading((_task("Send a message on each change"),), state=state)
    assert _found(_match(reading, issues=(issue_of(4, was, title="People's own"),))) == [(4, By.SIMILARITY)]
    other = replace(known, text="Nothing like it")
    reading = replace(reading, state=replace(state, items=(other,)))
    assert _found(_match(reading, issues=(issue_of(4, was),))) == [(4, By.SIMILARITY)]


def test_a_risks_title_is_compared_without_its_prefix() -> None:
    risk = make_risk("The carrier changes their feed")
    reading = make_reading(make_plan(risks=(risk,)))
    was = issue_of(4, "The carrier changes its feed", kind=ItemKind.RISK, title="Risk: The carrier changes its feed")
    assert _found(_match(reading, issues=(was,))) == [(4, By.SIMILARITY)]


def test_a_link_whose_issue_is_gone_is_kept_and_nothing_is_created_for_it() -> None:
    assert _found(_match(_reading((_task("Build it", 9),)), issues=())) == [(9, By.GONE)]


def test_tracked_elsewhere_has_no_issue_here_though_the_text_is_known() -> None:
    link = link_to(9, url="https://tracker.example/acme/api/issues/{}")
    reading = _reading((make_task("Build it", links=(link,)),))
    assert _found(_match(reading, issues=(issue_of(1, "Build it"),))) == [(None, By.ELSEWHERE)]


def test_one_link_on_two_items_is_the_holders_and_the_other_has_none() -> None:
    reading = _reading((_task("Paint it", 3), _task("Build it", 3)))
    matching = _match(reading, issues=(issue_of(3, "Build it"),))
    assert _found(matching) == [(3, By.CONTESTED), (3, By.LINK)]
    assert matching.matches[0].key != matching.matches[1].key


def test_an_item_met_in_another_plan_has_moved_there() -> None:
    home = _reading((_task("Something else"),), key="home")
    moved = _match(_reading((_task("Build it", 3),)), home, issues=(issue_of(3, "Build it", plan="home"),))
    assert [(m.number, m.by, m.moved_from) for m in moved.matches] == [(3, By.LINK, "home")]
    assert moved.matches[0].key == item_key("home", ItemKind.TASK, "Build it", 0)  # type: ignore[arg-type]  # a plan key


def test_an_item_has_not_moved_while_its_own_plan_still_holds_it() -> None:
    home = _reading((_task("Build it"),), key="home")
    copy = _reading((_task("Build it", 3),))
    issues = (issue_of(3, "Build it", plan="home"),)
    assert _found(_match(copy, home, issues=issues)) == [(3, By.CONTESTED)]
    assert _found(_match(home, copy, issues=issues)) == [(3, By.KEY)]


@pytest.mark.parametrize("home", [None, _reading((), key="home", whole=False)])
def test_an_item_of_a_plan_that_was_not_read_whole_is_left_alone(home: Reading | None) -> None:
    readings = [_reading((_task("Build it", 3),)), *([home] if home else [])]
    matching = _match(*readings, issues=(issue_of(3, "Build it", plan="home"),))
    assert _found(matching) == [(3, By.UNREAD)]


def test_a_foreign_issue_that_the_author_links_is_the_items() -> None:
    assert _found(_match(_reading((_task("Build it", 3),)), issues=(make_issue(3, "Ours"),))) == [(3, By.LINK)]


def test_a_marker_that_fails_to_verify_blocks_its_item_by_key_by_text_and_by_link() -> None:
    rules = MarkerRules(keys=("mine",))
    forged = issue_of(3, "Build it", keys=("wrong",))
    assert _found(_match(_reading((_task("Build it"),)), issues=(forged,), rules=rules)) == [(3, By.BLOCKED)]
    moved = issue_of(3, "Build it", occurrence=5, keys=("wrong",))
    assert _found(_match(_reading((_task("Build it"),)), issues=(moved,), rules=rules)) == [(3, By.BLOCKED)]
    assert _found(_match(_reading((_task("Paint it", 3),)), issues=(forged,), rules=rules)) == [(3, By.BLOCKED)]
    other = issue_of(3, "Build it", plan="other", keys=("wrong",))
    assert _found(_match(_reading((_task("Build it"),)), issues=(other,), rules=rules)) == [(None, By.NEW)]


def test_a_new_item_never_takes_a_key_that_an_issue_of_the_plan_carries() -> None:
    reading = _reading((_task("Build it"), _task("Build it")))
    taken = issue_of(3, "Build it", closed=CloseReason.COMPLETED)
    first, second = _match(reading, issues=(taken,)).matches
    assert (first.number, second.number) == (3, None)
    assert second.key == item_key(PLAN, ItemKind.TASK, "Build it", 1)


def test_of_two_issues_with_one_marker_the_linked_one_stays_else_the_lowest() -> None:
    twins = (issue_of(3, "Build it"), issue_of(5, "Build it"))
    assert _match(_reading((_task("Build it"),)), issues=twins).duplicates == (Duplicate(5, 3),)
    assert _match(_reading((_task("Build it", 5),)), issues=twins).duplicates == (Duplicate(3, 5),)
    both = _reading((_task("Build it", 3), _task("Paint it", 5)))
    assert _match(both, issues=twins).duplicates == ()


def test_a_plan_that_the_gate_passed_holds_its_issues_as_if_it_linked_them() -> None:
    held = ItemState(key="t-1", kind="task", text="", phase="", number=5)
    state = PlanState(key="gated", source="", path="", target="", items=(held,))
    twins = (issue_of(3, "Build it"), issue_of(5, "Build it"))
    gated = (Gated(PLAN, "", "", state),)
    assert _match(_reading((_task("Build it"),)), issues=twins, gated=gated).duplicates == (Duplicate(3, 5),)


@pytest.mark.parametrize(
    ("three", "five", "found"),
    [
        (None, CloseReason.DUPLICATE, 3),
        (CloseReason.COMPLETED, CloseReason.DUPLICATE, 3),
        (CloseReason.DUPLICATE, CloseReason.DUPLICATE, 3),
        (None, CloseReason.NOT_PLANNED, 5),
        (CloseReason.DUPLICATE, None, 5),
    ],
)
def test_a_link_to_a_duplicate_leads_on_to_the_issue_that_stands_for_it(
    three: CloseReason | None, five: CloseReason | None, found: int
) -> None:
    twins = (issue_of(3, "Build it", closed=three), issue_of(5, "Build it", closed=five))
    (match,) = _match(_reading((_task("Build it", 5),)), issues=twins).matches
    assert (match.number, match.by) == (found, By.LINK)
    assert (match.link is None, match.stale is None) == (found == 3, found == 5)


def test_a_link_to_a_duplicate_stays_where_another_item_has_what_stands_for_it() -> None:
    twins = (issue_of(3, "Build it"), issue_of(5, "Build it", closed=CloseReason.DUPLICATE))
    matching = _match(_reading((_task("Build it", 3), _task("Paint it", 5))), issues=twins)
    assert [match.number for match in matching.matches] == [3, 5]


def test_a_duplicate_is_matched_to_nobody_and_is_no_orphan() -> None:
    twins = (issue_of(3, "Build it"), issue_of(5, "Build it"))
    matching = _match(_reading((_task("Build it"), _task("Build it"))), issues=twins)
    assert [match.number for match in matching.matches] == [3, None]
    assert matching.orphans == ()


def test_a_mention_that_names_the_item_is_its_link() -> None:
    reading = _reading((make_task("Build it", links=(link_to(3, LinkPlace.MENTION),)),))
    assert _found(_match(reading, issues=(issue_of(3, "Build it"),))) == [(3, By.LINK)]
