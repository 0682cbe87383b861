"""Before a run may begin: the right branch, and the lease of the project (spec §4, §4.5)."""

from __future__ import annotations

from datetime import timedelta

from plansync.app.request import SyncRequest, Target, Workshop
from plansync.errors import LeaseHeld, Stopped
from plansync.ports.store import Held, Lease

_POLL = timedelta(seconds=1)


def check_branch(target: Target, request: SyncRequest) -> None:
    """Raise ``Stopped`` where a shared tracker may not be synced from the branch that is checked out."""
    if request.any_branch or not target.tracker.capabilities.branch_bound:
        return
    rule = target.source.branch_rule()
    if not rule.allowed:
        hint = rule.hint or "preview works on any branch; to sync all the same: --any-branch"
        raise Stopped(rule.reason, hint=hint)


def take_lease(workshop: Workshop, target: Target) -> Lease:
    """Take the lease of the project, and so of all its plans, waiting for a living one as long as allowed.

    Plans are looked at only afterwards: what was read while another run wrote would be no news any more. Raises
    ``LeaseHeld``, which names the holder.
    """
    names = [f"project:{target.project}"]
    limits, clock = target.limits, workshop.clock
    deadline = clock.now() + limits.lease_wait
    while True:
        lease = workshop.store.leases.acquire(names, workshop.holder, limits.lease, clock.now())
        if not isinstance(lease, Held):
            return lease
        if clock.now() >= deadline:
            hint = "wait for it to end, or stop it; its lease runs out by itself"
            raise LeaseHeld(f"{lease.name} is being synced by {lease.holder}", hint=hint)
        clock.sleep(_POLL)
