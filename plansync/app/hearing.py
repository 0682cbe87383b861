"""From events to wishes: which targets they concern, and what of these is to be looked at. Pure.

event          concerns the targets                                     and asks for
IssueMoved     whose issues live in the project                         the issue
ProjectMoved   whose issues live in the project                         all
Pushed         whose plans live in the repository, on that branch       the plans among the files; all where the
                                                                        files are not all known, or very many
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from plansync.core.events import Event, IssueMoved, Nothing, ProjectMoved, Pushed
from plansync.core.scope import WHOLE, Scope
from plansync.ports.queue import Ask, Urgency

TRIGGER = "webhook"
_PLANS_NAMED = 200
"""From so many plans on, reading all is no more work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a target lives, as far as hosts tell of it.

    ``projects`` are the pages of its tracker's project, ``repositories`` those of its plans' repository. ``branch`` is
    the one that plans are synced from, empty for the default branch. ``below`` is the path of the source's folder from
    the repository's root, empty or with a slash at the end; None where it is not known.
    """

    target: str
    projects: frozenset[str]
    repositories: frozenset[str]
    branch: str = ""
    below: str | None = ""
    is_plan: Callable[[str], bool]


def hear(events: Iterable[Event], places: Iterable[Place]) -> tuple[Ask, ...]:
    """Return what the events ask for."""
    known = tuple(places)
    return tuple(
        Ask(target=place.target, trigger=TRIGGER, reason=reason, scope=scope, urgency=Urgency.DEBOUNCED)
        for event in events
        for place in known
        for reason, scope in _wishes(event, place)
    )


def _wishes(event: Event, place: Place) -> Iterator[tuple[str, Scope]]:
    """Yield what one event asks of one target, if anything, and why."""
    match event:
        case IssueMoved(page, number, what, glimpse) if page in place.projects:
            yield f"issues {what} #{number}", Scope(issues={number: glimpse})
        case ProjectMoved(page, what) if page in place.projects:
            yield what, WHOLE
        case Pushed(page, branch, default_branch) if page in place.repositories:
            is_ours = branch == (place.branch or default_branch or branch)
            if is_ours and (scope := _pushed(event, place)) is not None:
                yield f"push {branch if branch.isprintable() else '?'}"[:100], scope
        case Nothing() | _:
            return


def _pushed(event: Pushed, place: Place) -> Scope | None:
    """Return what of the target the pushed files touch, None for nothing."""
    if event.paths is None or place.below is None:
        return WHOLE
    below = place.below
    inside = (path.removeprefix(below) for path in event.paths if path.startswith(below))
    plans = frozenset(path for path in inside if place.is_plan(path))
    if len(plans) > _PLANS_NAMED:
        return WHOLE
    return Scope(plans=plans) if plans else None
