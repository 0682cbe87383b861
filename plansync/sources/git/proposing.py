"""Edits that wait for review: one branch of ours with one commit on the tip, and one request that is kept up to date.

The branch is rebuilt where the edits differ from those that wait there, and taken away with its request where nothing
is left of them. A commit of somebody else on it stops that: what people put there is never thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plansync.ports.reviews import Reviews
from plansync.sources.entries import Entry
from plansync.sources.foreign import foreign_commit
from plansync.sources.git.commits import Denied, Moved, Pushed, Smith, Unclear
from plansync.sources.git.program import Finished
from plansync.sources.style import RUN_TRAILER

_CHANGE = re.compile(rb":(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")
_DEPTH = 2
"""The commit of ours, and the one that it was made on."""

Edits = Mapping[Entry, str]
"""Files as they are on the branch, and the blobs that shall take their place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The branch of ours as it is on the remote: the edits in its last commit, and whether that commit is ours.

    Where it is not, ``edits`` is all in which it differs from the plans' branch. ``is_remembered``: this very copy made
    it. What a commit says of itself, others could say as well.
    """

    commit: str
    edits: Edits
    is_ours: bool
    is_remembered: bool = False

    def holds(self, edits: Edits) -> bool:
        """Say whether ``edits`` wait here already; where others committed too, among other things."""
        mine = {(entry.path, blob) for entry, blob in edits.items()}
        waiting = {(entry.path, blob) for entry, blob in self.edits.items()}
        return mine == waiting if self.is_ours else mine <= waiting


@dataclass(frozen=True, slots=True)
class Waits:
    """All edits wait at ``where``; empty if there are none."""

    where: str


Tell = Callable[[], str]
"""Makes the text of commit and request, which takes a while: title, blank line, body."""


@dataclass(frozen=True, slots=True)
class Proposer:
    """Proposes on ``branch`` what shall come ``onto`` another.

    Without ``reviews``, people open the request for the branch themselves. ``run`` is the one that commits name.
    """

    smith: Smith
    reviews: Reviews | None
    onto: str
    branch: str
    run: str

    def standing(self, head: str, tip: str) -> Standing | None:
        """Return what waits in the commit ``head`` of our branch, None without one; ``tip`` is the plans' branch."""
        if not head:
            return None
        copy = self.smith.copy
        head = copy.fetch(self.branch, head, _DEPTH)
        parents = copy.git.must("log", "--max-count=1", "--format=%P", "--end-of-options", head).text.split()
        is_remembered = copy.kept(self._ours) == head
        is_ours = len(parents) == 1 and (is_remembered or self._says_ours(head))
        since = parents[0] if is_ours else tip
        done = copy.git.must("diff-tree", "-r", "-z", "--no-renames", "--end-of-options", since, head)
        return Standing(head, dict(_changes(done)), is_ours, is_remembered)

    def bring(self, tip: str, edits: Edits, standing: Standing | None, tell: Tell) -> Waits | Moved | Denied:
        """Make branch and request hold ``edits`` on ``tip``, and nothing else."""
        if not edits:
            return self._withdraw(standing)
        if standing is not None and standing.holds(edits):
            return Waits(self._request(standing.commit, tell, is_new=False))
        if standing is not None and not standing.is_ours:
            return Denied(*foreign_commit(self.branch, standing.commit))
        commit = self.smith.commit(tip, edits, self.smith.style.message(tell(), self.run))
        result = self.smith.push(commit, self.branch, standing.commit if standing is not None else "")
        match result:
            case Pushed():
                self.smith.copy.keep(self.branch, commit)
                self.smith.copy.keep(self._ours, commit)
                return Waits(self._request(commit, tell, is_new=True))
            case Unclear():
                raise result.error
            case _:
                return result

    def _says_ours(self, commit: str) -> bool:
        """Say whether a commit says that it is ours: by its trailer and who committed it."""
        form = f"--format=%(trailers:key={RUN_TRAILER},valueonly)%x00%ce"
        done = self.smith.copy.git.must("log", "--max-count=1", form, "--end-of-options", commit)
        run, _, mail = done.text.partition("\0")
        return bool(run.strip()) and mail.strip() == self.smith.style.identity()[1]

    def _withdraw(self, standing: Standing | None) -> Waits | Moved | Denied:
        """Close the request and take the branch away, for nothing is left to be proposed."""
        if standing is None or not standing.is_ours:
            return Waits("")
        if self.reviews is not None and (review := self.reviews.find(self.branch, self.onto)) is not None:
            self.reviews.close(review)
        result = self.smith.push("", self.branch, standing.commit)
        if isinstance(result, Unclear):
            raise result.error
        return Waits("") if isinstance(result, Pushed) else result

    @property
    def _ours(self) -> str:
        """Return what our commit is kept under."""
        return f"our commit on {self.branch}"

    def _request(self, commit: str, tell: Tell, *, is_new: bool) -> str:
        """Open the request, or bring its text up to date, and return where it is.

        One that people closed is not opened again before there is something new to say.
        """
        copy, opened = self.smith.copy, f"request for {self.branch}"
        where = f"branch {self.branch} of {copy.git.address.url}"
        if self.reviews is None:
            return where
        review = self.reviews.find(self.branch, self.onto)
        if review is None and not is_new and copy.kept(opened) == commit:
            return f"{where}, whose request was closed"
        if review is None or is_new:
            title, _, text = tell().partition("\n")
            title, text = title.strip(), text.strip("\n")
            review = review or self.reviews.open(self.branch, self.onto, title, text)
            if (review.title, review.text) != (title, text):
                review = self.reviews.update(review, title, text)
        copy.keep(opened, commit)
        return review.url


def _changes(done: Finished) -> list[tuple[Entry, str]]:
    """Read ``diff-tree -z``: each file as it was, and the blob that took its place."""
    parts: Sequence[bytes] = done.out.split(b"\0")
    found: list[tuple[Entry, str]] = []
    for facts, path in zip(parts[::2], parts[1::2], strict=False):
        match = _CHANGE.fullmatch(facts)
        if match is not None:
            found.append((Entry(path, match[1], match[3].decode()), match[4].decode()))
    return found


def carried(standing: Standing | None, files: Mapping[bytes, Entry], decided: frozenset[bytes]) -> dict[Entry, str]:
    """Return the edits that wait and were not decided anew, of ``files`` that are still what they were made from."""
    if standing is None or not standing.is_ours:
        return {}
    kept: dict[Entry, str] = {}
    for entry, blob in standing.edits.items():
        now = files.get(entry.path)
        if entry.path not in decided and now is not None and now.oid == entry.oid:
            kept[now] = blob
    return kept
