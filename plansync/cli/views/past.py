"""Runs of the past: one line each, and below it what it did and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from plansync.app.past import PastRun, Step
from plansync.cli.lines import Line, Role
from plansync.cli.views.counts import noun_of, verb_of
from plansync.cli.views.preview import ROLES
from plansync.core.holds import short

_SHOWN = 10
"""So many steps of a run are shown unless more is wanted."""


def past_lines(runs: Sequence[PastRun], *, verbose: bool = False) -> Iterator[Line]:
    """Yield runs, newest first."""
    if not runs:
        yield Line("No run has done anything yet.")
    for run in runs:
        yield Line(_head(run), Role.TITLE)
        yield from (Line(f"  {error}", Role.BAD) for error in run.errors)
        shown = run.steps if verbose else run.steps[:_SHOWN]
        for path, steps in groupby(shown, key=lambda step: step.path):
            yield Line(f"  {path}")
            yield from (step_line(step, 4) for step in steps)
        if len(shown) < len(run.steps):
            yield Line(f"    … and {len(run.steps) - len(shown)} more, with --verbose", Role.FAINT)


def moment(at: datetime) -> str:
    """Return a time as it is shown, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def step_line(step: Step, by: int = 0) -> Line:
    """Return ``+ create issue #12  Title  (why)``, moved ``by`` blanks to the right."""
    ending = "" if step.outcome == "done" else f"  {step.outcome}{': ' if step.message else ''}{step.message}"
    if step.kind == "write_file":
        words = f": {step.reason}" if step.reason else ""
        return Line(f"{' ' * by}✎ write {step.path}{words}{ending}", Role.CHANGED if not ending else Role.BAD)
    verb = verb_of(step.kind)
    number = "" if step.number is None else f" {'#' if noun_of(step.kind) == 'issue' else ''}{step.number}"
    title = f"  {step.title}" if step.title else ""
    why = f"  ({step.reason})" if step.reason else ""
    role = ROLES[verb.infinitive] if not ending else Role.BAD
    return Line(f"{' ' * by}{verb.sign} {verb.infinitive} {noun_of(step.kind)}{number}{title}{why}{ending}", role)


def _head(run: PastRun) -> str:
    word, _, other = run.trigger.partition(" ")
    trigger = f"{word} {short(other)}" if word == "undo" else run.trigger
    parts = [run.name, moment(run.started_at), run.target, trigger]
    ends = {True: "", False: "not in step", None: "not ended"}
    parts += [ends[run.ok]] if ends[run.ok] else []
    parts += [f"undone by {short(run.undone_by)}"] if run.undone_by else []
    parts += [] if run.steps or run.ok is not True else ["nothing to do"]
    return "  ".join(parts)
