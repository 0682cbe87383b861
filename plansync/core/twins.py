"""Paths that are one but for the case of letters: one file to some systems, two to others. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence


def case_twins(paths: Sequence[str], known: Collection[str]) -> Mapping[str, str]:
    """Return the paths that are to be left alone, each with the one that goes for it.

    That is the one that is ``known`` from before, else the first.
    """
    first: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: path not in known):
        first.setdefault(_folded(path), path)
    return {path: first[_folded(path)] for path in paths if first[_folded(path)] != path}


def _folded(path: str) -> str:
    """Return what a path is to systems that neither tell case apart nor ways to write an accent."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
