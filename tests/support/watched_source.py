"""A source that lets people act while plansync works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plansync.ports.source import BranchRule, Content, Note, Replacement, Saved, Source, Unreadable


@dataclass
class WatchedSource:
    """Lets something happen right before each file that is written, by its path."""

    real: Source
    before_write: Callable[[str], None]

    @property
    def uid(self) -> str:
        return self.real.uid

    def refresh(self) -> None:
        self.real.refresh()

    def list(self) -> Sequence[str]:
        return self.real.list()

    def read(self, path: str) -> Content | Unreadable:
        return self.real.read(path)

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        for item in replacements:
            if item.is_needed:
                self.before_write(item.content.path)
        return self.real.save(replacements, note)

    def branch_rule(self) -> BranchRule:
        return self.real.branch_rule()
