"""A source around another one: what stands in between says itself what it does otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plansync.ports.source import BranchRule, Content, Note, Replacement, Saved, Source, Unreadable


@dataclass(slots=True)
class SourceAround:
    """Hands everything on to ``real``."""

    real: Source

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
        return self.real.save(replacements, note)

    def branch_rule(self) -> BranchRule:
        return self.real.branch_rule()
