"""When a target has been out of step for too long, and what is told of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AGAIN = timedelta(days=1)
"""How often an alarm is repeated while the target stays out of step."""
_UNITS = ((24 * 60, "day"), (60, "hour"))
"""From how many minutes on a length is told in which unit."""


class Stage(StrEnum):
    """What an alarm says."""

    RAISED = "raised"
    REPEATED = "repeated"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One message about one target that is, or was, out of step ``since`` then.

    ``success_at`` is the last time that it was brought into step, None if never; ``error`` what keeps it from it.
    """

    stage: Stage
    target: str
    since: datetime
    at: datetime
    success_at: datetime | None = None
    error: str = ""

    @property
    def subject(self) -> str:
        """Return it in one line."""
        if self.stage is Stage.CLEARED:
            return f"plansync: {self.target} is in step again"
        return f"plansync: {self.target} is{' still' if self.stage is Stage.REPEATED else ''} not in step"

    @property
    def text(self) -> str:
        """Return it in a few lines."""
        if self.stage is Stage.CLEARED:
            return f"The target '{self.target}' is in step again. It was not for {_length(self.at - self.since)}."
        lines = [f"The target '{self.target}' has not been in step for {_length(self.at - self.since)}."]
        lines.append(f"Why: {self.error.rstrip('.')}." if self.error else "No worker has come round to it.")
        last = f"{self.success_at:%Y-%m-%d %H:%M} UTC" if self.success_at is not None else "never"
        return "\n".join((*lines, f"Last in step: {last}."))


def outage_since(
    *,
    failing_since: datetime | None,
    success_at: datetime | None,
    due_at: datetime | None,
    is_running: bool,
    started_at: datetime,
) -> datetime | None:
    """Say since when a target has been out of step, None while all is well. ``started_at``: when we began to watch.

    the target                                          out of step since
    fails                                               the first failure since the last success
    is being synced                                     not at all: a first sync may take hours
    waits, and was due (``due_at``)                     then, or when we began
    was never in step, and nothing was tried            we began
    was in step, and was not asked for since            not at all
    """
    if failing_since is not None:
        return failing_since
    if is_running:
        return None
    if due_at is not None:
        return max(due_at, started_at)
    return started_at if success_at is None else None


def _length(span: timedelta) -> str:
    """Return a length of time as people say it."""
    minutes = max(int(span.total_seconds() // 60), 0)
    size, word = next((unit for unit in _UNITS if minutes >= unit[0]), (1, "minute"))
    count = minutes // size
    return f"{count} {word}{'' if count == 1 else 's'}"
