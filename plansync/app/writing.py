"""The last half of a slice: put links, boxes and Status into the plan files (spec §5).

What is written is decided from the tracker's state after the changes. A file that a person saved meanwhile is read
again, decided again and edited again; the bytes that were read are never put over the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from plansync.app.judge import Judge, View
from plansync.app.request import Target
from plansync.app.survey import Parse, ReadFile, Survey
from plansync.core.confirm import EditedPlan, Mismatch, edit_plan
from plansync.core.decision import PlanDecision
from plansync.core.filediff import unified_diff
from plansync.core.identity import PlanKey
from plansync.errors import SourceChanged, SourceError
from plansync.ports.source import Content

TRIES = 5


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """One plan after write-back: its file as it is now, the decision it was written from, and what went wrong."""

    decision: PlanDecision
    content: Content
    diff: str = ""
    edits: int = 0
    error: str = ""
    hint: str = ""


@dataclass(slots=True)
class Writer:
    """Writes the plans of one slice. ``view`` has the tracker's state after the slice's changes."""

    target: Target
    judge: Judge
    parse: Parse
    survey: Survey
    view: View

    def write_all(self, keys: Collection[PlanKey], held: frozenset[PlanKey]) -> Mapping[PlanKey, WrittenPlan]:
        """Write the plans named by ``keys``, but those that a fuse ``held``."""
        decisions = self.judge.decide_on(self.view, keys)
        return {
            key: self._unwritten(decision) if key in held else self._write(decision)
            for key, decision in decisions.items()
        }

    def _unwritten(self, decision: PlanDecision, error: str = "", hint: str = "") -> WrittenPlan:
        return WrittenPlan(decision, self._file(decision).content, error=error, hint=hint)

    def _file(self, decision: PlanDecision) -> ReadFile:
        return self.survey.contents[decision.reading.key]

    def _write(self, decision: PlanDecision) -> WrittenPlan:
        content = self._file(decision).content
        for _ in range(TRIES):
            edited = edit_plan(content.data, decision.reading.plan, decision.marks, self.parse)
            if isinstance(edited, Mismatch):
                return self._bug(decision, content, edited)
            if not edited.edits:
                return WrittenPlan(decision, content)
            try:
                written = self._put(content, edited.data)
                if written is not None:
                    return self._done(decision, content, written, edited)
                content, decision = self._read_again(decision)
            except SourceError as error:
                return WrittenPlan(decision, content, error=str(error), hint=error.hint)
        return WrittenPlan(decision, content, error=f"{content.path} kept changing while it was written", hint=_AGAIN)

    def _put(self, content: Content, data: bytes) -> Content | None:
        """Write the file, or return None where somebody else did meanwhile."""
        try:
            return self.target.source.write(content, data)
        except SourceChanged:
            return None

    def _done(self, decision: PlanDecision, before: Content, written: Content, edited: EditedPlan) -> WrittenPlan:
        diff = unified_diff(before.path, before.data, edited.data)
        return WrittenPlan(decision, written, diff, len(edited.edits))

    def _read_again(self, decision: PlanDecision) -> tuple[Content, PlanDecision]:
        """Read the file that changed under us, and decide it again, as it is now."""
        old = decision.reading
        content = self.target.source.read(old.path)
        if not isinstance(content, Content):
            raise SourceError(f"{old.path}: {content.message}")
        reading = replace(old, plan=self.parse(content.data))
        readings = [reading if other.key == old.key else other for other in self.view.readings]
        return content, self.judge.decide_on(replace(self.view, readings=readings), {old.key})[old.key]

    def _bug(self, decision: PlanDecision, content: Content, mismatch: Mismatch) -> WrittenPlan:
        message = (
            f"nothing was written to {content.path}: the edited file would not read as intended ({mismatch.message})"
        )
        return WrittenPlan(decision, content, error=message, hint=_BUG)


_AGAIN = "run again when nobody else is saving it"
_BUG = "this is a bug of plansync; please report it with the plan file, which shows it again with `plansync preview`"
