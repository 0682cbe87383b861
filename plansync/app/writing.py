"""The last half of a slice: put links, boxes and Status into the plan files (spec §5).

What is written is decided from the tracker's state after the changes, and all files of a slice are saved together. A
file that a person saved meanwhile is read again, decided again and edited again; the bytes that were read are never
put over the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.app.chronicle import Chronicle, Pending
from plansync.app.judge import Judge, View
from plansync.app.noting import Scribe
from plansync.app.pen import Pen
from plansync.app.request import Target
from plansync.app.survey import Parse, Survey
from plansync.core.confirm import EditedPlan, Mismatch, edit_plan
from plansync.core.decision import PlanDecision
from plansync.core.filediff import unified_diff
from plansync.core.identity import PlanKey
from plansync.core.writings import Answer, Wish
from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Note, Proposed, Refused, Replacement, Saved, Source

TRIES = 5


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """One plan after write-back: its file as it is now, the decision it was written from, and what went wrong.

    ``waits_at``: the edits wait there for review, and ``content`` is the file without them; so it is where they are
    ``held`` back by this run.
    """

    decision: PlanDecision
    content: Content
    diff: str = ""
    edits: int = 0
    error: str = ""
    hint: str = ""
    waits_at: str = ""
    held: bool = False

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left to be written."""
        return not (self.error or self.waits_at or self.held)


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

    def held(self) -> WrittenPlan:
        """Return the plan as it was, with what is to be written left for later."""
        return WrittenPlan(self.decision, self.content, held=bool(self.edited.edits))

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
    chronicle: Chronicle
    pen: Pen

    def write_all(self, keys: Collection[PlanKey], held: frozenset[PlanKey]) -> Mapping[PlanKey, WrittenPlan]:
        """Write the plans named by ``keys``, but those that a fuse ``held``."""
        decisions = self.judge.decide_on(self.view, keys)
        if self.target.gather is not None:
            self.pen.follow({decision.reading.path: self._wish(decision).issues for decision in decisions.values()})
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
            edited = edit_plan(content.data, self.parse(content.data), decision.marks, self.parse)
            if isinstance(edited, Mismatch):
                written[key] = _bug(decision, content, edited)
            else:
                drafts[key] = _Draft(decision, content, edited)
        wishes = {d.content.path: self._wish(d.decision, d.edited) for d in drafts.values() if d.edited.edits}
        if self.pen.holds(wishes):
            written |= {key: draft.held() for key, draft in drafts.items()}
            return {}
        answers = self._save(drafts)
        self.pen.note(wishes, _answers(answers, wishes))
        return self._sort(drafts, answers, written)

    def _sort(
        self, drafts: Mapping[PlanKey, _Draft], answers: Sequence[Saved], written: dict[PlanKey, WrittenPlan]
    ) -> dict[PlanKey, tuple[PlanDecision, Content]]:
        """Note what was ``written``; return what somebody else saved meanwhile, read again."""
        changed: dict[PlanKey, tuple[PlanDecision, Content]] = {}
        for (key, draft), answer in zip(drafts.items(), answers, strict=True):
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

    def _wish(self, decision: PlanDecision, edited: EditedPlan | None = None) -> Wish:
        numbers = (match.number for match in decision.matching.matches if match.number is not None)
        issues = {number: self.view.ownership.issue(number) for number in numbers}
        states = {n: issue.closed or "open" for n, issue in issues.items() if issue is not None}
        return Wish.of([edit.text for edit in edited.edits] if edited is not None else [], states)

    def _save(self, drafts: Mapping[PlanKey, _Draft]) -> list[Saved]:
        replacements = [draft.replacement for draft in drafts.values()]
        scribe = Scribe(self.target, self.parse, [draft.decision for draft in drafts.values()])
        note = scribe.note(self.chronicle.run, self.judge.request.trigger)
        files = [Pending(key, draft.replacement, scribe.words(draft.content.path)) for key, draft in drafts.items()]
        self.chronicle.begin([file.plan for file in files if file.item.is_needed], self.survey.states)
        self.chronicle.writing(files)
        answers = _saved(self.target.source, replacements, note)
        self.chronicle.wrote(files, answers)
        return answers

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


def _saved(source: Source, replacements: Sequence[Replacement], note: Note) -> list[Saved]:
    try:
        return list(source.save(replacements, note))
    except SourceError as error:
        return [
            Refused(item.content.path, str(error), error.hint) if item.is_needed else item.content
            for item in replacements
        ]


def _answers(answers: Sequence[Saved], wishes: Collection[str]) -> Mapping[str, Answer]:
    """Return what became of the plans that were to be written, of those that were."""
    kinds = {Content: Answer.COMMITTED, Proposed: Answer.PROPOSED}
    paths = {_path(answer): kinds[type(answer)] for answer in answers if type(answer) in kinds}
    return {path: answer for path, answer in paths.items() if path in wishes}


def _path(answer: Saved) -> str:
    return answer.content.path if isinstance(answer, Proposed) else answer.path


def _bug(decision: PlanDecision, content: Content, mismatch: Mismatch) -> WrittenPlan:
    message = f"nothing was written to {content.path}: the edited file would not read as intended ({mismatch.message})"
    return WrittenPlan(decision, content, error=message, hint=_BUG)


_AGAIN = "run again when nobody else is saving it"
_BUG = "this is a bug of plansync; please report it with the plan file, which shows it again with `plansync preview`"
