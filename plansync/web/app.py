"""The web application: everything that is shown, put together from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI

from plansync.ports.queue import Letter
from plansync.web.acts import add_acts
from plansync.web.api import add_views
from plansync.web.faults import MEDIA, answer_faults, described
from plansync.web.health import add_health
from plansync.web.intake import Intake
from plansync.web.keyhole import keyhole
from plansync.web.mill import Mill
from plansync.web.parts import Parts
from plansync.web.webhooks import add_webhooks

API = "/api/v1"


def create_app(parts: Parts) -> FastAPI:
    """Return the application; it needs no start and no end of its own."""

    def store(letters: Sequence[Letter]) -> Sequence[bool]:
        return parts.queue.accept(letters, parts.rhythm(), parts.clock.now())

    app = _App(title="plansync", version="1", openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None)
    add_webhooks(app, parts, Mill(store, parts.bounds.letters))
    add_health(app, parts)
    guarded = [Depends(keyhole(parts.tokens))]
    api = APIRouter(prefix=API, tags=["api"], dependencies=guarded, responses=described(401, 403))
    add_views(api, parts)
    add_acts(api, parts)
    app.include_router(api)
    answer_faults(app)
    app.add_middleware(Intake, bounds=parts.bounds)
    return app


class _App(FastAPI):
    """A FastAPI whose description names the media type that faults really have."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made once."""
        if self.openapi_schema is None:
            _name_media(super().openapi())
        return super().openapi()


def _name_media(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if path.startswith(API) and status >= "400" and "application/json" in content:
                    content[MEDIA] = content.pop("application/json")
