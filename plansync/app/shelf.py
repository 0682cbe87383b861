"""Plans as a source has them: of one file, or of several that belong together (ADR 0028).

A source knows files; everything above knows plans, by the path of their main file. This is where one becomes the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from plansync.core.gate import sheets_digest
from plansync.core.joining import read_sheets
from plansync.core.model import Plan
from plansync.core.sheets import Sheet
from plansync.core.together import bind_files, name_of
from plansync.ports.source import Content, Source, Unreadable

Parse = Callable[[bytes], Plan]


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan as it was read: its files, the main one first."""

    contents: tuple[Content, ...]

    @property
    def path(self) -> str:
        """Return the path that the plan goes by."""
        return self.contents[0].path

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths of all its files."""
        return tuple(content.path for content in self.contents)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Return its files as the reader knows them."""
        named = len(self.contents) > 1
        return tuple(Sheet(name_of(content.path) if named else "", content.data) for content in self.contents)

    @property
    def digest(self) -> str:
        """Return the digest of all its bytes."""
        return sheets_digest(self.sheets)

    def read(self, parse: Parse) -> Plan:
        """Return what it says."""
        return read_sheets(self.sheets, parse)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The plans of ``source``. Files of one folder whose names are in ``together`` are one plan."""

    source: Source
    together: tuple[str, ...] = ()

    def plans(self, named: Collection[str] = ()) -> Mapping[str, tuple[str, ...]]:
        """Return the files of every plan by its path: of all files that the source lists, and of those ``named``."""
        listed = list(self.source.list())
        return bind_files([*listed, *(path for path in named if path not in listed)], self.together)

    def read(self, files: Sequence[str]) -> PlanText | Unreadable:
        """Return the plan of these files; without one of them, there is none: the first that cannot be read."""
        read = self.read_each(files)
        unreadable = next((file for file in read if isinstance(file, Unreadable)), None)
        return unreadable or PlanText(tuple(file for file in read if isinstance(file, Content)))

    def read_each(self, files: Sequence[str]) -> tuple[Content | Unreadable, ...]:
        """Return each of these files."""
        return tuple(self.source.read(path) for path in files)
