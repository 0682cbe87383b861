"""Box and issue: every combination has exactly one outcome, and it is the one of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from plansync.core.baseline import ItemState
from plansync.core.observed import CloseReason, StateEvent
from plansync.core.state import Action, Sides, StateDecision, baseline_of, decide_state, last_word, needs_events

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOSED = StateEvent(NOON, CloseReason.COMPLETED, by_us=False)
REOPENED = StateEvent(NOON, None, by_us=False)

# plan:  [ ] unticked, [x] ticked, - plain, ~ struck out.   was: the same at the baseline (~x: struck out and ticked),
#        ! there is none.   issue: open, completed, other (not planned, duplicate, moved).   then: its state at the
#        baseline, same or else.   said: what a person did to it since: closed, reopened, or quiet.   * is anything.
TABLE = """
    plan     issue            was              then   said              action    what else

    [ ],-    open             *                *      *                 nothing
    [x]      completed        *                *      *                 nothing
    [x]      other            *                *      *                 nothing   cancelled

    [x]      open             !                *      quiet,closed      close     completed
    [x]      open             !                *      reopened          untick
    [x]      open             [x]              same   quiet             close     completed
    [x]      open             [x]              same   closed,reopened   untick
    [x]      open             [x]              else   *                 untick
    [x]      open             [ ],-,~,~x       same   quiet             close     completed
    [x]      open             [ ],-,~,~x       same   closed,reopened   untick    conflict
    [x]      open             [ ],-,~,~x       else   *                 untick    conflict

    [ ]      completed        !,[ ],-,~        *      *                 tick
    [ ]      completed        [x],~x           same   quiet             reopen
    [ ]      completed        [x],~x           same   closed,reopened   tick      conflict
    [ ]      completed        [x],~x           else   *                 tick      conflict

    [ ]      other            !,[ ],-          *      *                 nothing   cancelled
    [ ]      other            [x],~,~x         same   quiet             reopen
    [ ]      other            [x],~,~x         same   closed,reopened   nothing   cancelled,conflict
    [ ]      other            [x],~,~x         else   *                 nothing   cancelled,conflict

    -        completed        *                *      *                 nothing
    -        other            !,[ ],[x],-      *      *                 nothing   cancelled
    -        other            ~,~x             same   quiet             reopen
    -        other            ~,~x             same   closed,reopened   nothing   cancelled,conflict
    -        other            ~,~x             else   *                 nothing   cancelled,conflict

    ~        completed,other  *                *      *                 nothing   cancelled
    ~        open             !                *      quiet,closed      close     not_planned,cancelled
    ~        open             !                *      reopened          nothing   cancelled,apart
    ~        open             [ ],[x],-,~,~x   same   quiet,closed      close     not_planned,cancelled
    ~        open             [ ],[x],-,~,~x   same   reopened          nothing   cancelled,apart
    ~        open             [ ],[x],-,~,~x   else   *                 nothing   cancelled,apart
