"""The files of one commit, as Git's trees name them. Links are followed inside the tree, and never out of it.

Paths are bytes, as in Git; those that no checkout would make (``..``, ``.git``) are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

FILE, PROGRAM, LINK, MODULE = b"100644", b"100755", b"120000", b"160000"
_OLD_FILE = b"100664"
"""What Git wrote in its first years."""
LINK_BYTES = 4096
"""No link is longer."""
_LINK_STEPS = 40
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
        return self.mode == LINK

    @property
    def is_file(self) -> bool:
        """Say whether it is a plain file."""
        return self.mode in {FILE, PROGRAM, _OLD_FILE}

    @property
    def kept_mode(self) -> bytes:
        """Return the mode that a commit of ours gives it."""
        return PROGRAM if self.mode == PROGRAM else FILE


class Astray(Exception):
    """A link leads nowhere, out of the repository, in a circle, or into a submodule."""


def follow(entries: Mapping[bytes, Entry], path: bytes, goal: Callable[[Entry], bytes]) -> Entry | None:
    """Return the file at ``path`` after all links on the way, None if there is none; may raise ``Astray``.

    ``goal`` reads where a link leads.
    """
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
        entry = entries.get(b"/".join(done))
        if entry is None:
            continue
        if entry.mode == MODULE:
            raise Astray("it leads into a submodule")
        if entry.is_link:
            steps += 1
            left, done = [*_goal_parts(goal, entry, steps), *left], done[:-1]
    return entries.get(b"/".join(done))


def is_sound(path: bytes) -> bool:
    """Say whether a checkout could hold a file at ``path``."""
    return not _NEVER & {part.lower() for part in path.split(b"/")}


def text_of(path: bytes) -> str:
    """Return a path as text; bytes that are not UTF-8 are spelled out, so that reading the file reports it."""
    return path.decode("utf-8", "backslashreplace")


def _goal_parts(goal: Callable[[Entry], bytes], link: Entry, steps: int) -> list[bytes]:
    if steps > _LINK_STEPS:
        raise Astray("it leads in a circle")
    place = goal(link)
    if place.startswith(b"/"):
        raise Astray("it leads out of the repository")
    return place.split(b"/")
