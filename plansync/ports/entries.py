"""What the journal holds: runs, the intents before every create, and what became of each change. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that is about to be sent, or was: ``at`` is on the tracker's clock."""

    id: int
    run: str
    target: str
    plan: str
    key: str
    """The item's or phase's key."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One applied change for the journal: what was done, why, and how it ended."""

    plan: str
    key: str
    change: str
    """The change's kind (``CreateIssue`` …)."""
    number: int | None
    reason: str
    outcome: str
    """``done``, ``failed``, ``unknown`` or ``skipped``."""
    message: str
    before: str
    """The before-image as JSON, empty where there was nothing."""
    at: datetime
    after: str = ""
    """What of it was different afterwards, as JSON; empty where nothing took effect."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a target; ``ended_at`` None while it runs or when it died; ``summary`` is JSON."""

    id: str
    target: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    ok: bool | None
    summary: str
