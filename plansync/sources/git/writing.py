"""Putting the files of a slice on the branch: by a push onto it, or as a request for review (spec §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from plansync.ports.source import Changed, Content, Note, Proposed, Refused, Replacement, Saved
from plansync.sources.entries import Entry, text_of
from plansync.sources.git.commits import Denied, Pushed, Smith, Unclear
from plansync.sources.git.proposing import Proposer, Standing, Waits, carried
from plansync.sources.git.tip import Tip

TRIES = 5
OTHERS_BYTES = 5 * 1024 * 1024
"""Larger plans of earlier runs are told of in a request without what differs in them."""
_AGAIN = "run again when nobody else is pushing"


@dataclass(slots=True)
class Batch:
    """Files that are to be saved together, answered one after the other. Any look may find one changed."""

    tip: Tip
    smith: Smith
    replacements: Sequence[Replacement]
    note: Note
    answers: dict[int, Saved] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    """The blobs that shall be, by place."""

    def __post_init__(self) -> None:
        """Answer those that need nothing."""
        self.answers = {at: item.content for at, item in enumerate(self.replacements) if not item.is_needed}

    def begin(self) -> None:
        """Look at the remote, and store the new bytes."""
        self.tip.look()
        needed = [at for at in range(len(self.replacements)) if at not in self.answers]
        blobs = self.smith.names_of([self.replacements[at].data for at in needed]) if needed else []
        self.names = dict(zip(needed, blobs, strict=True))

    def still(self) -> dict[int, Entry]:
        """Return the files that are as they were read; those that are not are answered."""
        still: dict[int, Entry] = {}
        taken: set[bytes] = set()
        for at, item in enumerate(self.replacements):
            path = item.content.path
            if at in self.answers:
                continue
            entry = self.tip.file_or_none(path)
            if entry is None or entry.oid != item.content.token or entry.path in taken:
                what = "was removed" if entry is None else "was changed by somebody else"
                self.answers[at] = Changed(path, f"{path}: {what} meanwhile")
            else:
                still[at] = entry
                taken.add(entry.path)
        return still

    def message(self, places: Mapping[int, Entry]) -> str:
        """Return the text of the commit that holds the files at ``places``."""
        paths = [self.replacements[at].content.path for at in places]
        return self.smith.style.message(self.note.message(paths), self.note.run)

    def request(self, places: Mapping[int, Entry], others: Mapping[Entry, str]) -> str:
        """Return the text of the request that holds the files at ``places``, and ``others`` that wait already."""
        tree = self.tip.tree
        tree.load({oid for entry, blob in others.items() for oid in (entry.oid, blob)}, OTHERS_BYTES)
        waiting = [self.replacements[at] for at in places]
        for entry, blob in others.items():
            content = Content(text_of(entry.path), tree.blobs.get(entry.oid, b""), entry.oid)
            waiting.append(Replacement(content, tree.blobs.get(blob, b"")))
        return self.note.request(waiting)

    def refuse(self, why: str, hint: str) -> None:
        """Answer what is left."""
        for at, item in enumerate(self.replacements):
            self.answers.setdefault(at, Refused(item.content.path, why, hint))

    def in_order(self) -> list[Saved]:
        """Return all answers."""
        return [self.answers[at] for at in range(len(self.replacements))]


def push(batch: Batch) -> Denied | None:
    """Push a commit of what is still as it was read, until the remote takes it; None: all is answered."""
    tip, smith = batch.tip, batch.smith
    for _ in range(TRIES):
        still = batch.still()
        if not still:
            return None
        before = tip.tree.commit
        commit = smith.commit(before, {entry: batch.names[at] for at, entry in still.items()}, batch.message(still))
        result = smith.push(commit, tip.name)
        if isinstance(result, Denied):
            return result
        is_there = isinstance(result, Pushed)
        if is_there:
            tip.advance(commit)
        else:
            is_there = batch.tip.copy.contains(tip.look().commit, commit)
        if is_there:
            batch.answers |= {at: _written(batch.replacements[at], batch.names[at]) for at in still}
            return None
        if isinstance(result, Unclear) and tip.tree.commit == before:
            raise result.error
    batch.refuse(f"{tip.where} kept moving while it was written", _AGAIN)
    return None


def propose(batch: Batch, proposer: Proposer) -> None:
    """Let what is still as it was read wait for review, with all that waits already and was not decided anew."""
    for _ in range(TRIES):
        standing = proposer.standing(batch.tip.head_beside, batch.tip.tree.commit)
        still = batch.still()
        others = _carried(batch, standing)
        edits = {entry: batch.names[at] for at, entry in still.items()} | others
        tell = partial(batch.request, still, others)
        result = proposer.bring(batch.tip.tree.commit, edits, standing, tell)
        match result:
            case Waits():
                for at in still:
                    batch.answers[at] = Proposed(batch.replacements[at].content, result.where)
                return
            case Denied():
                batch.refuse(f"{batch.tip.url}: {result.reason}", result.hint)
                return
            case _:
                batch.tip.look()
    batch.refuse(f"branch {proposer.branch} of {batch.tip.url} kept moving while it was written", _AGAIN)


def waits_already(batch: Batch, proposer: Proposer) -> bool:
    """Say whether all that is to be written waits for review as it is."""
    standing = proposer.standing(batch.tip.head_beside, batch.tip.tree.commit)
    if standing is None:
        return False
    edits = {entry: batch.names[at] for at, entry in batch.still().items()} | _carried(batch, standing)
    return bool(edits) and standing.holds(edits)


def _carried(batch: Batch, standing: Standing | None) -> dict[Entry, str]:
    """Return what waits of plans that are not decided here; of other files only what we surely wrote ourselves."""
    tip = batch.tip
    known = tip.tree.entries
    if standing is not None and not standing.is_remembered:
        known = {real.path: real for real in tip.plans.values() if real is not None}
    found = (tip.file_or_none(item.content.path) for item in batch.replacements)
    return carried(standing, known, frozenset(entry.path for entry in found if entry is not None))


def _written(item: Replacement, name: str) -> Content:
    return Content(item.content.path, item.data, name)
