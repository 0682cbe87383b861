"""Waiting for one's turn at a host: short waits are slept, long ones are told (spec §7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from plansync.core.pace import Manners, Sending
from plansync.errors import RateLimited
from plansync.ports.clock import Clock
from plansync.ports.pacing import Pacing

PATIENCE = timedelta(seconds=20)
"""The longest wait that is slept here; longer ones are the caller's, who has leases to keep alive."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One account's pace: ``account`` names host and credential, without its secret."""

    host: str
    account: str
    manners: Manners
    pacing: Pacing
    clock: Clock

    def wait(self, kind: Sending) -> None:
        """Return when a request of ``kind`` may be sent; raises ``RateLimited`` where that is not soon."""
        now = self.clock.now()
        slot = self.pacing.reserve(self.account, kind, self.manners, now, PATIENCE)
        if not slot.granted:
            raise self._limited(slot.at - now, slot.reason or "what it takes in an hour is used up")
        if slot.at > now:
            self.clock.sleep(slot.at - now)
            self._look_again()

    def _look_again(self) -> None:
        """Stay silent when, while we slept, another process heard that the host wants to be left alone."""
        pause = self.pacing.backing_off(self.account)
        if pause is not None and pause[0] > self.clock.now():
            raise self._limited(pause[0] - self.clock.now(), pause[1])

    def back_off(self, span: timedelta, reason: str) -> RateLimited:
        """Let nobody send anything for ``span``; return the error for those who cannot wait."""
        self.pacing.back_off(self.account, self.clock.now() + span, reason)
        return self._limited(span, reason)

    def _limited(self, span: timedelta, reason: str) -> RateLimited:
        at = self.clock.now() + span
        return RateLimited(
            f"{self.host} has to be left alone until {at:%Y-%m-%d %H:%M:%S} UTC: {reason}", retry_after=span
        )
