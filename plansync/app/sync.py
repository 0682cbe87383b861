"""The main job: bring the plans of one target and its tracker project into step (spec §4).

Long work goes in slices: read plans and tracker, decide, apply, write back, remember, again. A dry run is the same
code on adapters that write nothing (:mod:`plansync.app.rehearsal`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from plansync.app.admission import check_branch, take_lease
from plansync.app.carry import Carrier
from plansync.app.chronicle import Chronicle
from plansync.app.estimate import estimate
from plansync.app.fuses import FuseBox
from plansync.app.judge import Judge, View
from plansync.app.keeping import Keeper
from plansync.app.pen import Pen
from plansync.app.rehearsal import rehearsal_of
from plansync.app.remember import Memory
from plansync.app.removing import Removals
from plansync.app.report import TargetReport, as_json
from plansync.app.request import Listener, Silent, SyncRequest, Target, Workshop
from plansync.app.runlog import RunLog
from plansync.app.settle import settle_intents
from plansync.app.shelf import Parse
from plansync.app.survey import Survey, Surveyor, cached
from plansync.app.writing import Writer, WrittenPlan
from plansync.core.changes import Skipped
from plansync.core.decision import PlanDecision
from plansync.core.facts import Facts
from plansync.core.identity import ItemKey, PlanKey
from plansync.core.mishaps import PASSING
from plansync.core.ownership import Ownership
from plansync.core.policy import Slice
from plansync.core.predict import Prediction
from plansync.core.stages import By
from plansync.errors import ConfigError, PlansyncError


def run_sync(
    workshop: Workshop, target: Target, request: SyncRequest, listener: Listener | None = None
) -> TargetReport:
    """Sync one target and report; what stopped it on purpose or held it up is in the report, not raised.

    With ``request.dry_run`` nothing is written anywhere, and the report shows what would be. Raises ``ConfigError``,
    which a user's template may still turn out to be: no other run can go better.
    """
    if request.dry_run:
        workshop, target = rehearsal_of(workshop, target)
    log = RunLog(target, request)
    fuses = FuseBox(target, request, listener or Silent(), log)
    try:
        pen = Pen(workshop.store.snapshots, target, request, workshop.clock, log)
        _Run(workshop, target, request, log, fuses, pen, cached(workshop.parse)).go()
    except ConfigError:
        raise
    except PlansyncError as error:
        log.fail(str(error), error.hint, error)
    return log.report()


@dataclass(frozen=True, slots=True)
class _Piece:
    """One slice on its way from deciding to remembering."""

    survey: Survey
    decisions: Mapping[PlanKey, PlanDecision]
    fuses: Mapping[PlanKey, str]
    held: frozenset[PlanKey]
    slice: Slice


@dataclass(slots=True)
class _Run:
    workshop: Workshop
    target: Target
    request: SyncRequest
    log: RunLog
    fuses: FuseBox
    pen: Pen
    parse: Parse
    texts: dict[Facts, tuple[str, str]] = field(default_factory=dict)
    """Rendered texts, kept over all slices."""
    chronicle: Chronicle = field(init=False)
    until: datetime | None = None
    """When the run may be done, as it was told before the first write."""

    def go(self) -> None:
        """Run slices under a lease until nothing is left."""
        check_branch(self.target, self.request)
        store, clock, span = self.workshop.store, self.workshop.clock, self.target.limits.lease
        listener = self.fuses.listener
        lease = take_lease(self.workshop, self.target, listener)
        keeper = Keeper(store.leases, clock, span, lease, self.target.name, listener, self.workshop.is_ending)
        try:
            self.log.run = store.journal.start(self.target.name, self.request.trigger, clock.now())
            self.chronicle = Chronicle(store.journal, clock, self.log.run)
            self.fuses.look_back(store.journal)
            while self._slice(keeper):
                pass
        finally:
            self._finish(keeper)

    def _slice(self, keeper: Keeper) -> bool:
        """Do one slice; return whether another is wanted."""
        keeper.go_on()
        started = self.workshop.clock.now()
        surveyor = Surveyor(self.workshop, self.target, self.request, self.parse)
        survey = keeper.patiently(surveyor.survey)
        observed_at = self.workshop.clock.now()
        self.log.note_survey(survey)
        self.log.check_exposure(survey)
        view = View.of(survey, settle_intents(self.target, survey, self.workshop.store.journal, self.log))
        judge = Judge(self.target, self.request, self.texts)
        enough = self.target.limits.slice_creations if self.fuses.created else 0
        decided = keeper.patiently(lambda: judge.decide(survey, view, enough))
        removals = Removals(self.workshop.store.snapshots, self.target, self.request, self.log)
        decisions = removals.hold(decided, observed_at, may_remove=view.may_remove)
        piece = self._choose(survey, decisions, is_part=bool(enough))
        carrier = self._carry_out(piece, keeper, started, observed_at)
        ownership = survey.own(carrier.prediction.observed())
        after = replace(view, ownership=ownership, related=frozenset(carrier.prediction.related))
        self.pen.listed = survey.paths_of(self.target.name)
        writer = Writer(self.target, judge, self.parse, survey, after, self.chronicle, self.pen)
        written = writer.write_all(piece.decisions.keys(), piece.held)
        self.log.note_slice(piece.decisions, carrier, written, piece.fuses)
        now = self.workshop.clock.now()
        left = frozenset(removals.waiting)
        memory = Memory(self.target, ownership, carrier.carried, self.parse, survey.observed.at, now, left)
        self._remember(piece, memory, written, carrier)
        if carrier.stripped:
            self.fuses.strip()
        return self._wants_more(piece, carrier)

    def _choose(self, survey: Survey, decisions: Mapping[PlanKey, PlanDecision], *, is_part: bool) -> _Piece:
        """Put the fuses before what was decided; ``is_part``: there may be plans that were not decided yet."""
        fused = self.fuses.removal_fuses(decisions, survey.ownership)
        chosen = self.fuses.choose(decisions, frozenset(fused))
        held = frozenset(fused) if chosen is not None else frozenset(decisions)
        left = sum(reading.in_scope for reading in survey.readings) > len(decisions)
        piece = chosen or Slice((), more=False)
        return _Piece(survey, decisions, fused, held, replace(piece, more=piece.more or (is_part and left)))

    def _carry_out(self, piece: _Piece, keeper: Keeper, started_at: datetime, observed_at: datetime) -> Carrier:
        """Apply the slice's changes; the carrier knows what became of them."""
        carrier = Carrier(
            workshop=self.workshop,
            target=self.target,
            run=self.log.run,
            keeper=keeper,
            prediction=Prediction.of(piece.survey.observed),
            links=_known_links(piece.decisions, piece.survey.ownership),
            started_at=started_at,
            observed_at=observed_at,
        )
        if piece.slice.changes:
            self._announce(piece)
            self.chronicle.begin({change.plan for change in piece.slice.changes}, piece.survey.states)
            carrier.carry_out(piece.slice.changes)
        return carrier

    def _remember(
        self, piece: _Piece, memory: Memory, written: Mapping[PlanKey, WrittenPlan], carrier: Carrier
    ) -> None:
        """Store what is in step now; the gate closes only behind a plan of which nothing at all is left to do."""
        may_close = piece.survey.may_remove and not self.log.errors
        states = []
        for key, plan in written.items():
            if key in piece.held:
                continue
            report = self.log.plans[plan.decision.reading.path]
            lasting = tuple(found for found in report.problems if found.code not in PASSING)
            quiet = replace(report, changes=(), matches=(), diff="", changed_files=(), problems=lasting, unchanged=True)
            summary = as_json(quiet)
            is_settled = key not in carrier.failed_plans and plan.is_done and not plan.decision.changes
            states.append(memory.state_of(plan, summary, quiet=may_close and is_settled))
        if states:
            plans, lease = self.workshop.store.plans, carrier.keeper.lease
            plans.save(self.target.project, states, lease)
            taken_in = piece.survey.taken_in({PlanKey(state.key) for state in states})
            if taken_in:
                plans.forget(self.target.project, taken_in, lease)

    def _wants_more(self, piece: _Piece, carrier: Carrier) -> bool:
        if carrier.stop is not None or carrier.stripped:
            return False
        has_moved = any(not isinstance(carried.outcome, Skipped) for carried in carrier.carried)
        return (piece.slice.more or carrier.out_of_time) and has_moved

    def _announce(self, piece: _Piece) -> None:
        """Tell what is about to be done, and how long all that is left will take at the tracker's pace."""
        now = self.workshop.clock.now()
        wanted = [c for key, d in piece.decisions.items() if key not in piece.held for c in d.changes]
        ahead = estimate(self.target, self.workshop.store.pacing, wanted, now)
        self.until = max(self.until or now, now + ahead)
        self.fuses.listener.started(self.target.name, len(piece.slice.changes), self.until - now)

    def _finish(self, keeper: Keeper) -> None:
        report = self.log.report()
        summary = {"stripped": self.fuses.stripped, "counts": report.counts, "errors": report.errors}
        store = self.workshop.store
        if self.log.run:
            store.journal.finish(self.log.run, self.workshop.clock.now(), not report.failed, json.dumps(summary))
        keeper.release()


def _known_links(decisions: Mapping[PlanKey, PlanDecision], ownership: Ownership) -> dict[ItemKey, tuple[int, str]]:
    links: dict[ItemKey, tuple[int, str]] = {}
    for decision in decisions.values():
        for match in decision.matching.matches:
            issue = ownership.issue(match.number) if match.number is not None else None
            if issue is not None and match.by is not By.CONTESTED:
                links[match.key] = (issue.number, issue.url)
    return links
