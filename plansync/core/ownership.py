"""Which issues and milestones are ours: reading markers, believing them or not (spec §3.2). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from plansync.core.identity import ItemKey, PhaseKey, PlanKey, is_tracking
from plansync.core.marker import Marker, Signature, read_marker, verify
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone, ObservedState
from plansync.core.rules import MarkerRules

REMOVED_LABEL = "plansync:removed"
"""Says that plansync closed the issue because its item vanished from the plan (spec §4.3)."""
UNDONE_LABEL = "plansync:undone"
"""Says that plansync closed the issue because the run that had opened it was undone."""
RETIRED_LABEL = "plansync:retired"
"""Says that plansync closed the issue because its plan was retired."""
CLOSING_LABELS = (REMOVED_LABEL, UNDONE_LABEL, RETIRED_LABEL)
"""They go when the issue is open again."""


@dataclass(frozen=True, slots=True)
class OwnedIssue:
    """An issue whose marker is believed."""

    issue: ObservedIssue
    marker: Marker
    signature: Signature
    joined: PlanKey | None = None
    """The plan that took in the one that the marker names."""

    @property
    def number(self) -> int:
        """Return the issue's number."""
        return self.issue.number

    @property
    def plan(self) -> PlanKey:
        """Return the plan that it belongs to by its marker."""
        return self.joined or PlanKey(self.marker.plan)

    @property
    def key(self) -> ItemKey:
        """Return the item that the marker names."""
        return ItemKey(self.marker.item)

    @property
    def removed_by_us(self) -> bool:
        """Say whether it carries the label of a removal."""
        return any(label.casefold() == REMOVED_LABEL for label in self.issue.labels)

    @property
    def is_duplicate(self) -> bool:
        """Say whether it was closed as a duplicate."""
        return self.issue.closed is CloseReason.DUPLICATE

    @property
    def set_aside(self) -> bool:
        """Say whether it carries the label of an undone run or of a retired plan."""
        return any(label.casefold() in {UNDONE_LABEL, RETIRED_LABEL} for label in self.issue.labels)


@dataclass(frozen=True, slots=True)
class OwnedMilestone:
    """A milestone whose marker is believed."""

    milestone: ObservedMilestone
    marker: Marker
    signature: Signature
    joined: PlanKey | None = None

    @property
    def plan(self) -> PlanKey:
        """Return the plan that it belongs to by its marker."""
        return self.joined or PlanKey(self.marker.plan)

    @property
    def key(self) -> PhaseKey:
        """Return the phase that the marker names."""
        return PhaseKey(self.marker.item)


