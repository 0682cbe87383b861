"""Keeping a run's lease alive, also while the tracker wants to be left alone (spec §4, §7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from plansync.app.request import Listener, never
from plansync.errors import Interrupted, LeaseHeld, RateLimited
from plansync.ports.clock import Clock
from plansync.ports.store import Lease, Leases

PATIENCE = timedelta(minutes=5)
"""The longest pause that a run sits out; for a longer one it ends, and says when to go on."""
_PAUSES = 20
"""How many pauses one step sits out before it is given up."""
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Keeper:
    """Holds the run's lease as it was last renewed."""

    leases: Leases
    clock: Clock
    span: timedelta
    lease: Lease
    target: str
    listener: Listener
    is_ending: Callable[[], bool] = never

    def go_on(self) -> None:
        """Raise ``Interrupted`` when the process was asked to end."""
        if self.is_ending():
            raise Interrupted("plansync was asked to end", hint="what was done is recorded; the next run does the rest")

    def keep(self) -> None:
        """Prolong the lease when a third of it is used up; raises ``LeaseHeld`` when it was lost."""
        now = self.clock.now()
        if self.lease.expires_at - now > self.span * 2 / 3:
            return
        renewed = self.leases.renew(self.lease, self.span, now)
        if renewed is None:
            raise LeaseHeld("another process took over the lease of this run", hint="run again")
        self.lease = renewed

    def patiently(self, step: Callable[[], _Result]) -> _Result:
        """Return what ``step`` returns, tried again after every pause that the tracker asks for.

        A step that raises ``RateLimited`` has sent nothing that took effect, or only what may be repeated.
        """
        for _ in range(_PAUSES):
            try:
                return step()
            except RateLimited as limit:
                if limit.retry_after > PATIENCE:
                    raise
                self.listener.waiting(self.target, limit.retry_after, str(limit))
                self._wait(limit.retry_after)
        return step()

    def release(self) -> None:
        """Give the lease back."""
        self.leases.release(self.lease)

    def _wait(self, span: timedelta) -> None:
        """Let ``span`` pass in steps that are short enough to keep the lease."""
        until = self.clock.now() + span
        while (left := until - self.clock.now()) > timedelta(0):
            self.clock.sleep(min(left, self.span / 3))
            self.keep()
