"""The last half of a slice: put links, boxes and Status into the plan files (spec §5).

What is written is decided from the tracker's state after the changes, and all files of a slice are saved together. A
file that a person saved meanwhile is read again, decided again and edited again; the bytes that were read are never
put over the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from plansync.app.judge import Judge, View
from plansync.app.noting import Scribe
from plansync.app.request import Target
from plansync.app.survey import Parse, Survey
from plansync.core.confirm import EditedPlan, Mismatch, edit_plan
from plansync.core.decision import PlanDecision
from plansync.core.filediff import unified_diff
from plansync.core.identity import PlanKey
from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Proposed, Refused, Replacement, Saved

TRIES = 5


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """One plan after write-back: its file as it is now, the decision it was written from, and what went wrong.

    ``waits_at``: the edits wait there for review, and ``content`` is the file without them.
    """

    decision: PlanDecision
    content: Content
    diff: str = ""
    edits: int = 0
    error: str = ""
    hint: str = ""
    waits_at: str = ""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A plan that was edited, and is not saved yet."""

    decision: PlanDecision
    content: Content
    edited: EditedPlan

    @property
    def replacement(self) -> Replacement:
        """Return what is to be saved."""
        return Replacement(self.content, self.edited.data)

    def saved(self, content: Content, waits_at: str = "") -> WrittenPlan:
        """Return the plan as it is after saving."""
        if not self.edited.edits:
            return WrittenPlan(self.decision, content)
        diff = unified_diff(content.path, self.content.data, self.edited.data)
        return WrittenPlan(self.decision, content, diff, len(self.edited.edits), waits_at=waits_at)

    def failed(self, error: str, hint: str) -> WrittenPlan:
        """Return the plan as it was."""
        return WrittenPlan(self.decision, self.content, error=error, hint=hint)


@dataclass(slots=True)
class Writer:
    """Writes the plans of one slice. ``view`` has the tracker's state after the slice's changes."""

    target: Target
    judge: Judge
    parse: Parse
    survey: Survey
    view: View
    run: str

    def write_all(self, keys: Collection[PlanKey], held: frozenset[PlanKey]) -> Mapping[PlanKey, WrittenPlan]:
        """Write the plans named by ``keys``, but those that a fuse ``held``."""
        decisions = self.judge.decide_on(self.view, keys)
        written: dict[PlanKey, WrittenPlan] = {}
        left: dict[PlanKey, tuple[PlanDecision, Content]] = {}
        for key, decision in decisions.items():
            content = self.survey.contents[key].content
            if key in held:
                written[key] = WrittenPlan(decision, content)
            else:
                left[key] = (decision, content)
        for _ in range(TRIES):
            if left:
                left = self._round(left, written)
        for key, (decision, content) in left.items():
            error = f"{content.path} kept changing while it was written"
            written[key] = WrittenPlan(decision, content, error=error, hint=_AGAIN)
        return {key: written[key] for key in decisions}

    def _round(
        self, left: Mapping[PlanKey, tuple[PlanDecision, Content]], written: dict[PlanKey, WrittenPlan]
    ) -> dict[PlanKey, tuple[PlanDecision, Content]]:
        """Edit and save the plans that are ``left``; return those that somebody else saved meanwhile, read again."""
        drafts: dict[PlanKey, _Draft] = {}
        for key, (decision, content) in left.items():
            edited = edit_plan(content.data, decision.reading.plan, decision.marks, self.parse)
            if isinstance(edited, Mismatch):
                written[key] = _bug(decision, content, edited)
            else:
                drafts[key] = _Draft(decision, content, edited)
        changed: dict[PlanKey, tuple[PlanDecision, Content]] = {}
        for (key, draft), answer in zip(drafts.items(), self._save(drafts), strict=True):
            match answer:
                case Content():
                    written[key] = draft.saved(answer)
                case Proposed():
                    written[key] = draft.saved(answer.content, answer.where)
                case Refused():
                    written[key] = draft.failed(answer.reason, answer.hint)
                case Changed():
                    again = self._read_again(draft)
                    if isinstance(again, WrittenPlan):
                        written[key] = again
                    else:
                        changed[key] = again
        return changed

    def _save(self, drafts: Mapping[PlanKey, _Draft]) -> list[Saved]:
        replacements = [draft.replacement for draft in drafts.values()]
        scribe = Scribe(self.target, self.parse, [draft.decision for draft in drafts.values()])
        note = scribe.note(self.run, self.judge.request.trigger)
        try:
            return list(self.target.source.save(replacements, note))
        except SourceError as error:
            return [
                Refused(item.content.path, str(error), error.hint) if item.is_needed else item.content
                for item in replacements
            ]

    def _read_again(self, draft: _Draft) -> tuple[PlanDecision, Content] | WrittenPlan:
        """Read the file that changed under us, and decide it again, as it is now."""
        old = draft.decision.reading
        try:
            content = self.target.source.read(old.path)
        except SourceError as error:
            return draft.failed(str(error), error.hint)
        if not isinstance(content, Content):
            return draft.failed(f"{old.path}: {content.message}", "")
        reading = replace(old, plan=self.parse(content.data))
        readings = [reading if other.key == old.key else other for other in self.view.readings]
        decision = self.judge.decide_on(replace(self.view, readings=readings), {old.key})[old.key]
        return decision, content


def _bug(decision: PlanDecision, content: Content, mismatch: Mismatch) -> WrittenPlan:
    message = f"nothing was written to {content.path}: the edited file would not read as intended ({mismatch.message})"
    return WrittenPlan(decision, content, error=message, hint=_BUG)


_AGAIN = "run again when nobody else is saving it"
_BUG = "this is a bug of plansync; please report it with the plan file, which shows it again with `plansync preview`"
