"""The service's worker: takes a sync that is due, does it, and says how it ended and when to try again (spec §11).

It goes by the settings alone: nobody is there to be asked. What fails, fails one target: the worker lives on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from plansync.app.narrow import narrow
from plansync.app.report import TargetReport
from plansync.app.request import Listener, Target, Workshop
from plansync.app.sync import run_sync
from plansync.app.witness import Witness
from plansync.core.due import pause_after
from plansync.core.scope import Scope
from plansync.errors import Interrupted, LeaseHeld, PlansyncError, RateLimited, StoreError
from plansync.ports.clock import Clock
from plansync.ports.queue import Ending, Queue, Taken

SPAN = timedelta(seconds=45)
"""After so long without renewal a sync is given to another worker, who is to have it within a minute."""
_TRIES, _PAUSE = 10, timedelta(seconds=1)
"""How often it is tried to note how a sync ended."""
SOON = timedelta(seconds=5)
"""When a target is looked at again of which somebody else had the lease."""

_log = logging.getLogger(__name__)

Opener = Callable[[str], AbstractContextManager[Workshop | None]]
"""Wires what one sync of a target needs, afresh, for as long as it runs; None: no such target is configured."""
Keeping = Callable[[Taken], AbstractContextManager[None]]
"""Renews what was taken for as long as it is worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A sync that is over. ``noted`` False: it was taken away meanwhile, and how it ended counts for nothing."""

    taken: Taken
    report: TargetReport
    ending: Ending
    ended_at: datetime
    took: timedelta
    noted: bool


class Teller(Protocol):
    """Tells people of syncs, from the threads that do them. Never raises."""

    def begun(self, taken: Taken) -> None:
        """Hear that the calling thread does nothing else from now on, until it is over."""

    def over(self, sync: Over) -> None:
        """Tell of one sync that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Does one sync at a time; may be used by several threads. ``luck`` returns a number from 0 to 1."""

    queue: Queue
    clock: Clock
    open: Opener
    keeping: Keeping
    holder: str
    luck: Callable[[], float]
    teller: Teller
    listener: Listener
    witnesses: Sequence[Witness] = ()

    def take(self, targets: Collection[str]) -> Taken | None:
        """Return the sync of one of ``targets`` that has been due longest, now ours, or None. Raises ``StoreError``."""
        return self.queue.take(targets, self.holder, SPAN, self.clock.now())

    def do(self, taken: Taken) -> None:
        """Sync what was taken, note how it ended, and tell. Raises ``StoreError`` where it could not be noted."""
        started_at = self.clock.now()
        self.teller.begun(taken)
        with self.keeping(taken):
            report = self._report(taken)
        now = self.clock.now()
        for witness in self.witnesses:
            witness.synced(report, now - started_at)
        ending = ending_of(report, taken.attempt, now, self.luck())
        noted = False
        try:
            noted = self._finish(_widened(taken, report), ending)
        finally:
            took = now - started_at
            self.teller.over(Over(taken=taken, report=report, ending=ending, ended_at=now, took=took, noted=noted))

    def _finish(self, taken: Taken, ending: Ending) -> bool:
        """Note how it ended, tried again for a while: otherwise nobody syncs the target until it runs out."""
        for _ in range(_TRIES - 1):
            try:
                return self.queue.finish(taken, ending, self.clock.now())
            except StoreError as error:
                _log.warning("how a sync ended could not be stored, trying again: %s", error)
            self.clock.sleep(_PAUSE)
        return self.queue.finish(taken, ending, self.clock.now())

    def _report(self, taken: Taken) -> TargetReport:
        """Return what the sync did; whatever was raised stands among the report's errors."""
        try:
            return self._sync(taken)
        except PlansyncError as error:
            return _broken(taken, str(error), error.hint, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails one sync and no other
            _log.exception("a bug in plansync stopped a sync", extra={"target": taken.target})
            return _broken(taken, f"{type(error).__name__}: {error}", "this is a bug in plansync; please report it")

    def _sync(self, taken: Taken) -> TargetReport:
        with self.open(taken.target) as workshop:
            if workshop is None:
                return _empty(taken, "the target is not configured any more")
            target = next(target for target in workshop.targets if target.name == taken.target)
            request = narrow(workshop, target, taken.scope, ", ".join(taken.triggers))
            if request is None:
                return replace(_empty(taken), tracker=target.tracker.address.kind, project=target.project)
            return run_sync(workshop, _hasty(target), request, self.listener)


def ending_of(report: TargetReport, attempt: int, now: datetime, luck: float) -> Ending:
    """Say how a sync ended that had failed ``attempt`` times before.

    what stopped it                     it waits again               it counts
    nothing, and all is in step         no                           as a success
    nothing, but edits are gathered     for these, until they are    as a success
                                        written
    the process is to end               from now on                  no
    somebody else has the lease         in a few seconds             no
    the tracker asked for a pause       until the pause is over      as a failure
    anything else that stopped it       for a pause that grows       as a failure
    nothing, but some plan is at fault  no: until it changes, or     as a failure
                                        the schedule comes round
    """
    error, left = _why(report), _left(report)
    later = report.gathered.until if report.gathered is not None else None
    match report.stopped_by:
        case Interrupted():
            return Ending(ok=False, error=error, retry_at=now, counts=False)
        case LeaseHeld():
            return Ending(ok=False, error=error, retry_at=now + SOON, counts=False)
        case RateLimited(retry_after=pause):
            return Ending(ok=False, error=error, retry_at=now + pause)
        case _ if not report.failed:
            return Ending(ok=True, retry_at=later, left=left)
        case _ if report.errors or _may_pass(report):
            return Ending(ok=False, error=error, retry_at=now + pause_after(attempt + 1, luck))
        case _:
            return Ending(ok=False, error=error, retry_at=later, left=left)


def _left(report: TargetReport) -> Scope | None:
    return Scope(plans=report.gathered.paths) if report.gathered is not None else None


def _widened(taken: Taken, report: TargetReport) -> Taken:
    """Return what was taken with the plans that are still to be written, of which its events may tell nothing."""
    return replace(taken, scope=taken.scope | (_left(report) or Scope()))


def _may_pass(report: TargetReport) -> bool:
    """Say whether trying again can help by itself: a change failed, or a file could not be written."""
    failed = any(change.outcome in {"failed", "unknown"} for change in report.changes)
    return failed or any(plan.error for plan in report.plans)


def _why(report: TargetReport) -> str:
    """Return in one line what keeps the target from being in step."""
    found = [message for message, _ in report.errors]
    found += [f"{plan.path}: {plan.error or plan.fused or 'has errors'}" for plan in report.plans if plan.failed]
    return " ".join("; ".join(found[:3]).split())


def _hasty(target: Target) -> Target:
    """Let the target be put off, rather than its worker wait, while somebody else has its lease.

    Its own lease runs out with what was taken, so that whoever is given a dead worker's sync need not wait for it.
    """
    lease = min(target.limits.lease, SPAN)
    return replace(target, limits=replace(target.limits, lease_wait=timedelta(0), lease=lease))


def _empty(taken: Taken, *notes: str) -> TargetReport:
    return TargetReport(name=taken.target, tracker="", project="", notes=notes)


def _broken(taken: Taken, message: str, hint: str, cause: PlansyncError | None = None) -> TargetReport:
    return replace(_empty(taken), errors=((message, hint),), stopped_by=cause)
