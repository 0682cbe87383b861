"""The checkup port: what a tracker can say about its connection, for ``plansync doctor``. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

SERVER, TOKEN, PROJECT = "server", "token", "project"
"""Checks that come first: where one of them is not well, the rest cannot be looked at."""
ACCESS = "access"
"""The check whether labels and milestones may be set: a sync that lost them creates nothing until this is well."""
VITAL = frozenset({SERVER, TOKEN, PROJECT})


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a checkup.

    ``ok`` is None for what could not be found out or needs no verdict. A ``hint`` where ``ok`` is not False makes it
    a warning.
    """

    name: str
    """What was looked at, in a word or two (``token``)."""
    ok: bool | None
    message: str
    hint: str = ""
    """What to do where it is not well."""


@runtime_checkable
class Examined(Protocol):
    """A tracker, or a source that is far away, that can be examined."""

    def examine(self) -> Sequence[Check]:
        """Look at everything that a sync needs, and go on where something fails; raises nothing of its own."""
