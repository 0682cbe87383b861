"""The use case ``lint --fix``: mend what can be mended without a decision, file by file, and say what was done.

Files are written as a sync writes them: only if they are still what was read, whole or not at all, and only if the
result reads as intended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plansync.app.shelf import PlanText, Shelf
from plansync.core.confirm import Mismatch, edit_plan
from plansync.core.mend import Mend, mend_plan
from plansync.core.model import Plan
from plansync.core.rules import StatusWords
from plansync.core.writeback import PlanMarks
from plansync.errors import SourceError
from plansync.ports.source import Changed, Note, Refused, Replacement, Source

TRIES = 5
_NOTE = Note(run="lint", target="", trigger="lint", message=lambda _: "", request=lambda _: "")


def fix_plan(shelf: Shelf, files: Sequence[str], words: StatusWords, parse: Callable[[bytes], Plan]) -> Mend | None:
    """Mend the plan of these files and return what was put into the main one, or None where there is nothing to mend.

    A plan that cannot be read is left alone: ``lint`` has a Problem for it. One that somebody saves meanwhile is read
    again. Raises ``SourceError`` when it cannot be written.
    """
    for _ in range(TRIES):
        text = shelf.read(files)
        plan = text.read(parse) if isinstance(text, PlanText) else None
        mend = mend_plan(plan, words) if plan is not None else None
        if not isinstance(text, PlanText) or plan is None or mend is None:
            return None
        if _write(shelf.source, text, plan, mend, parse):
            return mend
    raise SourceError(f"{files[0]}: was saved by somebody else each of {TRIES} times", hint=_AGAIN)


def _write(source: Source, text: PlanText, plan: Plan, mend: Mend, parse: Callable[[bytes], Plan]) -> bool:
    """Say whether the plan was written; not where it is no longer what was read."""
    edited = edit_plan(text.sheets, plan, PlanMarks(status=(mend.edit,)), parse)
    if isinstance(edited, Mismatch):
        raise SourceError(
            f"{text.path}: nothing was written: it would not read as intended ({edited.message})", hint=_BUG
        )
    pairs = zip(text.contents, edited.sheets, strict=True)
    answers = source.save([Replacement(content, sheet.data) for content, sheet in pairs], _NOTE)
    for answer in answers:
        if isinstance(answer, Refused):
            raise SourceError(answer.reason, hint=answer.hint)
    return not any(isinstance(answer, Changed) for answer in answers)


_AGAIN = "run again when nobody else is saving it"
_BUG = "this is a bug of plansync; please report it with the plan file"
