"""Which writes a change takes, for telling how long a run will last. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from plansync.core.changes import (
    Change,
    CloseIssue,
    CreateIssue,
    CreateMilestone,
    ReopenIssue,
    UpdateIssue,
)
from plansync.core.pace import Sending


def sendings_of(change: Change) -> Iterator[Sending]:
    """Yield the kinds of writes that ``change`` takes at most, in order; what is read first is not told."""
    match change:
        case CreateIssue() | CreateMilestone():
            yield Sending.CREATE
        case UpdateIssue() | ReopenIssue():
            labels = len(change.remove_labels) + (isinstance(change, UpdateIssue) and bool(change.add_labels))
            yield from [Sending.WRITE] * (1 + labels)
        case CloseIssue():
            if change.comment:
                yield Sending.CREATE
            yield from [Sending.WRITE] * (1 + bool(change.add_labels))
        case _:
            yield Sending.WRITE