@dataclass(frozen=True, slots=True)
class Ownership:
    """An observation sorted by who owns what. Of two issues with one marker both are in ``owned``.

    ``tracking`` has the plans' tracking issues. They belong to no item, so that they are kept apart from all others.
    """

    owned: Mapping[int, OwnedIssue] = field(default_factory=dict)
    foreign: Mapping[int, ObservedIssue] = field(default_factory=dict)
    blocked: Mapping[int, Marker] = field(default_factory=dict)
    """Believed authors' issues whose marker fails to verify: they block the creation of that item."""
    milestones: Mapping[int, OwnedMilestone] = field(default_factory=dict)
    foreign_titles: frozenset[str] = frozenset()
    """Titles of milestones that are not ours, case folded."""
    tracking: Mapping[int, OwnedIssue] = field(default_factory=dict)
    named: Mapping[int, PlanKey] = field(default_factory=dict)
    """Issues of nobody that headers name as tracking issues, and the first plan that does."""
    _by_plan: Mapping[PlanKey, tuple[OwnedIssue, ...]] = field(init=False, repr=False, compare=False)
    _tracking_by_plan: Mapping[PlanKey, tuple[OwnedIssue, ...]] = field(init=False, repr=False, compare=False)
    _milestones_by_plan: Mapping[PlanKey, tuple[OwnedMilestone, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index issues and milestones by plan once: every plan asks for its own."""
        milestones: dict[PlanKey, list[OwnedMilestone]] = defaultdict(list)
        for _, milestone in sorted(self.milestones.items()):
            milestones[milestone.plan].append(milestone)
        object.__setattr__(self, "_by_plan", _grouped(self.owned))
        object.__setattr__(self, "_tracking_by_plan", _grouped(self.tracking))
        object.__setattr__(self, "_milestones_by_plan", {plan: tuple(group) for plan, group in milestones.items()})

    def of_plan(self, plan: PlanKey) -> tuple[OwnedIssue, ...]:
        """Return the issues whose marker names ``plan``, by number."""
        return self._by_plan.get(plan, ())

    def survivor(self, number: int) -> int:
        """Return which issue stands for the item of ``number``: itself, unless it was closed as a duplicate.

        Then it is one with the same marker: an open one, else one that was closed for another reason, else the first
        of those which machines that knew nothing of each other closed as duplicates of one another (spec §4.7).
        """
        owned = self.owned.get(number)
        if owned is None or not owned.is_duplicate:
            return number
        twins = [other for other in self.of_plan(owned.plan) if other.key == owned.key]
        return min(twins, key=lambda twin: (twin.is_duplicate, twin.issue.closed is not None, twin.number)).number

    def is_lost_twin(self, number: int) -> bool:
        """Say whether the issue and all others with its marker, of which there are some, are closed as duplicates."""
        owned = self.owned.get(number)
        if owned is None:
            return False
        twins = [other for other in self.of_plan(owned.plan) if other.key == owned.key]
        return len(twins) > 1 and all(twin.is_duplicate for twin in twins)

    def tracking_of(self, plan: PlanKey) -> tuple[OwnedIssue, ...]:
        """Return the tracking issues of ``plan``, by number: one, unless an answer was lost."""
        return self._tracking_by_plan.get(plan, ())

    def is_tracking(self, number: int) -> bool:
        """Say whether issue ``number`` is a plan's tracking issue, or is to become one."""
        return number in self.tracking or number in self.named

    def milestones_of(self, plan: PlanKey) -> tuple[OwnedMilestone, ...]:
        """Return the milestones whose marker names ``plan``, by number."""
        return self._milestones_by_plan.get(plan, ())

    def joining(self, plans: Mapping[PlanKey, PlanKey]) -> Ownership:
        """Return the same with what is marked as a plan's that was taken in as that of the plan which took it in."""
        if not plans:
            return self
        return replace(
            self,
            owned={n: replace(owned, joined=plans.get(owned.plan)) for n, owned in self.owned.items()},
            tracking={n: replace(owned, joined=plans.get(owned.plan)) for n, owned in self.tracking.items()},
            milestones={n: replace(owned, joined=plans.get(owned.plan)) for n, owned in self.milestones.items()},
            blocked={n: replace(m, plan=plans.get(PlanKey(m.plan), m.plan)) for n, m in self.blocked.items()},
        )

    def issue(self, number: int) -> ObservedIssue | None:
        """Return the observed issue ``number``, owned or not."""
        owned = self.owned.get(number) or self.tracking.get(number)
        return owned.issue if owned else self.foreign.get(number)


def _grouped(owned: Mapping[int, OwnedIssue]) -> Mapping[PlanKey, tuple[OwnedIssue, ...]]:
    groups: dict[PlanKey, list[OwnedIssue]] = defaultdict(list)
    for _, issue in sorted(owned.items()):
        groups[issue.plan].append(issue)
    return {plan: tuple(group) for plan, group in groups.items()}


def sort_ownership(observed: ObservedState, linked: frozenset[int], rules: MarkerRules) -> Ownership:
    """Sort ``observed`` into ours and others'. ``linked`` are the issue numbers that plans link to.

    A marker is believed where the issue was opened by plansync's account or by someone with write access, or where
    a plan links to the issue; so a stranger's copy is inert.
    """
    owned: dict[int, OwnedIssue] = {}
    tracking: dict[int, OwnedIssue] = {}
    foreign: dict[int, ObservedIssue] = {}
    blocked: dict[int, Marker] = {}
    for issue in observed.issues:
        marker = read_marker(issue.body)
        trusted = issue.author_is_us or issue.author_trusted or issue.number in linked
        if marker is None or not trusted:
            foreign[issue.number] = issue
            continue
        signature = _signature(issue.body, rules)
        if signature is Signature.INVALID:
            blocked[issue.number] = marker
            foreign[issue.number] = issue
        else:
            ours = tracking if is_tracking(marker.item) else owned
            ours[issue.number] = OwnedIssue(issue, marker, signature)
    milestones = _owned_milestones(observed, rules)
    titles = {m.title.casefold() for m in observed.milestones if m.number not in milestones}
    titles |= {title.casefold() for title in observed.foreign_milestone_titles}
    return Ownership(owned, foreign, blocked, milestones, frozenset(titles), tracking)


def _owned_milestones(observed: ObservedState, rules: MarkerRules) -> dict[int, OwnedMilestone]:
    ours: dict[int, OwnedMilestone] = {}
    for milestone in observed.milestones:
        marker = read_marker(milestone.description)
        if marker is None:
            continue
        signature = _signature(milestone.description, rules)
        if signature is not Signature.INVALID:
            ours[milestone.number] = OwnedMilestone(milestone, marker, signature)
    return ours


def _signature(text: str, rules: MarkerRules) -> Signature:
    signature = verify(text, rules.keys)
    if signature is Signature.UNSIGNED and rules.keys and rules.require_signature:
        return Signature.INVALID
    return signature
