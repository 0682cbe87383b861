"""What tests of the way back need: a run undone, and a picture of everything that it may have changed."""

from __future__ import annotations

from typing import Any

from plansync.app.errand import Consent
from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.undo import find_run, undo_run
from plansync.core.parser import parse_plan
from tests.support.world import World

Picture = dict[str, Any]


def undo(world: World, run: str, consent: Consent | None = None, **request: Any) -> TargetReport:
    """Undo one run, a minute after whatever happened last."""
    world.clock.advance()
    target = world.target()
    workshop = Workshop((target, *world.others), world.store, world.clock, parse_plan, "host:1:1")
    found = find_run(world.store.history, run)
    report = undo_run(workshop, target, found, SyncRequest(**request), consent or Consent())
    world.clock.advance()
    return report


def take_up(world: World, path: str = "plans/plan.md", **request: Any) -> TargetReport:
    """Sync a plan that a person names."""
    return world.sync(plans=(path,), by_name=True, **request)


def picture(world: World) -> Picture:
    """Return what issues, milestones and the plan hold, but for times and comments."""
    issues = {
        issue.number: (
            issue.title,
            world.kept(issue.body),
            issue.closed,
            sorted(issue.labels),
            issue.milestone,
            issue.assignees,
        )
        for issue in world.all_issues()
    }
    milestones = {title: (seen.description.rstrip(), seen.closed) for title, seen in world.milestones().items()}
    return {"issues": issues, "milestones": milestones, "plan": world.read()}
