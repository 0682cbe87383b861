"""What one item's issue needs: desired × observed × baseline → changes (spec §4.1–4.3). Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from plansync.core.baseline import DetailState, ItemState
from plansync.core.cells import cell_state
from plansync.core.changes import (
    Change,
    CloseIssue,
    CreateIssue,
    FieldChange,
    MilestoneRef,
    ReopenIssue,
    UpdateIssue,
)
from plansync.core.checklist import merge_ticks, read_checklist
from plansync.core.context import Context, Links
from plansync.core.decision import ItemDecision
from plansync.core.desired import LABEL, Fate, Wish, labels_for, stale_labels
from plansync.core.fit import find_label, kept_line, kept_text
from plansync.core.identity import normal_text
from plansync.core.marker import Signature
from plansync.core.match import By, Match
from plansync.core.model import Item, State, Task
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.ownership import REMOVED_LABEL
from plansync.core.phases import PhaseMatch
from plansync.core.problems import Problem, problem
from plansync.core.reading import Reading
from plansync.core.refs import references_in
from plansync.core.region import RegionDamaged, remove_region, sole_region
from plansync.core.state import Action, Sides, StateDecision, decide_state, last_word, needs_events
from plansync.core.texts import Texts, Wanted
from plansync.core.writeback import DetailMark

_SIGNATURE = re.compile(r" sig=[0-9a-f]+(?= -->)")


@dataclass(frozen=True, slots=True)
class IssueDesk:
    """Decides the issues of one plan."""

    context: Context
    reading: Reading
    texts: Texts
    phases: Mapping[int, PhaseMatch]
    links: Links

    def decide(self, match: Match, wish: Wish) -> ItemDecision:
        """Return what becomes of one item."""
        issue = self.context.issue(match.number)
        match wish.fate:
            case Fate.CREATE:
                return self._create(match, wish)
            case Fate.RELEASE if issue is not None:
                return ItemDecision(match=match, wish=wish, issue=issue, changes=self._release(match, issue))
            case Fate.KEEP if issue is not None:
                return self._keep(match, wish, issue)
            case _:
                return ItemDecision(match=match, wish=wish, issue=issue)

    def _create(self, match: Match, wish: Wish) -> ItemDecision:
        if match.key in self.context.waiting:
            held = Wish(Fate.NOTHING, "the answer to its creation was lost; it is settled by a later listing")
            return ItemDecision(match=match, wish=held)
        wanted = self.texts.issue(match, adopted=False)
        name, found = self._assignee(match.placed.item)
        create = CreateIssue(
            plan=self.reading.key,
            reason=wish.reason,
            key=match.key,
            kind=match.placed.item.kind,
            title=wanted.title,
            body=wanted.region,
            labels=labels_for(match, breaking=self.texts.breaking(match)),
            milestone=self._milestone_ref(match),
            assignees=found,
        )
        changes: list[Change] = [create]
        if match.placed.item.state is State.DONE:
            changes.append(self._close(match, 0, CloseReason.COMPLETED, "already done in the plan"))
        return ItemDecision(
            match=match,
            wish=wish,
            changes=tuple(changes),
            asks_user=name,
            problems=self._unknown_user(match.placed.item, name, found),
        )

    def _keep(self, match: Match, wish: Wish, issue: ObservedIssue) -> ItemDecision:
        state, asks = self._state(match, issue)
        changes = list(self._state_changes(match, issue, state))
        problems: list[Problem] = []
        if state.conflict:
            problems.append(_problem("PS601", match, f"box and issue #{issue.number} were both changed"))
        reopened = any(isinstance(change, ReopenIssue) for change in changes)
        closing = any(isinstance(change, CloseIssue) for change in changes)
        details: tuple[DetailMark, ...] = ()
        states: tuple[DetailState, ...] = ()
        name = ""
        if (issue.closed is None and not closing) or reopened or match.moved_from is not None:
            try:
                update, details, states = self._update(match, issue)
                changes += [update] if update is not None else []
            except RegionDamaged as damage:
                problems.append(_problem("PS508", match, f"issue #{issue.number}: {damage}"))
            if not issue.assignees and not _is_adopted(self, match):
                name, found = self._assignee(match.placed.item)
                problems += self._unknown_user(match.placed.item, name, found)
        return ItemDecision(
            match=match,
            wish=wish,
            issue=issue,
            state=state,
            changes=tuple(changes),
            problems=tuple(problems),
            details=details,
            detail_states=states,
            asks_events=asks,
            asks_user=name,
        )

    def _state(self, match: Match, issue: ObservedIssue) -> tuple[StateDecision, bool]:
        """Decide which side moves; the second value says that the issue's events must be read first."""
        now = Sides(box_of(match.placed.item), issue.closed, match.placed.item.state is State.CANCELLED)
        known = self._baseline(match)
        base = _sides_of(known)
        first = decide_state(now, base)
        if self._is_put_back(match, issue):
            return StateDecision(Action.REOPEN), False
        if self.reading.plan.guarded and first.action is Action.REOPEN and now.box is not True and now.box is not False:
            return StateDecision(Action.NOTHING, in_step=False), False
        if not needs_events(first):
            return first, False
        events = self.context.events.get(issue.number)
        if events is None:
            return first, True
        return decide_state(now, base, last_word(events, known.at if known else None)), False

    def _is_put_back(self, match: Match, issue: ObservedIssue) -> bool:
        """Say whether plansync closed the issue as removed and its open item is in the plan again (spec §4.3)."""
        owned = self.context.ownership.owned.get(issue.number)
        closed_by_us = owned is not None and owned.removed_by_us and issue.closed is CloseReason.NOT_PLANNED
        is_open = match.placed.item.state is State.OPEN
        return closed_by_us and is_open and not self.reading.plan.guarded

    def _baseline(self, match: Match) -> ItemState | None:
        """Return the item's baseline; one matched without its link has none (spec §3.4)."""
        if match.by is not By.LINK or self.reading.state is None:
            return None
        known = next((item for item in self.reading.state.items if item.key == match.key), None)
        if known is None or known.number != match.number or not known.issue or not known.linked:
            return None
        return known

    def _state_changes(self, match: Match, issue: ObservedIssue, state: StateDecision) -> tuple[Change, ...]:
        if state.action is Action.CLOSE:
            because = state.because or CloseReason.COMPLETED
            why = "ticked in the plan" if because is CloseReason.COMPLETED else "struck out in the plan"
            return (self._close(match, issue.number, because, why),)
        if state.action is Action.REOPEN:
            labels = _present((REMOVED_LABEL,), issue)
            why = "put back into the plan" if labels else "unticked in the plan"
            return (
                ReopenIssue(
                    plan=self.reading.key, reason=why, key=match.key, number=issue.number, remove_labels=labels
                ),
            )
        return ()

    def _close(self, match: Match, number: int, because: CloseReason, why: str) -> CloseIssue:
        return CloseIssue(plan=self.reading.key, reason=why, key=match.key, number=number, because=because)

    def _release(self, match: Match, issue: ObservedIssue) -> tuple[Change, ...]:
        labels = {LABEL, *labels_for(match, breaking=False), *stale_labels(match.placed.item.kind), REMOVED_LABEL}
        return (
            UpdateIssue(
                plan=self.reading.key,
                reason="ignored in the plan: released",
                key=match.key,
                number=issue.number,
                region="",
                remove_labels=_present(tuple(sorted(labels)), issue),
                fields=(FieldChange("body", issue.body, _without_region(issue.body)),),
            ),
        )

    def _update(
        self, match: Match, issue: ObservedIssue
    ) -> tuple[UpdateIssue | None, tuple[DetailMark, ...], tuple[DetailState, ...]]:
        """Compare every field that the plan owns; return the update, and what it means for the plan's own boxes."""
        adopted = _is_adopted(self, match)
        wanted = self.texts.issue(match, adopted=adopted)
        update = UpdateIssue(plan=self.reading.key, reason="differs from the plan", key=match.key, number=issue.number)
        update = self._with_title(update, issue, wanted, match, adopted=adopted)
        update, details, states = self._with_region(update, issue, wanted, match)
        update = self._with_labels(update, issue, match)
        update = self._with_milestone(update, issue, match, adopted=adopted)
        _, found = self._assignee(match.placed.item)
        if not issue.assignees and not adopted and found and issue.closed is None:
            update = replace(
                update, assignees=found, fields=(*update.fields, FieldChange("assignees", "", ", ".join(found)))
            )
        texts_only = all(change.name in {"title", "body"} for change in update.fields)
        return (replace(update, text_only=texts_only) if update.fields else None), details, states

    def _with_title(
        self, update: UpdateIssue, issue: ObservedIssue, wanted: Wanted, match: Match, *, adopted: bool
    ) -> UpdateIssue:
        if adopted or "title" not in self.reading.rules.own:
            return update
        same = kept_line(issue.title) == wanted.title
        if same or self._remembered(match, "title", wanted.title, kept_line(issue.title)):
            return update
        change = FieldChange("title", issue.title, wanted.title)
        return replace(update, title=wanted.title, fields=(*update.fields, change))

    def _with_region(
        self, update: UpdateIssue, issue: ObservedIssue, wanted: Wanted, match: Match
    ) -> tuple[UpdateIssue, tuple[DetailMark, ...], tuple[DetailState, ...]]:
        old = sole_region(issue.body)
        if old is None:
            change = FieldChange("body", "", wanted.region)
            return replace(update, region=wanted.region, adopt=True, fields=(*update.fields, change)), (), ()
        decided, marks, states = self._details(match, old.text)
        merged = merge_ticks(wanted.region, old.text, decided)
        if self._same_region(merged, old.text, issue.number, match):
            return update, marks, states
        identity_only = "body" not in self.reading.rules.own
        if identity_only and _marker_line(merged) == _marker_line(old.text):
            return update, marks, states
        change = FieldChange("body", old.text, merged)
        ticks = tuple((text, occurrence, ticked) for (text, occurrence), ticked in decided.items())
        return replace(update, region=merged, ticks=ticks, fields=(*update.fields, change)), marks, states

    def _same_region(self, merged: str, old: str, number: int, match: Match) -> bool:
        """Compare in the form that the tracker keeps; another of our keys' signatures is no difference."""
        new, have = kept_text(self.links.resolve(merged)), kept_text(old)
        owned = self.context.ownership.owned.get(number)
        if owned is not None and (owned.signature is Signature.VALID or not self.reading.rules.markers.keys):
            new, have = _SIGNATURE.sub("", new), _SIGNATURE.sub("", have)
        is_settled = all(key in self.links.known for key in references_in(merged))
        return (new == have and is_settled) or self._remembered(match, "body", new, have)

    def _remembered(self, match: Match, field: str, sent: str, answered: str) -> bool:
        """Say whether the tracker is known to answer ``answered`` when ``sent`` is written (spec §4.1)."""
        items = self.reading.state.items if self.reading.state else ()
        memos = (memo for item in items if item.key == match.key for memo in item.memos)
        pair = (field, digest_of(sent), digest_of(answered))
        return any((memo.field, memo.sent, memo.answered) == pair for memo in memos)

    def _details(
        self, match: Match, region: str
    ) -> tuple[Mapping[tuple[str, int], bool], tuple[DetailMark, ...], tuple[DetailState, ...]]:
        """Bring boxed details and their lines in the body together: §4.2 with the line as the issue."""
        lines = {line.key: line.ticked for line in read_checklist(region)}
        known = {(state.text, state.occurrence): state.ticked for state in self._detail_states(match)}
        seen: dict[str, int] = {}
        decided: dict[tuple[str, int], bool] = {}
        marks: list[DetailMark] = []
        states: list[DetailState] = []
        for detail, text in zip(match.placed.item.details, self.texts.detail_texts(match), strict=True):
            key = (normal_text(text), seen.get(normal_text(text), 0))
            seen[key[0]] = key[1] + 1
            if detail.box is None:
                continue
            ticked = _decide_detail(detail.box.ticked, lines.get(key), known.get(key))
            decided[key] = ticked
            states.append(DetailState(*key, ticked))
            if ticked is not detail.box.ticked:
                marks.append(DetailMark(detail, ticked))
        return decided, tuple(marks), tuple(states)

    def _detail_states(self, match: Match) -> tuple[DetailState, ...]:
        known = self._baseline(match)
        return known.details if known is not None else ()

    def _with_labels(self, update: UpdateIssue, issue: ObservedIssue, match: Match) -> UpdateIssue:
        if "labels" not in self.reading.rules.own or issue.closed is not None:
            return update
        wanted = labels_for(match, breaking=self.texts.breaking(match))
        add = tuple(label for label in wanted if find_label(label, issue.labels, self.context.capabilities) is None)
        unwanted = (stale_labels(match.placed.item.kind) | {REMOVED_LABEL}) - set(wanted)
        remove = _present(tuple(sorted(unwanted)), issue)
        if not add and not remove:
            return update
        change = FieldChange("labels", ", ".join(remove), ", ".join(add))
        return replace(update, add_labels=add, remove_labels=remove, fields=(*update.fields, change))

    def _with_milestone(self, update: UpdateIssue, issue: ObservedIssue, match: Match, *, adopted: bool) -> UpdateIssue:
        wanted = self._milestone_ref(match)
        keeps_its_own = adopted and issue.milestone is not None
        if wanted is None or keeps_its_own or "milestone" not in self.reading.rules.own:
            return update
        if wanted.number is not None and wanted.number == issue.milestone:
            return update
        old = f"milestone {issue.milestone}" if issue.milestone is not None else ""
        change = FieldChange("milestone", old, self.reading.plan.phases[match.placed.phase].heading or "the plan's")
        return replace(update, milestone=wanted, fields=(*update.fields, change))

    def _milestone_ref(self, match: Match) -> MilestoneRef | None:
        phase = self.phases.get(match.placed.phase)
        if phase is None or phase.gone:
            return None
        return MilestoneRef(phase.number, phase.key)

    def _assignee(self, item: Item) -> tuple[str, tuple[str, ...]]:
        """Return the tracker user that the plan names (empty: none), and the same as a tuple if it exists."""
        raw = (item.assignee or "").strip() if isinstance(item, Task) else ""
        mapped = {name.casefold(): user for name, user in self.reading.rules.assignees.items()}
        name = mapped.get(raw.casefold()) or mapped.get(raw.lstrip("@").casefold())
        name = (name or (raw if raw.startswith("@") else "")).lstrip("@")
        spelled = next((user for user in self.context.users if user.casefold() == name.casefold()), None)
        return name, ((spelled,) if name and spelled else ())

    def _unknown_user(self, item: Item, name: str, found: tuple[str, ...]) -> tuple[Problem, ...]:
        if not name or found:
            return ()
        return (problem("PS604", item.line, item.column, f"'{name}' cannot be assigned on this tracker"),)


