"""The body an issue shall have after an update, from the body it has at that moment (spec §4.1). Pure."""

from __future__ import annotations

from plansync.core.changes import UpdateIssue
from plansync.core.checklist import merge_ticks
from plansync.core.region import sole_region, write_region


def new_body(body: str, change: UpdateIssue) -> str:
    """Return ``body``, as it was read right before, with the region that ``change`` wants.

    Every character outside the region stays; checklist lines that the plan does not decide keep the tick they have
    now. Raises ``RegionDamaged`` where the body does not hold exactly one region (none, with ``adopt``).
    """
    if change.region is None:
        return body
    region = change.region
    old = sole_region(body)
    if region and old is not None:
        decided = {(text, occurrence): ticked for text, occurrence, ticked in change.ticks}
        region = merge_ticks(region, old.text, decided)
    return write_region(body, region, adopt=change.adopt)
