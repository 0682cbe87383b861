"""Why one item is as it is: its issue, how that was found, what was in step, what runs did and will do (spec §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plansync.app.past import Step, step_of
from plansync.app.report import ChangeReport, MatchReport, PlanReport, TargetReport
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.sync import run_sync
from plansync.core.asked import ByIssue, ByLine, ByText, Wish
from plansync.core.baseline import ItemState, PlanState
from plansync.core.holds import why_held
from plansync.core.identity import normal_text
from plansync.core.problems import Problem
from plansync.core.together import beside
from plansync.ports.history import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Box and issue as they last agreed: ``box`` None for a plain bullet, ``issue`` open or why it was closed."""

    box: bool | None
    issue: str
    linked: bool
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """One thing that a run did, and which run that was."""

    run: str
    trigger: str
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One item, or an issue that no item has (``item`` is None then). ``held`` says why runs leave its plan alone."""

    target: str
    path: str = ""
    item: MatchReport | None = None
    number: int | None = None
    baseline: Baseline | None = None
    did: tuple[Did, ...] = ()
    """Newest first."""
    next: tuple[ChangeReport, ...] = ()
    """What the next run would do to its issue."""
    writes: str = ""
    """The difference that the next run would make to the plan's file."""
    notes: tuple[str, ...] = ()
    """What else the next run would say of the plan: a fuse that would hold it, a removal that waits."""
    problems: tuple[Problem, ...] = ()
    held: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that fits what was asked for; ``errors`` (message, hint) say which target could not be looked at."""

    found: tuple[Explanation, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


def explain(workshop: Workshop, targets: Sequence[Target], wish: Wish) -> Explained:
    """Look at all items of ``targets`` as the next run would, and explain those that ``wish`` means."""
    found: list[Explanation] = []
    errors: list[tuple[str, str]] = []
    for target in targets:
        request = SyncRequest(dry_run=True, any_branch=True, anew=True, trigger="explain")
        report = run_sync(workshop, target, request)
        errors += report.errors
        found += _Explainer(workshop, target, report).explain(wish)
    items = [one for one in found if one.item is not None]
    return Explained(tuple(items or found), tuple(errors))


@dataclass(frozen=True, slots=True)
class _Explainer:
    workshop: Workshop
    target: Target
    report: TargetReport

    def explain(self, wish: Wish) -> Iterator[Explanation]:
        """Yield what fits; of an issue that no item has, what is known of it."""
        states = {
            state.path: state
            for state in self.workshop.store.plans.load(self.target.project).values()
            if state.source == self.target.source.uid
        }
        pairs = [(plan, match) for plan in self.report.plans for match in plan.matches]
        meant = list(_meant(pairs, wish))
        for plan, match in meant:
            yield self._item(plan, match, states.get(plan.path))
        if not meant and isinstance(wish, ByIssue):
            yield from self._issue(wish.number, states)

    def _item(self, plan: PlanReport, match: MatchReport, state: PlanState | None) -> Explanation:
        history = self.workshop.store.history
        told = [*history.of_item(self.target.name, plan.key, match.key)]
        if match.number is not None:
            known = {(entry.run.id, entry.record.at) for entry in told}
            others = history.of_issue(self.target.name, match.number)
            told += [entry for entry in others if (entry.run.id, entry.record.at) not in known]
        items = state.items if state is not None else ()
        known_item = next((item for item in items if item.key == match.key), None)
        hold = state.hold if state is not None else ""
        return Explanation(
            target=self.target.name,
            path=plan.path,
            item=match,
            number=match.number,
            baseline=_baseline(known_item),
            did=self._did(told),
            next=() if hold else tuple(change for change in plan.changes if change.key == match.key),
            writes="" if hold else _lines_of(plan.diff, match),
            notes=tuple(note for note in self.report.notes if note.startswith(f"{plan.path}: ")),
            problems=tuple(
                problem for problem in plan.problems if (problem.file, problem.line) == (match.file, match.line)
            ),
            held=why_held(hold, plan.path) if hold else "",
        )

    def _issue(self, number: int, states: Mapping[str, PlanState]) -> Iterator[Explanation]:
        told = self.workshop.store.history.of_issue(self.target.name, number)
        changes = [(plan, change) for plan in self.report.plans for change in plan.changes if change.number == number]
        ours = [(plan, change) for plan, change in changes if change.kind.endswith("_issue")]
        if not told and not ours:
            return
        keys = {state.key: path for path, state in states.items()}
        path = ours[0][0].path if ours else keys.get(told[0].record.plan, told[0].record.plan)
        next_run = tuple(change for _, change in ours)
        yield Explanation(target=self.target.name, path=path, number=number, did=self._did(told), next=next_run)

    def _did(self, told: Sequence[Told]) -> tuple[Did, ...]:
        paths = {plan.key: plan.path for plan in self.report.plans}
        ordered = sorted(told, key=lambda entry: entry.record.at, reverse=True)
        return tuple(
            Did(run=entry.run.id, trigger=entry.run.trigger, step=step_of(entry.record, paths)) for entry in ordered
        )


def _meant(pairs: Sequence[tuple[PlanReport, MatchReport]], wish: Wish) -> Iterator[tuple[PlanReport, MatchReport]]:
    match wish:
        case ByIssue(number=number):
            yield from (pair for pair in pairs if pair[1].number == number)
        case ByLine(path=path, line=line):
            inside = [
                (plan, match) for plan, match in pairs if beside(plan.path, match.file) == path and match.line <= line
            ]
            yield from sorted(inside, key=lambda pair: pair[1].line)[-1:]
        case ByText(text=text):
            yield from _by_text(pairs, text)


def _by_text(pairs: Sequence[tuple[PlanReport, MatchReport]], text: str) -> Sequence[tuple[PlanReport, MatchReport]]:
    """Return the items of that id; else those of that very text; else those whose text holds it."""
    wanted = normal_text(text)
    ids = [pair for pair in pairs if pair[1].id.casefold() == text.casefold()]
    same = [pair for pair in pairs if normal_text(pair[1].text) == wanted]
    return ids or same or [pair for pair in pairs if wanted in normal_text(pair[1].text)]


def _baseline(item: ItemState | None) -> Baseline | None:
    if item is None or not item.issue:
        return None
    return Baseline(box=item.box, issue=item.issue, linked=item.linked, at=item.at)


def _lines_of(diff: str, match: MatchReport) -> str:
    """Return the lines of a difference that hold the item's text."""
    first = match.text.split("\n")[0]
    lines = (line for line in diff.split("\n") if line[:1] in {"+", "-"} and first in line)
    return "\n".join(lines)