def box_of(item: Item) -> bool | None:
    """Return whether the item's box is ticked: its checkbox, else its Status cell, else its leading ✅."""
    if item.box is not None:
        return item.box.ticked
    if item.status_cell is not None:
        return cell_state(item.status_cell.raw)
    return True if item.state is State.DONE else None


def digest_of(text: str) -> str:
    """Return 16 hexadecimal digits that stand for a text in a Memo."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sides_of(known: ItemState | None) -> Sides | None:
    if known is None:
        return None
    return Sides(known.box, None if known.issue == "open" else CloseReason(known.issue), known.struck)


def _is_adopted(desk: IssueDesk, match: Match) -> bool:
    owned = desk.context.ownership.owned.get(match.number or 0)
    if owned is not None:
        return owned.marker.adopted
    issue = desk.context.issue(match.number)
    return issue is not None and not issue.author_is_us


def _decide_detail(box: bool, line: bool | None, base: bool | None) -> bool:
    """Return whether box and line shall be ticked; without a baseline a tick on either side counts."""
    if line is None or box is line:
        return box
    if base is None:
        return True
    return line if line is not base else box


def _present(labels: tuple[str, ...], issue: ObservedIssue) -> tuple[str, ...]:
    """Return those of ``labels`` that the issue has, as the tracker spells them."""
    have = {label.casefold(): label for label in issue.labels}
    return tuple(have[label.casefold()] for label in labels if label.casefold() in have)


def _marker_line(region: str) -> str:
    return _SIGNATURE.sub("", region.lstrip().split("\n", 1)[0].rstrip())


def _without_region(body: str) -> str:
    try:
        return remove_region(body)
    except RegionDamaged:
        return body


def _problem(code: str, match: Match, message: str) -> Problem:
    return problem(code, match.placed.item.line, match.placed.item.column, message)
