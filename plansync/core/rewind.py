"""What is known of a plan after a run of it was undone: so that the next run does again what that one did. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.core.baseline import ItemState, PhaseState, PlanState
from plansync.core.deeds import Trace
from plansync.core.images import MilestoneImage
from plansync.core.issues import box_of
from plansync.core.model import Item


@dataclass(frozen=True, slots=True)
class Rewind:
    """One plan whose run was undone. ``traces`` are what the run did; ``items`` are the plan's, as its file is now."""

    traces: Sequence[Trace]
    items: Sequence[Item] = ()

    def state(self, now: PlanState, old: PlanState | None, hold: str) -> PlanState:
        """Return ``now`` with what the run changed put back to ``old``, the state before the run (None: none).

        That is every item which a change was for, or whose box does not stand any more as the store remembers it. The
        gate stays open.
        """
        touched = {trace.key for trace in self.traces} | self._turned(now)
        items = tuple(_items(now, old, touched))
        return replace(now, items=items, phases=tuple(self._phases(now, old)), gate="", hold=hold)

    def _turned(self, now: PlanState) -> set[str]:
        """Return the keys of the items whose box is not as it was last in step; equal texts go by their order."""
        boxes: dict[tuple[str, str], list[bool | None]] = defaultdict(list)
        for item in self.items:
            boxes[(item.kind.value, item.text)].append(box_of(item))
        turned: set[str] = set()
        for known in now.items:
            there = boxes[(known.kind, known.text)]
            if there and there.pop(0) is not known.box:
                turned.add(known.key)
        return turned

    def _phases(self, now: PlanState, old: PlanState | None) -> Iterator[PhaseState]:
        before = {phase.key: phase for phase in (old.phases if old else ())}
        closed = {trace.key: _was_closed(trace) for trace in self.traces if trace.is_milestone}
        for phase in now.phases:
            if phase.key not in closed:
                yield phase
                continue
            known = before.get(phase.key, phase)
            yield replace(known, number=phase.number, url=phase.url, closed_by_us=closed[phase.key])


def _was_closed(trace: Trace) -> bool:
    """Say whether undoing the run leaves the milestone closed by us: it made it, or reopened what we had closed."""
    return not isinstance(trace.before, MilestoneImage) or trace.before.closed


def _items(now: PlanState, old: PlanState | None, touched: set[str]) -> Iterator[ItemState]:
    before: Mapping[str, ItemState] = {item.key: item for item in (old.items if old else ())}
    for item in now.items:
        if item.key not in touched:
            yield item
        elif item.key in before:
            yield before[item.key]
    there = {item.key for item in now.items}
    yield from (item for key, item in before.items() if key in touched and key not in there)
