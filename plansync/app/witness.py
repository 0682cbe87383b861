"""Who hears how syncs of the service ended: what counts them for people who watch it."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from plansync.app.report import TargetReport


class Witness(Protocol):
    """Hears of syncs that are over, from the threads that did them. Never changes what is done, and never raises."""

    def synced(self, report: TargetReport, took: timedelta) -> None:
        """Hear of one sync of one target, well ended or not; what was raised stands among the report's errors."""


class Nobody:
    """The Witness that hears nothing."""

    def synced(self, report: TargetReport, took: timedelta) -> None:
        """Ignore it."""
