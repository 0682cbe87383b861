"""Which components and endpoints of the plan a text speaks of, so that an issue can show them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plansync.core.design import Component, Endpoint

_METHOD = re.compile(r"^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(\S+)$", re.IGNORECASE)
_MARKS = re.compile(r"[`*]")


def mentioned_components(texts: Iterable[str], components: Iterable[Component]) -> tuple[Component, ...]:
    """Return the components whose file or name stands in ``texts`` as a word of its own."""
    whole = _MARKS.sub("", "\n".join(texts))
    return tuple(c for c in components if any(_stands_in(name, whole) for name in _component_names(c)))


def mentioned_endpoints(texts: Iterable[str], endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Return the endpoints or methods whose name (``POST /issues``), or path, stands in ``texts``.

    A path alone counts only where no other endpoint of the plan has the same one.
    """
    whole = _MARKS.sub("", "\n".join(texts))
    every = tuple(endpoints)
    paths = [_path_of(endpoint) for endpoint in every]
    return tuple(
        endpoint
        for endpoint, path in zip(every, paths, strict=True)
        if _stands_in(_plain(endpoint.name), whole) or (path and paths.count(path) == 1 and _stands_in(path, whole))
    )


def _component_names(component: Component) -> tuple[str, ...]:
    location = _plain(component.location.split(" ", 1)[0]) if component.location else ""
    return (location, _plain(component.name))


def _plain(name: str) -> str:
    return " ".join(_MARKS.sub("", name).split())


def _path_of(endpoint: Endpoint) -> str:
    found = _METHOD.match(_plain(endpoint.name))
    return found.group(2) if found else ""


def _stands_in(name: str, text: str) -> bool:
    """Say whether ``name`` (three characters or more) stands in ``text`` and is not part of a longer word or path."""
    if len(name) < 3:
        return False
    return re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w/-]|\.\w)", text) is not None
