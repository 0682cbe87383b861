"""What is asked of a run, with what it works, and who listens. Values and one small Protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from plansync.app.shelf import Shelf
from plansync.core.changes import Change, Outcome
from plansync.core.holds import is_lifted
from plansync.core.model import Plan
from plansync.core.rules import Limits, Rules
from plansync.core.together import group_of
from plansync.ports.clock import Clock
from plansync.ports.renderer import Renderer
from plansync.ports.source import Source
from plansync.ports.store import Store
from plansync.ports.tracker import Tracker


@dataclass(frozen=True, slots=True)
class Target:
    """One Source and one Tracker project, wired.

    ``project`` names the tracker project for the store and must be equal for two targets exactly when they share
    the project (``github:github.com/acme/web``, ``local:/home/ann/web/.plansync/tracker.db``). ``gather`` is how long
    edits are gathered for one commit by runs that gather; None: the source makes no commits. ``together`` are the names
    of files that, in one folder, are one plan.
    """

    name: str
    source: Source
    tracker: Tracker
    rules: Rules
    limits: Limits
    renderer: Renderer
    project: str
    gather: timedelta | None = None
    together: tuple[str, ...] = ()

    @property
    def shelf(self) -> Shelf:
        """Return the plans of the source."""
        return Shelf(self.source, self.together)


def never() -> bool:
    """Say no."""
    return False


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every use case works with."""

    targets: tuple[Target, ...]
    store: Store
    clock: Clock
    parse: Callable[[bytes], Plan]
    holder: str
    """This process as a lease holder: ``host:pid:started``."""
    is_ending: Callable[[], bool] = never
    """Says whether the process was asked to end: then a run stops between two changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """One wish for a sync of one target.

    ``plans`` narrows it to the plans of these files of the source (empty: all plans); ``dry_run`` stops before the
    first write and reports the Changeset; ``max_creates`` overrides ``limits.creates``. ``only``: events told of these
    issues of the tracker, and of no others, so that it is enough to look at them. ``confirm_removals``: nobody looks
    on, so that an item must be seen to be gone twice before its issue is closed. ``gathers``: another run follows
    soon, so that edits of files may be left to it. ``by_name``: a person named ``plans``, which ends a hold on them.
    ``anew``: every plan is looked at as if nothing were known to be in step, and held ones as well, to be explained.
    """

    plans: tuple[str, ...] = ()
    only: frozenset[int] | None = None
    dry_run: bool = False
    allow_removals: bool = False
    confirm_removals: bool = False
    gathers: bool = False
    max_creates: int | None = None
    publish: bool = False
    any_branch: bool = False
    by_name: bool = False
    anew: bool = False
    trigger: str = "once"

    def asks_for(self, plan: str, together: Sequence[str]) -> bool:
        """Say whether it asks for the plan at this path, by whichever of its files."""
        return not self.plans or not set(group_of(plan, together)).isdisjoint(self.plans)

    def takes_up(self, hold: str) -> bool:
        """Say whether a plan is not held, or a person named it."""
        return self.anew or is_lifted(hold, by_name=self.by_name, publish=self.publish)


class Listener(Protocol):
    """Hears of a run while it goes on, for progress bars and questions. Never changes what is done."""

    def started(self, target: str, changes: int, estimate: timedelta) -> None:
        """Hear that ``changes`` will be applied (again for every slice), before the first of them is sent.

        ``estimate`` is how long all that is left of the run takes at least, at the pace that the tracker allows.
        """

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        """Hear of one applied change."""

    def waiting(self, target: str, span: timedelta, reason: str) -> None:
        """Hear that the tracker wants to be left alone for ``span``, and why."""

    def queued(self, target: str, span: timedelta, reason: str) -> None:
        """Hear that another run is at work on the project, which one, and that it is waited for up to ``span``."""

    def may_create(self, target: str, creations: int, limit: int) -> bool:
        """Answer whether more creations than ``limit`` are wanted: a terminal asks, others say False."""


class Silent:
    """The Listener that hears nothing and allows nothing."""

    def started(self, target: str, changes: int, estimate: timedelta) -> None:
        """Ignore it."""

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        """Ignore it."""

    def waiting(self, target: str, span: timedelta, reason: str) -> None:
        """Ignore it."""

    def queued(self, target: str, span: timedelta, reason: str) -> None:
        """Ignore it."""

    def may_create(self, target: str, creations: int, limit: int) -> bool:
        """Say no."""
        return False
