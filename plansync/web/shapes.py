"""The JSON of health and API, as it is described at ``/api/v1/openapi.json``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Path = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Age = Annotated[float | None, Field(description="Seconds since the last sync that went well; null: never")]


class Shape(BaseModel):
    """What all of them share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(Shape):
    """What went wrong, as ``application/problem+json`` (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[str] = []
    """What is wrong with the request, one line each."""


class Alive(Shape):
    """The process lives."""

    alive: Literal[True] = True


class TargetHealth(Shape):
    """How one target fares."""

    success_age_seconds: Age
    failing: bool


class Ready(Shape):
    """Whether work gets done here. ``workers`` null: this process has none; waiting and running null: nobody knows."""

    ready: bool
    store: str
    workers: int | None
    waiting: int | None
    running: int | None
    targets: dict[str, TargetHealth]


class TargetShape(Shape):
    """One target. ``success_at`` null: never in step; ``failing_since`` null: it does not fail.

    ``tracker`` and ``project`` are empty for a target that cannot be used as it is configured.
    """

    name: str
    tracker: str
    project: str
    success_at: datetime | None
    failing_since: datetime | None
    error: str
    waiting: bool
    running: bool


class Targets(Shape):
    """All targets."""

    targets: list[TargetShape]


class PhaseShape(Shape):
    """How far one phase has come."""

    heading: str
    done: int
    total: int


class PlanShape(Shape):
    """How far one plan has come. ``synced_at`` null: never synced; ``note`` says why there is nothing to tell."""

    target: str
    path: str
    title: str
    status: str | None
    done: int
    total: int
    phases: list[PhaseShape]
    open_risks: int
    problems: int
    synced_at: datetime | None
    note: str


class Plans(Shape):
    """Plans, by target, then path."""

    plans: list[PlanShape]


class ItemShape(Shape):
    """One item and its issue. ``done`` null: the plan does not say; ``issue`` is open, a close reason, or empty."""

    kind: str
    text: str
    phase: str
    key: str
    id: str
    done: bool | None
    number: int | None
    url: str
    issue: str


class Items(Shape):
    """The items of one plan, in its order."""

    target: str
    path: str
    items: list[ItemShape]


class RunShape(Shape):
    """One run. ``ended_at`` and ``ok`` null: it runs, or died."""

    id: str
    target: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    ok: bool | None
    counts: dict[str, int]
    errors: list[str]


class Runs(Shape):
    """Runs, newest first. ``next`` is the ``before`` of the next page; null: there is none."""

    runs: list[RunShape]
    next: str | None


class ProblemShape(Shape):
    """One Problem of one plan; what its code means stands in docs/problems.md."""

    target: str
    path: str
    code: str
    severity: str
    line: int
    column: int
    message: str
    hint: str


class Problems(Shape):
    """Problems, by target, path and line."""

    problems: list[ProblemShape]


class Wish(Shape):
    """What is asked of a sync or a preview: these plans (paths of the source); empty: all of them."""

    plans: Annotated[list[Path], Field(max_length=1000)] = []


class Accepted(Shape):
    """The wish is stored; the sync runs as soon as a worker is free."""

    target: str
    plans: list[str]


class ChangeShape(Shape):
    """One change that a sync would make."""

    kind: str
    key: str
    title: str
    number: int | None
    reason: str
    fields: list[dict[str, str]]
    labels: list[str]
    milestone: str


class PlanPreview(Shape):
    """What a sync would do for one plan: changes at the tracker, and the unified diff of the file."""

    path: str
    title: str
    status_before: str | None
    status_after: str | None
    changes: list[ChangeShape]
    diff: str
    skipped: str
    fused: str
    error: str


class Preview(Shape):
    """What a sync would do. ``errors`` are what stopped the preview or would stop the sync."""

    target: str
    pending: bool
    counts: dict[str, int]
    plans: list[PlanPreview]
    notes: list[str]
    errors: list[str]
