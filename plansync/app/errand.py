"""A run that people ask for by hand and that is no sync: ``undo`` and ``retire`` (spec §9).

Like a sync it waits for the lease, is a run of the journal, carries changes out one by one, and reports; like a sync
it has a dry run on the very same code, which is its preview.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from plansync.app.admission import check_branch, take_lease
from plansync.app.carry import Carried, Carrier
from plansync.app.chronicle import Chronicle
from plansync.app.fuses import loses_labels
from plansync.app.keeping import Keeper
from plansync.app.rehearsal import rehearsal_of
from plansync.app.report import PlanReport, TargetReport
from plansync.app.request import Listener, Silent, SyncRequest, Target, Workshop
from plansync.app.runlog import RunLog
from plansync.core.baseline import PlanState
from plansync.core.changes import Change, Done
from plansync.core.observed import ObservedState
from plansync.core.predict import Prediction
from plansync.errors import PlansyncError, RateLimited, Stopped
from plansync.ports.tracker import Asked

_ONE_SLICE = timedelta(days=365)
AGAIN = "run it again: it goes on from there"


@dataclass(frozen=True, slots=True)
class Consent:
    """Who hears of the run, and what a person was shown of each plan and agreed to (None: nobody was asked)."""

    listener: Listener = field(default_factory=Silent)
    agreed: tuple[PlanReport, ...] | None = None


@dataclass(slots=True)
class Errand:
    """One such run at work."""

    workshop: Workshop
    target: Target
    request: SyncRequest
    log: RunLog
    keeper: Keeper
    chronicle: Chronicle
    agreed: tuple[PlanReport, ...] | None = None

    def states(self) -> Mapping[str, PlanState]:
        """Return what is known of the project's plans."""
        return self.workshop.store.plans.load(self.target.project)

    def save(self, states: Sequence[PlanState]) -> None:
        """Keep what is known of plans from now on."""
        if states:
            self.workshop.store.plans.save(self.target.project, states, self.keeper.lease)

    def observe(self, asked: Asked) -> ObservedState:
        """Look at the project."""
        return self.keeper.patiently(lambda: self.target.tracker.observe(asked))

    def check(self, shown: Collection[PlanReport]) -> None:
        """Raise ``Stopped`` if what is about to be done is not what was agreed to."""
        if self.agreed is not None and set(map(_outline, shown)) != set(map(_outline, self.agreed)):
            raise Stopped("what there is to do changed since it was shown", hint="look at it again")

    def carry_out(self, changes: Sequence[Change], observed: ObservedState) -> Sequence[Carried]:
        """Carry ``changes`` out and return what became of each; raises what stopped it before the end."""
        now = self.workshop.clock.now()
        carrier = Carrier(
            workshop=self.workshop,
            target=self.target,
            run=self.log.run,
            keeper=self.keeper,
            prediction=Prediction.of(observed),
            links={},
            started_at=now,
            observed_at=now,
        )
        if changes:
            self.keeper.listener.started(self.target.name, len(changes), timedelta(0))
            carrier.carry_out(changes)
        if carrier.stop is not None:
            left = len(changes) - carrier.done
            hint = carrier.stop.hint if isinstance(carrier.stop, RateLimited) else AGAIN
            self.log.fail(f"{carrier.stop}; {left} change(s) are left", hint, carrier.stop)
        elif carrier.failed_plans:
            self.log.fail("some changes did not take effect", AGAIN)
        return carrier.carried


def run_errand(
    workshop: Workshop,
    target: Target,
    request: SyncRequest,
    do: Callable[[Errand], Mapping[str, object]],
    consent: Consent,
) -> TargetReport:
    """Run ``do`` under a lease, as a run of the journal, and report; what it returns goes into the run's summary.

    With ``request.dry_run`` nothing is written anywhere. Known errors are in the report, not raised.
    """
    if request.dry_run:
        workshop, target = rehearsal_of(workshop, target)
    target = replace(target, limits=replace(target.limits, slice_time=_ONE_SLICE))
    log = RunLog(target, request)
    store, clock = workshop.store, workshop.clock
    try:
        check_branch(target, request)
        lease = take_lease(workshop, target, consent.listener)
        keeper = Keeper(
            store.leases, clock, target.limits.lease, lease, target.name, consent.listener, workshop.is_ending
        )
        stripped = target.tracker.capabilities.credential if loses_labels(store.journal, target) else ""
        more: Mapping[str, object] = {}
        try:
            log.run = store.journal.start(target.name, request.trigger, clock.now())
            chronicle = Chronicle(store.journal, clock, log.run)
            more = do(Errand(workshop, target, request, log, keeper, chronicle, consent.agreed))
        except PlansyncError as error:
            log.fail(str(error), error.hint, error)
        finally:
            _finish(workshop, log, {"stripped": stripped, **more})
            keeper.release()
    except PlansyncError as error:
        log.fail(str(error), error.hint, error)
    return log.report()


def _finish(workshop: Workshop, log: RunLog, more: Mapping[str, object]) -> None:
    report = log.report()
    summary = {**more, "counts": report.counts, "errors": report.errors}
    if log.run:
        workshop.store.journal.finish(log.run, workshop.clock.now(), not report.failed, json.dumps(summary))


def _outline(plan: PlanReport) -> object:
    """Return what a person would want to be asked about again if it were different."""
    changes = tuple((c.kind, c.number, c.fields, c.labels) for c in plan.changes)
    return plan.path, changes, plan.diff


def is_done(carried: Carried) -> bool:
    """Say whether a change took effect."""
    return isinstance(carried.outcome, Done)
