"""Reading files out of Git's objects: names and bytes are those of the commit, whatever attributes say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plansync.sources.entries import LINK_BYTES, Astray, Entry, follow, is_sound
from plansync.sources.git.program import BrokenCopy, Git

_BATCH_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Tree:
    """All files of one commit. Blobs that were read are kept, by name, for the next tree as well."""

    git: Git
    commit: str
    blobs: dict[str, bytes]
    entries: Mapping[bytes, Entry] = field(init=False)

    def __post_init__(self) -> None:
        """List the tree; one command."""
        done = self.git.must("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", self.commit)
        self.entries = {entry.path: entry for entry in _read_entries(done.out)}

    def find(self, path: bytes) -> Entry | None:
        """Return the file at ``path`` after all links on the way, None if there is none; may raise ``Astray``."""
        return follow(self.entries, path, self._goal)

    def load(self, oids: Iterable[str], limit: int) -> Mapping[str, int]:
        """Read the blobs of at most ``limit`` bytes that were not read yet; return the sizes of the larger ones."""
        missing = sorted({oid for oid in oids if oid not in self.blobs})
        sizes = self._sizes(missing)
        batch: list[str] = []
        total = 0
        for oid in (oid for oid in missing if sizes[oid] <= limit):
            batch.append(oid)
            total += sizes[oid]
            if total > _BATCH_BYTES:
                self._read(batch)
                batch, total = [], 0
        self._read(batch)
        return {oid: size for oid, size in sizes.items() if size > limit}

    def _goal(self, link: Entry) -> bytes:
        if self.load([link.oid], LINK_BYTES):
            raise Astray("it is a link that is too long")
        return self.blobs[link.oid]

    def _sizes(self, oids: Sequence[str]) -> dict[str, int]:
        if not oids:
            return {}
        done = self.git.must("cat-file", "--batch-check", given=_lines(oids))
        fields = [line.split() for line in done.out.splitlines()]
        if len(fields) != len(oids) or any(len(words) != 3 or words[1] != b"blob" for words in fields):
            raise BrokenCopy(f"{self.git.folder}: files of {self.commit} are missing")
        return {oid: int(words[2]) for oid, words in zip(oids, fields, strict=True)}

    def _read(self, oids: Sequence[str]) -> None:
        if not oids:
            return
        out = self.git.must("cat-file", "--batch", given=_lines(oids)).out
        at = 0
        for oid in oids:
            end = out.index(b"\n", at)
            size = int(out[at:end].split()[2])
            self.blobs[oid] = out[end + 1 : end + 1 + size]
            at = end + 2 + size


def _read_entries(listing: bytes) -> Iterator[Entry]:
    for line in listing.split(b"\0"):
        facts, _, path = line.partition(b"\t")
        words = facts.split()
        if len(words) == 3 and is_sound(path):
            yield Entry(path, words[0], words[2].decode("ascii"))


def _lines(oids: Sequence[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode("ascii")
