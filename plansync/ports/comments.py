"""The commenting port: what is said on one pull or merge request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the host has it; ``author`` is an account's name."""

    id: int
    author: str
    text: str


class Comments(Protocol):
    """The comments of one pull or merge request. Any method may raise ``TrackerError``."""

    def login(self) -> str:
        """Return the account that speaks here."""

    def all(self) -> Sequence[Comment]:
        """Return all comments of people and programs, oldest first."""

    def post(self, text: str) -> None: ...
    def change(self, comment: Comment, text: str) -> None: ...
    def remove(self, comment: Comment) -> None: ...
