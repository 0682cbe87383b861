"""Which files of a tree are plans, by the source's patterns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

from plansync.sources.entries import Astray, Entry, text_of
from plansync.sources.globs import Globs


class Files(Protocol):
    """The files of one commit."""

    @property
    def entries(self) -> Mapping[bytes, Entry]:
        """Return all of them by path."""

    def find(self, path: bytes) -> Entry | None:
        """Return the file at ``path`` after all links on the way; may raise ``Astray``."""


def plans_in(tree: Files, globs: Globs) -> Mapping[str, Entry | None]:
    """Return the plans by path, links followed; None for those that lead astray.

    A link that leads to a plan which is found anyway is passed over: the plan counts once, by its own path.
    """
    may_hold = reach_of(globs)

    def is_meant(entry: Entry) -> bool:
        folder, _, _ = text_of(entry.path).rpartition("/")
        is_there = (entry.is_file or entry.is_link) and (not folder or may_hold(folder))
        return is_there and globs.match(text_of(entry.path))

    meant = [entry for entry in tree.entries.values() if is_meant(entry)]
    own = {entry.path for entry in meant if not entry.is_link}
    found = ((entry, _landing(tree, entry)) for entry in meant)
    counted = ((e, real) for e, real in found if not e.is_link or real is None or real.path not in own)
    return {text_of(entry.path): real for entry, real in counted}


def reach_of(globs: Globs) -> Callable[[str], bool]:
    """Return what says of a folder whether anything below it could be meant, its parents considered."""

    @cache
    def may_hold(folder: str) -> bool:
        above, _, _ = folder.rpartition("/")
        return (not above or may_hold(above)) and globs.may_hold(folder)

    return may_hold


def _landing(tree: Files, entry: Entry) -> Entry | None:
    try:
        return tree.find(entry.path)
    except Astray:
        return None
