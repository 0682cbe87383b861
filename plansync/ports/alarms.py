"""The alarm port: who is told that a target is out of step, beside the log."""

from __future__ import annotations

from typing import Protocol

from plansync.core.alarm import Alarm


class Sender(Protocol):
    """Hands alarms on, one way or another."""

    def send(self, alarm: Alarm) -> None:
        """Hand ``alarm`` on; raises ``AlarmLost`` in words that tell no secret."""
