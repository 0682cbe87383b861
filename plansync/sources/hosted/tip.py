"""The tip of one branch as it was last seen: looked at again with one request, read blob by blob, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from plansync.errors import SourceError
from plansync.sources.entries import LINK, LINK_BYTES, MODULE, Astray, Entry, follow
from plansync.sources.globs import Globs
from plansync.sources.hosted.desk import Blob, Desk, Edit, Head, Listed
from plansync.sources.hosted.memory import Memory
from plansync.sources.hosted.names import blob_name
from plansync.sources.listing import plans_in, reach_of


@dataclass(slots=True)
class Tip:
    """What is on ``branch`` (empty: the default branch), out of ``memory`` as far as it is known."""

    desk: Desk
    globs: Globs
    plan_bytes: int
    memory: Memory
    branch: str = ""
    plans: Mapping[str, Entry | None] = field(default_factory=dict)
    """The plans by path, links followed; None for those that lead astray."""
    _entries: Mapping[bytes, Entry] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """Return the head's commit, empty before the first look."""
        return self.memory.head.commit if self.memory.head is not None else ""

    @property
    def entries(self) -> Mapping[bytes, Entry]:
        """Return the files by path."""
        return self._entries

    def find(self, path: bytes) -> Entry | None:
        """Return the file at ``path`` after all links on the way; may raise ``Astray``."""
        return follow(self.entries, path, self._goal)

    def look(self) -> None:
        """Ask where the branch is, and list what is in it if it moved."""
        memory = self.memory
        is_new = memory.load() or not self.plans
        known = memory.head
        head = self.desk.head(self.branch, known.etag if known is not None else "")
        if head is not None and (known is None or head.commit != known.commit):
            self._list(head)
            is_new = True
        elif head is not None and known is not None:
            memory.head = replace(known, etag=head.etag)
        if is_new:
            self._sort()
        self.keep()

    def advance(self, commit: str, edits: Iterable[Edit]) -> None:
        """Take ``commit``, which is ours and holds ``edits``, for the tip."""
        memory, files = self.memory, dict(self.memory.files)
        for edit in edits:
            name = blob_name(edit.data, edit.entry.oid)
            files[edit.entry.path] = Listed(replace(edit.entry, oid=name), len(edit.data), commit)
            memory.blobs[name] = edit.data
        memory.head, memory.files = Head(commit), files
        self._sort()
        self.keep()

    def keep(self) -> None:
        """Remember all that is known now."""
        self.memory.save(self._kept())

    def blob(self, entry: Entry) -> bytes | int | None:
        """Return a file, its size where it is too large, None where the host does not have it."""
        found = self.memory.blobs.get(entry.oid)
        if isinstance(found, int) and found <= self.plan_bytes:
            found = None
        found = self._fetch(entry) if found is None else found
        return len(found) if isinstance(found, bytes) and len(found) > self.plan_bytes else found

    def load_plans(self) -> None:
        """Read all plans that were not read yet, and remember them, whatever comes between."""
        try:
            for entry in self.plans.values():
                if entry is not None and entry.is_file:
                    self.blob(entry)
        finally:
            self.keep()

    def changed_in(self, entry: Entry) -> str:
        """Return the last commit that changed a file, empty where the host does not tell."""
        listed = self.memory.files.get(entry.path)
        if listed is None or not listed.changed_in:
            self._fetch(entry)
            listed = self.memory.files.get(entry.path)
        return listed.changed_in if listed is not None else ""

    def forget_changes(self, entries: Iterable[Entry]) -> None:
        """Ask again in which commit these files were changed last."""
        files = dict(self.memory.files)
        for entry in entries:
            if (listed := files.get(entry.path)) is not None:
                files[entry.path] = replace(listed, changed_in="")
        self.memory.files = files

    def _fetch(self, entry: Entry) -> bytes | int | None:
        listed = self.memory.files.get(entry.path)
        if listed is not None and listed.size is not None and listed.size > self.plan_bytes:
            return listed.size
        blob = self.desk.blob(entry, self.commit)
        if blob is None:
            return None
        if blob_name(blob.data, entry.oid) != entry.oid:
            raise SourceError(f"{entry.path.decode('utf-8', 'replace')}: what {self.desk.host} sent is not the file")
        self._learn(entry, listed, blob)
        return self.memory.blobs[entry.oid]

    def _learn(self, entry: Entry, listed: Listed | None, blob: Blob) -> None:
        size = len(blob.data)
        self.memory.blobs[entry.oid] = size if size > self.plan_bytes else blob.data
        if listed is not None and blob.changed_in:
            self.memory.files[entry.path] = replace(listed, size=size, changed_in=blob.changed_in)

    def _list(self, head: Head) -> None:
        """List a commit; what is known of files that are as they were stays."""
        old = self.memory.files
        listed = {one.entry.path: one for one in self.desk.tree(head, reach_of(self.globs))}
        self.memory.head = head
        self.memory.files = {
            path: old[path] if path in old and old[path].entry == one.entry else one for path, one in listed.items()
        }

    def _sort(self) -> None:
        """Find the plans among the files, and keep no others but what leads to them."""
        self._entries = {path: listed.entry for path, listed in self.memory.files.items()}
        self.plans = plans_in(self, self.globs)
        real = {entry.path for entry in self.plans.values() if entry is not None}
        self.memory.files = {
            path: listed
            for path, listed in self.memory.files.items()
            if path in real or listed.entry.mode in {LINK, MODULE}
        }
        tips = {path: entry.oid for path, entry in self.plans.items() if entry is not None}
        self.memory.proposals.settle(tips)

    def _kept(self) -> frozenset[str]:
        return frozenset(one.entry.oid for one in self.memory.files.values()) | self.memory.proposals.blobs

    def _goal(self, link: Entry) -> bytes:
        found = self.blob(link)
        if not isinstance(found, bytes) or len(found) > LINK_BYTES:
            raise Astray("it is a link that cannot be read")
        return found
