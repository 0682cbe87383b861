"""Trouble between plansync and the world: answers that get lost, lists that lag, a process that dies, a person who saves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from plansync.core.changes import Change, CreateIssue, CreateMilestone, Done, Failed, Outcome, Unknown
from plansync.core.observed import ObservedState
from plansync.errors import TrackerUnavailable
from plansync.ports.source import BranchRule, Content, Note, Replacement, Saved, Source, Unreadable
from plansync.ports.tracker import Asked, Tracker
from tests.support.clocks import FakeClock


class Killed(BaseException):
    """The process ends here: nothing that follows in it is carried out."""


@dataclass
class Trouble:
    """What goes wrong next. Orders count the changes that are still let through before them; ``clock`` is the right one."""

    clock: FakeClock
    orders: dict[str, int] = field(default_factory=dict)
    lag: timedelta = timedelta(0)
    unreadable: int = 0
    when_saving: Callable[[str], None] | None = None
    befell: list[str] = field(default_factory=list)
    """What came to pass since it was last asked."""

    def order(self, what: str, after: int) -> None:
        """Let ``what`` happen to the change that follows ``after`` more."""
        self.orders[what] = after

    def clear(self) -> None:
        """Let everything be sound again."""
        self.orders.clear()
        self.lag, self.unreadable, self.when_saving = timedelta(0), 0, None

    def due(self, *kinds: str) -> str | None:
        """Count one step of these kinds of orders, and return the one that is due."""
        found = None
        for kind in kinds:
            if kind in self.orders:
                self.orders[kind] -= 1
                if self.orders[kind] < 0:
                    del self.orders[kind]
                    found = found or kind
        if found is not None:
            self.befell.append(found)
        return found

    def around(self, tracker: Tracker) -> TroubledTracker:
        """Return ``tracker`` with this trouble in between."""
        return TroubledTracker(tracker, self)


AT_CHANGES = ("answer lost", "request lost", "refused", "killed before a change", "killed after a change")
AT_CREATIONS = "answer to a creation lost"
AT_SAVING = ("killed before a save", "killed after a save")


class TroubledTracker:
    """A tracker that may be in trouble; all else it leaves to the real one."""

    def __init__(self, real: Tracker, trouble: Trouble) -> None:
        self._real, self._trouble = real, trouble

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def observe(self, asked: Asked) -> ObservedState:
        trouble = self._trouble
        if trouble.unreadable:
            trouble.unreadable -= 1
            trouble.befell.append("unreadable")
            raise TrackerUnavailable("the tracker does not answer", hint="try again later")
        seen = self._real.observe(asked)
        if not trouble.lag:
            return seen
        oldest = trouble.clock.now() - trouble.lag
        kept = tuple(i for i in seen.issues if i.number in asked.issues or i.created_at <= oldest)
        if len(kept) < len(seen.issues):
            trouble.befell.append("listing lagged")
        return replace(seen, issues=kept)

    def apply(self, change: Change) -> Outcome:
        if isinstance(change, CreateIssue) and self._trouble.due(AT_CREATIONS):
            self._real.apply(change)
            return Unknown("the answer was lost")
        match self._trouble.due(*AT_CHANGES):
            case "killed before a change":
                raise Killed
            case "killed after a change":
                self._real.apply(change)
                raise Killed
            case "request lost" if isinstance(change, CreateIssue | CreateMilestone):
                return Unknown("the request was lost")
            case "answer lost":
                outcome = self._real.apply(change)
                return Unknown("the answer was lost") if isinstance(outcome, Done) else outcome
            case "refused" | "request lost":
                return Failed("the tracker refuses", hint="ask it nicely")
            case _:
                return self._real.apply(change)


class TroubledSource:
    """A source where somebody else saves, or the process dies, right before or after a file is written."""

    def __init__(self, real: Source, trouble: Trouble) -> None:
        self._real, self._trouble = real, trouble

    @property
    def uid(self) -> str:
        return self._real.uid

    def refresh(self) -> None:
        self._real.refresh()

    def list(self) -> Sequence[str]:
        return self._real.list()

    def read(self, path: str) -> Content | Unreadable:
        return self._real.read(path)

    def branch_rule(self) -> BranchRule:
        return BranchRule(allowed=True)  # as in a folder that is no checkout, without asking Git each time

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        needed = [item.content.path for item in replacements if item.is_needed]
        act, self._trouble.when_saving = self._trouble.when_saving, None if needed else self._trouble.when_saving
        if needed and act is not None:
            self._trouble.befell.append("saved meanwhile")
            act(needed[0])
        end = self._trouble.due(*AT_SAVING) if needed else None
        if end == "killed before a save":
            raise Killed
        answers = self._real.save(replacements, note)
        if end is not None:
            raise Killed
        return answers
