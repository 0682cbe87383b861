"""What went wrong on the way is told at the item that it was for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.changes import Change, Done, Failed, Outcome, Skipped, Unknown, UpdateMilestone
from plansync.core.identity import ItemKey
from plansync.core.mishaps import MISHAPS, mishaps
from tests.support.changes import KEY, PHASE, PLAN, close, new_issue, new_milestone
from tests.support.plan_texts import read

TEXT = "\n# T\n\n**Status:** Draft\n\n### Phase 1: A\n\n- **Tasks:**\n  - [ ] one\n"


class _Decision:
    """As much of a decision as is looked at: one item and one phase, with their keys."""

    def __init__(self) -> None:
        plan = read(TEXT)
        self.reading: Any = type("R", (), {"plan": plan})
        placed = type("P", (), {"item": plan.tasks[0]})
        match: Any = type("M", (), {"key": KEY, "placed": placed})
        self.items: Any = (type("D", (), {"match": match}),)
        self.phases: Any = (type("F", (), {"key": PHASE, "index": 0}),)


def told(change: Change, outcome: Outcome, fused: str = "") -> list[tuple[str, int, int, str]]:
    """Return the Problems of one change."""
    decision: Any = _Decision()
    found = mishaps(decision, [(change, outcome)], fused)
    assert {problem.code for problem in found} <= MISHAPS
    return [(problem.code, problem.line, problem.column, problem.message) for problem in found]


RENAMED = UpdateMilestone(plan=PLAN, key=PHASE, number=3)


@pytest.mark.parametrize(
    ("change", "outcome", "code", "line", "message"),
    [
        (
            new_issue("One"),
            Unknown("it timed out"),
            "PS602",
            9,
            "it is not known whether 'One' was opened: it timed out",
        ),
        (new_milestone("M"), Unknown("reset"), "PS602", 6, "it is not known whether 'M' was opened: reset"),
        (
            new_issue(),
            Done(12, "u", stripped=("labels", "milestone")),
            "PS605",
            9,
            "issue #12 was answered without its labels and milestone",
        ),
        (new_milestone(), Done(3, "u", answered_title="X"), "PS605", 6, "milestone 3 is called 'X' there"),
        (RENAMED, Done(3, "u", answered_title="X"), "PS605", 6, "milestone 3 is called 'X' there"),
    ],
)
def test_a_mishap_stands_at_its_item_or_phase(
    change: Change, outcome: Outcome, code: str, line: int, message: str
) -> None:
    ((found_code, found_line, _, found_message),) = told(change, outcome)
    assert (found_code, found_line, found_message) == (code, line, message)


def test_a_mishap_of_an_item_that_the_plan_does_not_hold_stands_at_the_title() -> None:
    change = replace(new_issue("Gone"), key=ItemKey("t-ffffffffffffffff"))
    assert told(change, Unknown("reset")) == [
        ("PS602", 2, 1, "it is not known whether 'Gone' was opened: reset"),
    ]


def test_a_fuse_that_tripped_stands_at_the_title() -> None:
    assert told(new_issue(), Done(1, "u"), "6 of its 20") == [("PS603", 2, 1, "6 of its 20")]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (new_issue(), Done(12, "u", answered_title="cut…")),
        (new_milestone(), Done(3, "u")),
        (new_issue(), Failed("refused")),
        (new_issue(), Skipped("left")),
        (close(12), Unknown("reset")),
    ],
)
def test_what_went_as_wanted_or_is_told_with_the_change_is_no_mishap(change: Change, outcome: Outcome) -> None:
    assert told(change, outcome) == []
