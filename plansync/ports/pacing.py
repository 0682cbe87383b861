"""The pacing port: one memory of what was sent to a host with a credential, shared by all processes (spec §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from plansync.core.pace import Manners, Sending, Sent


@dataclass(frozen=True, slots=True)
class Slot:
    """When a request may be sent. ``granted``: the place is reserved; else the wait is longer than one has patience.

    ``reason`` says what the wait is for, in a few words (``the host asked for a pause``), empty without one.
    """

    at: datetime
    granted: bool
    reason: str = ""


class Pacing(Protocol):
    """Gives out places in time, one process after the other. Any method may raise ``StoreError``.

    ``account`` names a host and a credential, without its secret (``github.com:3f2a…``).
    """

    def reserve(self, account: str, kind: Sending, manners: Manners, now: datetime, patience: timedelta) -> Slot:
        """Reserve the next place for a request of ``kind`` if it lies within ``patience`` of ``now``.

        Whoever asks later, in any process, gets a later place. Within a back-off window the place is its end.
        """

    def back_off(self, account: str, until: datetime, reason: str) -> None:
        """Let nothing be sent before ``until``; a later end that is known already stays."""

    def backing_off(self, account: str) -> tuple[datetime, str] | None:
        """Return end and reason of the last back-off window, None without one; it may have passed."""

    def recent(self, account: str, now: datetime) -> Sequence[Sent]:
        """Return what was sent or reserved within the last hour, oldest first."""
