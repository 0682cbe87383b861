"""What an issue shows after a write of ours, held against what it showed before. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from plansync.core.fit import kept_text
from plansync.trackers.hosted.desk import Patch
from plansync.trackers.hosted.rows import IssueRow


def is_expected(before: IssueRow, patch: Patch, after: IssueRow) -> bool:
    """Say whether ``after`` differs from ``before`` in nothing that plansync heeds but what ``patch`` changes."""
    labels = (folded(before.labels) | folded(patch.add_labels)) - folded(patch.remove_labels)
    return (
        (patch.title is not None or after.title == before.title)
        and (patch.body is not None or kept_text(after.body) == kept_text(before.body))
        and (patch.close is not None or patch.reopen or after.closed == before.closed)
        and (patch.milestone is not None or patch.leaves_milestone or after.milestone == before.milestone)
        and (patch.assignees is not None or sorted(after.assignees) == sorted(before.assignees))
        and labels <= folded(after.labels)
    )


def folded(labels: Sequence[str]) -> frozenset[str]:
    """Return labels as they are compared."""
    return frozenset(label.casefold() for label in labels)


def present(wanted: Sequence[str], have: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``wanted`` that are there, as the tracker spells them."""
    spelled = {label.casefold(): label for label in have}
    return tuple(dict.fromkeys(spelled[name.casefold()] for name in wanted if name.casefold() in spelled))
