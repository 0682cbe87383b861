"""The hooking port: the webhooks of one project at its tracker, for ``plansync webhook``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One webhook as the host knows it; its secret is told by no host.

    ``events`` and ``missing`` (what plansync wants to hear of besides) are in the host's own words, ``last`` is the
    status that the last delivery was answered with, None where the host does not tell.
    """

    id: int
    url: str = field(repr=False)
    """May hold what is a secret of others; shown without query and user."""
    active: bool
    events: tuple[str, ...]
    missing: tuple[str, ...] = ()
    last: int | None = None
    trouble: str = ""
    """Why deliveries do not come, or not safely; empty where nothing is known."""


class Hooks(Protocol):
    """Lists and changes one project's webhooks. Any method may raise ``TrackerError``."""

    def all(self) -> Sequence[Hook]:
        """Return every webhook of the project, other people's too."""

    def last_answer(self, hook: Hook) -> int | None:
        """Return what the last delivery was answered with, None where the host does not tell."""

    def create(self, url: str, secret: str) -> Hook:
        """Make a webhook that hears of everything that a sync depends on, and is signed with ``secret``.

        Sent once: a lost answer raises ``OutcomeUnknown``, and the next look finds out.
        """

    def update(self, hook: Hook, url: str, secret: str) -> Hook:
        """Make ``hook`` one as ``create`` would, with this secret instead of the one that it had."""

    def remove(self, hook: Hook) -> None:
        """Take ``hook`` away; one that is gone already is no error."""

    def ping(self, hook: Hook) -> None:
        """Let the host send a delivery that changes nothing, for a hook that it has switched off or that failed."""
