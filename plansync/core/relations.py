"""Which issues of a plan shall be related on the tracker (options of ``[sync]``, by capability). Pure.

wanted by                    the tracker holds     relation
tracking_issue = true        sub-issues            each task's issue becomes a sub-issue of the tracking issue
                             plain links           the two are related
                             neither               none, with a note
dependencies = "links"       dependencies          the task's issue is blocked by that of the task it depends on
                             plain links           the two are related
                             neither               none, with a note

Relations are only added. What was related once is remembered with the plan's state, so that a quiet run asks nothing
and nobody who parts two issues is overruled; where nothing is remembered, a decision asks what is there already.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plansync.core.changes import Change, CloseIssue, Relate, ReopenIssue
from plansync.core.context import Context
from plansync.core.decision import ItemDecision, RelationsDecision, TrackingDecision
from plansync.core.desired import Fate
from plansync.core.fit import Capabilities
from plansync.core.identity import ItemKey
from plansync.core.model import Task
from plansync.core.observed import ObservedIssue, Relation, RelationKind
from plansync.core.problems import Problem, problem
from plansync.core.reading import Reading
from plansync.core.rules import Rules
from plansync.core.texts import dependencies_of

LINKS = "links"
"""The word of ``dependencies`` that asks for relations on the tracker."""
_WORDS = {
    RelationKind.SUB_ISSUE: "sub-issues",
    RelationKind.BLOCKED_BY: "dependencies",
}


@dataclass(frozen=True, slots=True)
class _End:
    """An issue that may be related; ``number`` is 0 while it is to be opened, ``is_open`` how this run leaves it."""

    key: ItemKey
    number: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    kind: RelationKind
    end: _End
    other: _End
    reason: str

    @property
    def relation(self) -> Relation:
        return Relation(self.kind, self.end.number, self.other.number)


def hierarchy_of(capabilities: Capabilities) -> RelationKind | None:
    """Return what the tasks' issues become to the tracking issue."""
    if capabilities.sub_issues:
        return RelationKind.SUB_ISSUE
    return RelationKind.RELATED if capabilities.links else None


def dependency_of(capabilities: Capabilities) -> RelationKind | None:
    """Return what the issue of a task is to one that depends on it."""
    if capabilities.dependencies:
        return RelationKind.BLOCKED_BY
    return RelationKind.RELATED if capabilities.links else None


def relation_notes(rules: Rules, capabilities: Capabilities) -> tuple[str, ...]:
    """Return what of the wanted relations the tracker cannot hold, in words for the report."""
    instead = "are related to it instead" if capabilities.links else "are not tied to it"
    notes: list[str] = []
    if rules.tracking_issue and not capabilities.sub_issues:
        notes.append(f"{capabilities.name} has no sub-issues; the tasks of a plan's tracking issue {instead}")
    if rules.dependencies == LINKS and not capabilities.dependencies:
        instead = "become plain relations" if capabilities.links else "stay text"
        notes.append(f"{capabilities.name} knows no issues that block others; dependencies {instead}")
    return tuple(notes)


def decide_relations(
    context: Context,
    reading: Reading,
    tracking: TrackingDecision | None,
    items: Sequence[ItemDecision],
) -> RelationsDecision:
    """Return the relations that are to be made, those that need none, and what must be looked up first."""
    ends = {item.match.key: end for item in items if (end := _end_of(item)) is not None}
    wishes = [*_children(context, reading, tracking, ends), *_dependencies(context, reading, items, ends)]
    before = reading.state.relations if reading.state is not None else ()
    sorter = _Sorter(context, reading, frozenset(before))
    for wish in wishes:
        sorter.sort(wish)
    if not reading.whole or reading.plan.guarded:
        sorter.held.update(dict.fromkeys(before))
    return RelationsDecision(
        changes=tuple(sorter.changes), held=tuple(sorter.held), asks=frozenset(sorter.asks), problems=sorter.problems()
    )


def _end_of(item: ItemDecision) -> _End | None:
    """Return a task's issue, None where it has none of ours, and will have none."""
    if item.match.placed.phase < 0:
        return None
    if item.wish.fate is Fate.CREATE:
        return _new_or_old(item.match.key, None, item.changes)
    if item.wish.fate is not Fate.KEEP or item.issue is None:
        return None
    return _new_or_old(item.match.key, item.issue, item.changes)


def _tracking_end(tracking: TrackingDecision | None) -> _End | None:
    """Return the tracking issue, None where there is none, and will be none."""
    if tracking is None or (tracking.issue is None and not tracking.changes):
        return None
    return _new_or_old(tracking.key, tracking.issue, tracking.changes)


