"""What a run finds and does, gathered over its slices, for its report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from plansync.app.carry import Carrier
from plansync.app.plan_reading import PassedOver
from plansync.app.report import Gathered, PlanReport, TargetReport
from plansync.app.request import SyncRequest, Target
from plansync.app.survey import Survey
from plansync.app.telling import in_order, tell_plan, tell_unchanged
from plansync.app.writing import WrittenPlan
from plansync.core.audience import Exposure
from plansync.core.changes import Unknown
from plansync.core.decision import PlanDecision
from plansync.core.holds import why_held
from plansync.core.identity import PlanKey
from plansync.core.mishaps import PASSING
from plansync.core.reading import Reading
from plansync.core.relations import relation_notes
from plansync.errors import PlansyncError, RateLimited, Stopped

PRIVATE_HINT = (
    "if that is meant, set publish_private = true in the target; else sync with a tracker as private as the plans"
)


@dataclass(slots=True)
class RunLog:
    """Grows with every slice of one run of one target."""

    target: Target
    request: SyncRequest
    run: str = ""
    plans: dict[str, PlanReport] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    """(message, hint) of what stopped the run or held it up."""
    notes: list[str] = field(default_factory=list)
    stopped_by: PlansyncError | None = None
    left: Gathered | None = None
    """Edits that are left to a later run."""
    exposure: Exposure | None = None

    def report(self) -> TargetReport:
        """Return the report as far as the run came."""
        traffic = self.target.tracker.traffic
        return TargetReport(
            name=self.target.name,
            tracker=self.target.tracker.address.kind,
            project=self.target.project,
            run=self.run,
            dry_run=self.request.dry_run,
            plans=tuple(self.plans[path] for path in sorted(self.plans)),
            notes=tuple(dict.fromkeys(self.notes)),
            errors=tuple(dict.fromkeys(self.errors)),
            requests=traffic.requests,
            writes=traffic.writes,
            stopped_by=self.stopped_by,
            gathered=self.left,
            exposure=self.exposure,
        )

    def fail(self, message: str, hint: str = "", cause: PlansyncError | None = None) -> None:
        """Note an error of the whole target; ``cause`` if it ended the run."""
        self.stopped_by = cause or self.stopped_by
        self.errors.append((message, hint))

    def gather(self, until: datetime, paths: Collection[str]) -> None:
        """Note that the edits of ``paths`` are left to a run after ``until``."""
        before = self.left.paths if self.left is not None else frozenset()
        self.left = Gathered(until, before.union(paths))
        self.notes += [f"{path}: is written after {until:%H:%M:%S} UTC, in one commit" for path in sorted(paths)]

    def note_survey(self, survey: Survey) -> None:
        """Note what was passed over, the plans that the gate passed, issues of unread plans, and what is impossible."""
        mine = self.target.name
        for passed in survey.passed_over:
            if passed.target == mine and self._is_asked(passed.path):
                self.plans[passed.path] = _passed_report(passed)
        for plan in survey.gated:
            if plan.target == mine and self._is_asked(plan.path):
                self.plans.setdefault(plan.path, tell_unchanged(plan.state))
        read = [plan.target for plan in survey.readings] + [plan.target for plan in survey.gated]
        if mine not in read:
            self.fail("no plan was read", "check the target's include patterns, or name the plans")
        for reading in survey.readings:
            if reading.hold and not reading.in_scope and reading.target == mine and self._is_asked(reading.path):
                self.plans[reading.path] = _held_report(reading)
            if reading.in_scope and reading.key == f"{reading.plan.feature_id}@{reading.path}":
                owner = f"Feature ID {reading.plan.feature_id} is another plan's"
                self.notes.append(f"{reading.path}: {owner}, so this one is '{reading.key}'; give it an ID of its own")
        for key in sorted(survey.unread):
            count = len(survey.ownership.of_plan(PlanKey(key)))
            self.notes.append(f"{count} issue(s) name the plan '{key}', which was not read; they are left alone")
        self.notes += relation_notes(self.target.rules, self.target.tracker.capabilities)

    def check_exposure(self, survey: Survey) -> None:
        """Raise ``Stopped`` where private plans would be published that may not be; a preview notes it and goes on."""
        self.exposure = exposure = survey.observed.exposure
        if exposure is None or not (exposure.is_leak or exposure.is_unknown):
            return
        told = exposure.told(self.target.tracker.address.project)
        if exposure.is_leak and not self.target.rules.publish_private:
            if not self.request.dry_run:
                raise Stopped(f"{told}; nothing is published", hint=PRIVATE_HINT)
            self.fail(f"{told}; `once` will publish nothing", PRIVATE_HINT)
        elif self.request.dry_run and not survey.ownership.owned:
            self.notes.append(told)

    def note_slice(
        self,
        decisions: Mapping[PlanKey, PlanDecision],
        carrier: Carrier,
        written: Mapping[PlanKey, WrittenPlan],
        fuses: Mapping[PlanKey, str],
    ) -> None:
        """Note what one slice decided, did and wrote."""
        for key, decision in decisions.items():
            mine = [carried for carried in carrier.carried if carried.change.plan == key]
            fused = fuses.get(key, "")
            report = tell_plan(decision, mine, written[key], fused=fused, dry_run=self.request.dry_run)
            self.plans[report.path] = _joined(self.plans.get(report.path), report)
        if carrier.stop is not None:
            self._note_stop(carrier.stop, sum(len(d.changes) for d in decisions.values()) - carrier.done)
        if carrier.stripped:
            message = "an issue was left without its label or milestone; nothing more is created with this token"
            self.fail(message, "give the token the right to set labels and milestones, or set another")
        for carried in carrier.carried:
            if isinstance(carried.outcome, Unknown):
                self.fail(f"an answer was lost: {carried.outcome.message}", "the next run settles it")

    def _note_stop(self, stop: PlansyncError, left: int) -> None:
        """Note what ended the slice; a limit also with what is left and when to go on."""
        if isinstance(stop, RateLimited):
            self.fail(
                f"{stop}; {left} change(s) are left",
                "run again then; nothing is lost, the run goes on from there",
                stop,
            )
        else:
            self.fail(str(stop), stop.hint, stop)

    def _is_asked(self, path: str) -> bool:
        return self.request.asks_for(path, self.target.together)


def _passed_report(passed: PassedOver) -> PlanReport:
    problems = (passed.problem,) if passed.problem is not None else ()
    return PlanReport(path=passed.path, problems=problems, skipped=passed.reason)


def _held_report(reading: Reading) -> PlanReport:
    why = why_held(reading.hold, reading.path)
    return PlanReport(path=reading.path, key=reading.key, title=reading.plan.title, skipped=why)


def _joined(first: PlanReport | None, later: PlanReport) -> PlanReport:
    """Join the reports of one plan from two slices."""
    if first is None or first.unchanged:
        return later
    return replace(
        later,
        changes=(*first.changes, *later.changes),
        matches=first.matches,
        linked=first.linked + later.linked,
        ticked=first.ticked + later.ticked,
        diff="\n".join(part for part in (first.diff, later.diff) if part),
        changed_files=tuple(dict.fromkeys((*first.changed_files, *later.changed_files))),
        problems=in_order({*later.problems, *(found for found in first.problems if found.code in PASSING)}),
        status=replace(later.status, before=first.status.before),
    )
