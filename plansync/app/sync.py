"""The main job: bring the plans of one target and its tracker project into step (spec §4).

Long work goes in slices: read plans and tracker, decide, apply, write back, remember, again. A dry run is the same
code on adapters that write nothing (:mod:`plansync.app.rehearsal`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from plansync.app.carry import Carried, Carrier
from plansync.app.judge import Judge
from plansync.app.rehearsal import rehearsal_of
from plansync.app.remember import Memory
from plansync.app.report import REMOVALS_HINT, PlanReport, TargetReport, as_json
from plansync.app.request import Listener, Silent, SyncRequest, Target, Workshop
from plansync.app.survey import PassedOver, Survey, Surveyor, cached
from plansync.app.telling import tell_plan, tell_unchanged
from plansync.app.writing import Writer, WrittenPlan
from plansync.core.changes import Change, Skipped, Unknown
from plansync.core.decision import PlanDecision
from plansync.core.identity import ItemKey, PlanKey
from plansync.core.match import By
from plansync.core.ownership import Ownership
from plansync.core.policy import Slice, creation_fuse, creations_in, removal_fuse, slice_changes
from plansync.core.predict import Prediction
from plansync.errors import LeaseHeld, PlansyncError, Stopped
from plansync.ports.store import Held, Intent, Lease

_POLL = timedelta(seconds=1)


def run_sync(
    workshop: Workshop, target: Target, request: SyncRequest, listener: Listener | None = None
) -> TargetReport:
    """Sync one target and report; what stopped it on purpose or held it up is in the report, not raised.

    With ``request.dry_run`` nothing is written anywhere, and the report shows what would be.
    """
    if request.dry_run:
        workshop, target = rehearsal_of(workshop, target)
    run = _Run(workshop, target, request, listener or Silent())
    try:
        run.go()
    except PlansyncError as error:
        run.errors.append((str(error), error.hint))
    return run.report()


@dataclass(frozen=True, slots=True)
class _Left:
    """What a slice leaves undone: plans that a fuse holds, and whether another slice follows."""

    held: frozenset[PlanKey]
    more: bool


@dataclass(slots=True)
class _Run:
    workshop: Workshop
    target: Target
    request: SyncRequest
    listener: Listener
    id: str = ""
    created: int = 0
    plans: dict[str, PlanReport] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stripped: str = ""
    allowed: bool = False
    """A person at the terminal allowed creations above the limit."""

    def go(self) -> None:
        """Run slices under a lease until nothing is left."""
        self._check_branch()
        lease = self._acquire()
        try:
            self.id = self.workshop.store.journal.start(
                self.target.name, self.request.trigger, self.workshop.clock.now()
            )
            self._check_credential()
            while self._slice(lease):
                pass
        finally:
            self._finish(lease)

    def report(self) -> TargetReport:
        """Return the report as far as the run came."""
        traffic = self.target.tracker.traffic
        return TargetReport(
            name=self.target.name,
            tracker=self.target.tracker.address.kind,
            project=self.target.project,
            run=self.id,
            dry_run=self.request.dry_run,
            plans=tuple(self.plans[path] for path in sorted(self.plans)),
            notes=tuple(dict.fromkeys(self.notes)),
            errors=tuple(dict.fromkeys(self.errors)),
            requests=traffic.requests,
            writes=traffic.writes,
        )

    def _check_branch(self) -> None:
        if self.request.any_branch or not self.target.tracker.capabilities.branch_bound:
            return
        rule = self.target.source.branch_rule()
        if not rule.allowed:
            raise Stopped(
                rule.reason, hint=rule.hint or "preview works on any branch; to sync all the same: --any-branch"
            )

    def _acquire(self) -> Lease:
        """Take the leases of the project and of every plan in scope, waiting for living ones as long as allowed."""
        paths = self.request.plans or tuple(self.target.source.list())
        names = [f"project:{self.target.project}", *(f"plan:{self.target.source.uid}:{path}" for path in paths)]
        limits, clock = self.target.limits, self.workshop.clock
        deadline = clock.now() + limits.lease_wait
        while True:
            lease = self.workshop.store.leases.acquire(names, self.workshop.holder, limits.lease, clock.now())
            if not isinstance(lease, Held):
                return lease
            if clock.now() >= deadline:
                hint = "wait for it to end, or stop it; its lease runs out by itself"
                raise LeaseHeld(f"{lease.name.split(':', 1)[0]} is being synced by {lease.holder}", hint=hint)
            clock.sleep(_POLL)

    def _check_credential(self) -> None:
        """Refuse to create with a token that was seen to lose labels or milestones, until another one is set."""
        for run in self.workshop.store.journal.runs(self.target.name, 2):
            summary = json.loads(run.summary or "{}")
            if run.id != self.id and summary.get("stripped", "") == self._credential() != "":
                self.stripped = self._credential()
            if run.id != self.id and run.ended_at is not None:
                return

    def _credential(self) -> str:
        return self.target.tracker.capabilities.credential

    def _slice(self, lease: Lease) -> bool:
        """Do one slice; return whether another is wanted."""
        parse = cached(self.workshop.parse)
        started = self.workshop.clock.now()
        survey = Surveyor(self.workshop, self.target, self.request, parse).survey()
        self._pass_over(survey)
        waiting = self._settle(survey)
        judge = Judge(self.target, self.request)
        decisions = judge.decide(survey, waiting)
        fuses = self._removal_fuses(survey, decisions)
        piece = self._choose(decisions, frozenset(fuses))
        if piece is None:
            held = frozenset(decisions)
            fuses |= {key: fuses.get(key, "") for key in decisions}
            piece = Slice((), more=False)
        else:
            held = frozenset(fuses)
        carrier = Carrier(
            self.workshop,
            self.target,
            self.id,
            lease,
            self.listener,
            Prediction.of(survey.observed),
            _known_links(decisions, survey.ownership),
            started,
        )
        if piece.changes:
            carrier.carry_out(piece.changes)
        ownership = survey.own(carrier.prediction.observed())
        writer = Writer(self.target, judge, parse, survey, ownership, waiting)
        written = writer.write_all(held)
        memory = Memory(self.target, ownership, carrier.carried, parse, survey.observed.at, self.workshop.clock.now())
        self._tell(decisions, carrier, written, fuses)
        self._remember(survey, memory, written, carrier, _Left(held, piece.more or carrier.out_of_time))
        self._note_unread(survey)
        return self._wants_more(piece, carrier, lease)

    def _choose(self, decisions: Mapping[PlanKey, PlanDecision], held: frozenset[PlanKey]) -> Slice | None:
        """Return this slice's changes, or None where the creation fuse stops the run before its first."""
        changes: list[Change] = [c for key, d in decisions.items() if key not in held for c in d.changes]
        creations = creations_in(changes)
        if creations and self.stripped:
            message = "nothing is created: the token was seen to lose labels or milestones"
            self.errors.append((message, "set another token, or give this one the right to set them"))
            return None
        limit = self.target.limits.creates if self.request.max_creates is None else self.request.max_creates
        fuse = creation_fuse(self.created + creations, limit)
        if fuse is not None and not self.allowed:
            self.allowed = not self.request.dry_run and self.listener.may_create(
                self.target.name, self.created + creations, limit
            )
        if fuse is not None and not self.allowed and not self.request.dry_run:
            hint = f"if that is right, run `plansync once --max-creates {self.created + creations}`"
            self.errors.append((fuse.message, hint))
            return None
        if fuse is not None and self.request.dry_run:
            self.notes.append(f"{fuse.message}: `once` needs --max-creates {self.created + creations}")
        return slice_changes(changes, self.target.limits.slice_creations)

    def _removal_fuses(self, survey: Survey, decisions: Mapping[PlanKey, PlanDecision]) -> dict[PlanKey, str]:
        if self.request.allow_removals:
            return {}
        fuses: dict[PlanKey, str] = {}
        for key, decision in decisions.items():
            owned = len(survey.ownership.of_plan(key))
            fuse = removal_fuse(decision.changes, owned, self.target.limits)
            if fuse is not None:
                fuses[key] = f"{fuse.message}; nothing of this plan is changed"
        if fuses:
            self.errors.append((f"{len(fuses)} plan(s) are held by the removal fuse", REMOVALS_HINT))
        return fuses

    def _settle(self, survey: Survey) -> frozenset[str]:
        """Settle creates of unknown outcome by the listing (spec §4.7); return the keys that must still wait."""
        waiting: set[str] = set()
        settled: list[int] = []
        for intent in self.workshop.store.journal.unsettled(self.target.project):
            if self._is_settled(intent, survey):
                settled.append(intent.id)
                continue
            waiting.add(intent.key)
            due = intent.at + self.target.limits.create_quarantine
            message = f"the answer to the creation of {intent.key} was lost; it is repeated from {due:%H:%M:%S} UTC on"
            self.errors.append((message, "run again then; the rest goes on"))
        if settled:
            self.workshop.store.journal.settle(settled)
        return frozenset(waiting)

    def _is_settled(self, intent: Intent, survey: Survey) -> bool:
        keys = {owned.key for owned in survey.ownership.owned.values()}
        keys_of_milestones = {owned.key for owned in survey.ownership.milestones.values()}
        if intent.key in keys or intent.key in keys_of_milestones or not self.target.tracker.capabilities.quarantine:
            return True
        later = (o.issue for o in survey.ownership.owned.values() if o.issue.author_is_us)
        if any(issue.created_at > intent.at for issue in later):
            return True
        return survey.observed.at >= intent.at + self.target.limits.create_quarantine

    def _pass_over(self, survey: Survey) -> None:
        for passed in survey.passed_over:
            if passed.target == self.target.name and self._is_asked(passed.path):
                self.plans[passed.path] = _passed_report(passed)
        for plan in survey.gated:
            if plan.target == self.target.name and self._is_asked(plan.path):
                self.plans.setdefault(plan.path, tell_unchanged(plan.state))
        read = {r.path for r in survey.readings if r.target == self.target.name}
        read |= {plan.path for plan in survey.gated if plan.target == self.target.name}
        if not read:
            error = ("no plan was read", "check the target's include patterns, or name the plans")
            self.errors.append(error)

    def _is_asked(self, path: str) -> bool:
        return not self.request.plans or path in self.request.plans

    def _tell(
        self,
        decisions: Mapping[PlanKey, PlanDecision],
        carrier: Carrier,
        written: Mapping[PlanKey, WrittenPlan],
        fuses: Mapping[PlanKey, str],
    ) -> None:
        for key, decision in decisions.items():
            mine = [c for c in carrier.carried if c.change.plan == key]
            report = tell_plan(decision, mine, written[key], fused=fuses.get(key, ""), dry_run=self.request.dry_run)
            self.plans[report.path] = _joined(self.plans.get(report.path), report)
        self._tell_stop(carrier)

    def _tell_stop(self, carrier: Carrier) -> None:
        if carrier.stop is not None:
            self.errors.append((str(carrier.stop), carrier.stop.hint))
        if carrier.stripped:
            self.stripped = self._credential() or "unknown"
            message = "an issue was made without its label or milestone; nothing more is created with this token"
            self.errors.append((message, "give the token the right to set labels and milestones, or set another"))
        for carried in carrier.carried:
            if isinstance(carried.outcome, Unknown):
                self.errors.append((f"an answer was lost: {carried.outcome.message}", "the next run settles it"))
        self.created += creations_in(c.change for c in carrier.carried if not _was_skipped(c))

    def _remember(
        self,
        survey: Survey,
        memory: Memory,
        written: Mapping[PlanKey, WrittenPlan],
        carrier: Carrier,
        left: _Left,
    ) -> None:
        failed = carrier.failed_plans
        states = []
        for key, plan in written.items():
            if key in left.held:
                continue
            report = self.plans[plan.decision.reading.path]
            settled = key not in failed and not plan.error and not left.more and not plan.decision.changes
            quiet = settled and survey.may_remove and not self.errors
            summary = as_json(replace(report, changes=(), matches=(), diff="", unchanged=True))
            states.append(memory.state_of(plan, summary, quiet=quiet))
        if states:
            self.workshop.store.plans.save(self.target.project, states, carrier.lease)

    def _note_unread(self, survey: Survey) -> None:
        for plan in sorted(survey.unread):
            count = len(survey.ownership.of_plan(PlanKey(plan)))
            self.notes.append(f"{count} issue(s) name the plan '{plan}', which was not read; they are left alone")

    def _wants_more(self, piece: Slice, carrier: Carrier, lease: Lease) -> bool:
        if carrier.stop is not None or carrier.stripped:
            return False
        is_stuck = not any(not _was_skipped(c) for c in carrier.carried)
        return (piece.more or carrier.out_of_time) and not is_stuck

    def _finish(self, lease: Lease) -> None:
        ok = not self.errors and not any(plan.failed for plan in self.plans.values())
        summary = json.dumps({"stripped": self.stripped, "counts": self.report().counts, "errors": self.errors})
        if self.id:
            self.workshop.store.journal.finish(self.id, self.workshop.clock.now(), ok, summary)
        self.workshop.store.leases.release(lease)


def _known_links(decisions: Mapping[PlanKey, PlanDecision], ownership: Ownership) -> dict[ItemKey, tuple[int, str]]:
    links: dict[ItemKey, tuple[int, str]] = {}
    for decision in decisions.values():
        for match in decision.matching.matches:
            issue = ownership.issue(match.number) if match.number is not None else None
            if issue is not None and match.by is not By.CONTESTED:
                links[match.key] = (issue.number, issue.url)
    return links


def _was_skipped(carried: Carried) -> bool:
    return isinstance(carried.outcome, Skipped)


def _joined(first: PlanReport | None, later: PlanReport) -> PlanReport:
    """Join the reports of one plan from two slices."""
    if first is None:
        return later
    return replace(
        later,
        changes=(*first.changes, *later.changes),
        matches=first.matches,
        linked=first.linked + later.linked,
        ticked=first.ticked + later.ticked,
        diff="\n".join(part for part in (first.diff, later.diff) if part),
        status=replace(later.status, before=first.status.before),
    )


def _passed_report(passed: PassedOver) -> PlanReport:
    problems = (passed.problem,) if passed.problem is not None else ()
    return PlanReport(path=passed.path, problems=problems, skipped=passed.reason)
