"""The source on a Git remote: one look per slice, one commit per slice, pushed by fast-forward (spec §5).

```
refresh   ls-remote ─► the branch's tip is new? ─► fetch
save      files still as they were read? ─► commit on the tip ─► push ─► rejected? look again, and once more
                                                                      └► refused? a request for review
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from plansync.ports.checkup import Check
from plansync.ports.reviews import Reviews
from plansync.ports.source import BranchRule, Content, Note, Replacement, Saved, Unreadable
from plansync.sources.entries import Astray
from plansync.sources.git.commits import Smith
from plansync.sources.git.proposing import Proposer
from plansync.sources.git.tip import Tip
from plansync.sources.git.writing import Batch, propose, push, waits_already
from plansync.sources.style import Style

_PROTECTED = 'let plansync push to the branch, or set write = "auto" or "request" in the source'


@dataclass(slots=True)
class GitSource:
    """The plans on one branch of a remote."""

    tip: Tip
    plan_bytes: int
    style: Style = field(default_factory=Style)
    write: Literal["auto", "direct", "request"] = "direct"
    reviews: Reviews | None = None

    @property
    def uid(self) -> str:
        return f"git:{self.tip.url}#{self.tip.branch}"

    def refresh(self) -> None:
        self.tip.refresh()

    def list(self) -> Sequence[str]:
        return self.tip.listed()

    def read(self, path: str) -> Content | Unreadable:
        try:
            entry = self.tip.file_at(path)
        except Astray as error:
            return Unreadable(path, "PS103", f"the file is a link, and {error}")
        if entry is None:
            return Unreadable(path, "PS103", "the file does not exist")
        if size := self.tip.load(entry, self.plan_bytes):
            limit = f"limits.plan_bytes allows {self.plan_bytes:,}"
            return Unreadable(path, "PS102", f"the file has {size:,} bytes; {limit}")
        return Content(path, self.tip.tree.blobs[entry.oid], entry.oid)

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        smith = Smith(self.tip.copy, self.style)
        batch = Batch(self.tip, smith, replacements, note)
        is_waiting = self.write != "direct" and bool(self.tip.head_beside)
        if len(batch.answers) < len(replacements) or is_waiting:
            with self.tip.healing():
                batch.begin()
                self._write(batch, Proposer(smith, self.reviews, self.tip.name, self.tip.beside, note.run))
        return batch.in_order()

    def branch_rule(self) -> BranchRule:
        return BranchRule(allowed=True)

    def examine(self) -> Sequence[Check]:
        """Say whether the remote answers, and whether it would take a push at all; nothing is changed."""
        commit = self.tip.tree.commit
        remote = Check("remote", True, f"{self.tip.where} is at {commit[:10]}")
        with self.tip.copy.locked():
            told = Smith(self.tip.copy, self.style).rehearse_push(commit, self.tip.name)
        if told is None:
            return [remote, Check("push", True, "taken, unless the branch is protected, which the first one shows")]
        return [remote, Check("push", False, str(told), told.hint)]

    def _write(self, batch: Batch, proposer: Proposer) -> None:
        """Write as the settings say; ``auto`` pushes, unless the same waits for review already."""
        may_push = self.write == "direct" or (self.write == "auto" and not waits_already(batch, proposer))
        denied = push(batch) if may_push else None
        if self.write == "direct":
            if denied is not None:
                batch.refuse(f"{self.tip.where} takes no push: {denied.reason}", denied.hint or _PROTECTED)
            return
        if not may_push or denied is not None or self.tip.head_beside:
            propose(batch, proposer)
