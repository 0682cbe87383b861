"""The way back of one run: tracker and plan files as they were before it, from the journal (spec §9).

What people, or later runs, changed since stays. The plans are held afterwards, or the next run would do it all again:
the hold is stored before the first change, so that an undo that dies is finished by doing it once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.app.carry import Carried
from plansync.app.errand import Consent, Errand, run_errand
from plansync.app.report import ChangeReport, PlanReport, TargetReport
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.retire import TRIGGER as RETIRED_BY
from plansync.app.retrace import Deeds, deeds_of
from plansync.app.telling import tell_step
from plansync.app.unwriting import Unwriter, Unwritten
from plansync.core.baseline import PlanState
from plansync.core.changes import Done
from plansync.core.deeds import Trace, joined
from plansync.core.holds import short, undone
from plansync.core.identity import PlanKey
from plansync.core.images import IssueImage, MilestoneImage
from plansync.core.observed import ObservedState
from plansync.core.ownership import sort_ownership
from plansync.core.rewind import Rewind
from plansync.core.wayback import Way, WayBack
from plansync.errors import Stopped, UsageError
from plansync.ports.entries import Run
from plansync.ports.history import History
from plansync.ports.tracker import Asked

TRIGGER = "undo"


def find_run(history: History, name: str) -> Run:
    """Return the one run that is called so, by its id or how that begins or ends; raises ``UsageError``."""
    found = history.named(name)
    if not found:
        hint = "`plansync history` lists what is known; after `state.history` runs are forgotten"
        raise UsageError(f"there is no run {name!r} in the journal", hint=hint)
    if len(found) > 1:
        names = ", ".join(short(run.id) for run in found[:5])
        raise UsageError(f"{len(found)} runs are called {name!r}", hint=f"name one of them: {names}")
    return found[0]


def undo_run(workshop: Workshop, target: Target, run: Run, request: SyncRequest, consent: Consent) -> TargetReport:
    """Undo ``run``, which is one of ``target``, or with ``request.dry_run`` show what that would do."""
    named = replace(request, trigger=f"{TRIGGER} {run.id}")
    return run_errand(workshop, target, named, _Undo(run).do, consent)


@dataclass(frozen=True, slots=True)
class _Undo:
    run: Run

    def do(self, errand: Errand) -> Mapping[str, object]:
        """Find the way back, and go it."""
        deeds = deeds_of(errand.workshop.store.history, self.run)
        if not deeds.is_complete:
            raise Stopped(
                f"run {short(self.run.id)} was made by an older plansync, which kept too little for a way back",
                hint="`plansync history` says what it did",
            )
        observed = errand.observe(self._asked(errand, deeds))
        traces = (*joined(deeds.changes), *self._found(errand, deeds, observed))
        issues = {issue.number: issue for issue in observed.issues}
        way = Way(self.run.id, issues, {m.number: m for m in observed.milestones}).back(traces)
        unwriter = self._unwriter(errand, deeds)
        unwriter.look()
        states = errand.states()
        known = {plan: states.get(plan) or self._newcomer(errand, plan, unwriter) for plan in deeds.plans}
        titles = {(trace.is_milestone, trace.number): trace.after.title for trace in traces}
        shown = _Shown(errand, known, titles)
        errand.check(shown.reports([Carried(change, Done(0, "")) for change in way.changes], unwriter))
        self._note(errand, deeds, way, unwriter)
        errand.chronicle.begin(deeds.plans, states)
        errand.save([replace(state, hold=undone(self.run.id), gate="") for state in known.values()])
        carried = errand.carry_out(way.changes, observed)
        if errand.log.stopped_by is None:
            unwriter.save()
            self._remember(errand, deeds, known, traces, unwriter)
        errand.log.plans.update({report.path: report for report in shown.reports(carried, unwriter)})
        return {"undoes": self.run.id}

    @property
    def _is_by_hand(self) -> bool:
        """Say whether the run was an undo, or retired a plan: nothing does that again by itself."""
        return self.run.trigger.startswith((TRIGGER, RETIRED_BY))

    def _asked(self, errand: Errand, deeds: Deeds) -> Asked:
        unsettled = errand.workshop.store.journal.unsettled(errand.target.project)
        return Asked(
            issues=frozenset(trace.number for trace in deeds.changes if not trace.is_milestone),
            milestones=frozenset(trace.number for trace in deeds.changes if trace.is_milestone),
            since=min((intent.at for intent in unsettled), default=None),
        )

    def _found(self, errand: Errand, deeds: Deeds, observed: ObservedState) -> Sequence[Trace]:
        """Return what the run made without hearing of it, as markers tell, unless a later run made it."""
        unsure = {(intent.plan, intent.key) for intent in deeds.unsure}
        owned = sort_ownership(observed, frozenset(), errand.target.rules.markers)
        history = errand.workshop.store.history
        found: list[Trace] = []
        for issue in (*owned.owned.values(), *owned.tracking.values()):
            told = history.of_issue(self.run.target, issue.number)
            by_another = any(entry.record.change == "CreateIssue" and entry.record.outcome == "done" for entry in told)
            if (issue.plan, issue.key) in unsure and not by_another:
                after = replace(IssueImage.of(issue.issue), closed=None)
                found.append(Trace(plan=issue.plan, key=issue.key, number=issue.number, before=None, after=after))
        for number, milestone in owned.milestones.items():
            plan = PlanKey(milestone.marker.plan)
            told = history.of_item(self.run.target, plan, milestone.key)
            if (plan, milestone.key) in unsure and not any(entry.record.number == number for entry in told):
                image = MilestoneImage.of(milestone.milestone)
                found.append(Trace(plan=plan, key=milestone.key, number=number, before=None, after=image))
        return found

    def _unwriter(self, errand: Errand, deeds: Deeds) -> Unwriter:
        return Unwriter(
            target=errand.target,
            parse=errand.workshop.parse,
            chronicle=errand.chronicle,
            traces=deeds.files,
            homes={key: state.path for key, state in errand.states().items()},
            undoes=short(self.run.id),
            trigger=errand.request.trigger,
        )

    @staticmethod
    def _newcomer(errand: Errand, plan: str, unwriter: Unwriter) -> PlanState:
        """Return the state of a plan that the store knows nothing of any more."""
        path = next((file.path for file in unwriter.files.values() if file.plan == plan), plan)
        return PlanState(key=plan, source=errand.target.source.uid, path=path, target=errand.target.name)

    def _note(self, errand: Errand, deeds: Deeds, way: WayBack, unwriter: Unwriter) -> None:
        notes = errand.log.notes
        notes += [text for _, text in way.left]
        notes += [text for file in unwriter.files.values() for text in file.left]
        if deeds.relations:
            notes.append(f"{deeds.relations} relation(s) between issues stay")
        if not deeds.plans:
            notes.append(f"run {short(self.run.id)} changed nothing")

    def _remember(
        self,
        errand: Errand,
        deeds: Deeds,
        known: Mapping[str, PlanState],
        traces: Sequence[Trace],
        unwriter: Unwriter,
    ) -> None:
        """Store what is in step again, and the hold; where a hand's work was undone, the hold of before it."""
        after: list[PlanState] = []
        for plan, state in known.items():
            old = deeds.states.get(plan)
            hold = (old.hold if old else "") if self._is_by_hand else undone(self.run.id)
            items = [item for read in unwriter.plans(plan) for item in read.items]
            rewind = Rewind([trace for trace in traces if trace.plan == plan], items)
            after.append(rewind.state(state, old, hold))
        errand.save(after)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Reports what is done to each plan. ``titles`` of issues and milestones, by whether it is one and number."""

    errand: Errand
    plans: Mapping[str, PlanState]
    titles: Mapping[tuple[bool, int], str]

    def reports(self, carried: Sequence[Carried], unwriter: Unwriter) -> list[PlanReport]:
        """Return one report for each plan."""
        return [self._report(plan, carried, unwriter) for plan in self.plans]

    def _report(self, plan: str, carried: Sequence[Carried], unwriter: Unwriter) -> PlanReport:
        files = [file for file in unwriter.files.values() if file.plan == plan]
        title = next((read.title for read in unwriter.plans(plan)), "")
        return PlanReport(
            path=self.plans[plan].path,
            key=plan,
            title=title,
            changes=tuple(self._change(entry) for entry in carried if entry.change.plan == plan),
            diff="".join(file.diff for file in files),
            changed_files=tuple(file.path for file in files if file.diff),
            waits_at=_first(files, "waits_at"),
            error=_first(files, "error"),
            hint=_first(files, "hint"),
        )

    def _change(self, carried: Carried) -> ChangeReport:
        number = getattr(carried.change, "number", 0)
        is_milestone = type(carried.change).__name__.endswith("Milestone")
        return tell_step(carried, self.titles.get((is_milestone, number), ""), dry_run=self.errand.request.dry_run)


def _first(files: Sequence[Unwritten], name: str) -> str:
    return next((value for file in files if (value := getattr(file, name))), "")
