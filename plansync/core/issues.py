"""What one item's issue needs: desired × observed × baseline → changes (spec §4.1–4.3). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plansync.core.baseline import ItemState
from plansync.core.cells import cell_box
from plansync.core.changes import (
    Change,
    CloseIssue,
    CreateIssue,
    FieldChange,
    MilestoneRef,
    ReopenIssue,
    UpdateIssue,
)
from plansync.core.context import Context, Links
from plansync.core.decision import ItemDecision
from plansync.core.desired import LABEL, Fate, Wish, labels_for, stale_labels
from plansync.core.fields import Compared, Fields, present_labels
from plansync.core.match import Match
from plansync.core.model import Item, State, Task
from plansync.core.observed import CloseReason, ObservedIssue
from plansync.core.ownership import CLOSING_LABELS
from plansync.core.phases import PhaseMatch
from plansync.core.problems import Problem, problem_at
from plansync.core.reading import Reading
from plansync.core.region import RegionDamaged, remove_region
from plansync.core.stages import By
from plansync.core.state import (
    Action,
    Sides,
    StateDecision,
    decide_state,
    is_of_an_older_day,
    last_word,
    needs_events,
)
from plansync.core.texts import Texts


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
                return self._release(match, wish, issue)
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
        compared = Compared(None)
        name = ""
        if (issue.closed is None and not closing) or reopened or match.moved_from is not None:
            try:
                compared = self._fields(match, _as_open(issue) if reopened else issue).compare()
                changes += [compared.update] if compared.update is not None else []
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
            details=compared.details,
            detail_states=compared.states,
            asks_events=asks,
            asks_user=name,
        )

    def _state(self, match: Match, issue: ObservedIssue) -> tuple[StateDecision, bool]:
        """Decide which side moves; the second value says that the issue's events must be read first."""
        now = Sides(box_of(match.placed.item), issue.closed, match.placed.item.state is State.CANCELLED)
        known = self._baseline(match)
        if known is not None and is_of_an_older_day(issue, known):
            known = None
        base = _sides_of(known)
        first = decide_state(now, base)
        if self._is_put_back(match, issue):
            return StateDecision(Action.REOPEN), False
        if self.reading.plan.guarded and first.action is Action.REOPEN and base is not None and base.struck:
            return StateDecision(Action.NOTHING, in_step=False), False
        is_lost = self._is_lost_twin(match, issue)
        if not needs_events(first) and not is_lost:
            return first, False
        events = self.context.events.get(issue.number)
        if events is None:
            return first, True
        if is_lost and events and events[-1].by_us:
            return StateDecision(Action.REOPEN), False
        return decide_state(now, base, last_word(events, known.at if known else None)), False

    def _is_put_back(self, match: Match, issue: ObservedIssue) -> bool:
        """Say whether plansync closed the issue as removed and its open item is in the plan again (spec §4.3).

        So it is with what was closed when a run was undone or the plan retired, once a person names the plan.
        """
        owned = self.context.ownership.owned.get(issue.number)
        if owned is None:
            return False
        is_wanted = owned.removed_by_us or (owned.set_aside and self.reading.path in self.context.lifted)
        closed_by_us = is_wanted and issue.closed is CloseReason.NOT_PLANNED
        is_open = match.placed.item.state is State.OPEN
        return closed_by_us and is_open and not self.reading.plan.guarded

    def _is_lost_twin(self, match: Match, issue: ObservedIssue) -> bool:
        """Say whether all issues of an open item are closed as duplicates; if by us, then by two of us at once."""
        return match.placed.item.state is State.OPEN and self.context.ownership.is_lost_twin(issue.number)

    def _baseline(self, match: Match) -> ItemState | None:
        """Return the item's baseline; one matched without its link has none (spec §3.4)."""
        if match.by not in {By.LINK, By.NUMBER} or self.reading.state is None:
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
            labels = present_labels(CLOSING_LABELS, issue)
            why = "put back into the plan" if labels else "unticked in the plan"
            is_twin = self.context.ownership.is_lost_twin(issue.number)
            return (
                ReopenIssue(
                    plan=self.reading.key,
                    reason="its duplicates are closed as well" if is_twin else why,
                    key=match.key,
                    number=issue.number,
                    remove_labels=labels,
                    twin=is_twin,
                ),
            )
        return ()

    def _close(self, match: Match, number: int, because: CloseReason, why: str) -> CloseIssue:
        return CloseIssue(plan=self.reading.key, reason=why, key=match.key, number=number, because=because)

    def _release(self, match: Match, wish: Wish, issue: ObservedIssue) -> ItemDecision:
        """Take region and own labels off the issue; a damaged region stays, for nobody knows where it ends."""
        labels = {LABEL, *labels_for(match, breaking=False), *stale_labels(match.placed.item.kind), *CLOSING_LABELS}
        update = UpdateIssue(
            plan=self.reading.key,
            reason="ignored in the plan: released",
            key=match.key,
            number=issue.number,
            remove_labels=present_labels(tuple(sorted(labels)), issue),
        )
        try:
            field = FieldChange("body", issue.body, remove_region(issue.body))
        except RegionDamaged as damage:
            problems = (_problem("PS508", match, f"issue #{issue.number}: {damage}"),)
            field = FieldChange("labels", ", ".join(update.remove_labels), "")
            changes = (replace(update, fields=(field,)),) if update.remove_labels else ()
            return ItemDecision(match=match, wish=wish, issue=issue, changes=changes, problems=problems)
        return ItemDecision(match=match, wish=wish, issue=issue, changes=(replace(update, region="", fields=(field,)),))

    def _fields(self, match: Match, issue: ObservedIssue) -> Fields:
        return Fields(
            context=self.context,
            reading=self.reading,
            texts=self.texts,
            links=self.links,
            match=match,
            issue=issue,
            adopted=_is_adopted(self, match),
            milestone=self._milestone_ref(match),
            assignees=self._assignee(match.placed.item)[1],
            baseline=self._baseline(match),
        )

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
        return (problem_at("PS604", item, f"'{name}' cannot be assigned on this tracker"),)


def box_of(item: Item) -> bool | None:
    """Return whether the item's box is ticked: its checkbox, else its Status cell, else its leading ✅."""
    if item.box is not None:
        return item.box.ticked
    if item.status_cell is not None:
        return cell_box(item.status_cell)
    return True if item.state is State.DONE else None


def _sides_of(known: ItemState | None) -> Sides | None:
    if known is None:
        return None
    return Sides(known.box, None if known.issue == "open" else CloseReason(known.issue), known.struck)


def _is_adopted(desk: IssueDesk, match: Match) -> bool:
    """Say whether a person opened the issue, if only with our account: one that the store knows lost its marker."""
    owned = desk.context.ownership.owned.get(match.number or 0)
    if owned is not None:
        return owned.marker.adopted
    issue = desk.context.issue(match.number)
    return issue is not None and not (issue.author_is_us and desk.reading.state_of(issue.number) is not None)


def _as_open(issue: ObservedIssue) -> ObservedIssue:
    """Return the issue as it is when it has been reopened: all its fields are put in step together with that."""
    labels = frozenset(label for label in issue.labels if label.casefold() not in CLOSING_LABELS)
    return replace(issue, closed=None, labels=labels)


def _problem(code: str, match: Match, message: str) -> Problem:
    return problem_at(code, match.placed.item, message)
