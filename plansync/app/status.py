"""The use case ``status``: how far every plan has come, without asking any tracker.

What the last sync found is in the store; a plan that was never synced is read, and its own boxes count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from plansync.app.request import Target, Workshop
from plansync.core.baseline import PlanState
from plansync.core.holds import why_held
from plansync.core.model import Item, Plan, State
from plansync.ports.source import Unreadable


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """One phase: done of countable tasks."""

    heading: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress:
    """One plan: done of countable tasks. ``synced_at`` None: never.

    ``note`` says why there is nothing to tell, or why runs leave the plan alone; it is told by its file then.
    """

    target: str
    path: str
    title: str = ""
    status: str | None = None
    done: int = 0
    total: int = 0
    phases: tuple[PhaseProgress, ...] = ()
    open_risks: int = 0
    problems: int = 0
    synced_at: datetime | None = None
    note: str = ""


def plan_progress(workshop: Workshop) -> Iterator[PlanProgress]:
    """Yield the progress of every plan of all targets, by target, then path."""
    for target in workshop.targets:
        stored = workshop.store.plans.load(target.project).values()
        known = {state.path: state for state in stored if state.source == target.source.uid}
        for files in target.shelf.plans().values():
            yield _progress(workshop, target, files, known.get(files[0]))


def _progress(workshop: Workshop, target: Target, files: Sequence[str], state: PlanState | None) -> PlanProgress:
    path, summary = files[0], _summary(state)
    if state is not None and summary is not None and not state.hold:
        return _from_summary(target.name, path, summary, state.synced_at)
    text = target.shelf.read(files)
    if isinstance(text, Unreadable):
        return PlanProgress(target=target.name, path=path, problems=1, note=text.message)
    told = _from_plan(target.name, path, text.read(workshop.parse))
    return replace(told, note=why_held(state.hold, path), synced_at=state.synced_at) if state and state.hold else told


def _summary(state: PlanState | None) -> Mapping[str, Any] | None:
    """Return the report that the last sync left, or None where it left nothing that can be read."""
    try:
        summary = json.loads(state.summary) if state and state.summary else None
    except ValueError:
        return None
    return summary if isinstance(summary, dict) and isinstance(summary.get("status"), dict) else None


def _from_summary(target: str, path: str, summary: Mapping[str, Any], at: datetime | None) -> PlanProgress:
    status = summary["status"]
    return PlanProgress(
        target=target,
        path=path,
        title=summary.get("title", ""),
        status=(not summary.get("error") and status.get("after")) or status.get("before"),
        done=status.get("done", 0),
        total=status.get("total", 0),
        phases=tuple(PhaseProgress(*phase) for phase in status.get("phases", ())),
        open_risks=summary.get("open_risks", 0),
        problems=len(summary.get("problems", ())),
        synced_at=at,
    )


def _from_plan(target: str, path: str, plan: Plan) -> PlanProgress:
    phases = tuple(_phase(phase.heading, phase.tasks) for phase in plan.phases if not phase.ignored)
    status = plan.status or plan.front_matter_status
    return PlanProgress(
        target=target,
        path=path,
        title=plan.title,
        status=status.raw if status else None,
        done=sum(phase.done for phase in phases),
        total=sum(phase.total for phase in phases),
        phases=phases,
        open_risks=sum(risk.state is State.OPEN for risk in plan.risks),
        problems=len(plan.problems),
    )


def _phase(heading: str, tasks: tuple[Item, ...]) -> PhaseProgress:
    """Count as spec §6 does where no issue is known: by the boxes."""
    countable = [task for task in tasks if task.state is not State.CANCELLED and not task.ignored]
    return PhaseProgress(heading, sum(task.state is State.DONE for task in countable), len(countable))
