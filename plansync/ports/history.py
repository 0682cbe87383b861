"""The history port: the journal of runs, to be read by ``history``, ``explain`` and ``undo`` (spec §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from plansync.ports.entries import Intent, Record, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which runs are asked for, newest first; ``quiet``: also those that did nothing and failed at nothing."""

    target: str | None = None
    plan: str | None = None
    """Only runs that did something to the plan of this key."""
    limit: int = 20
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One record, and the run that made it."""

    run: Run
    record: Record


class History(Protocol):
    """Reads the journal. Any method may raise ``StoreError``."""

    def runs(self, wanted: Wanted) -> Sequence[Run]:
        """Return runs, newest first."""

    def named(self, name: str) -> Sequence[Run]:
        """Return the runs whose id begins or ends with ``name``, newest first; none for an empty name."""

    def records(self, run: str) -> Sequence[Record]:
        """Return everything that a run recorded, in its order."""

    def intents(self, run: str) -> Sequence[Intent]:
        """Return the creates that a run was about to send, in its order, settled or not."""

    def of_item(self, target: str, plan: str, key: str) -> Sequence[Told]:
        """Return what was done for one item or phase, newest first."""

    def of_issue(self, target: str, number: int) -> Sequence[Told]:
        """Return what was done to one issue, newest first."""
