"""Who is assigned to an issue after an update, from who is at that moment (spec §4.1, §9). Pure."""

from __future__ import annotations

from plansync.core.changes import UpdateIssue


def people_after(assigned: tuple[str, ...], change: UpdateIssue, most: int | None = None) -> tuple[str, ...]:
    """Return who is assigned after ``change``; ``most``: how many the tracker holds.

    Whoever people assigned stays: others are assigned only where nobody is, or those alone whom ``change`` takes off.
    """
    if assigned and _names(assigned) != _names(change.unassign):
        return assigned
    return tuple(dict.fromkeys(change.assignees))[:most]


def _names(people: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.casefold() for name in people)
