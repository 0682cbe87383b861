"""Ending a plan on purpose: its issues are closed, or let go, and runs leave it alone from then on (spec §4.3, §9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.app.carry import Carried
from plansync.app.errand import Consent, Errand, run_errand
from plansync.app.report import PlanReport, TargetReport
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.survey import Survey, Surveyor, cached
from plansync.app.telling import tell_step
from plansync.core.baseline import PlanState
from plansync.core.changes import CloseMilestone, Done
from plansync.core.holds import RETIRED
from plansync.core.identity import PlanKey
from plansync.core.ownership import Ownership
from plansync.core.retiring import Retiring
from plansync.errors import Stopped

TRIGGER = "retire"


def retire_plan(
    workshop: Workshop, target: Target, request: SyncRequest, consent: Consent, *, release: bool
) -> TargetReport:
    """Retire the one plan that ``request`` names, or with ``request.dry_run`` show what that would do.

    Its open issues are closed as not planned, or with ``release`` let go as they are. The plan file
    keeps its links.
    """
    return run_errand(workshop, target, replace(request, trigger=TRIGGER), _Retire(release).do, consent)


@dataclass(frozen=True, slots=True)
class _Retire:
    release: bool

    def do(self, errand: Errand) -> Mapping[str, object]:
        """Find out whose issues they are, and close them or let them go."""
        path, *_ = errand.request.plans
        surveyor = Surveyor(
            errand.workshop, errand.target, replace(errand.request, anew=True), cached(errand.workshop.parse)
        )
        survey = errand.keeper.patiently(surveyor.survey)
        key = _key(errand, survey, path)
        retiring = Retiring(key, path, survey.ownership)
        changes, problems = retiring.released() if self.release else retiring.closed()
        titles = _titles(survey.ownership, key)
        planned = [Carried(change, Done(0, "")) for change in changes]
        errand.check([_report(errand, survey, path, planned, titles)])
        errand.log.notes += problems
        state = errand.states().get(key) or PlanState(
            key=key, source=errand.target.source.uid, path=path, target=errand.target.name
        )
        errand.chronicle.begin([key], errand.states())
        errand.save([replace(state, hold=RETIRED, gate="")])
        carried = errand.carry_out(changes, survey.observed)
        closed = {c.change.key for c in carried if isinstance(c.change, CloseMilestone) and isinstance(c.outcome, Done)}
        phases = tuple(replace(p, closed_by_us=p.closed_by_us or p.key in closed) for p in state.phases)
        errand.save([replace(state, phases=phases, hold=RETIRED, gate="")])
        errand.log.plans[path] = _report(errand, survey, path, carried, titles)
        return {"retired": path}


def _key(errand: Errand, survey: Survey, path: str) -> PlanKey:
    """Return the plan's key; raises ``Stopped`` where the plan could not be read, or is none."""
    for key, plan in survey.texts.items():
        if (plan.target.name, plan.text.path) == (errand.target.name, path):
            return key
    found = [passed for passed in survey.passed_over if passed.path == path]
    why = next((p.problem.message if p.problem else p.reason for p in found), "it was not read")
    raise Stopped(f"{path}: {why}; nothing is retired", hint="`plansync lint` says more")


def _titles(ownership: Ownership, key: PlanKey) -> Mapping[tuple[bool, int], str]:
    issues = (*ownership.of_plan(key), *ownership.tracking_of(key))
    titles = {(False, owned.number): owned.issue.title for owned in issues}
    milestones = (owned.milestone for owned in ownership.milestones_of(key))
    return titles | {(True, milestone.number): milestone.title for milestone in milestones}


def _report(
    errand: Errand,
    survey: Survey,
    path: str,
    carried: Sequence[Carried],
    titles: Mapping[tuple[bool, int], str],
) -> PlanReport:
    reading = next((r for r in survey.readings if (r.target, r.path) == (errand.target.name, path)), None)
    return PlanReport(
        path=path,
        key=reading.key if reading is not None else "",
        title=reading.plan.title if reading is not None else "",
        changes=tuple(
            tell_step(
                entry,
                titles.get((type(entry.change).__name__.endswith("Milestone"), getattr(entry.change, "number", 0)), ""),
                dry_run=errand.request.dry_run,
            )
            for entry in carried
        ),
    )