"""


@dataclass(frozen=True)
class Row:
    plan: str
    issue: str
    was: str
    then: str
    said: str
    action: str
    flags: str = ""

    def fits(self, *facts: str) -> bool:
        columns = (self.plan, self.issue, self.was, self.then, self.said)
        return all(column == "*" or fact in column.split(",") for column, fact in zip(columns, facts, strict=True))

    @property
    def decision(self) -> StateDecision:
        words = set(filter(None, self.flags.split(",")))
        because = next((CloseReason(word) for word in words if word in set(CloseReason)), None)
        return StateDecision(
            Action(self.action),
            because=because,
            conflict="conflict" in words,
            cancelled="cancelled" in words,
            in_step="apart" not in words,
        )


# The box `[ ]` holds a blank, at which the lines are split.
ROWS = [Row(*line.replace("[ ]", "[_]").split()) for line in TABLE.splitlines()[2:] if line.strip()]
SIDES = [Sides(*parts) for parts in product((True, False, None), (None, *CloseReason), (True, False))]
CASES = list(product(SIDES, [None, *SIDES], (None, CLOSED, REOPENED)))


def facts_of(now: Sides, base: Sides | None, word: StateEvent | None) -> Iterator[str]:
    yield plan_side(now)
    yield {None: "open", CloseReason.COMPLETED: "completed"}.get(now.issue, "other")
    yield "!" if base is None else plan_side(base) + ("x" if base.struck and base.box else "")
    yield "same" if base is not None and base.issue is now.issue else "else"
    yield "quiet" if word is None else "reopened" if word.closed is None else "closed"


def plan_side(sides: Sides) -> str:
    return "~" if sides.struck else {True: "[x]", False: "[_]", None: "-"}[sides.box]


def test_every_combination_is_decided_as_the_table_says() -> None:
    for now, base, word in CASES:
        rows = [row for row in ROWS if row.fits(*facts_of(now, base, word))]
        assert len(rows) == 1, (now, base, word, rows)
        assert decide_state(now, base, word) == rows[0].decision, (now, base, word)


def test_every_row_of_the_table_is_met() -> None:
    met = {row for case in CASES for row in ROWS if row.fits(*facts_of(*case))}
    assert met == set(ROWS)


def carried_out(now: Sides, decision: StateDecision) -> Sides:
    match decision.action:
        case Action.TICK | Action.UNTICK:
            return Sides(decision.action is Action.TICK, now.issue, now.struck)
        case Action.CLOSE | Action.REOPEN:
            return Sides(now.box, decision.because, now.struck)
        case Action.NOTHING:
            return now


def test_once_carried_out_there_is_nothing_left_to_do() -> None:
    for now, base, word in CASES:
        decision = decide_state(now, base, word)
        after = carried_out(now, decision)
        again = decide_state(after, after if decision.in_step else base, None if decision.in_step else word)
        assert again.action is Action.NOTHING, (now, base, word)


def test_without_a_baseline_what_was_settled_stays_settled() -> None:
    for now, base, word in CASES:
        decision = decide_state(now, base, word)
        after = carried_out(now, decision)
        if decision.in_step:
            assert decide_state(after, None).action is Action.NOTHING, (now, base, word)


def test_the_tracker_wins_a_conflict() -> None:
    for now, base, word in CASES:
        decision = decide_state(now, base, word)
        if decision.conflict:
            assert decision.action not in {Action.CLOSE, Action.REOPEN}


@pytest.mark.parametrize("action", list(Action))
def test_events_are_read_before_an_issue_is_closed_or_reopened(action: Action) -> None:
    assert needs_events(StateDecision(action)) is (action in {Action.CLOSE, Action.REOPEN})


def test_the_last_word_is_the_latest_of_a_person_since_the_baseline() -> None:
    hour = timedelta(hours=1)
    early = StateEvent(NOON - hour, CloseReason.COMPLETED, by_us=False)
    ours = StateEvent(NOON + 3 * hour, CloseReason.COMPLETED, by_us=True)
    late = StateEvent(NOON + 2 * hour, None, by_us=False)
    later = StateEvent(NOON + hour, CloseReason.COMPLETED, by_us=False)
    events = [late, early, ours, later]
    assert last_word(events, NOON) == late
    assert last_word([early, ours], NOON) is None
    assert last_word([early, ours], None) == early
    assert last_word([], None) is None


@pytest.mark.parametrize(
    ("state", "sides"),
    [
        (ItemState(key="t-1", kind="task", text="a", phase="p", number=1, box=False, issue="open"), Sides(False, None)),
        (
            ItemState(key="t-1", kind="task", text="a", phase="p", number=1, issue="not_planned"),
            Sides(None, CloseReason.NOT_PLANNED),
        ),
        (
            ItemState(key="t-1", kind="task", text="~~a *b*~~", phase="p", number=1, box=True, issue="completed"),
            Sides(True, CloseReason.COMPLETED, struck=True),
        ),
        (
            ItemState(key="t-1", kind="task", text="~~a~~ or ~~b~~", phase="p", number=1, issue="open"),
            Sides(None, None),
        ),
        (ItemState(key="t-1", kind="task", text="a", phase="p", number=1), None),
        (ItemState(key="t-1", kind="task", text="a", phase="p", issue="open"), None),
    ],
)
def test_the_baseline_is_what_the_store_remembers_of_an_issue(state: ItemState, sides: Sides | None) -> None:
    assert baseline_of(state) == sides
