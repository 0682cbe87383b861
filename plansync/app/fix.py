"""The use case ``lint --fix``: mend what can be mended without a decision, file by file, and say what was done.

Files are written as a sync writes them: only if they are still what was read, whole or not at all, and only if the
result reads as intended.
"""

from __future__ import annotations

from collections.abc import Callable

from plansync.core.confirm import Mismatch, edit_plan
from plansync.core.mend import Mend, mend_plan
from plansync.core.model import Plan
from plansync.core.rules import StatusWords
from plansync.core.writeback import PlanMarks
from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Note, Refused, Replacement, Source

TRIES = 5
_NOTE = Note(run="lint", target="", trigger="lint", message=lambda _: "", request=lambda _: "")


def fix_plan(source: Source, path: str, words: StatusWords, parse: Callable[[bytes], Plan]) -> Mend | None:
    """Mend the plan at ``path`` and return what was put in, or None where there is nothing to mend.

    A file that cannot be read is left alone: ``lint`` has a Problem for it. One that somebody saves meanwhile is read
    again. Raises ``SourceError`` when it cannot be written.
    """
    for _ in range(TRIES):
        content = source.read(path)
        plan = parse(content.data) if isinstance(content, Content) else None
        mend = mend_plan(plan, words) if plan is not None else None
        if not isinstance(content, Content) or plan is None or mend is None:
            return None
        if _write(source, content, plan, mend, parse):
            return mend
    raise SourceError(f"{path}: was saved by somebody else each of {TRIES} times", hint=_AGAIN)


def _write(source: Source, content: Content, plan: Plan, mend: Mend, parse: Callable[[bytes], Plan]) -> bool:
    """Say whether the file was written; not where it is no longer what was read."""
    edited = edit_plan(content.data, plan, PlanMarks(status=(mend.edit,)), parse)
    if isinstance(edited, Mismatch):
        raise SourceError(
            f"{content.path}: nothing was written: it would not read as intended ({edited.message})", hint=_BUG
        )
    (saved,) = source.save([Replacement(content, edited.data)], _NOTE)
    if isinstance(saved, Refused):
        raise SourceError(saved.reason, hint=saved.hint)
    return not isinstance(saved, Changed)


_AGAIN = "run again when nobody else is saving it"
_BUG = "this is a bug of plansync; please report it with the plan file"
