"""Which side moves so that box and issue agree again (spec §4.2). Pure.

The same decision serves an item and its issue, a Status cell and its issue, and a boxed detail and its line in the
issue's body (closed as completed while the line is ticked).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from plansync.core.baseline import ItemState
from plansync.core.observed import CloseReason, ObservedIssue, StateEvent

_STRUCK = re.compile(r"(~~?)[^~]+\1", re.DOTALL)


class Action(StrEnum):
    """What is to be done to bring box and issue together."""

    NOTHING = "nothing"
    TICK = "tick"
    UNTICK = "untick"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Sides:
    """Plan and tracker at one time.

    ``box`` is None for a plain bullet; ``issue`` is None while it is open; ``struck`` says that the whole text is
    struck out (a cancelled task), whatever its box.
    """

    box: bool | None
    issue: CloseReason | None
    struck: bool = False


@dataclass(frozen=True, slots=True)
class StateDecision:
    """The side that moves, and what else follows.

    ``because`` is the reason to close with. ``conflict``: both sides changed, the tracker won, and PS601 says so.
    ``cancelled``: the task does not count. ``in_step`` False: the sides stay apart on purpose, and the baseline must
    not advance.
    """

    action: Action
    because: CloseReason | None = None
    conflict: bool = False
    cancelled: bool = False
    in_step: bool = True


def decide_state(now: Sides, base: Sides | None, word: StateEvent | None = None) -> StateDecision:
    """Say which side moves so that box and issue agree again.

    ``base`` is the baseline (None: there is none, or the item was matched without its link), ``word`` the last thing
    that a person did to the issue's state since then (:func:`last_word`). To be called without ``word`` first, and
    again with it where :func:`needs_events` says so.

    box in plan    issue               moved since base    result
    [ ] or plain   open                                    nothing
    [x]            closed                                  nothing
    [ ]            completed           issue, or no base   tick the box
    [ ]            closed              box                 reopen the issue
    [x]            open                box, or no base     close the issue as completed
    [x]            open                issue               untick the box
    differ                             both                the tracker wins, with a Problem
    plain          closed                                  nothing: done, the text stays
    any            closed otherwise    issue, or no base   nothing: cancelled, the box stays
    struck out     open                                    close the issue as not planned
    struck out     open                issue               nothing: people want it open
    struck before  closed otherwise    plan                reopen the issue: the text was put back
    """
    if now.struck:
        return _decide_struck(now, base, word)
    if now.issue is not None:
        return _decide_closed(now, now.issue, base, word)
    if now.box is True:
        return _decide_ticked_and_open(now, base, word)
    return StateDecision(Action.NOTHING)


def needs_events(decision: StateDecision) -> bool:
    """Say whether the issue's events must be read, and the decision taken again, before it may be carried out."""
    return decision.action in {Action.CLOSE, Action.REOPEN}


def last_word(events: Iterable[StateEvent], since: datetime | None) -> StateEvent | None:
    """Return the latest closing or reopening by a person after ``since`` (None: of all times), if there is one."""
    people = [event for event in events if not event.by_us and (since is None or event.at > since)]
    return max(people, key=lambda event: event.at, default=None)


def baseline_of(state: ItemState) -> Sides | None:
    """Return the sides as the store remembers them, or None where no issue was ever in step with the item."""
    if state.number is None or not state.issue:
        return None
    issue = None if state.issue == "open" else CloseReason(state.issue)
    return Sides(state.box, issue, struck=_STRUCK.fullmatch(state.text) is not None)


def is_of_an_older_day(issue: ObservedIssue, known: ItemState) -> bool:
    """Say whether the issue differs from what was last in step, and yet was not touched since.

    So it is where the tracker was put back from a backup: what is remembered of the issue is no baseline then.
    """
    state = issue.closed.value if issue.closed else "open"
    return bool(known.issue) and known.issue != state and known.at is not None and issue.updated_at < known.at


def _decide_struck(now: Sides, base: Sides | None, word: StateEvent | None) -> StateDecision:
    if now.issue is not None:
        return StateDecision(Action.NOTHING, cancelled=True)
    if _is_reopened(word) or (base is not None and base.issue is not None):
        return StateDecision(Action.NOTHING, cancelled=True, in_step=False)
    return StateDecision(Action.CLOSE, because=CloseReason.NOT_PLANNED, cancelled=True)


def _decide_closed(now: Sides, why: CloseReason, base: Sides | None, word: StateEvent | None) -> StateDecision:
    is_cancelled = why is not CloseReason.COMPLETED
    has_plan_moved = base is not None and _is_back(now, base)
    if has_plan_moved and not _has_issue_moved(now, base, word):
        return StateDecision(Action.REOPEN)
    action = Action.TICK if now.box is False and not is_cancelled else Action.NOTHING
    return StateDecision(action, cancelled=is_cancelled, conflict=has_plan_moved)


def _decide_ticked_and_open(now: Sides, base: Sides | None, word: StateEvent | None) -> StateDecision:
    if base is None:
        has_issue_moved, has_box_moved = _is_reopened(word), False
    else:
        has_issue_moved, has_box_moved = _has_issue_moved(now, base, word), base.struck or base.box is not True
    if has_issue_moved:
        return StateDecision(Action.UNTICK, conflict=has_box_moved)
    return StateDecision(Action.CLOSE, because=CloseReason.COMPLETED)


def _is_back(now: Sides, base: Sides) -> bool:
    """Say whether people want a settled item again: a box was unticked, or a struck text put back."""
    is_put_back = base.struck and now.box is not True and now.issue is not CloseReason.COMPLETED
    return is_put_back or (now.box is False and base.box is True)


def _has_issue_moved(now: Sides, base: Sides | None, word: StateEvent | None) -> bool:
    return base is None or base.issue is not now.issue or word is not None


def _is_reopened(word: StateEvent | None) -> bool:
    return word is not None and word.closed is None
