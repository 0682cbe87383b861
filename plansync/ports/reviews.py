"""The review port: requests of one repository to take over a branch of ours, for people to look at and merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Review:
    """An open pull or merge request; ``text`` is its description."""

    number: int
    url: str
    title: str
    text: str


class Reviews(Protocol):
    """Opens and keeps requests in one repository. Any method may raise ``SourceError``; branches are plain names."""

    def find(self, branch: str, onto: str) -> Review | None:
        """Return the open request to merge ``branch`` into ``onto``, None without one."""

    def open(self, branch: str, onto: str, title: str, text: str) -> Review:
        """Open a request; where one is open already, that one is returned as it is."""

    def update(self, review: Review, title: str, text: str) -> Review:
        """Give an open request this title and text."""

    def close(self, review: Review) -> None:
        """Close a request that nothing is left of; it is not merged, and its branch stays."""
