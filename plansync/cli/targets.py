"""Which targets and plans a command line means: names and paths as typed, turned into paths of a source."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.core.together import group_of, home_of
from plansync.errors import SourceError, UsageError

if TYPE_CHECKING:
    from plansync.app.request import Target
    from plansync.ports.source import Source

_FOLDER = "folder:"
Plans = Mapping[str, Sequence[str]]
"""The files of each plan of a source, by its path."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A target, and the plans of it that were asked for; none: all of them."""

    target: Target
    plans: tuple[str, ...] = ()


def choose(
    targets: Sequence[Target], plans: Sequence[Path], name: str | None = None, *, anywhere: bool = False
) -> tuple[Choice, ...]:
    """Return the targets to work on, in configured order; with ``plans``, those that hold them.

    With ``anywhere`` a file below a source's root is a plan because it was named, whatever the patterns say.
    A file of a plan that has several stands for the whole. Raises ``UsageError`` for an unknown target and for a path
    that no target holds, ``SourceError`` for a plan that does not exist.
    """
    named = _named(targets, name)
    if not plans:
        return tuple(Choice(target) for target in named)
    listed = {target.name: target.shelf.plans() for target in named}
    asked: dict[str, list[str]] = {}
    for plan in plans:
        target, path = _locate(named, listed, plan, anywhere=anywhere)
        asked.setdefault(target.name, []).extend(_files(target, path, listed[target.name]))
    return tuple(Choice(target, tuple(dict.fromkeys(asked[target.name]))) for target in named if target.name in asked)


def root_of(source: Source) -> Path | None:
    """Return the folder that a source's plans live in, or None when they live behind an API."""
    kind, _, place = source.uid.partition(":")
    return Path(place) if f"{kind}:" == _FOLDER else None


def shown_path(source: Source, path: str) -> str:
    """Return a source's ``path`` as seen from the working folder, for messages that editors open."""
    root = root_of(source)
    return path if root is None else Path(os.path.relpath(root / path)).as_posix()


def check_file(plan: Path) -> None:
    """Raise when ``plan`` is no file that could be read."""
    if plan.is_dir():
        raise UsageError(f"{plan} is a folder, not a plan", hint="name the plan files, or none for all of them")
    if not plan.exists():
        raise SourceError(f"{plan}: no such file", hint="paths start at the working folder")


def _named(targets: Sequence[Target], name: str | None) -> tuple[Target, ...]:
    found = tuple(target for target in targets if name in {None, target.name})
    if not found:
        known = ", ".join(target.name for target in targets)
        raise UsageError(f"there is no target named {name!r}", hint=f"known targets: {known}")
    return found


def _locate(
    targets: Sequence[Target], listed: Mapping[str, Plans], plan: Path, *, anywhere: bool
) -> tuple[Target, str]:
    inside = [(target, path) for target in targets for path in _paths_in(target, plan)]
    for target, path in inside:
        home = home_of(path, listed[target.name])
        if home in listed[target.name]:
            return target, home
    check_file(plan)
    if inside and anywhere:
        return inside[0]
    if inside:
        raise UsageError(
            f"{plan} is not among the plans of target {inside[0][0].name!r}",
            hint="add it to the target's include patterns in plansync.toml",
        )
    roots = ", ".join(f"{target.name}: {root_of(target.source) or target.source.uid}" for target in targets)
    raise UsageError(f"{plan} lies in no target's source", hint=f"sources: {roots}")


def _files(target: Target, path: str, listed: Plans) -> Sequence[str]:
    """Return what to ask for to get the plan at ``path``: of one that is not listed, every file."""
    root = root_of(target.source)
    if path in listed or root is None:
        return (path,)
    return [file for file in group_of(path, target.together) if file == path or (root / file).is_file()]


def _paths_in(target: Target, plan: Path) -> tuple[str, ...]:
    """Return what ``plan`` may be called in the target's source: as typed, or by the real names of its folders.

    The plan itself may be a link, and is not followed.
    """
    root = root_of(target.source)
    if root is None:
        return (plan.as_posix(),)
    absolute = Path(os.path.abspath(plan))  # noqa: PTH100 - resolve() would follow a plan that is a link itself
    places = (absolute, absolute.parent.resolve() / absolute.name)
    return tuple(place.relative_to(root).as_posix() for place in places if place.is_relative_to(root))
