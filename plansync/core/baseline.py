"""What was last in step, per plan: the baseline of boxes and issues, and what the hash gate needs. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plansync.core.observed import Relation


@dataclass(frozen=True, slots=True)
class DetailState:
    """A boxed detail as it last agreed with its line in the issue's body."""

    text: str
    occurrence: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class Memo:
    """A text whose answer differed from what was sent (digests): not sent again until it changes (spec §4.1)."""

    field: str
    sent: str
    answered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """One item as it was last in step with its issue.

    The plan's tracking issue is kept as an item of kind ``plan``, whose box is ticked while the plan is complete.
    """

    key: str
    kind: str
    text: str
    """The title text as last matched, raw."""
    phase: str
    """Key of its phase; empty for risks and questions."""
    id: str = ""
    number: int | None = None
    url: str = ""
    linked: bool = False
    """The plan held the link when it was last read or written."""
    box: bool | None = None
    """Ticked, unticked, or None for a plain bullet."""
    issue: str = ""
    """``open``, or a close reason; empty when there was no issue."""
    at: datetime | None = None
    """The tracker's clock when this was in step."""
    struck: bool = False
    """The text was wholly struck out then (a cancelled task)."""
    details: tuple[DetailState, ...] = ()
    memos: tuple[Memo, ...] = ()


PLAIN_AGAIN = "link"
"""The field of the Memo that says that a bare number was turned into the item's link once."""


def is_kept_plain(state: ItemState | None) -> bool:
    """Say whether the item's number was turned into a link before: if it is a bare number again, it stays one."""
    return state is not None and any(memo.field == PLAIN_AGAIN for memo in state.memos)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseState:
    """One phase and its milestone."""

    key: str
    id: str
    name: str
    number: int | None = None
    url: str = ""
    closed_by_us: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """One plan of a tracker project: identity, gate, and its items' baselines.

    ``gate`` stands for everything that the last quiet run depended on (bytes, rules, templates, issues): while it
    is unchanged, the plan is neither parsed nor compared again. ``summary`` is JSON for ``status`` and reports.
    """

    key: str
    source: str
    path: str
    target: str
    feature_id: str = ""
    digest: str = ""
    gate: str = ""
    items: tuple[ItemState, ...] = ()
    phases: tuple[PhaseState, ...] = ()
    relations: tuple[Relation, ...] = ()
    """What was related on the tracker once: people who part two issues again are not overruled."""
    summary: str = ""
    missing_since: datetime | None = None
    """When its items were first seen removed (a daemon waits for a second reading)."""
    synced_at: datetime | None = None
    hold: str = ""
    """Why runs leave the plan alone until a person names it (``undone …``, ``retired …``); empty: they do not."""


def join_states(key: str, states: Sequence[PlanState]) -> PlanState | None:
    """Return what is known of the plan ``key`` by all its files; those that were plans of their own are taken in."""
    if not states:
        return None
    own = next((state for state in states if state.key == key), states[0])
    others = [state for state in states if state is not own]
    numbers = {item.number for item in own.items}
    return replace(
        own,
        items=(*own.items, *(item for state in others for item in state.items if item.number not in numbers)),
        phases=(*own.phases, *(phase for state in others for phase in state.phases)),
        relations=(*own.relations, *(relation for state in others for relation in state.relations)),
    )
