"""What a run did: a line or two a plan, and the traffic of each target."""

from __future__ import annotations

from collections.abc import Iterator

from plansync.app.report import ChangeReport, PlanReport, SyncReport, TargetReport
from plansync.cli.lines import Line, Role, counted, indented
from plansync.cli.views.counts import done_counts, noun_of, verb_of
from plansync.cli.views.preview import blocked_line, status_change
from plansync.cli.views.problems import problem_lines
from plansync.core.mishaps import MISHAPS
from plansync.core.problems import Problem, Severity
from plansync.core.together import beside


def summary_lines(report: SyncReport, *, verbose: bool = False, done: str = "now in step") -> Iterator[Line]:
    """Yield what became of every plan that something happened to, then one line a target, which says it is ``done``."""
    for target in report.targets:
        for plan in target.plans:
            yield from _plan_lines(plan, verbose=verbose)
        yield from (Line(f"note: {note}", Role.FAINT) for note in target.notes)
        yield _target_line(target, done)


def _plan_lines(plan: PlanReport, *, verbose: bool) -> Iterator[Line]:
    body = [*blocked_line(plan), *_failure_lines(plan)]
    done = _done_line(plan)
    told = [found for found in plan.problems if found.code not in MISHAPS]  # those are in the body
    shown = [found for found in told if verbose or _matters(found, bool(done or body))]
    if done or body or verbose:
        yield Line(f"{plan.path}: {done or 'nothing to do'}", Role.TITLE if done else Role.PLAIN)
    yield from indented(body)
    if change := status_change(plan):
        yield Line(f"  {change}")
    yield from problem_lines(plan.path, shown, hints=plan.failed or verbose)


def _matters(found: Problem, something_happened: bool) -> bool:
    """Say whether a Problem is told without being asked for: it holds something up, or its plan is told about."""
    warns = something_happened and found.severity is not Severity.INFO
    return warns or found.guards or found.severity is Severity.ERROR


def _done_line(plan: PlanReport) -> str:
    parts = [done_counts(plan.changes)]
    written, changed = ("proposed", "proposed") if plan.waits_at else ("written", "changed")
    parts += [f"{counted(plan.linked, 'link')} {written}"] if plan.linked else []
    parts += [f"{counted(plan.ticked, 'box', 'boxes')} {changed}"] if plan.ticked else []
    parts += [f"Status {written}"] if status_change(plan) else []
    return ", ".join(part for part in parts if part)


def _failure_lines(plan: PlanReport) -> Iterator[Line]:
    for change in plan.changes:
        if change.outcome != "done":
            yield Line(f"{change.outcome}: {_called(change)}: {change.message}", _severity(change))
        elif change.message:
            yield Line(f"note: {_called(change)}: {change.message}", Role.FAINT)


def _called(change: ChangeReport) -> str:
    number = "" if change.number is None else f" #{change.number}"
    return f"{verb_of(change.kind).infinitive} {noun_of(change.kind)}{number} “{change.title}”"


def _severity(change: ChangeReport) -> Role:
    return Role.BAD if change.outcome in {"failed", "unknown"} else Role.CHANGED


def why_failed(plan: PlanReport) -> tuple[str, str]:
    """Return the first thing that keeps a plan from being in step, and what to do about it."""
    problems = [found for found in plan.problems if found.severity is Severity.ERROR]
    if plan.error or plan.fused:
        return f"{plan.path}: {plan.error or plan.fused}", plan.hint
    if problems:
        first = problems[0]
        return f"{beside(plan.path, first.file)}:{first.line}:{first.column}: {first.code} {first.message}", first.hint
    change = next(change for change in plan.changes if change.outcome in {"failed", "unknown"})
    return f"{plan.path}: {change.outcome}: {change.title}: {change.message}", ""


def _target_line(target: TargetReport, done: str) -> Line:
    problems = sum(len(plan.problems) for plan in target.plans)
    hint = f", {counted(problems, 'Problem')} for `plansync lint`" if problems else ""
    traffic = f"({counted(target.requests, 'request')}, {counted(target.writes, 'write')})"
    plans = counted(len(target.plans), "plan")
    if target.failed:
        return Line(f"{target.name}: not in step  {traffic}", Role.BAD)
    changed = any(plan.changes or (plan.diff and not plan.waits_at) for plan in target.plans)
    word = done if changed else "in step, nothing to do"
    waiting = sum(bool(plan.waits_at) for plan in target.plans)
    review = f", {waiting} waiting for review" if waiting else ""
    return Line(f"{target.name}: {plans} {word}{review}{hint}  {traffic}", Role.GOOD)
