"""The tracking issue of a plan, where one is wanted (``tracking_issue = true``). Pure.

It is an issue of the plan as a whole: owned, marked and kept in step like an item's, but it is no item. It counts in
no Status and no fuse, and no item's link leads to it. Its box, so to say, is ticked while the plan is complete, and
moves the issue by the same rules as an item's; what the issue says never moves the plan. One that the header names
(:mod:`plansync.core.plan_issues`) is adopted: it keeps its title, and is neither closed nor reopened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plansync.core.baseline import ItemState
from plansync.core.changes import Change, CloseIssue, CreateIssue, FieldChange, ReopenIssue, UpdateIssue
from plansync.core.checklist import merge_ticks
from plansync.core.context import Context
from plansync.core.decision import ItemDecision, TrackingDecision
from plansync.core.desired import LABEL, Fate
from plansync.core.fields import digest_of, present_labels
from plansync.core.fit import find_label, kept_line, kept_text
from plansync.core.identity import ItemKey, tracking_key
from plansync.core.marker import Signature
from plansync.core.marks import task_progress
from plansync.core.model import ItemKind
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.ownership import CLOSING_LABELS, OwnedIssue
from plansync.core.plan_issues import Named, named_issue
from plansync.core.problems import Problem, problem
from plansync.core.reading import Reading
from plansync.core.region import RegionDamaged, sole_region
from plansync.core.state import Action, Sides, StateDecision, decide_state, last_word, needs_events
from plansync.core.texts import Texts, Wanted
from plansync.core.tracking_twins import settle_twins

PLAN_LABEL = "plan"
TRACKING_LABELS = (LABEL, PLAN_LABEL)

_SIGNATURE = re.compile(r" sig=[0-9a-f]+(?= -->)")
_ACTS = {Action.CLOSE, Action.REOPEN}


def decide_tracking(
    context: Context, reading: Reading, texts: Texts, items: Sequence[ItemDecision]
) -> TrackingDecision | None:
    """Return what becomes of the plan's tracking issue; None where none is wanted.

    tracking issue              plan                                     result
    there                       read whole                               kept in step
    there                       broken in some part, or ignored          left alone
    named, and nobody's         has issues                               adopted
    named, and not to be had    any                                      a Problem, or elsewhere; none is opened
    known, and gone             any                                      a Problem; it is not opened again
    a marker does not verify    any                                      a Problem
    none                        complete, broken, ignored, no issues     nothing
    none                        any other                                opened
    """
    if not reading.rules.tracking_issue:
        return None
    desk = _TrackingDesk(context, reading, texts, tracking_key(reading.key), is_complete(reading, items))
    named = named_issue(reading, context.ownership, context.address)
    found, twins = desk.find(named.number)
    is_held = not reading.whole or reading.plan.ignored
    has_issues = any(item.match.placed.phase >= 0 and _has_issue(item) for item in items)
    if named.what not in {Named.NOTHING, Named.TRACKING}:
        return desk.unnamed(found, named.problems(reading))
    if found is None:
        return desk.missing(may_create=has_issues and not is_held and not desk.complete)
    if found.number in context.ownership.named and (is_held or not has_issues):
        return desk.unnamed(None, ())
    if is_held:
        return desk.left_alone(found)
    kept = desk.kept(found)
    changes, problems = settle_twins(reading, found, twins)
    changes, problems = (*kept.changes, *changes), (*kept.problems, *problems)
    return replace(kept, changes=changes, problems=problems, linked=named.what is Named.TRACKING)


def is_complete(reading: Reading, items: Sequence[ItemDecision]) -> bool:
    """Say whether every task that counts is done, and one at least, once the decided changes are made.

    ``progress = "milestone"`` makes no difference: other people's issues are no tasks of the plan.
    """
    tasks = [task_progress(_after(item), reading) for item in items if item.match.placed.phase >= 0]
    countable = [task.done for task in tasks if task.countable]
    return bool(countable) and all(countable)


def _after(item: ItemDecision) -> ItemDecision:
    """Return the item as its own changes leave it; one without an issue stands as its box says."""
    issue = item.issue
    for change in item.changes:
        if issue is not None and isinstance(change, CloseIssue):
            issue = replace(issue, closed=change.because)
        if issue is not None and isinstance(change, ReopenIssue):
            issue = replace(issue, closed=None)
    return replace(item, issue=issue)


def _has_issue(item: ItemDecision) -> bool:
    return item.wish.fate is Fate.CREATE or (item.wish.fate is Fate.KEEP and item.issue is not None)


@dataclass(frozen=True, slots=True)
class _TrackingDesk:
    context: Context
    reading: Reading
    texts: Texts
    key: ItemKey
    complete: bool

    @property
    def known(self) -> ItemState | None:
        """Return what the store knows of the tracking issue."""
        items = self.reading.state.items if self.reading.state else ()
        return next((item for item in items if item.key == self.key), None)

    def find(self, named: int) -> tuple[ObservedIssue | None, tuple[OwnedIssue, ...]]:
        """Return the tracking issue and others with its marker: the one ``named``, the store's, else the lowest.

        One that lost its marker is still the one that the store knows, unless the marker does not verify.
        """
        ours = {owned.number: owned for owned in self.context.ownership.tracking_of(self.reading.key)}
        number = named or (self.known.number if self.known is not None else None)
        if number not in ours:
            bare = self.context.ownership.foreign.get(number or 0)
            if bare is not None and bare.number not in self.context.ownership.blocked:
                return bare, tuple(ours.values())
            number = min(ours, default=None)
        if number is None:
            return None, ()
        return ours[number].issue, tuple(owned for owned in ours.values() if owned.number != number)

    def missing(self, *, may_create: bool) -> TrackingDecision:
        """Open the tracking issue, or say why there is none."""
        nothing = TrackingDecision(key=self.key, complete=self.complete)
        blocked = [n for n, marker in self.context.ownership.blocked.items() if marker.item == self.key]
        if blocked:
            message = f"issue #{blocked[0]} carries the marker of the plan's tracking issue, but it fails to verify"
            return replace(nothing, problems=(problem("PS503", 1, 1, message),))
        if self.known is not None and self.known.number is not None:
            message = f"issue #{self.known.number}, which tracked the plan, is gone; it is not opened again"
            return replace(nothing, problems=(problem("PS510", 1, 1, message),))
        if not may_create or self.key in self.context.waiting:
            return nothing
        wanted = self.texts.tracking(None)
        create = CreateIssue(
            plan=self.reading.key,
            reason="the plan's tracking issue",
            key=self.key,
            kind=ItemKind.PLAN,
            title=wanted.title,
            body=wanted.region,
            labels=TRACKING_LABELS,
        )
        return replace(nothing, changes=(create,))

    def unnamed(self, issue: ObservedIssue | None, problems: tuple[Problem, ...]) -> TrackingDecision:
        """Open none, as the header names one that cannot be had, or not yet; one that there is is left alone."""
        return TrackingDecision(key=self.key, complete=self.complete, issue=issue, in_step=False, problems=problems)

    def left_alone(self, issue: ObservedIssue) -> TrackingDecision:
        """Change nothing, and keep what was last in step."""
        return TrackingDecision(key=self.key, complete=self.complete, issue=issue, in_step=False)

    def kept(self, issue: ObservedIssue) -> TrackingDecision:
        """Bring an existing tracking issue into step; the text of a closed one waits until it is reopened."""
        state, asks = self._state(issue)
        changes = list(self._state_changes(issue, state))
        problems: list[Problem] = []
        reopened = state.action is Action.REOPEN
        if (issue.closed is None and state.action is not Action.CLOSE) or reopened:
            try:
                changes += self._update(issue)
            except RegionDamaged as damage:
                problems.append(problem("PS508", 1, 1, f"issue #{issue.number}: {damage}"))
        return TrackingDecision(
            key=self.key,
            complete=self.complete,
            issue=issue,
            in_step=self.complete is (issue.closed is not None),
            changes=tuple(changes),
            problems=tuple(problems),
            asks_events=asks,
        )

    def _state(self, issue: ObservedIssue) -> tuple[StateDecision, bool]:
        """Decide whether the issue moves; the second value says that its events must be read first.

        An adopted one never does by the plan's being complete or not: it may be about more than the plan.
        """
        if self._is_taken_up(issue):
            return StateDecision(Action.REOPEN), False
        if self._is_adopted(issue):
            return StateDecision(Action.NOTHING), False
        known = self.known
        base = None
        if known is not None and known.number == issue.number and known.issue:
            base = Sides(known.box, None if known.issue == "open" else CloseReason(known.issue))
        now = Sides(self.complete, issue.closed)
        first = decide_state(now, base)
        if not needs_events(first):
            return first, False
        events = self.context.events.get(issue.number)
        if events is None:
            return first, True
        return decide_state(now, base, last_word(events, known.at if known is not None else None)), False

    def _is_taken_up(self, issue: ObservedIssue) -> bool:
        """Say whether it was closed when the plan was set aside, and a person named the plan since."""
        owned = self.context.ownership.tracking.get(issue.number)
        is_set_aside = owned is not None and owned.set_aside and issue.closed is CloseReason.NOT_PLANNED
        return is_set_aside and self.reading.path in self.context.lifted and not self.complete

    def _state_changes(self, issue: ObservedIssue, state: StateDecision) -> tuple[Change, ...]:
        """Close or reopen the issue; where its own state would move a box, people keep it apart from the plan."""
        if state.action is Action.CLOSE:
            why = "every task of the plan is done"
            close = CloseIssue(
                plan=self.reading.key, reason=why, key=self.key, number=issue.number, because=CloseReason.COMPLETED
            )
            return (close,)
        if state.action is Action.REOPEN:
            why = "the plan has open tasks again"
            labels = present_labels(CLOSING_LABELS, issue)
            reopen = ReopenIssue(plan=self.reading.key, reason=why, key=self.key, number=issue.number)
            return (replace(reopen, remove_labels=labels),)
        return ()

    def _update(self, issue: ObservedIssue) -> tuple[UpdateIssue, ...]:
        adopted, own = self._is_adopted(issue), self.reading.rules.own
        wanted = self.texts.tracking(issue, adopted=adopted)
        update = UpdateIssue(
            plan=self.reading.key, reason="differs from the plan", key=self.key, number=issue.number, text_only=True
        )
        if "title" in own and not adopted and not self._is_same_title(wanted.title, issue):
            change = FieldChange("title", issue.title, wanted.title)
            update = replace(update, title=wanted.title, fields=(change,))
        update = self._with_region(update, wanted, issue)
        missing = [label for label in TRACKING_LABELS if self._lacks(label, issue)] if "labels" in own else []
        if missing:
            change = FieldChange("labels", "", ", ".join(missing))
            update = replace(update, add_labels=tuple(missing), fields=(*update.fields, change), text_only=False)
        return (update,) if update.fields else ()

    def _is_adopted(self, issue: ObservedIssue) -> bool:
        """Say whether a person opened the issue; one that the store knows only lost its marker."""
        owned = self.context.ownership.tracking.get(issue.number)
        if owned is not None:
            return owned.marker.adopted
        return not (issue.author_is_us and self.known is not None and self.known.number == issue.number)

    def _lacks(self, label: str, issue: ObservedIssue) -> bool:
        return find_label(label, issue.labels, self.context.capabilities) is None

    def _with_region(self, update: UpdateIssue, wanted: Wanted, issue: ObservedIssue) -> UpdateIssue:
        """Put the region in step; people's ticks in it stay, and a body without one gets it back."""
        old = sole_region(issue.body)
        if old is None:
            change = FieldChange("body", "", wanted.region)
            return replace(update, region=wanted.region, adopt=True, fields=(*update.fields, change))
        merged = merge_ticks(wanted.region, old.text, {})
        if "body" not in self.reading.rules.own or self._is_same_region(merged, old.text, issue.number):
            return update
        return replace(update, region=merged, fields=(*update.fields, FieldChange("body", old.text, merged)))

    def _is_same_title(self, wanted: str, issue: ObservedIssue) -> bool:
        have = kept_line(issue.title)
        return have == wanted or self._is_remembered("title", wanted, have)

    def _is_same_region(self, merged: str, old: str, number: int) -> bool:
        """Another of our keys' signatures is no difference."""
        new, have = kept_text(merged), kept_text(old)
        owned = self.context.ownership.tracking[number]
        if owned.signature is Signature.VALID or not self.reading.rules.markers.keys:
            new, have = _SIGNATURE.sub("", new), _SIGNATURE.sub("", have)
        return new == have or self._is_remembered("body", new, have)

    def _is_remembered(self, field: str, sent: str, answered: str) -> bool:
        """Say whether the tracker is known to answer ``answered`` when ``sent`` is written."""
        memos = self.known.memos if self.known is not None else ()
        wanted = (field, digest_of(sent), digest_of(answered))
        return any((memo.field, memo.sent, memo.answered) == wanted for memo in memos)
