"""Which files are one plan: those of certain names in one folder (spec-kit's ``plan.md`` and ``tasks.md``). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def bind_files(paths: Sequence[str], together: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the files of each plan by the plan's path, which is that of its main file, in the order of ``paths``.

    Files of one folder whose names stand in ``together`` are one plan, the first name that is there its main file.
    """
    there = frozenset(paths)
    plans: dict[str, tuple[str, ...]] = {}
    for path in paths:
        files = tuple(other for other in group_of(path, together) if other in there)
        plans.setdefault(files[0], files)
    return plans


def group_of(path: str, together: Sequence[str]) -> tuple[str, ...]:
    """Return every path that is one plan with ``path`` where there is a file, itself among them."""
    names = together if name_of(path) in together else (name_of(path),)
    return tuple(beside(path, name) for name in names)


def home_of(path: str, plans: Mapping[str, Sequence[str]]) -> str:
    """Return the path of the plan that ``path`` is a file of; of no plan's file, the path itself."""
    return next((plan for plan, files in plans.items() if path in files), path)


def beside(path: str, name: str) -> str:
    """Return the path of the file ``name`` in the folder of ``path``; without a name, ``path``."""
    folder, slash, own = path.rpartition("/")
    return folder + slash + (name or own)


def name_of(path: str) -> str:
    """Return a path's last part."""
    return path.rpartition("/")[2]
