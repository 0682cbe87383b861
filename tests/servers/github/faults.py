"""The faults that a test orders, in GitHub's own words."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.servers.github.state import Repository
from tests.servers.github.words import SECONDARY, SECONDARY_DOCS, Refused, moved, not_found, refused
from tests.servers.github.world import World
from tests.servers.wire import Fault, Request

SILENCE = {
    Fault.SECONDARY: timedelta(minutes=1),
    Fault.SECONDARY_WITH_HEADER: timedelta(seconds=90),
    Fault.TOO_MANY: timedelta(seconds=30),
}
"""How long a client is told, or by the documentation's word for a missing header supposed, to be silent."""


def words_for(fault: Fault, world: World, request: Request, repository: Repository | None) -> Refused:
    """Return what GitHub would say."""
    match fault:
        case Fault.SECONDARY:
            return refused(403, SECONDARY, SECONDARY_DOCS)
        case Fault.SECONDARY_WITH_HEADER | Fault.TOO_MANY:
            status = 429 if fault is Fault.TOO_MANY else 403
            return refused(status, SECONDARY, SECONDARY_DOCS, retry_after=f"{SILENCE[fault].seconds}")
        case Fault.REDIRECT:
            return moved(301 if request.method in {"GET", "HEAD"} else 307, world.base + alias(request, repository))
        case Fault.NOT_FOUND:
            return not_found()
        case Fault.GONE:
            return refused(410, "This issue was deleted")
        case _:
            return refused(502 if fault is Fault.ERROR_502_APPLIED else 500, "Server Error")


def alias(request: Request, repository: Repository | None) -> str:
    """Return another path, with the query, that serves the same."""
    path = request.raw_path.removeprefix("/api/v3")
    if repository is not None and path.startswith("/repos/"):
        path = "/api/v3" + re.sub(r"^/repos/[^/]+/[^/]+", f"/repositories/{repository.id}", path)
    elif repository is not None:
        path = "/api/v3" + re.sub(r"^/repositories/\d+", f"/repos/{repository.full_name}", path)
    elif path == request.raw_path and path != "/api/graphql":
        path = "/api/v3" + path
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return f"{path}?{query}" if query else path
