"""The last half of a slice: put links, boxes and Status into the plan files (spec §5).

What is written is decided from the tracker's state after the changes, and all files of a slice are saved together. A
file that a person saved meanwhile is read again, decided again and edited again; the bytes that were read are never
put over the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.app.chronicle import Chronicle, Pending
from plansync.app.judge import Judge, View
from plansync.app.noting import Scribe
from plansync.app.pen import Pen
from plansync.app.request import Target
from plansync.app.shelf import Parse, PlanText
from plansync.app.survey import Survey
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
    """One plan after write-back: its files as they are now, the decision they were written from, and what went wrong.

    ``waits_at``: the edits wait there for review, and ``text`` is without them; so it is where they are ``held`` back
    by this run.
    """

    decision: PlanDecision
    text: PlanText
    diff: str = ""
    changed_files: tuple[str, ...] = ()
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
    text: PlanText
    edited: EditedPlan

    @property
    def replacements(self) -> list[Replacement]:
        """Return what is to be saved, for each file of the plan."""
        pairs = zip(self.text.contents, self.edited.sheets, strict=True)
        return [Replacement(content, sheet.data) for content, sheet in pairs]

    def saved(self, answers: Sequence[Saved]) -> WrittenPlan:
        """Return the plan as it is after its files were saved, or proposed."""
        text = PlanText(tuple(found for answer in answers if (found := _content(answer)) is not None))
        if not self.edited.edits:
            return WrittenPlan(self.decision, text)
        waits_at = next((answer.where for answer in answers if isinstance(answer, Proposed)), "")
        changed = [item for item in self.replacements if item.is_needed]
        return WrittenPlan(
            self.decision,
            text,
            "".join(unified_diff(item.content.path, item.content.data, item.data) for item in changed),
            tuple(item.content.path for item in changed),
            len(self.edited.edits),
            waits_at=waits_at,
        )

    def held(self) -> WrittenPlan:
        """Return the plan as it was, with what is to be written left for later."""
        return WrittenPlan(self.decision, self.text, held=bool(self.edited.edits))

    def failed(self, error: str, hint: str) -> WrittenPlan:
        """Return the plan as it was."""
        return WrittenPlan(self.decision, self.text, error=error, hint=hint)


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
        left: dict[PlanKey, tuple[PlanDecision, PlanText]] = {}
        for key, decision in decisions.items():
            text = self.survey.texts[key].text
            if key in held:
                written[key] = WrittenPlan(decision, text)
            else:
                left[key] = (decision, text)
        for _ in range(TRIES):
            if left:
                left = self._round(left, written)
        for key, (decision, text) in left.items():
            error = f"{text.path} kept changing while it was written"
            written[key] = WrittenPlan(decision, text, error=error, hint=_AGAIN)
        return {key: written[key] for key in decisions}

    def _round(
        self, left: Mapping[PlanKey, tuple[PlanDecision, PlanText]], written: dict[PlanKey, WrittenPlan]
    ) -> dict[PlanKey, tuple[PlanDecision, PlanText]]:
        """Edit and save the plans that are ``left``; return those that somebody else saved meanwhile, read again."""
        drafts: dict[PlanKey, _Draft] = {}
        for key, (decision, text) in left.items():
            edited = edit_plan(text.sheets, text.read(self.parse), decision.marks, self.parse)
            if isinstance(edited, Mismatch):
                written[key] = _bug(decision, text, edited)
            else:
                drafts[key] = _Draft(decision, text, edited)
        wishes = {d.text.path: self._wish(d.decision, d.edited) for d in drafts.values() if d.edited.edits}
        if self.pen.holds(wishes):
            written |= {key: draft.held() for key, draft in drafts.items()}
            return {}
        answers = self._save(drafts)
        self.pen.note(wishes, _answers(drafts.values(), answers, wishes))
        return self._sort(drafts, answers, written)

    def _sort(
        self, drafts: Mapping[PlanKey, _Draft], answers: Sequence[Sequence[Saved]], written: dict[PlanKey, WrittenPlan]
    ) -> dict[PlanKey, tuple[PlanDecision, PlanText]]:
        """Note what was ``written``; return what somebody else saved meanwhile, read again."""
        changed: dict[PlanKey, tuple[PlanDecision, PlanText]] = {}
        for (key, draft), mine in zip(drafts.items(), answers, strict=True):
            match _obstacle(mine):
                case None:
                    written[key] = draft.saved(mine)
                case Refused(_, reason, hint):
                    written[key] = draft.failed(reason, hint)
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

    def _save(self, drafts: Mapping[PlanKey, _Draft]) -> list[Sequence[Saved]]:
        """Save all files of all plans together; return the answers by plan."""
        replacements = [item for draft in drafts.values() for item in draft.replacements]
        answers = iter(self._save_files(replacements, drafts))
        return [[next(answers) for _ in draft.text.contents] for draft in drafts.values()]

    def _save_files(self, replacements: Sequence[Replacement], drafts: Mapping[PlanKey, _Draft]) -> list[Saved]:
        scribe = Scribe(self.target, self.parse, [draft.decision for draft in drafts.values()])
        note = scribe.note(self.chronicle.run, self.judge.request.trigger)
        owners = [key for key, draft in drafts.items() for _ in draft.text.contents]
        pairs = zip(owners, replacements, strict=True)
        files = [Pending(key, item, scribe.words(item.content.path)) for key, item in pairs]
        self.chronicle.begin([file.plan for file in files if file.item.is_needed], self.survey.states)
        self.chronicle.writing(files)
        answers = _saved(self.target.source, replacements, note)
        self.chronicle.wrote(files, answers)
        return answers

    def _read_again(self, draft: _Draft) -> tuple[PlanDecision, PlanText] | WrittenPlan:
        """Read the plan that changed under us, and decide it again, as it is now."""
        old = draft.decision.reading
        try:
            text = self.target.shelf.read(draft.text.paths)
        except SourceError as error:
            return draft.failed(str(error), error.hint)
        if not isinstance(text, PlanText):
            return draft.failed(f"{text.path}: {text.message}", "")
        reading = replace(old, plan=text.read(self.parse))
        readings = [reading if other.key == old.key else other for other in self.view.readings]
        decision = self.judge.decide_on(replace(self.view, readings=readings), {old.key})[old.key]
        return decision, text


def _saved(source: Source, replacements: Sequence[Replacement], note: Note) -> list[Saved]:
    try:
        return list(source.save(replacements, note))
    except SourceError as error:
        return [
            Refused(item.content.path, str(error), error.hint) if item.is_needed else item.content
            for item in replacements
        ]


def _answers(
    drafts: Iterable[_Draft], answers: Sequence[Sequence[Saved]], wishes: Collection[str]
) -> Mapping[str, Answer]:
    """Return what became of the plans that were to be written, of those that were."""
    pairs = ((draft.text.path, mine) for draft, mine in zip(drafts, answers, strict=True))
    written = {path: mine for path, mine in pairs if path in wishes and _obstacle(mine) is None}
    return {
        path: Answer.PROPOSED if any(isinstance(answer, Proposed) for answer in mine) else Answer.COMMITTED
        for path, mine in written.items()
    }


def _obstacle(answers: Sequence[Saved]) -> Refused | Changed | None:
    """Return why a plan was not written, or not all of its files, if that is so; what cannot be helped comes first."""
    refused = (answer for answer in answers if isinstance(answer, Refused))
    return next(refused, None) or next((answer for answer in answers if isinstance(answer, Changed)), None)


def _content(answer: Saved) -> Content | None:
    """Return the file as it is after ``answer``."""
    match answer:
        case Content():
            return answer
        case Proposed():
            return answer.content
        case _:
            return None


def _bug(decision: PlanDecision, text: PlanText, mismatch: Mismatch) -> WrittenPlan:
    message = f"nothing was written to {text.path}: the edited file would not read as intended ({mismatch.message})"
    return WrittenPlan(decision, text, error=message, hint=_BUG)


_AGAIN = "run again when nobody else is saving it"
_BUG = "this is a bug of plansync; please report it with the plan file, which shows it again with `plansync preview`"
