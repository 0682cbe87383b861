"""Drift: which fields of an issue differ from the plan, field by field (spec §4.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.baseline import DetailState, ItemState, Memo, PlanState
from plansync.core.changes import MilestoneRef
from plansync.core.context import Links
from plansync.core.facts import Facts, TaskFacts
from plansync.core.fields import Compared, Fields, digest_of, present_labels
from plansync.core.fit import Capabilities, kept_text
from plansync.core.identity import ItemKey, PhaseKey
from plansync.core.model import Box, Detail, ItemKind, Level, Rating, Task
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.phases import PhaseMatch
from plansync.core.refs import reference
from plansync.core.region import RegionDamaged
from plansync.core.rules import MarkerRules, Rules
from plansync.core.text import Span
from plansync.core.texts import Texts
from tests.support.plan_values import make_phase, make_plan, make_risk, make_task
from tests.support.reconciling import PLAN, make_context, make_issue, make_reading, match_of, owning

TASK = make_task("Build it")
PHASE = PhaseMatch(0, PhaseKey("p-0"), 3)


def _render(facts: Facts) -> tuple[str, str]:
    """Return a body that lists the details."""
    details = facts.details if isinstance(facts, TaskFacts) else ()
    lines = (f"- [{'x' if detail.ticked else ' '}] {detail.text}" for detail in details)
    return getattr(facts, "text", "Phase"), "\n".join(("Words.", *lines))


def _fields(issue: ObservedIssue | None = None, task: Task = TASK, **parts: Any) -> Fields:
    """Return the comparison of a task with its issue; without one, with an issue that is wholly in step."""
    rules, state = parts.pop("rules", Rules()), parts.pop("state", None)
    match = match_of(task, 7)
    plan = make_plan(make_phase(task))
    reading = make_reading(plan, rules=rules, state=state)
    keys = parts.pop("signed_by", rules.markers.keys)
    written = replace(reading, rules=replace(rules, markers=MarkerRules(keys=keys)))
    region = Texts(make_context(render=_render), written, (match,), (PHASE,)).issue(match, adopted=False).region
    known = issue or make_issue(7, task.text, region, labels=frozenset({"plansync"}), milestone=3)
    capabilities = parts.pop("capabilities", Capabilities(name="test"))
    ownership = owning(known, rules=rules.markers)
    context = make_context(ownership, render=parts.pop("render", _render), capabilities=capabilities)
    given = {"links": Links({}), "adopted": False, "milestone": MilestoneRef(3), "assignees": (), "baseline": None}
    texts = Texts(context, reading, (match,), (PHASE,))
    return Fields(context=context, reading=reading, texts=texts, match=match, issue=known, **{**given, **parts})


def _in_step(**change: Any) -> ObservedIssue:
    return replace(_fields().issue, **change)


def _names(compared: Compared) -> list[str]:
    return [field.name for field in compared.update.fields] if compared.update else []


def test_an_issue_in_step_needs_nothing() -> None:
    assert _fields().compare() == Compared(None)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "  Build   it ", "assignees": ("bea",)},
        {"body": "Above\n\n" + _fields().issue.body.replace("\n", "  \r\n") + "\r\n\r\nBelow"},
        {"labels": frozenset({"PlanSync", "theirs"})},
        {"assignees": ("bea",)},
    ],
)
def test_what_the_tracker_or_people_keep_otherwise_is_no_drift(change: dict[str, Any]) -> None:
    assignees = ("ann",) if "assignees" in change else ()
    assert _fields(_in_step(**change), assignees=assignees).compare().update is None


@pytest.mark.parametrize(
    ("change", "name", "text_only"),
    [
        ({"title": "Built"}, "title", True),
        ({"body": _fields().issue.body.replace("Words", "Other words")}, "body", True),
        ({"labels": frozenset()}, "labels", False),
        ({"milestone": 4}, "milestone", False),
        ({"milestone": None}, "milestone", False),
    ],
)
def test_every_field_of_the_plans_is_put_back_unless_it_is_peoples(
    change: dict[str, Any], name: str, text_only: bool
) -> None:
    issue = _in_step(**change)
    compared = _fields(issue).compare()
    assert _names(compared) == [name]
    assert compared.update is not None
    assert compared.update.text_only is text_only
    assert _fields(issue, rules=Rules(own=Rules().own - {name})).compare().update is None


def test_in_a_body_that_is_peoples_only_the_marker_is_kept_in_step() -> None:
    issue = _in_step(body=_fields().issue.body.replace("Words.", "Theirs."))
    reworded = make_task("Build them")
    compared = _fields(issue, reworded, rules=Rules(own=frozenset({"labels"}))).compare()
    assert compared.update is not None
    assert compared.update.region is not None
    assert compared.update.region.split("\n")[1:] == ["Theirs.", "<!-- /plansync -->"]
    assert compared.update.region.split("\n")[0] != issue.body.split("\n")[0]


def test_an_adopted_issue_keeps_title_assignees_and_milestone() -> None:
    marked = _fields().issue.body.replace(" -->", " adopted=yes -->", 1)
    issue = _in_step(title="Ours", milestone=4, body=marked)
    assert _fields(issue, adopted=True, assignees=("ann",)).compare().update is None
    without = _fields(replace(issue, milestone=None), adopted=True).compare()
    assert _names(without) == ["milestone"]


def test_assignees_are_set_where_nobody_is_assigned() -> None:
    compared = _fields(assignees=("ann",)).compare()
    assert compared.update is not None
    assert compared.update.assignees == ("ann",)
    assert _fields(_in_step(closed=CloseReason.COMPLETED), assignees=("ann",)).compare().update is None


def test_a_closed_issues_labels_are_left_alone() -> None:
    assert _fields(_in_step(closed=CloseReason.COMPLETED, labels=frozenset())).compare().update is None


def test_a_body_without_a_region_gets_one_and_a_damaged_one_is_refused() -> None:
    compared = _fields(_in_step(body="Theirs.")).compare()
    assert compared.update is not None
    assert compared.update.adopt
    with pytest.raises(RegionDamaged):
        _fields(_in_step(body=_fields().issue.body * 2)).compare()


def test_an_answer_that_is_known_to_differ_is_not_sent_again() -> None:
    have = _in_step(title="Built", body=_fields().issue.body.replace("Words.", "Words"))
    wanted = _fields().issue
    memos = (
        Memo("title", digest_of("Build it"), digest_of("Built")),
        Memo("body", digest_of(kept_text(wanted.body)), digest_of(kept_text(have.body))),
    )
    item = ItemState(key=match_of(TASK).key, kind="task", text="", phase="", memos=memos)
    state = PlanState(key=PLAN, source="", path="", target="", items=(item,))
    assert _fields(have, state=state).compare().update is None
    assert _names(_fields(replace(have, title="Else"), state=state).compare()) == ["title"]
    assert _names(_fields(have, state=replace(state, items=(replace(item, key="t-other"),))).compare()) == [
        "title",
        "body",
    ]


@pytest.mark.parametrize(
    ("signed_by", "keys", "drift"),
    [
        (("new",), ("new", "old"), False),
        (("old",), ("new", "old"), False),
        ((), ("new",), True),
        (("old",), (), False),
        (("new",), ("new",), False),
    ],
)
def test_a_signature_of_another_known_key_is_no_drift(
    signed_by: tuple[str, ...], keys: tuple[str, ...], drift: bool
) -> None:
    compared = _fields(rules=Rules(markers=MarkerRules(keys=keys)), signed_by=signed_by).compare()
    assert (compared.update is not None) is drift


def test_a_link_to_an_issue_of_this_run_is_drift_though_its_number_is_unknown() -> None:
    other = ItemKey("t-other")

    def render(facts: Facts) -> tuple[str, str]:
        return "Build it", f"Words.\n{reference(other, 'Paint it')}"

    linked = _in_step(body=_fields().issue.body.replace("Words.", "Words.\n[#9](u) Paint it"))
    assert _fields(linked, render=render, links=Links({other: (9, "u")})).compare().update is None
    assert _names(_fields(linked, render=render, links=Links({}, frozenset({other}))).compare()) == ["body"]


def _boxed(ticked: bool, text: str = "Point") -> Detail:
    return Detail(text, 2, 0, Box("x" if ticked else " ", Span(0, 0)))


@pytest.mark.parametrize(
    ("box", "line", "base", "ticked"),
    [
        (False, False, None, False),
        (True, True, None, True),
        (True, False, None, True),
        (False, True, None, True),
        (True, False, False, True),
        (False, True, False, True),
        (True, False, True, False),
        (False, True, True, False),
        (True, None, None, True),
        (False, None, True, False),
    ],
)
def test_a_boxed_detail_and_its_line_agree_with_the_side_that_moved(
    box: bool, line: bool | None, base: bool | None, ticked: bool
) -> None:
    task = make_task("Build it", details=(_boxed(box),))
    body = _fields(task=make_task("Build it", details=(_boxed(bool(line)),))).issue.body
    issue = _in_step(body=body if line is not None else _fields().issue.body)
    known = () if base is None else (DetailState("point", 0, base),)
    baseline = ItemState(key="t-1", kind="task", text="", phase="", details=known)
    compared = _fields(issue, task, baseline=baseline).compare()
    assert compared.states == (DetailState("point", 0, ticked),)
    assert [(mark.detail.text, mark.box) for mark in compared.details] == (
        [("Point", ticked)] if ticked is not box else []
    )
    assert (compared.update is not None) is (line is not ticked)
    if compared.update is not None:
        assert compared.update.ticks == (("point", 0, ticked),)


def test_equal_details_are_told_apart_by_their_order_and_plain_ones_keep_peoples_ticks() -> None:
    details = (Detail("Point", 2), _boxed(False), _boxed(True))
    issue = _fields(task=make_task("Build it", details=details)).issue
    lines = issue.body.replace("- [ ] Point", "- [x] Point", 1)
    compared = _fields(replace(issue, body=lines), make_task("Build it", details=details)).compare()
    assert compared.update is None
    assert compared.states == (DetailState("point", 1, False), DetailState("point", 2, True))


def test_a_risks_priority_label_follows_its_level() -> None:
    risk = make_risk("It rains", likelihood=Rating("L", Level.LOW), impact=Rating("L", Level.LOW))
    match = match_of(risk, 7, phase=-1)
    reading = make_reading(make_plan(risks=(risk,)))
    context = make_context(render=_render)
    texts = Texts(context, reading, (match,), ())
    region = texts.issue(match, adopted=False).region
    have = frozenset({"plansync", "Risk", "RISK:High", "risk:medium", "plansync:REMOVED", "theirs"})
    issue = make_issue(7, "It rains", region, labels=have)
    fields = _fields(issue)
    changed = replace(fields, match=match, reading=reading, texts=texts, milestone=None).compare().update
    assert changed is not None
    assert changed.add_labels == ("risk:low",)
    assert set(changed.remove_labels) == {"RISK:High", "risk:medium", "plansync:REMOVED"}
    assert match.placed.item.kind is ItemKind.RISK


def test_labels_are_compared_exactly_where_the_tracker_tells_case_apart() -> None:
    exact = Capabilities(name="exact", case_blind_labels=False)
    compared = _fields(_in_step(labels=frozenset({"PlanSync"})), capabilities=exact).compare()
    assert compared.update is not None
    assert compared.update.add_labels == ("plansync",)


def test_a_milestone_to_come_is_named_by_its_heading() -> None:
    compared = _fields(milestone=MilestoneRef(None, PhaseKey("p-0"))).compare()
    assert compared.update is not None
    assert [(f.old, f.new) for f in compared.update.fields] == [("milestone 3", "Phase 1: Foundation")]
    assert _fields(milestone=None).compare().update is None


def test_labels_are_removed_as_the_tracker_spells_them() -> None:
    assert present_labels(("risk", "gone"), make_issue(1, labels=frozenset({"RISK", "x"}))) == ("RISK",)
