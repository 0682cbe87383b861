"""Which paths are plans: patterns of ``.gitignore``, matched against paths (ADR 0010)."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from pathspec import GitIgnoreSpec

from plansync.errors import ConfigError

NEVER_ENTERED = frozenset({".git", ".hg", ".svn", ".plansync", ".tox", ".venv", "__pycache__", "node_modules"})
"""Folders that hold other programs' files, whatever the patterns say."""


class Globs:
    """Patterns that include and exclude paths. Paths are relative, with ``/`` between parts."""

    def __init__(self, include: Sequence[str], exclude: Sequence[str] = ()) -> None:
        """Read the patterns; ``ConfigError`` names one that is none."""
        self._include = _spec(include)
        self._exclude = _spec(exclude)
        self._prefixes = tuple(_prefix(pattern) for pattern in include if not pattern.startswith("!"))

    def match(self, path: str) -> bool:
        """Say whether the file at ``path`` is meant."""
        return self._include.match_file(path) and not self._exclude.match_file(path)

    def may_hold(self, folder: str) -> bool:
        """Say whether anything below ``folder`` could be meant; False is certain."""
        parts = folder.split("/")
        if parts[-1] in NEVER_ENTERED:
            return False
        return any(_agrees(prefix, parts) for prefix in self._prefixes)

    def reach(self, path: str) -> bool:
        """Say whether listing the source would find a file at ``path``, if there is one."""
        parts = path.split("/")
        folders = ("/".join(parts[:end]) for end in range(1, len(parts)))
        return self.match(path) and all(self.may_hold(folder) for folder in folders)


def _spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise ConfigError(
                f"the pattern {pattern!r} cannot be read: {error}",
                hint="include and exclude take patterns as in .gitignore, such as plans/**/*.md",
            ) from error
    return GitIgnoreSpec.from_lines(patterns)


def _prefix(pattern: str) -> tuple[str, ...]:
    """Return the leading parts of an anchored pattern; empty if it matches at any depth."""
    if "/" not in pattern.rstrip("/ "):
        return ()
    parts = pattern.strip("/").split("/")
    opaque = next((at for at, part in enumerate(parts) if part == "**" or set("\\[") & set(part)), len(parts))
    return tuple(parts[:opaque])


def _agrees(prefix: tuple[str, ...], folder: Sequence[str]) -> bool:
    """Say whether ``folder`` lies on the way to ``prefix``, or below it."""
    return all(fnmatchcase(part, wanted) for wanted, part in zip(prefix, folder, strict=False))
