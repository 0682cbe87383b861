"""What is in a tree beside plain files, as bytes that say so by their type."""

from __future__ import annotations


class Linked(bytes):
    """A symbolic link: where it leads."""


class Module(bytes):
    """A submodule: the hash of a commit somewhere else."""


def mode_of(content: bytes) -> str:
    """Return Git's mode of a file."""
    return {Linked: "120000", Module: "160000"}.get(type(content), "100644")
