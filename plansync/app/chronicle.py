"""Keeps in the journal what one run does to plans, with what it takes to go back (spec §9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from plansync.app.keepsake import REMEMBER, WRITE_FILE, mark_of, pack, pack_state
from plansync.core.baseline import PlanState
from plansync.core.identity import PlanKey
from plansync.ports.clock import Clock
from plansync.ports.entries import Record
from plansync.ports.source import Content, Proposed, Refused, Replacement, Saved
from plansync.ports.store import Journal


@dataclass(frozen=True, slots=True)
class Pending:
    """A plan file that is about to be written, and what will be put into it, in words."""

    plan: PlanKey
    item: Replacement
    words: str = ""


@dataclass(slots=True)
class Chronicle:
    """The journal of one ``run``. ``begun`` are the plans whose state from before the run is noted."""

    journal: Journal
    clock: Clock
    run: str
    begun: set[str] = field(default_factory=set)

    def begin(self, plans: Collection[str], states: Mapping[str, PlanState]) -> None:
        """Note, before the first change of a plan, what was in step then; later calls for it note nothing."""
        for plan in sorted(set(plans) - self.begun):
            self.journal.record(self.run, self._record(plan, "", REMEMBER, before=pack_state(states.get(plan))))
            self.begun.add(plan)

    def writing(self, files: Sequence[Pending]) -> None:
        """Note that files are about to be written, and their bytes before and after."""
        for file in files:
            if file.item.is_needed:
                before, after = pack(file.item.content.data), pack(file.item.data)
                self.journal.record(self.run, self._of_file(file, outcome="unknown", before=before, after=after))

    def wrote(self, files: Sequence[Pending], answers: Sequence[Saved]) -> None:
        """Note what became of the files that were about to be written."""
        for file, answer in zip(files, answers, strict=True):
            if file.item.is_needed:
                mark = mark_of(pack(file.item.data))
                self.journal.record(self.run, self._of_file(file, outcome=_ending(answer), after=mark))

    def _of_file(self, file: Pending, **parts: str) -> Record:
        return self._record(file.plan, file.item.content.path, WRITE_FILE, reason=file.words, **parts)

    def _record(self, plan: str, key: str, change: str, **parts: str) -> Record:
        known = {"outcome": "done", "message": "", "reason": "", "before": "", "after": ""} | parts
        return Record(plan=plan, key=key, change=change, number=None, at=self.clock.now(), **known)


def _ending(answer: Saved) -> str:
    match answer:
        case Content() | Proposed():
            return "done"
        case Refused():
            return "failed"
        case _:
            return "skipped"
