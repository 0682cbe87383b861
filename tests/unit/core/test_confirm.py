"""A file is written only if it then reads as before, but for what was meant to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from plansync.core.confirm import EditedPlan, Mismatch, confirm, edit_plan
from plansync.core.model import Plan
from plansync.core.problems import problem
from plansync.core.sheets import Sheet
from plansync.core.text import Edit, Span
from plansync.core.writeback import PlanMarks
from tests.support.plan_values import make_phase, make_plan, make_status, make_task


def test_places_may_shift() -> None:
    old = make_plan(make_phase(make_task(at=10)), status=make_status("Draft", 5))
    new = make_plan(make_phase(make_task(at=30, line=7)), status=make_status("Draft", 9, line=4), title_line=2)
    assert confirm(old, new, PlanMarks()) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plan: replace(plan, title="Find"), "plan.title: 'Search' would become 'Find'"),
        (lambda plan: replace(plan, phases=()), "plan.phases: 1 entries would become 0"),
        (lambda plan: replace(plan, spec="a.md"), "plan.spec: None would become 'a.md'"),
        (
            lambda plan: replace(plan, phases=(make_phase(make_task("Break it")),)),
            "plan.phases[0].tasks[0].text: 'Build it' would become 'Break it'",
        ),
        (lambda plan: replace(plan, status=make_status("Done")), "plan.status.raw: 'Draft' would become 'Done'"),
        (lambda plan: replace(plan, problems=(problem("PS401", 1, 1, ""),)), "plan.problems: PS401 would come"),
    ],
)
def test_anything_not_meant_is_named(change: Callable[[Plan], Plan], message: str) -> None:
    plan = make_plan(make_phase(make_task()), status=make_status("Draft"))
    assert confirm(plan, change(plan), PlanMarks()) == Mismatch(message)


def test_problems_may_go_only_where_an_edit_settles_them() -> None:
    settled = make_plan(problems=(problem("PS202", 1, 1, ""), problem("PS104", 1, 1, "")))
    assert confirm(settled, make_plan(), PlanMarks()) is None
    broken = make_plan(problems=(problem("PS401", 1, 1, ""),))
    assert confirm(broken, make_plan(), PlanMarks()) == Mismatch("plan.problems: PS401 would go")


DRAFT = (Sheet("", b"- Draft\n"),)
STATUS_PLAN = make_plan(status=make_status("Draft", 2))


def read_status(data: bytes) -> Plan:
    return make_plan(status=make_status(data[2:-1].decode(), 2))


def test_a_plan_is_edited_and_confirmed() -> None:
    edit = Edit(Span(2, 7), b"Complete")
    edited = edit_plan(DRAFT, STATUS_PLAN, PlanMarks(status=(edit,)), read_status)
    assert edited == EditedPlan((Sheet("", b"- Complete\n"),), (edit,))


def test_without_edits_the_bytes_are_handed_back_unread() -> None:
    def never(data: bytes) -> Plan:
        raise AssertionError(data)

    assert edit_plan(DRAFT, STATUS_PLAN, PlanMarks(), never) == EditedPlan(DRAFT, ())


def test_edits_that_overlap_are_a_mismatch() -> None:
    edits = (Edit(Span(2, 7), b"Complete"), Edit(Span(4, 6), b""))
    found = edit_plan(DRAFT, STATUS_PLAN, PlanMarks(status=edits), read_status)
    assert found == Mismatch("edit 4:6 overlaps another or leaves the file")


def test_a_file_that_reads_otherwise_is_not_handed_out() -> None:
    marks = PlanMarks(status=(Edit(Span(2, 7), b"Complete"),))
    assert isinstance(edit_plan(DRAFT, STATUS_PLAN, marks, lambda _: STATUS_PLAN), Mismatch)
