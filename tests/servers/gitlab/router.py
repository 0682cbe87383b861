"""Which handler answers which path of the GitLab test server."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.servers.gitlab import (
    api_events,
    api_hooks,
    api_issues,
    api_labels,
    api_merge_requests,
    api_milestones,
    api_notes,
    api_projects,
    api_repository,
)
from tests.servers.gitlab.call import Handler, Refused, Routes

_TABLES: tuple[Routes, ...] = (
    api_projects.ROUTES,
    api_issues.ROUTES,
    api_events.ROUTES,
    api_notes.ROUTES,
    api_labels.ROUTES,
    api_milestones.ROUTES,
    api_hooks.ROUTES,
    api_repository.ROUTES,
    api_merge_requests.ROUTES,
)


def below_the_api(raw_path: str) -> str:
    """Return the path below ``/api/v4``, still encoded; everything else is not there."""
    _, found, path = raw_path.partition("/api/v4/")
    if not found:
        raise Refused(404, "404 Not Found", "error")
    return path.strip("/")


def match(method: str, path: str) -> tuple[Handler, dict[str, Any]]:
    """Return the handler of a path and the parameters in it; a literal part goes before a named one."""
    parts = [unquote(part) for part in path.split("/")]
    for wanted, handler in _ROUTES.get(("GET" if method == "HEAD" else method, len(parts)), []):
        pairs = list(zip(wanted, parts, strict=True))
        if all(_fits(want, part) for want, part in pairs):
            return handler, {want.lstrip(":"): part for want, part in pairs if want[0] in ":*"}
    raise Refused(404, "404 Not Found", "error")


def _fits(want: str, part: str) -> bool:
    return want == part or want[0] == ":" or (want == "*" and re.fullmatch("projects|groups", part) is not None)


def _by_length(tables: tuple[Routes, ...]) -> dict[tuple[str, int], list[tuple[list[str], Handler]]]:
    found: dict[tuple[str, int], list[tuple[list[str], Handler]]] = {}
    for table in tables:
        for (method, path), handler in table.items():
            parts = path.split("/")
            found.setdefault((method, len(parts)), []).append((parts, handler))
    for routes in found.values():
        routes.sort(key=lambda route: sum(part[0] == ":" for part in route[0]))
    return found


_ROUTES = _by_length(_TABLES)
