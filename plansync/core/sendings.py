"""Which writes a change takes, for telling how long a run will last. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from plansync.core.changes import (
    Change,
    CloseIssue,
    CreateIssue,
    CreateMilestone,
    Relate,
    ReopenIssue,
    UpdateIssue,
)
from plansync.core.pace import Manners, Sending


def sendings_of(change: Change, manners: Manners) -> Iterator[Sending]:
    """Yield the kinds of writes that ``change`` takes at most, in order; what is read first is not told."""
    edit = Sending.CREATE if manners.edits_count else Sending.WRITE
    match change:
        case CreateIssue() | CreateMilestone():
            yield Sending.CREATE
        case UpdateIssue(add_labels=added, remove_labels=removed):
            yield from [Sending.WRITE] * (len(removed) + bool(added))
            yield edit
        case ReopenIssue(remove_labels=removed):
            yield from [Sending.WRITE] * len(removed)
            yield edit
        case CloseIssue(add_labels=added, comment=comment):
            if comment:
                yield Sending.CREATE
            yield from [Sending.WRITE] * bool(added)
            yield edit
        case Relate():
            yield edit
        case _:
            yield Sending.WRITE
