"""What a run found, did and left undone: plain values that command line, JSON and dashboard show.

``as_json`` gives the documented JSON form of any of them (dataclass fields by name, enums by value).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from plansync.core.audience import Exposure
from plansync.core.changes import FieldChange
from plansync.core.problems import Problem
from plansync.errors import PlansyncError

_UNSAID = {"said": False}
REMOVALS_HINT = "look at `plansync preview`; if it is right, run `plansync once --allow-removals`"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """One change of a Changeset, planned or applied.

    ``kind`` is ``create_issue``, ``update_issue``, ``close_issue``, ``reopen_issue``, ``create_milestone``,
    ``update_milestone``, ``close_milestone``, ``reopen_milestone`` or ``relate_issue``; ``outcome`` is ``planned``,
    ``done``, ``failed``, ``unknown`` or ``skipped``.
    """

    kind: str
    key: str
    title: str
    number: int | None = None
    url: str = ""
    reason: str = ""
    fields: tuple[FieldChange, ...] = ()
    labels: tuple[str, ...] = ()
    milestone: str = ""
    text_only: bool = False
    outcome: str = "planned"
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReport:
    """Which issue an item was matched to, by what rule, and how sure (0..1)."""

    line: int
    kind: str
    text: str
    key: str
    number: int | None
    by: str
    confidence: float
    near_miss: str = ""
    id: str = ""
    """The item's own id (``T001``), if it has one."""
    url: str = ""
    state: str = ""
    """``open`` or why its issue is closed; empty without one."""
    file: str = ""
    """Of a plan of several files, the name of the one that ``line`` is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """The plan's Status before and after, and why (``In Progress (5 of 12: Phase 1 5/5, Phase 2 0/7)``)."""

    before: str | None = None
    after: str | None = None
    reason: str = ""
    done: int = 0
    total: int = 0
    phases: tuple[tuple[str, int, int], ...] = ()
    """(heading, done, countable) per phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """One plan in a run. ``skipped`` says why it was passed over, ``fused`` which fuse holds it; both empty if not."""

    path: str
    key: str = ""
    title: str = ""
    phases: int = 0
    tasks: int = 0
    risks: int = 0
    questions: int = 0
    open_risks: int = 0
    status: StatusReport = StatusReport()
    changes: tuple[ChangeReport, ...] = ()
    matches: tuple[MatchReport, ...] = ()
    linked: int = 0
    """Links (to issues or milestones) put into the file."""
    ticked: int = 0
    """Boxes and Status cells changed in the file."""
    diff: str = ""
    """Unified diff of its files; empty when they stay as they are."""
    changed_files: tuple[str, ...] = ()
    """The paths of those that are in ``diff``."""
    waits_at: str = ""
    """Address where the edits in ``diff`` wait for review; the file is without them."""
    problems: tuple[Problem, ...] = ()
    unchanged: bool = False
    """The hash gate passed it: neither plan nor issues changed since the last quiet run."""
    skipped: str = ""
    fused: str = ""
    error: str = ""
    hint: str = ""
    """What to do about ``error``."""

    @property
    def failed(self) -> bool:
        """Say whether this plan makes the run's exit code 1."""
        bad = any(change.outcome in {"failed", "unknown"} for change in self.changes)
        unreadable = any(problem.severity == "error" for problem in self.problems)
        return bad or unreadable or bool(self.fused or self.error)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The plans whose edits are left to a run after ``until``, so that they go into one commit with later ones."""

    until: datetime
    paths: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReport:
    """One target in a run. ``errors`` are (message, hint) of what stopped it or held it up."""

    name: str
    tracker: str
    project: str
    run: str = ""
    dry_run: bool = False
    plans: tuple[PlanReport, ...] = ()
    notes: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    requests: int = 0
    writes: int = 0
    stopped_by: PlansyncError | None = field(default=None, metadata=_UNSAID)
    """What ended the run before its end, for who decides when to try again; not part of the JSON form."""
    gathered: Gathered | None = field(default=None, metadata=_UNSAID)
    """The edits that are left to a later run, for who asks for it; not part of the JSON form."""
    exposure: Exposure | None = field(default=None, metadata=_UNSAID)
    """Who reads issues and plans, as far as it is known; not part of the JSON form."""

    @property
    def changes(self) -> tuple[ChangeReport, ...]:
        """Return all plans' changes in order."""
        return tuple(change for plan in self.plans for change in plan.changes)

    @property
    def pending(self) -> bool:
        """Say whether a dry run found anything to do."""
        return any(plan.changes or plan.diff for plan in self.plans)

    @property
    def counts(self) -> dict[str, int]:
        """Count the changes by kind, text-only updates apart as ``update_text``."""
        return dict(Counter("update_text" if change.text_only else change.kind for change in self.changes))

    @property
    def failed(self) -> bool:
        """Say whether this target makes the exit code 1."""
        return bool(self.errors) or any(plan.failed for plan in self.plans)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Everything that one command did, over all its targets."""

    targets: tuple[TargetReport, ...] = ()

    @property
    def exit_code(self) -> int:
        """Return 0 when all is in step, else 1 (spec §9)."""
        return int(not self.targets or any(target.failed for target in self.targets))

    @property
    def pending(self) -> bool:
        """Say whether a dry run found anything to do."""
        return any(target.pending for target in self.targets)


def as_json(value: Any) -> Any:
    """Return ``value`` as plain JSON values; properties that are part of the documented form are added by name."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        plain = {f.name: as_json(getattr(value, f.name)) for f in fields(value) if f.metadata.get("said", True)}
        extra = ("exit_code", "counts", "pending") if isinstance(value, (SyncReport, TargetReport)) else ()
        return plain | {name: as_json(getattr(value, name)) for name in extra if hasattr(value, name)}
    if isinstance(value, dict):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(entry) for entry in value]
    return value
