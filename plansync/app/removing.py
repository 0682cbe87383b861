"""Removals that wait until a second reading shows them as well: what is remembered of them between runs (spec §4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plansync.app.request import SyncRequest, Target
from plansync.app.runlog import RunLog
from plansync.core.decision import PlanDecision
from plansync.core.identity import PlanKey
from plansync.core.reading import Reading
from plansync.core.removals import Sightings, look_again, removed_by, without_waiting
from plansync.ports.snapshots import Json, Snapshots

_AT, _PLAN = "at", "plan"


@dataclass(slots=True)
class Removals:
    """The removals of one run. ``waiting`` are the issues that this run leaves open for now."""

    snapshots: Snapshots
    target: Target
    request: SyncRequest
    log: RunLog
    waiting: set[int] = field(default_factory=set)

    def hold(
        self, decisions: Mapping[PlanKey, PlanDecision], now: datetime, *, may_remove: bool
    ) -> Mapping[PlanKey, PlanDecision]:
        """Take out of ``decisions`` what must be seen again first, and remember what was seen.

        Where nothing may be removed in this run (``may_remove``), or a plan was not read whole, nothing is forgotten.
        """
        known = self._load()
        self.waiting = set()
        rows: dict[int, Json | None] = {}
        held: dict[PlanKey, PlanDecision] = {}
        for key, decision in decisions.items():
            since = {number: at for number, (plan, at) in known.items() if plan == key}
            seen = self._look(decision, since, now)
            if may_remove and _is_whole(decision.reading):
                rows |= dict.fromkeys(since.keys() - seen.since.keys())
                rows |= {n: {_PLAN: key, _AT: at.isoformat()} for n, at in seen.since.items() if since.get(n) != at}
            held[key] = replace(decision, changes=without_waiting(decision.changes, seen.waiting))
            self._tell(decision, seen.waiting)
        if rows and not self.request.dry_run:
            self.snapshots.save(self._name, {}, rows)
        return held

    def _look(self, decision: PlanDecision, since: Mapping[int, datetime], now: datetime) -> Sightings:
        removed = removed_by(decision.changes)
        if self.request.confirm_removals and not self.request.allow_removals:
            return look_again(removed, since, now, self.target.limits.removal_confirm)
        return look_again(removed & since.keys(), since, now, timedelta(0))

    def _tell(self, decision: PlanDecision, waiting: Mapping[int, datetime]) -> None:
        self.waiting |= waiting.keys()
        for number, until in sorted(waiting.items()):
            self.log.notes.append(
                f"{decision.reading.path}: the item of #{number} is gone; if it does not come back, the issue is closed"
                f" by the first run after {until:%H:%M:%S} UTC"
            )

    @property
    def _name(self) -> str:
        return f"removals:{self.target.project}"

    def _load(self) -> Mapping[int, tuple[str, datetime]]:
        snapshot = self.snapshots.load(self._name)
        rows = snapshot.rows if snapshot is not None else {}
        return {number: (row[_PLAN], datetime.fromisoformat(row[_AT])) for number, row in rows.items()}


def _is_whole(reading: Reading) -> bool:
    return reading.whole and not reading.plan.guarded
