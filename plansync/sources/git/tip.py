"""What is known of the remote: the tip of the branch, its files, and the branch of ours beside it.

One look costs one exchange, and a fetch where the branch moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from plansync.errors import SourceError
from plansync.sources.entries import Astray, Entry
from plansync.sources.git.copy import WorkingCopy
from plansync.sources.git.program import BrokenCopy
from plansync.sources.git.tree import Tree
from plansync.sources.globs import Globs
from plansync.sources.listing import plans_in


@dataclass(slots=True)
class Tip:
    """One branch of a remote; ``branch`` is empty for the one that the remote's HEAD names."""

    copy: WorkingCopy
    globs: Globs
    branch: str = ""
    beside: str = ""
    """A branch of ours that is looked at as well."""
    name: str = ""
    """The branch by name, once the remote was asked."""
    head_beside: str = ""
    """The commit of the branch beside it, empty without one."""
    plans: Mapping[str, Entry | None] = field(default_factory=dict)
    """The plans, by path; None for a link that leads astray."""
    _tree: Tree | None = None

    @property
    def url(self) -> str:
        """Return the remote's address."""
        return self.copy.git.address.url

    @property
    def where(self) -> str:
        """Return what people know the branch by."""
        return f"branch {self.name} of {self.url}"

    @property
    def tree(self) -> Tree:
        """Return the branch as it was last seen; it is looked at if it never was."""
        if self._tree is None:
            self.refresh()
        if self._tree is None:
            raise SourceError(f"{self.url}: nothing was fetched")
        return self._tree

    def refresh(self) -> None:
        """Look at the remote; a copy that turns out to be broken is made again."""
        try:
            with self.healing():
                self.look()
        except BrokenCopy:
            with self.healing():
                self.look()

    @contextmanager
    def healing(self) -> Iterator[None]:
        """Lock the copy; one that turns out to be broken is thrown away, for the next look makes it again."""
        with self.copy.locked():
            try:
                yield
            except BrokenCopy:
                self.copy.forget()
                self._tree = None
                raise

    def look(self) -> Tree:
        """Ask the remote for its branches, fetch the tip if it is new, and list it. To be called under the lock."""
        heads = self.copy.heads(*(branch for branch in (self.branch, self.beside) if branch))
        self.name = self.branch or heads.default
        self.head_beside = heads.commits.get(self.beside, "")
        commit = heads.commits.get(self.name, "")
        if not self.name:
            raise SourceError(f"{self.url}: has no default branch", hint="name one by source.branch")
        if not commit:
            hint = "check source.branch; a first commit makes it"
            raise SourceError(f"{self.url}: has no branch {self.name}", hint=hint)
        if self._tree is None or self._tree.commit != commit or not self.copy.has(commit):
            return self._set(self.copy.fetch(self.name, commit))
        return self._tree

    def advance(self, commit: str) -> None:
        """Take ``commit``, which is ours and was pushed, for the tip."""
        self.copy.keep(self.name, commit)
        self._set(commit)

    def file_at(self, path: str) -> Entry | None:
        """Return the file at ``path``, links followed; may raise ``Astray``."""
        entry = self.tree.find(path.encode("utf-8", "surrogateescape"))
        return entry if entry is not None and entry.is_file else None

    def file_or_none(self, path: str) -> Entry | None:
        """Return the file at ``path``, None also where a link to it leads astray."""
        try:
            return self.file_at(path)
        except Astray:
            return None

    def load(self, entry: Entry, limit: int) -> int:
        """Read the file, and all plans with it; return its size where it has more than ``limit`` bytes, else 0."""
        if entry.oid in self.tree.blobs:
            return 0
        plans = {real.oid for real in self.plans.values() if real is not None and real.is_file}
        with self.healing():
            return self.tree.load({*plans, entry.oid}, limit).get(entry.oid, 0)

    def listed(self) -> Sequence[str]:
        """Return the paths of all plans, sorted."""
        if self._tree is None:
            self.refresh()
        return sorted(self.plans)

    def _set(self, commit: str) -> Tree:
        """List a commit; what was read of files that are still in it stays."""
        tree = Tree(self.copy.git, commit, {})
        if self._tree is not None:
            names = {entry.oid for entry in tree.entries.values()}
            tree.blobs.update({oid: data for oid, data in self._tree.blobs.items() if oid in names})
        self._tree, self.plans = tree, plans_in(tree, self.globs)
        return tree
