"""Changes: one step each towards what the plans want, and the Changeset that holds them in order.

A Changeset is a value made by pure functions; the shell may only apply what is in it. Texts may hold references to
items that have no issue yet (see :mod:`plansync.core.refs`); they are resolved when the change is applied, and
read ``#?`` in a preview.
"""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.identity import ItemKey, PhaseKey, PlanKey
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason, RelationKind


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an issue or milestone: what it is and what it shall be, for people to read."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MilestoneRef:
    """A milestone by number, or by the key of one that this Changeset creates; number 0 is no milestone at all."""

    number: int | None
    key: PhaseKey | None = None


NO_MILESTONE = MilestoneRef(0)
"""Takes an issue out of its milestone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    plan: PlanKey
    reason: str = ""
    """Which rule wants it, in a few words for preview, journal and ``explain``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMilestone(_Change):
    """Open a milestone for a phase."""

    key: PhaseKey
    title: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMilestone(_Change):
    """Bring a milestone's title or managed region into step; None leaves a field alone."""

    key: PhaseKey
    number: int
    title: str | None = None
    region: str | None = None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMilestone(_Change):
    """Close a milestone whose every task is settled. ``number`` is 0 for one that the same Changeset opens."""

    key: PhaseKey
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenMilestone(_Change):
    """Reopen a milestone that plansync closed."""

    key: PhaseKey
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIssue(_Change):
    """Open an issue for an item. Sent once; a lost answer is never repeated blindly (spec §4.7)."""

    key: ItemKey
    kind: ItemKind
    title: str
    body: str
    """The whole managed region."""
    labels: tuple[str, ...] = ()
    milestone: MilestoneRef | None = None
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateIssue(_Change):
    """Bring the plan's fields of an issue into step; None leaves a field alone.

    ``region`` replaces the managed region of the body as it is *then* (the adapter reads it again right before, and
    keeps every byte outside the region and the body's own line ends); with ``adopt`` the body has none yet and the
    region is appended below the author's text; an empty region takes it out (release). ``ticks`` are the checklist
    lines that the plan decides (normal text, occurrence, ticked); every other line keeps the tick that people gave it,
    as the body is read then (:func:`plansync.core.bodies.new_body`). Labels go by add and remove, never as a list.
    """

    key: ItemKey
    number: int
    title: str | None = None
    region: str | None = None
    adopt: bool = False
    ticks: tuple[tuple[str, int, bool], ...] = ()
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    milestone: MilestoneRef | None = None
    assignees: tuple[str, ...] = ()
    """Set only where nobody is assigned."""
    unassign: tuple[str, ...] = ()
    """Taken off before that, where nobody else is assigned."""
    fields: tuple[FieldChange, ...] = ()
    text_only: bool = False
    """Nothing but title or body: comes last, and preview counts it apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIssue(_Change):
    """Close an issue, with labels to add and a comment to leave where given."""

    key: ItemKey
    number: int
    because: CloseReason
    comment: str = ""
    add_labels: tuple[str, ...] = ()
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenIssue(_Change):
    """Reopen a closed issue and take off labels that a removal left.

    ``twin``: it and all its duplicates were closed as such, which no person wanted.
    """

    key: ItemKey
    number: int
    remove_labels: tuple[str, ...] = ()
    twin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relate(_Change):
    """Relate two issues on the tracker; a number of 0 is that of the issue which this Changeset opens for the key.

    ``other`` becomes what ``relation`` says to ``number``. What the tracker will not relate is told in the ``note`` of
    a ``Done``, and not tried again: neither plan nor issues are wrong for it.
    """

    key: ItemKey
    number: int
    relation: RelationKind
    other_key: ItemKey
    other: int


MilestoneChange = CreateMilestone | UpdateMilestone | CloseMilestone | ReopenMilestone
IssueChange = CreateIssue | UpdateIssue | CloseIssue | ReopenIssue
Change = MilestoneChange | IssueChange | Relate
Changeset = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The tracker confirmed the change; ``note`` says what it could not hold."""

    number: int
    url: str
    note: str = ""
    stripped: tuple[str, ...] = ()
    """Fields an issue was answered without (``labels``, ``milestone``): the token may not set them (spec §4.5)."""
    answered_title: str | None = None
    answered_body: str | None = None
    """What the tracker keeps for a title or body just written, where that differs from what was sent."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The tracker refused the change, and it had no effect."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost; the next observation decides (spec §4.7)."""

    message: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The change was not tried, and why."""

    message: str


Outcome = Done | Failed | Unknown | Skipped
