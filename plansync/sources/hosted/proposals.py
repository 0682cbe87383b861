"""What waits in a request for review (ADR 0026). Pure.

A proposal stands for as long as the plan on the branch is the one that it was made from, and runs want it. Merged, or
overtaken by somebody's edit, it is over. That its request was closed does not end it: there is nothing new to ask.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plansync.sources.hosted.desk import Logged
from plansync.sources.style import RUN_TRAILER


@dataclass(frozen=True, slots=True)
class Proposal:
    """New bytes for a plan, as the names of two blobs: what was on the branch, and what shall be."""

    base: str
    blob: str


@dataclass(slots=True)
class Proposals:
    """All that waits, by path. ``is_behind``: the request is not yet what these proposals say."""

    waiting: dict[str, Proposal] = field(default_factory=dict)
    is_behind: bool = False
    where: str = ""
    """The address of the request in which they wait."""
    ours: tuple[str, str] = ("", "")
    """The commit that holds them, and the run that made it."""

    def settle(self, tips: Mapping[str, str]) -> None:
        """Drop what is merged or overtaken, where ``tips`` are the plans on the branch."""
        over = [path for path, made in self.waiting.items() if tips.get(path) != made.base]
        for path in over:
            del self.waiting[path]
        self.is_behind |= bool(over)

    def propose(self, path: str, base: str, blob: str) -> None:
        """Let ``blob`` wait for review."""
        if not self.holds(path, base, blob):
            self.waiting[path] = Proposal(base, blob)
            self.is_behind = True

    def drop(self, path: str) -> None:
        """Let nothing wait of a plan that is as it shall be."""
        if self.waiting.pop(path, None) is not None:
            self.is_behind = True

    def holds(self, path: str, base: str, blob: str) -> bool:
        """Say whether this waits already; of a plan that is as it shall be, whether nothing does."""
        return self.waiting.get(path) == (Proposal(base, blob) if blob != base else None)

    @property
    def blobs(self) -> frozenset[str]:
        """Return the blobs that must be kept."""
        return frozenset(made.blob for made in self.waiting.values())

    def keep_only(self, blobs: Container[str]) -> None:
        """Drop what waits but whose bytes are not among ``blobs``."""
        kept = {path: made for path, made in self.waiting.items() if made.blob in blobs}
        self.is_behind |= len(kept) < len(self.waiting)
        self.waiting = kept

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`of_json` reads."""
        waiting = {path: [made.base, made.blob] for path, made in sorted(self.waiting.items())}
        return {"waiting": waiting, "behind": self.is_behind, "where": self.where, "ours": [*self.ours]}

    @classmethod
    def of_json(cls, wire: Mapping[str, Any]) -> Proposals:
        """Return what was kept; raises ``LookupError``, ``TypeError`` or ``ValueError`` where it is none."""
        waiting = {str(path): Proposal(str(base), str(blob)) for path, (base, blob) in wire["waiting"].items()}
        commit, run = wire["ours"]
        return cls(waiting, bool(wire["behind"]), str(wire["where"]), (str(commit), str(run)))


def foreign_among(commits: Iterable[Logged], ours: tuple[str, str]) -> Logged | None:
    """Return a commit that is somebody else's, None if there is none.

    Ours carry our trailer, whichever installation made them; one with the run of ``ours`` that is another commit was
    amended.
    """
    for logged in commits:
        run = _run_of(logged.message)
        if not run or (run == ours[1] and logged.commit != ours[0]):
            return logged
    return None


def _run_of(message: str) -> str:
    begins = f"{RUN_TRAILER}: "
    found = [line.removeprefix(begins).strip() for line in message.splitlines() if line.startswith(begins)]
    return found[-1] if found else ""
