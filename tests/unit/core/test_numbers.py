"""Which bare numbers are an item's issue, and which are words (spec §3.1, §3.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.identity import PhaseKey, PlanKey
from plansync.core.links import Address
from plansync.core.match import match_items
from plansync.core.model import ItemKind
from plansync.core.numbers import linked_form, take_numbers
from plansync.core.observed import ObservedIssue
from plansync.core.parser import parse_plan
from plansync.core.reading import Gated, Reading
from plansync.core.rules import Rules
from plansync.core.stages import By
from tests.support.plan_values import make_task
from tests.support.reconciling import LOCAL, PLAN, WEB, issue_of, make_issue, make_reading, owning, tracking_of

ISSUES = "https://tracker.example/acme/web/issues/"
HERE = replace(WEB, issues=ISSUES)
HOME = replace(LOCAL, issues="http://127.0.0.1:8484/issues/")
ON, OFF = Rules(bare_links=True), Rules()
OTHER = PlanKey("other")


def _plan(*tasks: str, key: str = PLAN, rules: Rules = OFF, **parts: Any) -> Reading:
    text = "# P\n\n## Phase 1: One\n\n" + "".join(f"- [ ] {task}\n" for task in tasks)
    return make_reading(parse_plan(text.encode()), key, rules=rules, **parts)


def _found(
    *readings: Reading, issues: tuple[ObservedIssue, ...], gated: tuple[Gated, ...] = (), address: Address = HERE
) -> list[tuple[str, int | None, By]]:
    """Return text, issue and evidence of the items of the first plan."""
    ownership = owning(*issues)
    settled = take_numbers(readings, gated, ownership, address)
    keys = {reading.key: (PhaseKey("p-one"),) for reading in settled}
    matches = match_items(settled, gated, ownership, address, keys)[readings[0].key].matches
    return [(match.placed.item.text, match.number, match.by) for match in matches]


@pytest.mark.parametrize(
    "text", ["Build the shed (#2)", "Build the shed #2", "Build the shed(#2)", "Build a shed (#2)"]
)
def test_a_link_that_was_made_plain_is_known_by_its_number(text: str) -> None:
    issues = (issue_of(1, "Build the boat"), issue_of(2, "Build the shed"))
    title = text.replace("(", " ").split("#")[0].strip()
    assert _found(_plan(text), issues=issues) == [(title, 2, By.NUMBER)]


@pytest.mark.parametrize("text", ["Paint the fence (#2)", "Build the shed (#9)", "Build the shed (#2) today", "x#2"])
def test_a_number_proves_nothing_of_another_text_or_another_plan(text: str) -> None:
    issues = (issue_of(2, "Build the shed"), issue_of(9, "Build the shed", plan="other"))
    assert _found(_plan(text), issues=issues) == [(text, None, By.NEW)]


def test_a_number_proves_nothing_where_another_item_has_the_issue() -> None:
    tasks = (f"Build the shed ([#2]({ISSUES}2))", "Build the shed roof (#2)")
    for rules in (OFF, ON):
        found = _found(_plan(*tasks, rules=rules), issues=(issue_of(2, "Build the shed"),))
        assert found == [("Build the shed", 2, By.LINK), ("Build the shed roof (#2)", None, By.NEW)]


def test_a_number_proves_nothing_where_another_item_has_the_issue_s_text() -> None:
    tasks = ("Build the shed roof (#2)", "Build the shed")
    for rules in (OFF, ON):
        found = _found(_plan(*tasks, rules=rules), issues=(issue_of(2, "Build the shed"),))
        assert found == [("Build the shed roof (#2)", None, By.NEW), ("Build the shed", 2, By.KEY)]


def test_of_several_items_with_one_number_the_most_alike_has_it() -> None:
    tasks = ("Build the shed roof (#2)", "Build the shed (#2)", "Build the sheds (#2)")
    numbers = [number for _, number, _ in _found(_plan(*tasks), issues=(issue_of(2, "Build the shed"),))]
    assert numbers == [None, 2, None]


@pytest.mark.parametrize(("title", "first"), [("Build the shed", True), ("Another", False), (None, True)])
def test_of_several_items_with_a_foreign_number_it_is_the_most_alike_else_the_first(
    title: str | None, first: bool
) -> None:
    tasks = ("Build the shed (#2)", "Another thing (#2)")
    issues = (make_issue(2, title),) if title else ()
    numbers = [number for _, number, _ in _found(_plan(*tasks, rules=ON), issues=issues)]
    assert numbers == ([2, None] if first else [None, 2])


def test_a_text_that_an_issue_has_with_its_number_is_that_text() -> None:
    issues = (issue_of(2, "Build the shed"), issue_of(3, "Build the shed (#2)"))
    for rules in (OFF, ON):
        assert _found(_plan("Build the shed (#2)", rules=rules), issues=issues) == [("Build the shed (#2)", 3, By.KEY)]


def test_with_bare_links_the_plan_s_own_number_counts_whatever_the_text() -> None:
    issues = (issue_of(2, "Build the shed"),)
    assert _found(_plan("Go fishing (#2)", rules=ON), issues=issues) == [("Go fishing", 2, By.NUMBER)]


def test_a_task_is_no_risk() -> None:
    issues = (issue_of(2, "Build the shed", kind=ItemKind.RISK),)
    for rules in (OFF, ON):
        assert _found(_plan("Build the shed (#2)", rules=rules), issues=issues)[0][1:] == (None, By.NEW)


def test_a_tracking_issue_is_nobody_s() -> None:
    found = _found(_plan("Build the shed (#2)", rules=ON), issues=(tracking_of(2),))
    assert found == [("Build the shed (#2)", None, By.NEW)]


def test_a_number_that_no_issue_has_is_gone() -> None:
    assert _found(_plan("Build the shed (#2)", rules=ON), issues=()) == [("Build the shed", 2, By.GONE)]


def test_an_item_with_its_number_moves_from_a_plan_that_holds_it_no_longer() -> None:
    issues = (issue_of(2, "Build the shed", plan=OTHER),)
    here = _plan("Build the shed (#2)", rules=ON)
    assert _found(here, _plan("Go fishing", key=OTHER), issues=issues) == [("Build the shed", 2, By.NUMBER)]
    words = [("Build the shed (#2)", None, By.NEW)]
    assert _found(here, _plan("Build the shed", key=OTHER), issues=issues) == words
    assert _found(_plan("Build sheds (#2)", rules=ON), _plan("Go fishing", key=OTHER), issues=issues)[0][1] is None


def test_of_a_plan_that_was_not_read_nothing_is_taken() -> None:
    issues = (issue_of(2, "Build the shed", plan=OTHER),)
    assert _found(_plan("Build the shed (#2)", rules=ON), issues=issues) == [("Build the shed", 2, By.UNREAD)]
    gated = (Gated(OTHER, "o.md", "web", PlanState(key=OTHER, source="", path="o.md", target="web")),)
    assert _found(_plan("Build the shed (#2)", rules=ON), issues=issues, gated=gated)[0][1] is None


def test_what_a_plan_holds_that_the_gate_passed_is_taken() -> None:
    item = ItemState(key="t-1", kind="task", text="x", phase="", number=2)
    gated = (Gated(OTHER, "o.md", "web", PlanState(key=OTHER, source="", path="", target="", items=(item,))),)
    found = _found(_plan("Build the shed (#2)", rules=ON), issues=(make_issue(2, "Build the shed"),), gated=gated)
    assert found == [("Build the shed (#2)", None, By.NEW)]


@pytest.mark.parametrize(
    ("title", "known", "counts"),
    [("Build the shed", False, True), ("Something", False, False), ("Something", True, True), (None, True, False)],
)
def test_on_the_embedded_tracker_a_foreign_number_counts_if_title_or_store_agree(
    title: str | None, known: bool, counts: bool
) -> None:
    item = ItemState(key="t-1", kind="task", text="Old words", phase="", number=2)
    state = PlanState(key=PLAN, source="", path="", target="", items=(item,) if known else ())
    reading = _plan("Build the shed (#2)", rules=ON, state=state)
    issues = (make_issue(2, title),) if title else ()
    [(text, number, _)] = _found(reading, issues=issues, address=HOME)
    assert (text, number) == (("Build the shed", 2) if counts else ("Build the shed (#2)", None))


def test_an_item_without_a_number_is_as_it_is() -> None:
    task = make_task("Build the shed")
    assert linked_form(task, HERE) is task
    readings = (_plan("Build the shed (#2)"), _plan("Build it", key=OTHER))
    settled = take_numbers(readings, (), owning(issue_of(2, "Build the shed")), HERE)
    assert settled[1] is readings[1]
