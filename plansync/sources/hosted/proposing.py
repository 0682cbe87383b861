"""Writing plans by a request for review: one branch of ours, one commit on it, one request that is kept up to date.

The plan on the branch stays what counts (ADR 0026): runs decide from it, and want the same edits until it is merged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from plansync.ports.source import Content, Note, Proposed, Refused, Replacement, Saved
from plansync.sources.entries import Entry
from plansync.sources.hosted.desk import CommitResult, Committed, Denied, Draft, Edit, Moved
from plansync.sources.hosted.names import blob_name
from plansync.sources.hosted.proposals import Proposals, are_ours
from plansync.sources.hosted.tip import Tip
from plansync.sources.hosted.writing import TRIES, entry_at, sort_out
from plansync.sources.style import RUN_TRAILER, Style


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
            where = self._bring(before, note) if memory.proposals.is_behind else memory.proposals.where
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

    def _bring(self, before: Proposals, note: Note) -> str | Denied:
        """Make branch and request say what waits; return the request's address, empty where nothing waits."""
        proposals, reviews = self.tip.memory.proposals, self.tip.desk.reviews
        review = reviews.find(self.branch, self.onto())
        if not proposals.waiting:
            if review is not None and self._is_ours():
                reviews.close(review)
            proposals.is_behind, proposals.where = False, ""
            return ""
        title, _, text = note.request(self._replacements()).partition("\n")
        title, text = title.strip(), text.strip("\n")
        result = self._commit(before, self.style.message(f"{title}\n\n{text}", note.run))
        if isinstance(result, Denied):
            return result
        if review is None:
            review = reviews.open(self.branch, self.onto(), title, text)
        if (review.title, review.text) != (title, text):
            review = reviews.update(review, title, text)
        proposals.is_behind, proposals.where = False, review.url
        return review.url

    def _is_ours(self) -> bool:
        """Say whether nobody else has commits on the branch."""
        said = self.tip.desk.messages(self.tip.commit, self.branch)
        return said is None or are_ours(said, RUN_TRAILER)

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

    def _commit(self, before: Proposals, message: str) -> Denied | None:
        """Bring the branch to what waits: anew, unless it holds somebody else's commits, which are built on."""
        desk, tip = self.tip.desk, self.tip
        for _ in range(TRIES):
            said = desk.messages(tip.commit, self.branch)
            if said is None or are_ours(said, RUN_TRAILER):
                result: CommitResult = desk.propose(Draft(self.branch, tip.commit, self._edits(), message))
            else:
                found = self._on_theirs(before, message)
                if found is None or isinstance(found, Denied):
                    return found
                result = desk.commit(found)
            match result:
                case Committed():
                    return None
                case Denied():
                    return result
                case Moved():
                    tip.look()
        return Denied(f"branch {self.branch} of {desk.path} kept moving while it was written", "run again later")

    def _edits(self) -> list[Edit]:
        waiting = self.tip.memory.proposals.waiting
        found = ((entry_at(self.tip, path), made) for path, made in sorted(waiting.items()))
        return [Edit(entry, self._data(made.blob), "") for entry, made in found if entry is not None]

    def _on_theirs(self, before: Proposals, message: str) -> Draft | Denied | None:
        """Return the commit that brings a branch with others' commits up to date, None where it is.

        Files that somebody else changed there are not written over.
        """
        desk = self.tip.desk
        head = desk.head(self.branch)
        if head is None:
            return None
        there = {one.entry.path: one.entry for one in desk.tree(head, lambda _: True)}
        edits: list[Edit] = []
        for path, (entry, wanted, known) in self._states(before).items():
            now = there.get(entry.path)
            if now is not None and now.oid == wanted:
                continue
            if now is None or now.oid not in known:
                why = f"somebody else changed {path} in the branch {self.branch}, which waits for review"
                return Denied(why, "merge its request, or delete the branch")
            edits.append(Edit(now, self._wanted_data(entry, wanted), ""))
        return Draft(self.branch, head.commit, edits, message) if edits else None

    def _states(self, before: Proposals) -> Mapping[str, tuple[Entry, str, frozenset[str]]]:
        """Return for each plan that waits, or waited, its file, its wanted blob, and those that we know it by."""
        waiting = self.tip.memory.proposals.waiting
        states: dict[str, tuple[Entry, str, frozenset[str]]] = {}
        for path in sorted({*waiting, *before.waiting}):
            entry = entry_at(self.tip, path)
            if entry is not None:
                old, new = before.waiting.get(path), waiting.get(path)
                wanted = new.blob if new is not None else entry.oid
                known = {entry.oid} | ({old.base, old.blob} if old is not None else set())
                states[path] = (entry, wanted, frozenset(known))
        return states

    def _wanted_data(self, entry: Entry, wanted: str) -> bytes:
        if wanted != entry.oid:
            return self._data(wanted)
        base = self.tip.blob(entry)
        return base if isinstance(base, bytes) else b""
