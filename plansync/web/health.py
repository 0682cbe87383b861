"""For who runs the service: does it live, is it ready to work, and how does it fare."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from plansync.errors import StoreError
from plansync.ports.queue import Overview
from plansync.web.gauges import Gauges
from plansync.web.parts import Parts
from plansync.web.shapes import Alive, Ready, TargetHealth

_Responses = dict[int | str, dict[str, Any]]


def add_health(app: FastAPI, parts: Parts) -> None:
    """Add ``/healthz``, ``/readyz`` and ``/metrics``, which need no token and tell nothing of plans and issues."""
    parts.meter.watch(Gauges(parts))

    async def healthz() -> Alive:
        """Say that the process lives; nothing else is looked at."""
        return Alive()

    def readyz() -> Response:
        """Say whether work gets done here. A target that fails does not make the service unready: others go on."""
        ready = _ready(parts)
        return JSONResponse(ready.model_dump(mode="json"), 200 if ready.ready else 503)

    def metrics() -> Response:
        """Return the metrics in Prometheus' text format."""
        return Response(parts.meter.text(), media_type=CONTENT_TYPE_LATEST)

    app.add_api_route("/healthz", healthz, tags=["health"])
    unready: _Responses = {503: {"model": Ready, "description": "No state database, or no worker"}}
    app.add_api_route("/readyz", readyz, tags=["health"], response_model=Ready, responses=unready)
    text: _Responses = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The metrics"}}
    app.add_api_route("/metrics", metrics, tags=["health"], response_class=Response, responses=text)


def _ready(parts: Parts) -> Ready:
    workers = parts.workers()
    try:
        overview = parts.queue.overview()
    except StoreError as error:
        return Ready(ready=False, store=type(error).__name__, workers=workers, waiting=None, running=None, targets={})
    now = parts.clock.now()
    return Ready(
        ready=workers != 0,
        store="ok",
        workers=workers,
        waiting=len(overview.waiting),
        running=len(overview.running),
        targets={name: _health(name, overview, now) for name in parts.names()},
    )


def _health(name: str, overview: Overview, now: datetime) -> TargetHealth:
    fortune = overview.fortunes.get(name)
    if fortune is None:
        return TargetHealth(success_age_seconds=None, failing=False)
    age = None if fortune.success_at is None else (now - fortune.success_at).total_seconds()
    return TargetHealth(success_age_seconds=age, failing=fortune.failing_since is not None)
