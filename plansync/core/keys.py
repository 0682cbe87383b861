"""Which key a plan has: given once, kept through renames, never changed by a newcomer (spec §3.7). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plansync.core.baseline import PlanState
from plansync.core.identity import PlanKey


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file as far as its key is concerned.

    ``linked`` holds the plan keys that the markers of its linked issues name, one entry a link.
    """

    source: str
    path: str
    feature_id: str
    linked: tuple[PlanKey, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Return source and path."""
        return (self.source, self.path)


@dataclass(frozen=True, slots=True)
class KeyClash:
    """Two files claim one key; neither may be synced under it by the second."""

    key: PlanKey
    first: PlanFile
    second: PlanFile


@dataclass(frozen=True, slots=True)
class PlanKeys:
    """The key of each file by (source, path); files of a clash are in ``clashes`` and have no key."""

    keys: Mapping[tuple[str, str], PlanKey]
    clashes: tuple[KeyClash, ...] = ()


def assign_plan_keys(files: Sequence[PlanFile], known: Mapping[str, PlanState]) -> PlanKeys:
    """Give every file its key.

    In this order, so that a newcomer never takes another plan's key:

    1. the key under which the store knows this very file;
    2. the key that most markers of its linked issues name, if no file has it yet;
    3. the key of a known plan of the same Feature ID whose own file is gone (renamed, links lost);
    4. its Feature ID if free, else ``<id>@<path>``, else its path.
    """
    taken: dict[PlanKey, PlanFile] = {}
    at_home = {(state.source, state.path): PlanKey(state.key) for state in known.values()}
    rest: list[PlanFile] = []
    for file in files:
        key = at_home.get(file.place)
        if key is not None and key not in taken:
            taken[key] = file
        else:
            rest.append(file)
    rest = _claim(rest, taken, _linked_keys)
    rest = _claim(rest, taken, lambda file: _moved_keys(file, known, {f.place for f in files}))
    reserved = {PlanKey(key) for key in known} - taken.keys()
    clashes = _newcomers(rest, taken, reserved)
    return PlanKeys({file.place: key for key, file in taken.items()}, clashes)


def _claim(
    files: Sequence[PlanFile],
    taken: dict[PlanKey, PlanFile],
    wishes: Callable[[PlanFile], Sequence[PlanKey]],
) -> list[PlanFile]:
    """Let each file take the first of its wishes that is free; return the files that got none."""
    rest: list[PlanFile] = []
    for file in files:
        key = next((wish for wish in wishes(file) if wish not in taken), None)
        if key is None:
            rest.append(file)
        else:
            taken[key] = file
    return rest


def _linked_keys(file: PlanFile) -> Sequence[PlanKey]:
    return [key for key, _ in Counter(file.linked).most_common()]


def _moved_keys(file: PlanFile, known: Mapping[str, PlanState], places: set[tuple[str, str]]) -> Sequence[PlanKey]:
    if not file.feature_id:
        return []
    return [
        PlanKey(state.key)
        for state in known.values()
        if state.feature_id == file.feature_id
        and state.source == file.source
        and (state.source, state.path) not in places
    ]


def _newcomers(
    files: Sequence[PlanFile], taken: dict[PlanKey, PlanFile], reserved: set[PlanKey]
) -> tuple[KeyClash, ...]:
    clashes: list[KeyClash] = []
    for file in files:
        wishes = [file.feature_id, f"{file.feature_id}@{file.path}"] if file.feature_id else [file.path]
        free = (PlanKey(wish) for wish in wishes if wish not in taken and wish not in reserved)
        key = next(free, None)
        if key is not None:
            taken[key] = file
            continue
        last = PlanKey(wishes[-1])
        if last in taken:
            clashes.append(KeyClash(last, taken[last], file))
        else:
            taken[last] = file
    return tuple(clashes)
