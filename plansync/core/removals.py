"""Removals that are seen twice before they count: an item that left a plan may come right back (spec §4.3). Pure.

An editor saves in two steps, a branch is switched and switched back, a merge goes wrong and is put right: who reads
plans unasked, all day long, will meet such a moment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plansync.core.changes import Change, CloseIssue
from plansync.core.ownership import REMOVED_LABEL


@dataclass(frozen=True, slots=True)
class Sightings:
    """The removals of one plan: since when each is seen, by issue number, and until when some of them wait."""

    since: Mapping[int, datetime] = field(default_factory=dict)
    waiting: Mapping[int, datetime] = field(default_factory=dict)


def removed_by(changes: Collection[Change]) -> frozenset[int]:
    """Return the issues that are closed because their item left the plan."""
    return frozenset(c.number for c in changes if isinstance(c, CloseIssue) and REMOVED_LABEL in c.add_labels)


def look_again(removed: Collection[int], since: Mapping[int, datetime], now: datetime, span: timedelta) -> Sightings:
    """Hold what is seen as ``removed`` now against when it was first seen so, without a break, in earlier readings.

    seen                               then
    not any more                       forgotten
    for the first time                 waits for ``span``
    again, earlier than ``span`` ago   waits on
    again, later                       acts; it is remembered until it is done
    """
    first = {number: since.get(number, now) for number in removed}
    until = {number: at + span for number, at in first.items()}
    return Sightings(first, {number: at for number, at in until.items() if at > now})


def without_waiting(changes: Collection[Change], waiting: Collection[int]) -> tuple[Change, ...]:
    """Return ``changes`` but for the removals that wait."""
    held = removed_by(changes) & frozenset(waiting)
    return tuple(c for c in changes if not (isinstance(c, CloseIssue) and c.number in held))
