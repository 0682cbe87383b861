"""The fuses of a run: what of the decided changes may be carried out now (spec §4.5), and with what token."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plansync.app.report import REMOVALS_HINT
from plansync.app.request import Listener, SyncRequest, Target
from plansync.app.runlog import RunLog
from plansync.core.changes import Change, ReopenIssue
from plansync.core.decision import PlanDecision
from plansync.core.identity import PlanKey
from plansync.core.ownership import Ownership
from plansync.core.policy import Slice, creation_fuse, creations_in, removal_fuse, slice_changes
from plansync.ports.store import Journal

_LOOKED_BACK = 3
"""How many runs are looked at for one that was finished: the last ones may have died, or still go on."""


def loses_labels(journal: Journal, target: Target) -> bool:
    """Say whether the last finished run of ``target`` saw the very credential in use lose labels or milestones."""
    finished = (run for run in journal.runs(target.name, _LOOKED_BACK) if run.ended_at is not None)
    last = next(finished, None)
    credential = json.loads(last.summary or "{}").get("stripped", "") if last is not None else ""
    return bool(credential) and credential == target.tracker.capabilities.credential


@dataclass(slots=True)
class FuseBox:
    """The fuses of one run. ``created`` counts its creations over all slices."""

    target: Target
    request: SyncRequest
    listener: Listener
    log: RunLog
    created: int = 0
    stripped: str = ""
    """The credential that was seen to lose labels or milestones, if it is the one in use."""
    allowed: bool = False
    """A person at the terminal allowed creations above the limit."""

    def look_back(self, journal: Journal) -> None:
        """Learn from the last finished run whether this very credential loses labels or milestones."""
        self.stripped = self._credential() if loses_labels(journal, self.target) else ""

    def strip(self) -> None:
        """Note that the credential in use loses labels or milestones."""
        self.stripped = self._credential()

    def removal_fuses(self, decisions: Mapping[PlanKey, PlanDecision], ownership: Ownership) -> dict[PlanKey, str]:
        """Return the plans of which too much would be removed or reopened at once, with the words to show.

        A dry run holds nothing: people look at it to see what would be removed, and are told what ``once`` needs.
        """
        if self.request.allow_removals:
            return {}
        fuses: dict[PlanKey, str] = {}
        for key, decision in decisions.items():
            fuse = removal_fuse(_counted(decision), len(ownership.of_plan(key)), self.target.limits)
            if fuse is None:
                continue
            if self.request.dry_run:
                self.log.notes.append(f"{decision.reading.path}: {fuse.message}; `once` needs --allow-removals")
            else:
                fuses[key] = f"{fuse.message}; nothing of this plan is changed"
        if fuses:
            self.log.fail(f"{len(fuses)} plan(s) are held by the removal fuse", REMOVALS_HINT)
        return fuses

    def choose(self, decisions: Mapping[PlanKey, PlanDecision], held: frozenset[PlanKey]) -> Slice | None:
        """Return this slice's changes, or None where a fuse stops the run before its first."""
        changes: list[Change] = [change for key, d in decisions.items() if key not in held for change in d.changes]
        creations = creations_in(changes)
        if creations and self.stripped:
            message = "nothing is created: the token was seen to lose labels or milestones"
            self.log.fail(message, "set another token, or give this one the right to set them")
            return None
        if not self._may_create(self.created + creations):
            return None
        piece = slice_changes(changes, self.target.limits.slice_creations)
        self.created += creations_in(piece.changes)
        return piece

    def _may_create(self, creations: int) -> bool:
        limit = self.target.limits.creates if self.request.max_creates is None else self.request.max_creates
        fuse = creation_fuse(creations, limit)
        if fuse is None or self.allowed:
            return True
        if self.request.dry_run:
            self.log.notes.append(f"{fuse.message}: `once` needs --max-creates {creations}")
            return True
        self.allowed = self.listener.may_create(self.target.name, creations, limit)
        if not self.allowed:
            self.log.fail(fuse.message, f"if that is right, run `plansync once --max-creates {creations}`")
        return self.allowed

    def _credential(self) -> str:
        return self.target.tracker.capabilities.credential


def _counted(decision: PlanDecision) -> Sequence[Change]:
    """Return the changes that a fuse counts: who named a held plan wants open again what was closed for the hold."""
    is_taken_up = bool(decision.reading.hold)
    return [change for change in decision.changes if not (is_taken_up and isinstance(change, ReopenIssue))]
