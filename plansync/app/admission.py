"""Before a run may begin: the right branch, and the lease of the project (spec §4, §4.5)."""

from __future__ import annotations

from datetime import timedelta

from plansync.app.request import Listener, SyncRequest, Target, Workshop
from plansync.errors import LeaseHeld, Stopped
from plansync.ports.store import Held, Lease

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(milliseconds=50), timedelta(seconds=1)
"""Between two looks at a lease: most runs are short, and who waits for a long one need not look often."""


def check_branch(target: Target, request: SyncRequest) -> None:
    """Raise ``Stopped`` where a shared tracker may not be synced from the branch that is checked out."""
    if request.any_branch or not target.tracker.capabilities.branch_bound:
        return
    rule = target.source.branch_rule()
    if not rule.allowed:
        hint = rule.hint or "preview works on any branch; to sync all the same: --any-branch"
        raise Stopped(rule.reason, hint=hint)


def take_lease(workshop: Workshop, target: Target, listener: Listener) -> Lease:
    """Take the lease of the project, and so of all its plans, waiting for a living one as long as allowed.

    Plans are looked at only afterwards: what was read while another run wrote would be no news any more. ``listener``
    hears once of the wait. Raises ``LeaseHeld``, which names the holder.
    """
    names = [f"project:{target.project}"]
    limits, clock = target.limits, workshop.clock
    deadline, pause = clock.now() + limits.lease_wait, _FIRST_PAUSE
    while True:
        lease = workshop.store.leases.acquire(names, workshop.holder, limits.lease, clock.now())
        if not isinstance(lease, Held):
            return lease
        left = deadline - clock.now()
        if left <= timedelta(0):
            hint = "let it end, or stop it; if it ended without a word, its lease runs out by itself"
            raise LeaseHeld(f"{lease.who} is at work on {target.project}", hint=hint)
        if pause == _FIRST_PAUSE:
            listener.queued(target.name, left, f"{lease.who} is at work on {target.project}")
        clock.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
