"""Writing plans by a request for review: one branch of ours, one commit on it, one request that is kept up to date.

The plan on the branch stays what counts (ADR 0026): runs decide from it, and want the same edits until it is merged.
A commit of somebody else on our branch stops all of that: what people put there is never thrown away, nor built upon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from plansync.ports.source import Content, Note, Proposed, Refused, Replacement, Saved
from plansync.sources.foreign import foreign_commit
from plansync.sources.hosted.desk import Committed, Denied, Draft, Edit, Logged, Moved
from plansync.sources.hosted.names import blob_name
from plansync.sources.hosted.proposals import foreign_among
from plansync.sources.hosted.tip import Tip
from plansync.sources.hosted.writing import TRIES, entry_at, sort_out
from plansync.sources.style import Style


@dataclass(frozen=True, slots=True)
class Proposer:
    """Proposes on ``branch`` what shall come onto the branch of ``tip``."""

    tip: Tip
    style: Style
    onto: Callable[[], str]
    """Returns the branch by name, which may have to be asked for."""
    branch: str

    def save(self, replacements: Sequence[Replacement], answers: dict[int, Saved], note: Note) -> None:
        """Answer all that is needed, and let the request hold what waits now, what is wanted no more left out.

        What waits already costs a look for the request's address, and nothing else.
        """
        memory = self.tip.memory
        before = deepcopy(memory.proposals)
        if not self._waits(replacements):
            self.tip.look()
        wanted = {at: item for at, item in enumerate(replacements) if item.is_needed}
        still = sort_out(self.tip, wanted, answers)
        for at, entry in still.items():
            name = blob_name(wanted[at].data, entry.oid)
            memory.blobs[name] = wanted[at].data
            memory.proposals.propose(wanted[at].content.path, entry.oid, name)
        for item in replacements:
            if not item.is_needed:
                memory.proposals.drop(item.content.path)
        try:
            where = self._bring(note) if memory.proposals.is_behind else memory.proposals.where
        except BaseException:
            memory.proposals = before
            raise
        if isinstance(where, Denied):
            memory.proposals = before
            answers.update({at: Refused(wanted[at].content.path, where.reason, where.hint) for at in still})
            return
        self.tip.keep()
        answers.update({at: Proposed(wanted[at].content, where) for at in still})

    def _waits(self, replacements: Sequence[Replacement]) -> bool:
        """Say whether all this waits already, of plans that are as they were when they were last looked at."""
        proposals = self.tip.memory.proposals
        states = ((item.content.path, item.content.token, item.data) for item in replacements)
        return not proposals.is_behind and all(
            proposals.holds(path, token, blob_name(data, token)) for path, token, data in states
        )

    def _bring(self, note: Note) -> str | Denied:
        """Make branch and request say what waits; return the request's address, empty where nothing waits."""
        proposals, reviews = self.tip.memory.proposals, self.tip.desk.reviews
        review = reviews.find(self.branch, self.onto())
        if not proposals.waiting:
            if review is not None and self._foreign() is None:
                reviews.close(review)
            proposals.is_behind, proposals.where = False, ""
            return ""
        title, _, text = note.request(self._replacements()).partition("\n")
        title, text = title.strip(), text.strip("\n")
        result = self._commit(self.style.message(f"{title}\n\n{text}", note.run), note.run)
        if isinstance(result, Denied):
            return result
        if review is None:
            review = reviews.open(self.branch, self.onto(), title, text)
        if result is not None and (review.title, review.text) != (title, text):
            review = reviews.update(review, title, text)
        proposals.is_behind, proposals.where = False, review.url
        return review.url

    def _foreign(self) -> Logged | None:
        """Return a commit of somebody else on the branch, None where there is none."""
        memory = self.tip.memory
        return foreign_among(self.tip.desk.commits(self.tip.commit, self.branch) or (), memory.proposals.ours)

    def _replacements(self) -> Sequence[Replacement]:
        """Return what waits, as it is on the branch and as it shall be."""
        found: list[Replacement] = []
        for path, made in sorted(self.tip.memory.proposals.waiting.items()):
            entry = entry_at(self.tip, path)
            base = self.tip.blob(entry) if entry is not None else None
            if isinstance(base, bytes):
                found.append(Replacement(Content(path, base, made.base), self._data(made.blob)))
        return found

    def _data(self, name: str) -> bytes:
        data = self.tip.memory.blobs[name]
        return data if isinstance(data, bytes) else b""

    def _commit(self, message: str, run: str) -> Committed | Denied | None:
        """Make the branch hold what waits, and nothing else; None: it holds it already, beside commits of others."""
        desk, tip = self.tip.desk, self.tip
        for _ in range(TRIES):
            if (foreign := self._foreign()) is not None:
                return self._beside(foreign)
            result = desk.propose(Draft(self.branch, tip.commit, self._edits(), message))
            match result:
                case Committed():
                    tip.memory.proposals.ours = (result.commit, run)
                    return result
                case Denied():
                    return result
                case Moved():
                    tip.look()
        return Denied(f"branch {self.branch} of {desk.path} kept moving while it was written", "run again later")

    def _edits(self) -> list[Edit]:
        waiting = self.tip.memory.proposals.waiting
        found = ((entry_at(self.tip, path), made) for path, made in sorted(waiting.items()))
        return [Edit(entry, self._data(made.blob), "") for entry, made in found if entry is not None]

    def _beside(self, foreign: Logged) -> Denied | None:
        """Say whether all that waits is on a branch with a ``foreign`` commit, which is not ours to change any more."""
        desk = self.tip.desk
        head = desk.head(self.branch)
        files = desk.tree(head, lambda _: True) if head is not None else ()
        there = {one.entry.path: one.entry.oid for one in files}
        wanted = {edit.entry.path: blob_name(edit.data, edit.entry.oid) for edit in self._edits()}
        if wanted.items() <= there.items():
            return None
        return Denied(*foreign_commit(f"{self.branch} of {desk.path}", foreign.commit))
