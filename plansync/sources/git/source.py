"""The source on a Git remote: one look per slice, one commit per slice, pushed by fast-forward (spec §5).

```
refresh   ls-remote ─► the branch's tip is new? ─► fetch
save      files still as they were read? ─► commit on the tip ─► push ─► rejected? look again, and once more
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from plansync.errors import SourceError
from plansync.ports.checkup import Check
from plansync.ports.source import (
    BranchRule,
    Changed,
    Content,
    Note,
    Refused,
    Replacement,
    Saved,
    Unreadable,
)
from plansync.sources.entries import Astray, Entry
from plansync.sources.git.commits import Denied, Pushed, Smith, Unclear
from plansync.sources.git.copy import WorkingCopy
from plansync.sources.git.program import BrokenCopy
from plansync.sources.git.tree import Tree
from plansync.sources.globs import Globs
from plansync.sources.listing import plans_in
from plansync.sources.style import Style

TRIES = 5
_AGAIN = "run again when nobody else is pushing"
_PROTECTED = 'let plansync push to the branch, or set write = "request" in the source'


@dataclass(slots=True)
class GitSource:
    """The plans on one branch of a remote; ``branch`` is empty for the one that the remote's HEAD names."""

    copy: WorkingCopy
    globs: Globs
    plan_bytes: int
    branch: str = ""
    style: Style = field(default_factory=Style)
    _tip: Tree | None = None
    _on: str = ""
    """The branch by name, once the remote was asked."""
    _plans: Mapping[str, Entry | None] = field(default_factory=dict)
    """The plans in the tip, by path."""

    @property
    def uid(self) -> str:
        return f"git:{self.copy.git.address.url}#{self.branch}"

    def refresh(self) -> None:
        try:
            with self._healing():
                self._look()
        except BrokenCopy:
            with self._healing():
                self._look()

    def list(self) -> Sequence[str]:
        self._tree()
        return sorted(self._plans)

    def read(self, path: str) -> Content | Unreadable:
        tree = self._tree()
        try:
            entry = self._look_up(tree, path)
        except Astray as error:
            return Unreadable(path, "PS103", f"the file is a link, and {error}")
        if entry is None:
            return Unreadable(path, "PS103", "the file does not exist")
        if size := self._load(tree, entry):
            limit = f"limits.plan_bytes allows {self.plan_bytes:,}"
            return Unreadable(path, "PS102", f"the file has {size:,} bytes; {limit}")
        return Content(path, tree.blobs[entry.oid], entry.oid)

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        wanted = {index: item for index, item in enumerate(replacements) if item.is_needed}
        answers: dict[int, Saved] = {}
        if wanted:
            with self._healing():
                answers = self._save(wanted, note)
        return [answers.get(index, item.content) for index, item in enumerate(replacements)]

    def branch_rule(self) -> BranchRule:
        return BranchRule(allowed=True)

    def examine(self) -> Sequence[Check]:
        """Say whether the remote answers, and whether it would take a push at all; nothing is changed."""
        tree = self._tree()
        remote = Check("remote", True, f"{self._where} is at {tree.commit[:10]}")
        with self.copy.locked():
            told = Smith(self.copy, self.style).rehearse_push(tree.commit, self._on)
        if told is None:
            return [remote, Check("push", True, "taken, unless the branch is protected, which the first one shows")]
        return [remote, Check("push", False, str(told), told.hint)]

    @property
    def _where(self) -> str:
        return f"branch {self._on} of {self.copy.git.address.url}"

    def _tree(self) -> Tree:
        if self._tip is None:
            self.refresh()
        if self._tip is None:
            raise SourceError(f"{self.copy.git.address.url}: nothing was fetched")
        return self._tip

    @contextmanager
    def _healing(self) -> Iterator[None]:
        """Lock the copy; one that turns out to be broken is thrown away, for the next look makes it again."""
        with self.copy.locked():
            try:
                yield
            except BrokenCopy:
                self.copy.forget()
                self._tip = None
                raise

    def _look(self) -> Tree:
        """Ask the remote for its tip, fetch it if it is new, and list it."""
        heads = self.copy.heads(*([self.branch] if self.branch else []))
        branch = self.branch or heads.default
        commit = heads.commits.get(branch, "")
        url = self.copy.git.address.url
        self._on = branch
        if not branch:
            raise SourceError(f"{url}: has no default branch", hint="name one by source.branch")
        if not commit:
            raise SourceError(f"{url}: has no branch {branch}", hint="check source.branch; a first commit makes it")
        if self._tip is None or self._tip.commit != commit or not self.copy.has(commit):
            return self._set(self._tree_at(self.copy.fetch(branch, commit)))
        return self._tip

    def _set(self, tree: Tree) -> Tree:
        self._tip, self._plans = tree, plans_in(tree, self.globs)
        return tree

    def _tree_at(self, commit: str) -> Tree:
        """List a commit; what was read of files that are still in it stays."""
        tree = Tree(self.copy.git, commit, {})
        if self._tip is not None:
            names = {entry.oid for entry in tree.entries.values()}
            tree.blobs.update({oid: data for oid, data in self._tip.blobs.items() if oid in names})
        return tree

    def _look_up(self, tree: Tree, path: str) -> Entry | None:
        entry = tree.find(path.encode("utf-8", "surrogateescape"))
        return entry if entry is not None and entry.is_file else None

    def _load(self, tree: Tree, entry: Entry) -> int:
        """Read the file, and all plans with it; return its size where it is too large to be read, else 0."""
        if entry.oid in tree.blobs:
            return 0
        plans = {real.oid for real in self._plans.values() if real is not None and real.is_file}
        with self._healing():
            return tree.load({*plans, entry.oid}, self.plan_bytes).get(entry.oid, 0)

    def _save(self, wanted: Mapping[int, Replacement], note: Note) -> dict[int, Saved]:
        """Commit and push what is still as it was read, until the remote takes it."""
        answers: dict[int, Saved] = {}
        smith = Smith(self.copy, self.style)
        tree = self._look()
        names = dict(zip(wanted, smith.names_of([item.data for item in wanted.values()]), strict=True))
        for _ in range(TRIES):
            still = self._still(tree, wanted, answers)
            if not still:
                return answers
            message = self.style.message(note.message([wanted[at].content.path for at in still]), note.run)
            commit = smith.commit(tree.commit, {entry: names[at] for at, entry in still.items()}, message)
            result = smith.push(commit, self._on)
            if isinstance(result, Denied):
                why = f"{self._where} takes no push: {result.reason}"
                return answers | {at: Refused(wanted[at].content.path, why, _PROTECTED) for at in still}
            written = {at: Content(wanted[at].content.path, wanted[at].data, names[at]) for at in still}
            if isinstance(result, Pushed):
                self._advance(commit)
                return answers | written
            before, tree = tree, self._look()
            if self.copy.contains(tree.commit, commit):
                return answers | written
            if isinstance(result, Unclear) and tree.commit == before.commit:
                raise result.error
        why = f"{self._where} kept moving while it was written"
        return answers | {at: Refused(wanted[at].content.path, why, _AGAIN) for at in wanted if at not in answers}

    def _still(self, tree: Tree, wanted: Mapping[int, Replacement], answers: dict[int, Saved]) -> dict[int, Entry]:
        """Return the files that are as they were read; the others are answered."""
        still: dict[int, Entry] = {}
        for at, item in wanted.items():
            path = item.content.path
            if at in answers:
                continue
            try:
                entry = self._look_up(tree, path)
            except Astray:
                entry = None
            if entry is None or entry.oid != item.content.token or entry in still.values():
                what = "was removed" if entry is None else "was changed by somebody else"
                answers[at] = Changed(path, f"{path}: {what} meanwhile")
            else:
                still[at] = entry
        return still

    def _advance(self, commit: str) -> None:
        """Take ``commit``, which is ours, for the tip."""
        self.copy.keep(self._on, commit)
        self._set(self._tree_at(commit))
