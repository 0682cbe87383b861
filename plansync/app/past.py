"""What runs did, when and why, from the journal alone: no tracker is asked (spec §9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plansync.app.keepsake import REMEMBER, WRITE_FILE, mark_of, read_image
from plansync.app.request import Target, Workshop
from plansync.app.telling import KINDS
from plansync.app.undo import TRIGGER
from plansync.core.holds import short
from plansync.errors import UsageError
from plansync.ports.entries import Record, Run
from plansync.ports.history import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a run did. ``kind`` is that of a ChangeReport, or ``write_file``, which has ``path`` and words."""

    plan: str
    """The plan's key."""
    path: str
    kind: str
    number: int | None = None
    title: str = ""
    reason: str = ""
    outcome: str = "done"
    message: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run. ``ok`` is None while it runs, and where it died; ``undone_by`` names the run that took it back."""

    id: str
    target: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    ok: bool | None
    errors: tuple[str, ...] = ()
    undone_by: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """Return the end of its id, which is enough to name it."""
        return short(self.id)


def past_runs(workshop: Workshop, wanted: Wanted) -> tuple[PastRun, ...]:
    """Return the runs that are asked for, newest first."""
    history = workshop.store.history
    paths = _paths(workshop)
    found = history.runs(wanted)
    undone = _undone(found)
    return tuple(_past(run, history.records(run.id), wanted, paths, undone.get(run.id, "")) for run in found)


def key_of(workshop: Workshop, target: Target, path: str) -> str:
    """Return the key of the plan at ``path``; raises ``UsageError`` where no run ever knew one."""
    states = workshop.store.plans.load(target.project).values()
    for state in states:
        if (state.source, state.path) == (target.source.uid, path):
            return state.key
    raise UsageError(f"no run of target {target.name!r} knows {path}", hint="`plansync once` gets to know it")


def step_of(record: Record, paths: Mapping[str, str]) -> Step:
    """Return what a record of the journal tells; ``paths`` of plans by key."""
    image = read_image(record.change, record.before, record.after) if record.change in KINDS else None
    return Step(
        plan=record.plan,
        path=record.key if record.change == WRITE_FILE else paths.get(record.plan, record.plan),
        kind=KINDS.get(record.change, "write_file"),
        number=record.number,
        title=image.title if image is not None else "",
        reason=record.reason,
        outcome=record.outcome,
        message=record.message,
        at=record.at,
    )


def _past(run: Run, records: Sequence[Record], wanted: Wanted, paths: Mapping[str, str], undone_by: str) -> PastRun:
    mine = [record for record in _told(records) if wanted.plan in {None, record.plan}]
    return PastRun(
        id=run.id,
        target=run.target,
        trigger=run.trigger,
        started_at=run.started_at,
        ended_at=run.ended_at,
        ok=run.ok,
        errors=_errors(run),
        undone_by=undone_by,
        steps=tuple(step_of(record, paths) for record in mine),
    )


def _told(records: Sequence[Record]) -> Iterable[Record]:
    """Leave out what only the way back needs, and that a file was about to be written where it is known how it went."""
    answered = {(r.key, r.after) for r in records if r.change == WRITE_FILE and not r.before}
    for record in records:
        is_intent = record.change == WRITE_FILE and bool(record.before)
        is_answered = is_intent and (record.key, mark_of(record.after)) in answered
        if record.change != REMEMBER and not is_answered:
            yield record


def _undone(found: Sequence[Run]) -> Mapping[str, str]:
    """Return which run undid which; the one that undid it last counts, unless it was undone itself."""
    undone: dict[str, str] = {}
    for run in found:
        word, _, other = run.trigger.partition(" ")
        if word == TRIGGER and run.id not in undone:
            undone.setdefault(other, run.id)
    return undone


def _paths(workshop: Workshop) -> Mapping[str, str]:
    projects = dict.fromkeys(target.project for target in workshop.targets)
    return {key: state.path for project in projects for key, state in workshop.store.plans.load(project).items()}


def _errors(run: Run) -> tuple[str, ...]:
    try:
        summary: Any = json.loads(run.summary or "{}")
    except ValueError:
        return ()
    found = summary.get("errors") if isinstance(summary, dict) else None
    return tuple(str(error[0]) for error in found or () if error)
