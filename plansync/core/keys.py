"""Which key a plan has: given once, kept through renames, never changed by a newcomer (spec §3.7). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from plansync.core.baseline import PlanState
from plansync.core.identity import PlanKey

Place = tuple[str, str]
"""A source and a path in it."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file as far as its key is concerned.

    ``linked`` holds the plan keys that the markers of its linked issues name, one entry a link. ``group`` are the
    paths of the files that are one plan with it, whether they are there or not.
    """

    source: str
    path: str
    feature_id: str
    linked: tuple[PlanKey, ...] = ()
    group: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
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
    """The key of each file by (source, path); files of a clash are in ``clashes`` and have no key.

    ``new`` are the files that were given one here. ``joined`` has the keys that a plan of several files took in, by
    which its issues may still go, each with the plan's own.
    """

    keys: Mapping[Place, PlanKey]
    clashes: tuple[KeyClash, ...] = ()
    new: frozenset[Place] = frozenset()
    joined: Mapping[PlanKey, PlanKey] = field(default_factory=dict)


def assign_plan_keys(files: Sequence[PlanFile], known: Mapping[str, PlanState]) -> PlanKeys:
    """Give every file its key.

    In this order, so that a newcomer never takes another plan's key:

    1. the key under which the store knows this very file;
    2. the key that most markers of its linked issues name, if no file has it yet;
    3. the key of a known plan whose own file is gone, and was one plan with it;
    4. the key of a known plan of the same Feature ID whose own file is gone (renamed, links lost);
    5. its Feature ID if free, else ``<id>@<path>``, else its path.
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
    gone = [state for state in known.values() if (state.source, state.path) not in {file.place for file in files}]
    rest = _claim(rest, taken, lambda file: _left_keys(file, gone))
    rest = _claim(rest, taken, lambda file: _moved_keys(file, gone))
    reserved = {PlanKey(key) for key in known} - taken.keys()
    clashes = _newcomers(rest, taken, reserved)
    new = frozenset(file.place for file in rest)
    return PlanKeys({file.place: key for key, file in taken.items()}, clashes, new)


def join_keys(found: PlanKeys, plans: Sequence[Sequence[Place]]) -> PlanKeys:
    """Return the key of each of ``plans``, by the place of its main file, from those of all its files.

    It is the first that one of them was known by, so that a plan which gets a second file stays what it is; else the
    main file's.
    """
    keys: dict[Place, PlanKey] = {}
    joined: dict[PlanKey, PlanKey] = {}
    for places in plans:
        named = [place for place in places if place in found.keys]
        if named:
            first = min(named, key=lambda place: place in found.new)
            keys[places[0]] = found.keys[first]
            joined |= {found.keys[place]: found.keys[first] for place in named if place != first}
    clashes = tuple(clash for clash in found.clashes if _is_left_out(clash, plans, keys))
    return PlanKeys(keys, clashes, found.new, joined)


def _is_left_out(clash: KeyClash, plans: Sequence[Sequence[Place]], keys: Mapping[Place, PlanKey]) -> bool:
    """Say whether no other file has a key for the plan of the second."""
    return not any(clash.second.place in places and places[0] in keys for places in plans)


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


def _left_keys(file: PlanFile, gone: Sequence[PlanState]) -> Sequence[PlanKey]:
    return [PlanKey(state.key) for state in gone if state.source == file.source and state.path in file.group]


def _moved_keys(file: PlanFile, gone: Sequence[PlanState]) -> Sequence[PlanKey]:
    if not file.feature_id:
        return []
    same = (state for state in gone if state.feature_id == file.feature_id and state.source == file.source)
    return [PlanKey(state.key) for state in same]


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
