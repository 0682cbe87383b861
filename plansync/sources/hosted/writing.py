"""Writing plans onto the branch: one commit for all that are still as they were read, until the host takes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from plansync.errors import OutcomeUnknown, SourceError
from plansync.ports.source import Changed, Content, Note, Refused, Replacement, Saved
from plansync.sources.entries import Astray, Entry
from plansync.sources.hosted.desk import Committed, Denied, Draft, Edit, Head, Moved
from plansync.sources.hosted.names import blob_name
from plansync.sources.hosted.tip import Tip
from plansync.sources.style import Style

TRIES = 5
_AGAIN = "run again when nobody else is pushing"
Wanted = Mapping[int, Replacement]


def entry_at(tip: Tip, path: str) -> Entry | None:
    """Return the file of a plan, links followed, None where there is none."""
    try:
        entry = tip.find(path.encode("utf-8", "surrogateescape"))
    except Astray:
        return None
    return entry if entry is not None and entry.is_file else None


def sort_out(tip: Tip, wanted: Wanted, answers: dict[int, Saved]) -> dict[int, Entry]:
    """Return the files that are as they were read; the others are answered."""
    still: dict[int, Entry] = {}
    for at, item in wanted.items():
        path = item.content.path
        if at in answers:
            continue
        entry = entry_at(tip, path)
        if entry is not None and entry.oid == blob_name(item.data, entry.oid):
            answers[at] = Content(path, item.data, entry.oid)
        elif entry is None or entry.oid != item.content.token or entry in still.values():
            what = "was removed" if entry is None else "was changed by somebody else"
            answers[at] = Changed(path, f"{path}: {what} meanwhile")
        else:
            still[at] = entry
    return still


@dataclass(frozen=True, slots=True)
class Writer:
    """Commits onto the branch of ``tip``."""

    tip: Tip
    style: Style
    onto: str
    """The branch by name."""

    def save(self, wanted: Wanted, answers: dict[int, Saved], note: Note) -> Denied | None:
        """Answer all that is ``wanted``; what a host does not take at all is left, and its word returned."""
        tip = self.tip
        for _ in range(TRIES):
            still = sort_out(tip, wanted, answers)
            if not still:
                return None
            edits = [Edit(entry, wanted[at].data, tip.changed_in(entry)) for at, entry in still.items()]
            paths = [wanted[at].content.path for at in still]
            draft = Draft(self.onto, tip.commit, edits, self.style.message(note.message(paths), note.run))
            try:
                result = tip.desk.commit(draft)
            except OutcomeUnknown:
                tip.look()
                if tip.commit == draft.onto:
                    raise
                continue
            match result:
                case Committed():
                    over = self._after(draft, result)
                    answers.update(self._answered(wanted, still, over))
                    return None
                case Moved():
                    tip.look()
                    if tip.commit == draft.onto:
                        tip.forget_changes(still.values())
                case Denied():
                    return result
        why = f"branch {self.onto} of {tip.desk.path} kept moving while it was written"
        answers.update({at: Refused(wanted[at].content.path, why, _AGAIN) for at in wanted if at not in answers})
        return None

    def _after(self, draft: Draft, done: Committed) -> Collection[bytes]:
        """Take the commit for the tip; return the files on which it came down over somebody's work, now put back."""
        if done.parent == draft.onto:
            self.tip.advance(done.commit, draft.edits)
            return ()
        over = self._put_back(draft, done)
        self.tip.look()
        return over

    def _put_back(self, draft: Draft, done: Committed) -> Collection[bytes]:
        """Restore what somebody committed between our look and our commit, on hosts that compare no heads."""
        desk = self.tip.desk
        before = {one.entry.path: one.entry for one in desk.tree(Head(done.parent), lambda _: True)}
        hit = [edit for edit in draft.edits if before.get(edit.entry.path) not in {edit.entry, None}]
        if not hit:
            return ()
        edits: list[Edit] = []
        for edit in hit:
            theirs = before[edit.entry.path]
            blob = desk.blob(theirs, done.parent)
            if blob is not None:
                edits.append(Edit(theirs, blob.data, done.commit))
        names = ", ".join(edit.entry.path.decode("utf-8", "replace") for edit in hit)
        message = self.style.message(f"docs: put back what was committed meanwhile\n\n{names}\n", "")
        result = desk.commit(Draft(draft.branch, done.commit, edits, message))
        if not isinstance(result, Committed):
            raise SourceError(
                f"commit {done.commit[:10]} on {draft.branch} went over somebody's change of {names}",
                hint=f"look at {done.parent[:10]}, which has it, and put it back",
            )
        return [edit.entry.path for edit in hit]

    def _answered(self, wanted: Wanted, still: Mapping[int, Entry], over: Collection[bytes]) -> dict[int, Saved]:
        answers: dict[int, Saved] = {}
        for at, entry in still.items():
            path, data = wanted[at].content.path, wanted[at].data
            if entry.path in over:
                answers[at] = Changed(path, f"{path}: was changed by somebody else meanwhile")
            else:
                answers[at] = Content(path, data, blob_name(data, entry.oid))
        return answers
