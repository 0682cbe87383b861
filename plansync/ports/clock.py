"""The clock port: time is a value that comes from outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells and passes time."""

    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""

    def sleep(self, span: timedelta) -> None:
        """Wait for ``span``."""
