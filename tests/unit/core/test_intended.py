"""What was meant to change may change, and nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.confirm import Mismatch, confirm
from plansync.core.design import Field
from plansync.core.model import Box, Detail, Link, LinkPlace, Phase, State, StatusCell, Task
from plansync.core.text import Edit, Site, Span
from plansync.core.writeback import DetailMark, IssueLink, ItemMark, PhaseMark, PlanMarks
from tests.support.plan_values import NOWHERE, make_phase, make_plan, make_risk, make_status, make_task

URL = "http://127.0.0.1:8484/issues/12"
TWELVE = IssueLink(12, URL)
LINKED = Link("#12", URL, Span(5, 6), Span(5, 6), LinkPlace.TAIL)
ELSE = Link("docs", "https://docs.example.com", Span(1, 2), Span(1, 2), LinkPlace.TAIL)
SPLICE = Edit(Span(40, 45), b"Complete")


def confirm_task(old: Task, new: Task, **mark: Any) -> Mismatch | None:
    marks = PlanMarks(items=(ItemMark(item=old, **mark),))
    return confirm(make_plan(make_phase(old, at=900)), make_plan(make_phase(new, at=900)), marks)


def confirm_phase(old: Phase, new: Phase, **mark: Any) -> Mismatch | None:
    marks = PlanMarks(milestones=(PhaseMark(phase=old, title="Search [v2]", url="http://m/1", **mark),))
    return confirm(make_plan(old), make_plan(new), marks)


@pytest.mark.parametrize("links", [(LINKED, ELSE), (replace(ELSE, place=LinkPlace.MENTION), LINKED)])
def test_an_intended_link_may_come_beside_others(links: tuple[Link, ...]) -> None:
    assert confirm_task(make_task(links=(ELSE,)), make_task(links=links), link=TWELVE) is None


@pytest.mark.parametrize(
    "links", [(), (ELSE,), (LINKED, LINKED), (replace(LINKED, url="http://x"),), (replace(LINKED, label="12"),)]
)
def test_a_link_that_is_not_read_back_is_a_mismatch(links: tuple[Link, ...]) -> None:
    assert confirm_task(make_task(), make_task(links=links), link=TWELVE) is not None


def test_a_link_that_is_no_evidence_is_a_mismatch() -> None:
    mentioned = replace(LINKED, place=LinkPlace.MENTION)
    found = confirm_task(make_task(), make_task(links=(mentioned,)), link=TWELVE)
    assert found is not None
    assert found.message.startswith("plan.phases[0].tasks[0].links[0].place: ")


def test_a_mention_may_be_replaced_in_place() -> None:
    old = replace(LINKED, url="http://old/issues/1", label="#1", place=LinkPlace.MENTION)
    new = replace(LINKED, place=LinkPlace.MENTION)
    assert confirm_task(make_task(links=(old,)), make_task(links=(new,)), link=TWELVE, replaces=old) is None


def test_a_right_link_must_stay_as_it_is() -> None:
    named = replace(LINKED, label="the search issue")
    assert confirm_task(make_task(links=(named,)), make_task(links=(named,)), link=TWELVE) is None
    assert confirm_task(make_task(links=(named,)), make_task(links=(LINKED,)), link=TWELVE) is not None


def test_a_link_that_was_not_meant_is_a_mismatch() -> None:
    found = confirm_task(make_task(), make_task(links=(LINKED,)))
    assert found == Mismatch("plan.phases[0].tasks[0].links: 0 entries would become 1")


OPEN_BOX, TICKED_BOX = Box(" ", NOWHERE), Box("x", NOWHERE)


@pytest.mark.parametrize(
    ("old", "new", "box", "is_fine"),
    [
        (make_task(box=OPEN_BOX), make_task(box=TICKED_BOX, state=State.DONE), True, True),
        (make_task(box=OPEN_BOX), make_task(box=TICKED_BOX), True, False),
        (make_task(box=OPEN_BOX), make_task(box=OPEN_BOX), True, False),
        (make_task(box=OPEN_BOX), make_task(box=TICKED_BOX, state=State.DONE), None, False),
        (make_task(box=TICKED_BOX, state=State.DONE), make_task(box=OPEN_BOX), False, True),
        (make_task(box=TICKED_BOX, state=State.DONE), make_task(box=OPEN_BOX, state=State.DONE), False, True),
        (make_task(box=TICKED_BOX, state=State.DONE), make_task(box=OPEN_BOX, state=State.CANCELLED), False, False),
        (
            make_task(box=OPEN_BOX, state=State.CANCELLED),
            make_task(box=TICKED_BOX, state=State.CANCELLED),
            True,
            True,
        ),
        (
            make_task(box=Box("X", NOWHERE), state=State.DONE),
            make_task(box=Box("X", NOWHERE), state=State.DONE),
            True,
            True,
        ),
        (make_task(), make_task(), True, True),
        (make_task(box_site=Site(2)), make_task(box_site=Site(2)), True, True),
    ],
)
def test_a_box_reads_as_it_was_asked_to(old: Task, new: Task, box: bool | None, is_fine: bool) -> None:
    assert (confirm_task(old, new, box=box) is None) is is_fine


@pytest.mark.parametrize(
    ("old", "new", "box", "is_fine"),
    [
        (make_task(box_site=Site(2)), make_task(box=OPEN_BOX), None, True),
        (make_task(box_site=Site(2)), make_task(box=TICKED_BOX, state=State.DONE), True, True),
        (make_task(box_site=Site(2)), make_task(), None, False),
        (make_task(), make_task(), True, True),
        (make_task(box=OPEN_BOX), make_task(box=OPEN_BOX), False, True),
    ],
)
def test_a_box_is_made(old: Task, new: Task, box: bool | None, is_fine: bool) -> None:
    assert (confirm_task(old, new, box=box, make_box=True) is None) is is_fine


def test_a_detail_is_ticked_alone() -> None:
    first, second = Detail("Quotes", 4, box=Box(" ", Span(1, 2))), Detail("Dashes", 5, box=Box(" ", Span(5, 6)))
    plain = Detail("Nothing", 6)
    ticked = replace(first, box=TICKED_BOX)
    mark = (DetailMark(first, box=True), DetailMark(plain, box=True))
    old = make_task(details=(first, second, plain))
    assert confirm_task(old, make_task(details=(ticked, second, plain)), details=mark) is None
    assert (
        confirm_task(old, make_task(details=(ticked, replace(second, box=TICKED_BOX), plain)), details=mark) is not None
    )


def test_details_may_stand_in_the_body_too() -> None:
    detail = Detail("Quotes", 4, box=Box(" ", Span(1, 2)))
    ticked = (replace(detail, box=TICKED_BOX),)
    old = make_task(details=(detail,), body="- [ ] Quotes")
    marks = (DetailMark(detail, box=True),)
    assert confirm_task(old, make_task(details=ticked, body="- [x] Quotes"), details=marks) is None
    assert confirm_task(old, make_task(details=ticked, body="- [x] Dashes"), details=marks) is not None
    assert confirm_task(old, make_task(details=(detail,), body="- [x] Quotes")) is not None


def test_a_status_cell_reads_as_it_was_asked_to() -> None:
    old = make_risk(status_cell=StatusCell("Open", NOWHERE))
    new = make_risk(status_cell=StatusCell("Closed", Span(7, 9)), state=State.DONE)
    marks = PlanMarks(items=(ItemMark(item=old, cell="Closed"),))
    assert confirm(make_plan(risks=(old,)), make_plan(risks=(new,)), marks) is None
    assert confirm(make_plan(risks=(old,)), make_plan(risks=(new,)), PlanMarks()) is not None


MILESTONE = Link("Search [v2]", "http://m/1", NOWHERE, NOWHERE, LinkPlace.LEAD)
GOAL = Field("Goal", "Find", 5, NOWHERE)
FIELD = Field("Milestone", "[Search [v2]](http://m/1)", 6, NOWHERE)


@pytest.mark.parametrize(
    ("old", "new", "is_fine"),
    [
        (make_phase(fields=(GOAL,)), make_phase(fields=(GOAL, FIELD), milestone_link=MILESTONE), True),
        (make_phase(), make_phase(fields=(FIELD,), milestone_link=replace(MILESTONE, label=r"Search \[v2\]")), True),
        (make_phase(fields=(GOAL,)), make_phase(fields=(FIELD,), milestone_link=MILESTONE), False),
        (make_phase(fields=(GOAL,)), make_phase(fields=(GOAL,)), False),
        (make_phase(), make_phase(milestone_link=replace(MILESTONE, url="http://m/2")), False),
        (make_phase(), make_phase(milestone_link=replace(MILESTONE, label="Find")), False),
        (make_phase(milestone_link=MILESTONE), make_phase(milestone_link=MILESTONE), True),
        (make_phase(milestone_link=replace(MILESTONE, url="http://m/2")), make_phase(milestone_link=MILESTONE), False),
    ],
)
def test_a_milestone_is_linked(old: Phase, new: Phase, is_fine: bool) -> None:
    assert (confirm_phase(old, new) is None) is is_fine


def test_a_milestone_link_is_replaced() -> None:
    stale = replace(MILESTONE, url="http://m/2")
    assert confirm_phase(make_phase(milestone_link=stale), make_phase(milestone_link=MILESTONE), replaces=stale) is None


def test_a_plan_without_phases_has_its_milestone_in_the_header() -> None:
    phase = make_phase(id=None)
    old = make_plan(phase, header=(GOAL,))
    new = make_plan(replace(phase, milestone_link=MILESTONE), header=(GOAL, FIELD))
    marks = PlanMarks(milestones=(PhaseMark(phase=phase, title="Search [v2]", url="http://m/1"),))
    assert confirm(old, new, marks) is None
    assert confirm(old, new, PlanMarks()) is not None


def test_the_status_reads_as_it_was_asked_to() -> None:
    old = make_plan(status=make_status("Draft", 40), header=(Field("Status", "Draft", 3, NOWHERE),))
    new = make_plan(status=make_status("Complete", 40), header=(Field("Status", "Complete", 3, NOWHERE),))
    assert confirm(old, new, PlanMarks(status=(SPLICE,))) is None
    assert confirm(old, old, PlanMarks(status=(SPLICE,))) == Mismatch(
        "plan.status.raw: 'Complete' would become 'Draft'"
    )


def test_a_status_line_may_be_put_in() -> None:
    edit = Edit(Span(9, 9), b"**Status:** Complete\n")
    new = make_plan(status=make_status("Complete", 20))
    assert confirm(make_plan(), new, PlanMarks(status=(edit,))) is None
    assert confirm(make_plan(), make_plan(), PlanMarks(status=(edit,))) is None
    assert confirm(make_plan(), make_plan(status=make_status("Draft")), PlanMarks(status=(edit,))) is not None
