"""Edits that wait for review: one branch of ours with one commit on the tip, and one request that is kept up to date.

The branch is rebuilt where the edits differ from those that wait there, and taken away with its request where nothing
is left of them. A commit of somebody else on it stops that: what people put there is never thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plansync.ports.reviews import Reviews
from plansync.sources.entries import Entry
from plansync.sources.git.commits import Denied, Moved, Pushed, Smith, Unclear
from plansync.sources.git.program import Finished
from plansync.sources.style import RUN_TRAILER

BRANCH = "plansync/sync"
FOOTER = (
    "plansync keeps this request in step with the tracker, and closes it when nothing is left of it. Merge it to put "
    "links, boxes and Status into the plans. While there are commits of others on its branch, plansync leaves it alone."
)
_CHANGE = re.compile(rb":(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")
_DEPTH = 2
"""The commit of ours, and the one that it was made on."""

Edits = Mapping[Entry, str]
"""Files as they are on the branch, and the blobs that shall take their place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The branch of ours as it is on the remote: the edits in its last commit, and whether that commit is ours.

    ``is_remembered``: this very copy made it. What a commit says of itself, others could say as well.
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


@dataclass(frozen=True, slots=True)
class Proposer:
    """Proposes edits of the branch ``onto``; without ``reviews``, people open the request for the branch themselves."""

    smith: Smith
    reviews: Reviews | None
    onto: str

    def standing(self, head: str) -> Standing | None:
        """Return what waits in the commit ``head`` of our branch, None without one."""
        if not head:
            return None
        copy = self.smith.copy
        head = copy.fetch(BRANCH, head, _DEPTH)
        parents = copy.git.must("log", "--max-count=1", "--format=%P", "--end-of-options", head).text.split()
        if len(parents) != 1:
            return Standing(head, {}, is_ours=False)
        done = copy.git.must("diff-tree", "-r", "-z", "--no-renames", "--end-of-options", parents[0], head)
        is_remembered = copy.kept(_OURS) == head
        return Standing(head, dict(_changes(done)), is_remembered or self._says_ours(head), is_remembered)

    def bring(self, tip: str, edits: Edits, standing: Standing | None, message: str) -> Waits | Moved | Denied:
        """Make branch and request hold ``edits`` on ``tip``, and nothing else; ``message`` is the commit's text."""
        if not edits:
            return self._withdraw(standing)
        if standing is not None and standing.holds(edits):
            return Waits(self._request(standing.commit, message, is_new=False))
        if standing is not None and not standing.is_ours:
            why = f"the branch {BRANCH} holds a commit that is not plansync's ({standing.commit[:10]})"
            return Denied(why, f"merge its request, or delete the branch {BRANCH}")
        commit = self.smith.commit(tip, edits, message)
        result = self.smith.push(commit, BRANCH, standing.commit if standing is not None else "")
        match result:
            case Pushed():
                self.smith.copy.keep(BRANCH, commit)
                self.smith.copy.keep(_OURS, commit)
                return Waits(self._request(commit, message, is_new=True))
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
        if self.reviews is not None and (review := self.reviews.find(BRANCH, self.onto)) is not None:
            self.reviews.close(review)
        result = self.smith.push("", BRANCH, standing.commit)
        if isinstance(result, Unclear):
            raise result.error
        return Waits("") if isinstance(result, Pushed) else result

    def _request(self, commit: str, message: str, *, is_new: bool) -> str:
        """Open the request, or bring its text up to date, and return where it is.

        One that people closed is not opened again before there is something new to say.
        """
        copy = self.smith.copy
        if self.reviews is None:
            return f"branch {BRANCH} of {copy.git.address.url}"
        title, text = _told(message)
        review = self.reviews.find(BRANCH, self.onto)
        if review is None:
            if not is_new and copy.kept(_OPENED) == commit:
                return f"branch {BRANCH} of {copy.git.address.url}, whose request was closed"
            review = self.reviews.open(BRANCH, self.onto, title, text)
        elif is_new and (review.title, review.text) != (title, text):
            review = self.reviews.update(review, title, text)
        copy.keep(_OPENED, commit)
        return review.url


_OURS, _OPENED = "commit that is ours", "commit whose request was opened"


def _told(message: str) -> tuple[str, str]:
    """Return title and text of the request from the commit's message, without its trailers."""
    subject, _, body = message.partition("\n")
    kept = [line for line in body.splitlines() if not line.startswith((f"{RUN_TRAILER}: ", "Signed-off-by: "))]
    text = "\n".join(kept).strip("\n")
    return subject.removesuffix(" [skip ci]"), f"{text}\n\n{FOOTER}\n" if text else f"{FOOTER}\n"


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
