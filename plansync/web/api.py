"""What the API shows: targets, plans, items, runs, Problems. It asks no tracker; :mod:`plansync.web.acts` does."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from starlette.exceptions import HTTPException

from plansync.app.lookup import plan_items, plan_problems, target_named
from plansync.app.request import Target, Workshop
from plansync.app.status import PlanProgress, plan_progress
from plansync.ports.entries import Run
from plansync.ports.queue import Overview
from plansync.web.faults import described
from plansync.web.parts import Parts
from plansync.web.shapes import (
    Items,
    ItemShape,
    PhaseShape,
    Plans,
    PlanShape,
    Problems,
    ProblemShape,
    Runs,
    RunShape,
    Targets,
    TargetShape,
)

TargetName = Annotated[str, InPath(max_length=200, description="A target's name")]
PlanPath = Annotated[str, InPath(max_length=1024, description="A plan's path in its source")]
_OfTarget = Annotated[str | None, Query(alias="target", max_length=200, description="Only this target's")]
_Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
_Before = Annotated[str | None, Query(max_length=200, description="Only runs older than the one of this id")]
_FOUND = described(404, 422, 503)


def add_views(api: APIRouter, parts: Parts) -> None:
    """Add what only looks things up."""
    _add_targets(api, parts)
    _add_plans(api, parts)
    _add_runs(api, parts)


def wanted(parts: Parts, workshop: Workshop, name: str) -> Target:
    """Return the target of this name; raises the 404 of the API without one, and 503 for one that cannot be used."""
    target = target_named(workshop, name)
    if target is None and name in parts.names():
        raise HTTPException(503, "the target cannot be used as it is configured; the log says why")
    if target is None:
        raise HTTPException(404, "there is no target of this name")
    return target


def _add_targets(api: APIRouter, parts: Parts) -> None:
    @api.get("/targets", responses=described(503))
    def list_targets() -> Targets:
        """List all targets, and how they fare."""
        overview, workshop = parts.queue.overview(), parts.workshop()
        shown = [_target(name, target_named(workshop, name), overview) for name in parts.names()]
        return Targets(targets=shown)

    @api.get("/problems", responses=_FOUND)
    def list_problems(name: _OfTarget = None) -> Problems:
        """List the Problems of all plans, as the last sync found them."""
        workshop = parts.workshop()
        targets = workshop.targets if name is None else (wanted(parts, workshop, name),)
        found = [asdict(problem) for target in targets for problem in plan_problems(workshop, target)]
        return Problems(problems=[ProblemShape(**problem) for problem in found])


def _add_plans(api: APIRouter, parts: Parts) -> None:
    @api.get("/plans", responses=_FOUND)
    def list_plans(name: _OfTarget = None) -> Plans:
        """List all plans: Status and progress, as the last sync left them."""
        workshop = parts.workshop()
        if name is not None:
            wanted(parts, workshop, name)
        found = [plan for plan in plan_progress(workshop) if name in {None, plan.target}]
        return Plans(plans=[_plan(plan) for plan in found])

    @api.get("/plans/{target}/{path:path}/items", responses=_FOUND)
    def list_items(target: TargetName, path: PlanPath) -> Items:
        """List the items of one plan, and their issues."""
        workshop = parts.workshop()
        chosen = wanted(parts, workshop, target)
        if path not in chosen.shelf.plans():
            raise HTTPException(404, "the target has no such plan")
        items = [ItemShape(**asdict(item)) for item in plan_items(workshop, chosen, path)]
        return Items(target=target, path=path, items=items)

    @api.get("/plans/{target}/{path:path}", responses=_FOUND)
    def show_plan(target: TargetName, path: PlanPath) -> PlanShape:
        """Show one plan: Status and progress."""
        workshop = parts.workshop()
        wanted(parts, workshop, target)
        found = (plan for plan in plan_progress(workshop) if (plan.target, plan.path) == (target, path))
        plan = next(found, None)
        if plan is None:
            raise HTTPException(404, "the target has no such plan")
        return _plan(plan)


def _add_runs(api: APIRouter, parts: Parts) -> None:
    @api.get("/runs", responses=_FOUND)
    def list_runs(name: _OfTarget = None, limit: _Limit = 50, before: _Before = None) -> Runs:
        """List runs, newest first, page by page."""
        workshop = parts.workshop()
        if name is not None:
            wanted(parts, workshop, name)
        found = workshop.store.journal.runs(name, limit + 1, before or "")
        page = found[:limit]
        return Runs(runs=[_run(run) for run in page], next=page[-1].id if len(found) > limit else None)


def _target(name: str, target: Target | None, overview: Overview) -> TargetShape:
    fortune = overview.fortunes.get(name)
    return TargetShape(
        name=name,
        tracker=target.tracker.address.kind if target else "",
        project=target.project if target else "",
        success_at=fortune.success_at if fortune else None,
        failing_since=fortune.failing_since if fortune else None,
        error=fortune.error if fortune else "",
        waiting=any(wish.target == name for wish in overview.waiting),
        running=any(taken.target == name for taken in overview.running),
    )


def _plan(plan: PlanProgress) -> PlanShape:
    phases = [PhaseShape(heading=phase.heading, done=phase.done, total=phase.total) for phase in plan.phases]
    return PlanShape(**(asdict(plan) | {"phases": phases}))


def _run(run: Run) -> RunShape:
    summary = _summary(run)
    errors = [str(error[0]) for error in summary.get("errors") or () if error]
    values = asdict(run) | {"counts": summary.get("counts") or {}, "errors": errors}
    return RunShape(**{name: values[name] for name in RunShape.model_fields})


def _summary(run: Run) -> dict[str, Any]:
    try:
        summary = json.loads(run.summary) if run.summary else {}
    except ValueError:
        return {}
    return summary if isinstance(summary, dict) else {}
