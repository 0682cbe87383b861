"""What the API does: a preview, which asks the tracker and changes nothing, and the wish for a sync."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from plansync.app.report import ChangeReport, PlanReport, TargetReport
from plansync.app.request import SyncRequest, Target
from plansync.app.sync import run_sync
from plansync.core.scope import WHOLE, Scope
from plansync.ports.queue import Ask, Letter, Urgency
from plansync.web.api import TargetName, wanted
from plansync.web.faults import described
from plansync.web.parts import Parts
from plansync.web.shapes import Accepted, ChangeShape, PlanPreview, Preview, Wish

_ANSWERS = described(400, 404, 408, 413, 422, 503)


def add_acts(api: APIRouter, parts: Parts) -> None:
    """Add what does something."""
    turns = asyncio.Semaphore(parts.bounds.previews)

    @api.post("/targets/{target}/preview", responses=_ANSWERS)
    async def preview(target: TargetName, wish: Wish | None = None) -> Preview:
        """Say what a sync would do. It asks the tracker, may take a while, and changes nothing."""
        try:
            await asyncio.wait_for(turns.acquire(), parts.bounds.preview_wait.total_seconds())
        except TimeoutError:
            raise HTTPException(503, "too many previews are being made", {"Retry-After": "30"}) from None
        try:
            return await run_in_threadpool(_preview, parts, target, wish or Wish())
        finally:
            turns.release()

    @api.post("/targets/{target}/sync", status_code=202, responses=_ANSWERS)
    def sync(target: TargetName, wish: Wish | None = None) -> Accepted:
        """Ask for a sync, at once: also of a target that is being left alone after failures."""
        plans = (wish or Wish()).plans
        _check_plans(wanted(parts, parts.workshop(), target), plans)
        scope = Scope(plans=frozenset(plans)) if plans else WHOLE
        ask = Ask(target=target, trigger="api", scope=scope, urgency=Urgency.NOW)
        parts.queue.accept([Letter((ask,))], parts.rhythm(), parts.clock.now())
        parts.ring()
        return Accepted(target=target, plans=sorted(scope.plans))


def _check_plans(target: Target, plans: Sequence[str]) -> None:
    if plans and (unknown := sorted(set(plans) - set(target.source.list()))):
        raise HTTPException(404, f"the target has no such plan: {unknown[0]}")


def _preview(parts: Parts, name: str, wish: Wish) -> Preview:
    with parts.rehearsal(name) as workshop:
        if workshop is None:
            raise HTTPException(404, "there is no target of this name")
        target = wanted(parts, workshop, name)
        _check_plans(target, wish.plans)
        request = SyncRequest(plans=tuple(wish.plans), dry_run=True, any_branch=True, trigger="preview")
        return _shown(run_sync(workshop, target, request))


def _shown(report: TargetReport) -> Preview:
    return Preview(
        target=report.name,
        pending=report.pending,
        counts=report.counts,
        plans=[_plan(plan) for plan in report.plans],
        notes=list(report.notes),
        errors=[message for message, _ in report.errors],
    )


def _plan(plan: PlanReport) -> PlanPreview:
    return PlanPreview(
        path=plan.path,
        title=plan.title,
        status_before=plan.status.before,
        status_after=plan.status.after,
        changes=[_change(change) for change in plan.changes],
        diff=plan.diff,
        skipped=plan.skipped,
        fused=plan.fused,
        error=plan.error,
    )


def _change(change: ChangeReport) -> ChangeShape:
    return ChangeShape(
        kind=change.kind,
        key=change.key,
        title=change.title,
        number=change.number,
        reason=change.reason,
        fields=[{"name": field.name, "old": field.old, "new": field.new} for field in change.fields],
        labels=list(change.labels),
        milestone=change.milestone,
    )
