"""What the store keeps of a plan after a slice: baselines, gate, and the summary for ``status`` (spec §4.2)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from plansync.app.carry import Carried
from plansync.app.request import Target
from plansync.app.shelf import Parse
from plansync.app.survey import gate_of
from plansync.app.writing import WrittenPlan
from plansync.core.baseline import PLAIN_AGAIN, ItemState, Memo, PhaseState, PlanState, is_kept_plain
from plansync.core.changes import Change, CloseMilestone, CreateIssue, Done, UpdateIssue
from plansync.core.decision import ItemDecision, PlanDecision
from plansync.core.fields import digest_of
from plansync.core.fit import kept_line, kept_text
from plansync.core.identity import ItemKey, PhaseKey
from plansync.core.issues import box_of
from plansync.core.links import RefKind, read_reference
from plansync.core.model import Item, ItemKind, Plan, State
from plansync.core.numbers import linked_form
from plansync.core.observed import ObservedIssue
from plansync.core.ownership import Ownership
from plansync.core.phases import PhaseMatch
from plansync.core.region import find_regions
from plansync.core.stages import By


@dataclass(frozen=True, slots=True)
class _Base:
    """The part of an item's state that is its baseline."""

    box: bool | None = None
    issue: str = ""
    struck: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Makes the states of one slice. ``at`` is the tracker's clock when it was observed.

    ``left`` are issues whose item is gone from its plan, but may come right back: what was known of it is kept.
    """

    target: Target
    ownership: Ownership
    carried: Sequence[Carried]
    parse: Parse
    at: datetime
    now: datetime
    left: frozenset[int] = frozenset()
    _done: dict[str, list[tuple[Change, Done]]] = field(init=False, repr=False)
    """What took effect, by the key of the item or phase it was for."""

    def __post_init__(self) -> None:
        """Index what took effect once: every item asks for its own."""
        done: dict[str, list[tuple[Change, Done]]] = defaultdict(list)
        for carried in self.carried:
            if isinstance(carried.outcome, Done):
                done[carried.change.key].append((carried.change, carried.outcome))
        object.__setattr__(self, "_done", done)

    def state_of(self, written: WrittenPlan, summary: Mapping[str, object], *, quiet: bool) -> PlanState:
        """Return what to keep of one plan; without ``quiet`` the gate stays open for the next run.

        So it does where something is still to be looked up: for what a person wrote into the plan meanwhile.
        """
        decision = written.decision
        reading = decision.reading
        plan = written.text.read(self.parse)
        digest = written.text.digest
        is_as_left = bool(written.diff) or (reading.state is not None and reading.state.digest == digest)
        items = (*self._items(decision, plan, is_as_left=is_as_left), *self._tracking(decision), *self._left(decision))
        numbers = [item.number for item in items if item.number is not None]
        may_close = quiet and not decision.relations.asks
        gate = gate_of(self.target, reading.key, reading.path, self.ownership, numbers) if may_close else ""
        return PlanState(
            key=reading.key,
            source=self.target.source.uid,
            path=reading.path,
            target=self.target.name,
            feature_id=plan.feature_id or "",
            digest=digest,
            gate=gate,
            items=items,
            phases=tuple(self._phase(decision, match) for match in decision.phases),
            relations=decision.relations.held,
            summary=json.dumps(summary, ensure_ascii=False),
            synced_at=self.now,
        )

    def _items(self, decision: PlanDecision, plan: Plan, *, is_as_left: bool) -> list[ItemState]:
        """Pair each decision with its item in the file as it is now; write-back keeps their order and number.

        A link that stayed one although others saved the file (not ``is_as_left``) may be written over a number again.
        """
        after = list(plan.items)
        before = list(decision.reading.plan.items)
        place = {id(item): index for index, item in enumerate(before)}
        known = {state.key: state for state in decision.reading.state.items} if decision.reading.state else {}
        states: list[ItemState] = []
        for item in decision.items:
            now = after[place[id(item.match.placed.item)]]
            old = known.get(item.match.key)
            state = self._item(decision, item, now, old)
            is_noted = _became_link(item, now) or (is_kept_plain(old) and (is_as_left or _is_bare(item)))
            memos = [memo for memo in state.memos if memo.field != PLAIN_AGAIN]
            states.append(replace(state, memos=(*memos, *([_LINKED_ONCE] if is_noted else []))))
        return states

    def _left(self, decision: PlanDecision) -> Iterator[ItemState]:
        """Yield what was known of the items whose removal waits, and of those of a plan that was not read whole."""
        reading = decision.reading
        states = reading.state.items if reading.state else ()
        decided = {item.match.key for item in decision.items}
        kept = (state for state in states if reading.left_alone and state.key not in decided)
        yield from (*(state for state in states if state.number in self.left), *kept)

    def _tracking(self, decision: PlanDecision) -> Iterator[ItemState]:
        """Yield the plan's tracking issue as an item; of one that is gone, what was known of it."""
        tracking = decision.tracking
        if tracking is None:
            return
        states = decision.reading.state.items if decision.reading.state else ()
        old = next((state for state in states if state.key == tracking.key), None)
        if tracking.issue is None:
            yield from () if old is None else (old,)
            return
        issue, base = tracking.issue, _old_baseline(old)
        if tracking.in_step:
            base = _Base(tracking.complete, issue.closed.value if issue.closed else "open", at=self.at)
        yield ItemState(
            key=tracking.key,
            kind=ItemKind.PLAN.value,
            text=decision.reading.plan.title,
            phase="",
            number=issue.number,
            url=issue.url,
            linked=tracking.linked,
            memos=self._memos(tracking.key, old),
            box=base.box,
            issue=base.issue,
            at=base.at,
        )

    def _item(self, decision: PlanDecision, item: ItemDecision, now: Item, old: ItemState | None) -> ItemState:
        match, issue = item.match, item.issue
        if _is_bare(item):
            now = linked_form(now, self.target.tracker.address)
        if match.by in {By.CONTESTED, By.UNREAD, By.BLOCKED, By.GONE, By.ELSEWHERE}:
            issue = None
        number = match.number if match.by is not By.CONTESTED else None
        linked = issue is not None and self._is_linked(now, issue.number)
        in_step = issue is not None and self._is_in_step(item, now, issue)
        phase = decision.phases[match.placed.phase].key if match.placed.phase >= 0 else ""
        base = self._baseline(now, issue) if issue is not None and in_step else _old_baseline(old)
        return ItemState(
            key=match.key,
            kind=now.kind.value,
            text=now.text,
            phase=phase,
            id=now.id or "",
            number=number,
            url=issue.url if issue else "",
            linked=linked,
            details=item.detail_states,
            memos=self._memos(match.key, old),
            box=base.box,
            issue=base.issue,
            struck=base.struck,
            at=base.at,
        )

    def _baseline(self, now: Item, issue: ObservedIssue) -> _Base:
        state = issue.closed.value if issue.closed else "open"
        return _Base(box_of(now), state, now.state is State.CANCELLED, self.at)

    def _is_in_step(self, item: ItemDecision, now: Item, issue: ObservedIssue) -> bool:
        """A baseline advances only where box and issue agree, as the file on disk says it."""
        if item.state is not None and not item.state.in_step:
            return False
        box = box_of(now)
        if box is None or issue.closed is None:
            return box is not True or issue.closed is not None
        return True

    def _is_linked(self, item: Item, number: int) -> bool:
        references = (read_reference(link.url, self.target.tracker.address) for link in item.links)
        return any(r is not None and r.kind is RefKind.ISSUE and r.number == number for r in references)

    def _phase(self, decision: PlanDecision, match: PhaseMatch) -> PhaseState:
        phase = decision.reading.plan.phases[match.index]
        return PhaseState(
            key=match.key,
            id=phase.id or "",
            name=phase.name or "",
            number=match.number,
            url=match.url or "",
            closed_by_us=self._closed_by_us(decision, match),
        )

    def _closed_by_us(self, decision: PlanDecision, match: PhaseMatch) -> bool:
        closed = any(isinstance(change, CloseMilestone) for change, _ in self._done.get(match.key, ()))
        before = decision.reading.state.phases if decision.reading.state else ()
        was = any(state.key == match.key and state.closed_by_us for state in before)
        inside = [item for item in decision.items if item.match.placed.phase == match.index]
        has_open = any(item.issue is not None and item.issue.closed is None for item in inside)
        return closed or (was and not has_open)

    def _memos(self, key: ItemKey | PhaseKey, old: ItemState | None) -> tuple[Memo, ...]:
        """Remember texts whose answer differs from what was sent, so that they are not sent again."""
        memos = {memo.field: memo for memo in (old.memos if old else ())}
        for change, done in self._done.get(key, ()):
            if isinstance(change, CreateIssue | UpdateIssue):
                memos |= {memo.field: memo for memo in _memos_of(change, done)}
        return tuple(memos.values())


_LINKED_ONCE = Memo(PLAIN_AGAIN, "", "")


def _is_bare(item: ItemDecision) -> bool:
    return item.match.link is not None and item.match.link.bare


def _became_link(item: ItemDecision, now: Item) -> bool:
    """Say whether the link was written over the item's number."""
    return _is_bare(item) and (now.bare is None or now.bare.number != item.match.number)


def _memos_of(change: CreateIssue | UpdateIssue, outcome: Done) -> list[Memo]:
    memos: list[Memo] = []
    if change.title is not None and outcome.answered_title is not None:
        memos.append(Memo("title", digest_of(change.title), digest_of(kept_line(outcome.answered_title))))
    sent = change.body if isinstance(change, CreateIssue) else change.region
    if sent is not None and outcome.answered_body is not None:
        answered = next((region.text for region in find_regions(outcome.answered_body)), "")
        memos.append(Memo("body", digest_of(kept_text(sent)), digest_of(kept_text(answered))))
    return memos


def _old_baseline(old: ItemState | None) -> _Base:
    return _Base() if old is None else _Base(old.box, old.issue, old.struck, old.at)
