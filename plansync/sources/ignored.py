"""Which files of a folder Git ignores, so that they are no plans: asked of Git itself, all at once (ADR 0010).

A checkout inside the folder answers for its own files; it is passed over as a whole where the outer one ignores it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from plansync.sources.checkout import Checkout


def ignored(root: Path, paths: Collection[str], checkouts: Collection[str]) -> frozenset[str]:
    """Return those of ``paths``, relative to ``root``, that Git ignores; ``checkouts`` are the folders with a ``.git``.

    Costs one command for each checkout with anything to ask about, none outside of all checkouts.
    """
    inner = frozenset(checkouts) - {""}
    asked: dict[str, set[str]] = defaultdict(set)
    around = inner.intersection(folder for path in paths for folder in _above(path))
    for path in (*paths, *around):
        asked[_home_of(path, inner)].add(path)
    if not _has_checkout(root):
        asked.pop("", None)
    found = frozenset(path for home, inside in asked.items() for path in _ask(root, home, inside))
    lost = found & inner
    return frozenset(path for path in paths if path in found or any(folder in lost for folder in _above(path)))


def _ask(root: Path, home: str, paths: Collection[str]) -> frozenset[str]:
    start = f"{home}/" if home else ""
    names = Checkout(root / home).ignored([path.removeprefix(start) for path in paths])
    return frozenset(start + name for name in names)


def _above(path: str) -> Iterator[str]:
    """Yield the folders that ``path`` lies in, innermost first."""
    while path := path.rpartition("/")[0]:
        yield path


def _home_of(path: str, inner: Collection[str]) -> str:
    """Return the innermost checkout that ``path`` lies in, empty for the outermost."""
    return next((folder for folder in _above(path) if folder in inner), "")


def _has_checkout(root: Path) -> bool:
    return any((folder / ".git").exists() for folder in (root, *root.parents))
