"""A source that lets people act while plansync works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plansync.app.around import SourceAround
from plansync.ports.source import Note, Replacement, Saved


@dataclass
class WatchedSource(SourceAround):
    """Lets something happen right before each file that is written, by its path."""

    before_write: Callable[[str], None]

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        for item in replacements:
            if item.is_needed:
                self.before_write(item.content.path)
        return self.real.save(replacements, note)