def _new_or_old(key: ItemKey, issue: ObservedIssue | None, changes: Sequence[Change]) -> _End | None:
    """Return an issue as ``changes`` leave it, None where it has moved out of the project."""
    number = issue.number if issue is not None else 0
    if issue is not None and issue.moved_to is not None:
        return None
    is_open = issue is None or issue.closed is None
    for change in changes:
        if isinstance(change, CloseIssue | ReopenIssue) and change.number == number:
            is_open = isinstance(change, ReopenIssue)
    return _End(key, number, is_open)


def _children(
    context: Context, reading: Reading, tracking: TrackingDecision | None, ends: Mapping[ItemKey, _End]
) -> Iterator[_Wish]:
    """Yield the tasks' issues under the tracking issue, in plan order."""
    kind, parent = hierarchy_of(context.capabilities), _tracking_end(tracking)
    if not reading.rules.tracking_issue or kind is None or parent is None:
        return
    for end in ends.values():
        yield _Wish(kind, parent, end, "a task of the plan that it tracks")


def _dependencies(
    context: Context, reading: Reading, items: Sequence[ItemDecision], ends: Mapping[ItemKey, _End]
) -> Iterator[_Wish]:
    """Yield what the tasks depend on, in plan order; what would close a cycle is left out, as no tracker takes it."""
    kind = dependency_of(context.capabilities)
    if reading.rules.dependencies != LINKS or kind is None:
        return
    matches = [item.match for item in items]
    after: dict[ItemKey, list[ItemKey]] = defaultdict(list)
    for match in matches:
        task, end = match.placed.item, ends.get(match.key)
        if end is None or not isinstance(task, Task):
            continue
        for key in (dependency.key for dependency in dependencies_of(task, matches)):
            if key in ends and not _leads_to(key, match.key, after):
                after[match.key].append(key)
                yield _Wish(kind, end, ends[key], "the task depends on it")


def _leads_to(start: ItemKey, goal: ItemKey, after: Mapping[ItemKey, Sequence[ItemKey]]) -> bool:
    """Say whether ``start`` depends on ``goal``, be it through others."""
    stack, seen = [start], {start}
    while stack:
        key = stack.pop()
        if key == goal:
            return True
        new = [other for other in after.get(key, ()) if other not in seen]
        seen.update(new)
        stack += new
    return False


@dataclass(slots=True)
class _Sorter:
    """Sorts wishes into what is so, what is to be made, what is to be looked up, and what is too much."""

    context: Context
    reading: Reading
    before: frozenset[Relation]
    """What was related once."""
    held: dict[Relation, None] = field(default_factory=dict)
    changes: list[Relate] = field(default_factory=list)
    asks: set[tuple[RelationKind, int]] = field(default_factory=set)
    full: Counter[RelationKind] = field(default_factory=Counter)
    used: Counter[tuple[RelationKind, ItemKey]] = field(default_factory=Counter)
    """How many relations of a kind an issue has, or is to have."""

    def sort(self, wish: _Wish) -> None:
        """Put one wish where it belongs. Issues that are closed get nothing new."""
        relation = wish.relation
        if relation in self.before or relation in self.context.related:
            self.held[relation] = None
            return
        if not wish.end.is_open:
            return
        if self._is_full(wish):
            self.full[wish.kind] += 1
            return
        if wish.end.number and wish.other.number and (wish.kind, wish.end.number) not in self.context.looked:
            self.asks.add((wish.kind, wish.end.number))
            return
        self.changes.append(
            Relate(
                plan=self.reading.key,
                reason=wish.reason,
                key=wish.end.key,
                number=wish.end.number,
                relation=wish.kind,
                other_key=wish.other.key,
                other=wish.other.number,
            )
        )

    def problems(self) -> tuple[Problem, ...]:
        """Return what the tracker has no room for."""
        name = self.context.capabilities.name
        return tuple(
            problem("PS606", 1, 1, f"{count} of the plan's {_WORDS[kind]} are more than an issue can have on {name}")
            for kind, count in sorted(self.full.items())
        )

    def _is_full(self, wish: _Wish) -> bool:
        """Count a relation that is to be made, unless its issue has as many as it can have."""
        limit = {
            RelationKind.SUB_ISSUE: self.context.capabilities.sub_issue_limit,
            RelationKind.BLOCKED_BY: self.context.capabilities.dependency_limit,
        }.get(wish.kind, 0)
        place = (wish.kind, wish.end.key)
        if place not in self.used:
            known = self.before | self.context.related
            self.used[place] = sum((r.kind, r.number) == (wish.kind, wish.end.number) for r in known)
        if limit and self.used[place] >= limit:
            return True
        self.used[place] += 1
        return False
