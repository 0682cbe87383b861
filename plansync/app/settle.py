"""Creates whose answer was lost, settled by the listing (spec §4.7)."""

from __future__ import annotations

from plansync.app.request import Target
from plansync.app.runlog import RunLog
from plansync.app.survey import Survey
from plansync.ports.entries import Intent
from plansync.ports.store import Journal


def settle_intents(target: Target, survey: Survey, journal: Journal, log: RunLog) -> frozenset[str]:
    """Settle what this observation can settle; return the keys of items and phases that must still wait.

    the listing shows                                  then
    an issue or milestone with the create's marker     it took effect
    a later create of ours, and not this one           it did not: it is repeated
    neither, and the quarantine has passed             it is repeated
    neither                                            it waits
    """
    waiting: set[str] = set()
    settled: list[int] = []
    for intent in journal.unsettled(target.project):
        if _is_settled(intent, target, survey):
            settled.append(intent.id)
            continue
        waiting.add(intent.key)
        due = intent.at + target.limits.create_quarantine
        message = f"the answer to the creation of {intent.key} was lost; it is repeated from {due:%H:%M:%S} UTC on"
        log.fail(message, "run again then; the rest goes on")
    if settled:
        journal.settle(settled)
    return frozenset(waiting)


def _is_settled(intent: Intent, target: Target, survey: Survey) -> bool:
    ownership = survey.ownership
    owned = (*ownership.owned.values(), *ownership.tracking.values())
    found = {one.key for one in owned} | {m.key for m in ownership.milestones.values()}
    if intent.key in found or not target.tracker.capabilities.quarantine:
        return True
    listed = (one.issue for one in owned if one.number not in survey.observed.unlisted)
    ours = (issue for issue in listed if issue.author_is_us)
    if any(issue.created_at > intent.at + target.tracker.capabilities.grain for issue in ours):
        return True
    return survey.observed.at >= intent.at + target.limits.create_quarantine
