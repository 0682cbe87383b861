"""Limits and fuses: which of the decided changes may be carried out (spec §4.5). Pure.

A tripped fuse is a value with the words to show; what it holds is left out whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.identity import ItemKey, PhaseKey, is_tracking
from plansync.core.observed import CloseReason
from plansync.core.rules import Limits


@dataclass(frozen=True, slots=True)
class Fuse:
    """A fuse that tripped, in words."""

    message: str


def removal_fuse(changes: Iterable[Change], owned: int, limits: Limits) -> Fuse | None:
    """Hold a plan whose closings as not planned and reopenings together are too many.

    Too many are more than ``limits.removals`` and more than ``limits.removals_share`` of its ``owned`` issues, or
    all of two or more.
    """
    count = sum(_is_removal(change) for change in changes)
    too_many = count > limits.removals and count > limits.removals_share * owned
    if too_many or 2 <= count >= owned:
        return Fuse(f"{count} of its {owned} issues would be closed as not planned or reopened")
    return None


def creation_fuse(creations: int, limit: int) -> Fuse | None:
    """Hold a run that would open more issues than ``limit`` (0: no limit)."""
    if limit and creations > limit:
        return Fuse(f"{creations} issues would be opened, more than the limit of {limit}")
    return None


def creations_in(changes: Iterable[Change]) -> int:
    """Count the issues that ``changes`` open."""
    return sum(isinstance(change, CreateIssue) for change in changes)


@dataclass(frozen=True, slots=True)
class Slice:
    """What one slice of a run carries out, and whether more is left for the next."""

    changes: tuple[Change, ...]
    more: bool


def slice_changes(changes: Sequence[Change], limit: int) -> Slice:
    """Order ``changes`` for the tracker and cut them to ``limit`` creations (0: no slices).

    Milestones come before the issues in them, and only those that the slice's issues need; what hangs on a creation
    that is left for later waits with it; text-only updates come last of all.
    """
    ordered = sorted(changes, key=_rank)
    if not limit or creations_in(ordered) <= limit:
        return Slice(tuple(ordered), more=False)
    taken = [change for change in ordered if isinstance(change, CreateIssue)][:limit]
    keys = {change.key for change in taken}
    refs = [change.milestone for change in taken]
    refs += [change.milestone for change in ordered if isinstance(change, UpdateIssue)]
    milestones = {milestone.key for milestone in refs if milestone is not None}
    chosen = tuple(change for change in ordered if _is_due(change, keys, milestones))
    return Slice(chosen, more=True)


def _is_due(change: Change, keys: set[ItemKey], milestones: set[PhaseKey | None]) -> bool:
    match change:
        case CreateIssue():
            return change.key in keys
        case CreateMilestone():
            return change.key in milestones
        case CloseMilestone():
            return False  # issues of it may be among those that are left
        case UpdateIssue() if change.text_only:
            return False
        case UpdateIssue() | CloseIssue() if change.number == 0:
            return change.key in keys
        case Relate():
            ends = ((change.number, change.key), (change.other, change.other_key))
            return all(number or key in keys for number, key in ends)
        case _:
            return True


def _is_removal(change: Change) -> bool:
    """A plan's tracking issue is none of its items' issues, and does not count with them."""
    return not is_tracking(change.key) and _is_closed_or_reopened(change)


def _is_closed_or_reopened(change: Change) -> bool:
    return (isinstance(change, ReopenIssue) and not change.twin) or (
        isinstance(change, CloseIssue) and change.because is CloseReason.NOT_PLANNED
    )


def _rank(change: Change) -> int:
    match change:
        case CreateMilestone() | UpdateMilestone() | ReopenMilestone():
            return 0
        case CreateIssue():
            return 1
        case ReopenIssue():
            return 2
        case UpdateIssue() if not change.text_only:
            return 3
        case CloseIssue():
            return 4
        case CloseMilestone():
            return 5
        case Relate():
            return 6
        case _:
            return 7
