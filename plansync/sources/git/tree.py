"""Reading files out of Git's objects: names and bytes are those of the commit, whatever attributes say.

Links are followed inside the tree, as a checkout would show them, and never out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plansync.sources.git.program import BrokenCopy, Git

_FILE, _PROGRAM, _LINK, _MODULE = b"100644", b"100755", b"120000", b"160000"
_OLD_FILE = b"100664"
"""What Git wrote in its first years."""
_BATCH_BYTES = 64 * 1024 * 1024
_LINK_STEPS = 40
_LINK_BYTES = 4096
_NEVER = frozenset({b"", b".", b"..", b".git"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree."""

    path: bytes
    mode: bytes
    oid: str

    @property
    def is_link(self) -> bool:
        """Say whether it is a symbolic link."""
        return self.mode == _LINK

    @property
    def is_file(self) -> bool:
        """Say whether it is a plain file."""
        return self.mode in {_FILE, _PROGRAM, _OLD_FILE}

    @property
    def kept_mode(self) -> bytes:
        """Return the mode that a commit of ours gives it."""
        return _PROGRAM if self.mode == _PROGRAM else _FILE


class Astray(Exception):
    """A link leads nowhere, out of the repository, in a circle, or into a submodule."""


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
        left, steps = path.split(b"/"), 0
        done: list[bytes] = []
        while left:
            part = left.pop(0)
            if part == b"..":
                if not done:
                    raise Astray("it leads out of the repository")
                done.pop()
                continue
            if part in {b"", b"."}:
                continue
            done.append(part)
            entry = self.entries.get(b"/".join(done))
            if entry is None:
                continue
            if entry.mode == _MODULE:
                raise Astray("it leads into a submodule")
            if entry.is_link:
                steps += 1
                left, done = [*self._link_parts(entry, steps), *left], done[:-1]
        return self.entries.get(b"/".join(done))

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

    def _link_parts(self, link: Entry, steps: int) -> list[bytes]:
        if steps > _LINK_STEPS:
            raise Astray("it leads in a circle")
        if self.load([link.oid], _LINK_BYTES):
            raise Astray("it is a link that is too long")
        goal = self.blobs[link.oid]
        if goal.startswith(b"/"):
            raise Astray("it leads out of the repository")
        return goal.split(b"/")

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


def text_of(path: bytes) -> str:
    """Return a path as text; bytes that are not UTF-8 are spelled out, so that reading the file reports it."""
    return path.decode("utf-8", "backslashreplace")


def _read_entries(listing: bytes) -> Iterator[Entry]:
    for line in listing.split(b"\0"):
        facts, _, path = line.partition(b"\t")
        words = facts.split()
        if len(words) == 3 and not _NEVER & {part.lower() for part in path.split(b"/")}:
            yield Entry(path, words[0], words[2].decode("ascii"))


def _lines(oids: Sequence[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode("ascii")
