"""What is known of a plan after a run of it was undone (spec §9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plansync.core.baseline import ItemState, PhaseState, PlanState
from plansync.core.deeds import Trace
from plansync.core.images import IssueImage, MilestoneImage
from plansync.core.parser import parse_plan
from plansync.core.rewind import Rewind
from tests.support.reconciling import PLAN

OPEN = IssueImage(title="t")
STATE = PlanState(key="plan", source="s", path="p.md", target="web", gate="shut")


def _item(key: str, text: str, box: bool | None = False, **parts: Any) -> ItemState:
    return ItemState(key=key, kind="task", text=text, phase="", number=int(key[2:]), box=box, **parts)


def _trace(key: str, **parts: Any) -> Trace:
    known: dict[str, Any] = {"plan": PLAN, "key": key, "number": 1, "before": OPEN, "after": OPEN}
    return Trace(**(known | parts))


def test_items_that_it_changed_are_known_as_before_and_new_ones_not_at_all() -> None:
    old = replace(STATE, items=(_item("t-1", "one", issue="open"), _item("t-4", "gone")))
    now = replace(STATE, items=(_item("t-1", "one", box=True), _item("t-2", "two"), _item("t-3", "three")))
    rewind = Rewind([_trace("t-1"), _trace("t-3", before=None), _trace("t-4")])
    after = rewind.state(now, old, "undone r")
    assert after.items == (old.items[0], now.items[1], old.items[1])
    assert (after.gate, after.hold) == ("", "undone r")


def test_without_a_state_before_nothing_is_known_of_what_it_made() -> None:
    now = replace(STATE, items=(_item("t-1", "one"),))
    assert Rewind([_trace("t-1", before=None)]).state(now, None, "").items == ()


def test_items_whose_box_went_back_are_known_as_before() -> None:
    plan = parse_plan(b"# P\n\n## Phase 1: A\n\n- [ ] same\n- [x] same\n- [ ] other\n")
    now = replace(STATE, items=(_item("t-1", "same", box=True), _item("t-2", "same", box=True), _item("t-3", "else")))
    old = replace(STATE, items=tuple(replace(item, box=None) for item in now.items))
    after = Rewind([], plan.items).state(now, old, "")
    assert after.items == (old.items[0], now.items[1], now.items[2])


def test_milestones_are_known_to_be_closed_by_us_where_they_are() -> None:
    def phase(key: str, name: str = "", closed: bool = False) -> PhaseState:
        return PhaseState(key=key, id="", name=name, number=3, closed_by_us=closed)

    now = replace(STATE, phases=(phase("p-1", "new"), phase("p-2", closed=True), phase("p-3"), phase("p-4")))
    old = replace(STATE, phases=(phase("p-1", "old"), phase("p-2"), phase("p-3", closed=True)))
    shut, wide = MilestoneImage(title="t", closed=True), MilestoneImage(title="t")
    traces = [
        _trace("p-1", before=wide, after=wide),
        _trace("p-2", before=wide, after=shut),
        _trace("p-3", before=shut, after=wide),
        _trace("p-4", before=None, after=wide),
    ]
    after = Rewind(traces).state(now, old, "")
    assert [(p.key, p.name, p.closed_by_us) for p in after.phases] == [
        ("p-1", "old", False),
        ("p-2", "", False),
        ("p-3", "", True),
        ("p-4", "", True),
    ]
    assert Rewind([]).state(now, old, "").phases == now.phases
