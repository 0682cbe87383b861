"""The plan's fields of one issue, compared: what differs from what the plan wants (spec §4.1). Pure.

Fields compare in the form that the tracker keeps; a text whose answer is known to differ from what was sent is no
difference. Checklist lines that are boxes in the plan follow §4.2, all others keep people's ticks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from plansync.core.baseline import DetailState, ItemState
from plansync.core.changes import FieldChange, MilestoneRef, UpdateIssue
from plansync.core.checklist import merge_ticks, read_checklist
from plansync.core.context import Context, Links
from plansync.core.desired import labels_for, stale_labels
from plansync.core.fit import find_label, kept_line, kept_text
from plansync.core.identity import normal_text
from plansync.core.marker import Signature
from plansync.core.match import Match
from plansync.core.observed import ObservedIssue
from plansync.core.ownership import CLOSING_LABELS
from plansync.core.reading import Reading
from plansync.core.refs import references_in
from plansync.core.region import sole_region
from plansync.core.texts import Texts
from plansync.core.writeback import DetailMark

_SIGNATURE = re.compile(r" sig=[0-9a-f]+(?= -->)")


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs (None: nothing), and what the body's checklist means for the plan's own boxes."""

    update: UpdateIssue | None
    details: tuple[DetailMark, ...] = ()
    states: tuple[DetailState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Compares one item's issue with what the plan wants of it.

    ``assignees`` are those to set where nobody is assigned; ``baseline`` is the item's, if it has one.
    """

    context: Context
    reading: Reading
    texts: Texts
    links: Links
    match: Match
    issue: ObservedIssue
    adopted: bool
    milestone: MilestoneRef | None
    assignees: tuple[str, ...]
    baseline: ItemState | None

    def compare(self) -> Compared:
        """Return the update that brings every field of the plan's into step; raises ``RegionDamaged``."""
        wanted = self.texts.issue(self.match, adopted=self.adopted)
        update = UpdateIssue(
            plan=self.reading.key, reason="differs from the plan", key=self.match.key, number=self.issue.number
        )
        update = self._with_title(update, wanted.title)
        update, details, states = self._with_region(update, wanted.region)
        update = self._with_assignees(self._with_milestone(self._with_labels(update)))
        if not update.fields:
            return Compared(None, details, states)
        texts_only = all(change.name in {"title", "body"} for change in update.fields)
        return Compared(replace(update, text_only=texts_only), details, states)

    def _with_title(self, update: UpdateIssue, wanted: str) -> UpdateIssue:
        if self.adopted or "title" not in self.reading.rules.own:
            return update
        have = kept_line(self.issue.title)
        if have == wanted or self._is_remembered("title", wanted, have):
            return update
        return replace(update, title=wanted, fields=(*update.fields, FieldChange("title", self.issue.title, wanted)))

    def _with_region(
        self, update: UpdateIssue, wanted: str
    ) -> tuple[UpdateIssue, tuple[DetailMark, ...], tuple[DetailState, ...]]:
        old = sole_region(self.issue.body)
        if old is None:
            change = FieldChange("body", "", wanted)
            return replace(update, region=wanted, adopt=True, fields=(*update.fields, change)), (), ()
        decided, marks, states = self._details(old.text)
        region = wanted if "body" in self.reading.rules.own else _with_marker_of(wanted, old.text)
        merged = merge_ticks(region, old.text, decided)
        if self._is_same_region(merged, old.text):
            return update, marks, states
        change = FieldChange("body", old.text, merged)
        ticks = tuple((text, occurrence, ticked) for (text, occurrence), ticked in decided.items())
        return replace(update, region=merged, ticks=ticks, fields=(*update.fields, change)), marks, states

    def _is_same_region(self, merged: str, old: str) -> bool:
        """Another of our keys' signatures is no difference; a link to an issue that this run opens is one."""
        if any(key in self.links.coming for key in references_in(merged)):
            return False
        new, have = kept_text(self.links.resolve(merged)), kept_text(old)
        owned = self.context.ownership.owned.get(self.issue.number)
        if owned is not None and (owned.signature is Signature.VALID or not self.reading.rules.markers.keys):
            new, have = _SIGNATURE.sub("", new), _SIGNATURE.sub("", have)
        return new == have or self._is_remembered("body", new, have)

    def _is_remembered(self, field: str, sent: str, answered: str) -> bool:
        """Say whether the tracker is known to answer ``answered`` when ``sent`` is written."""
        items = self.reading.state.items if self.reading.state else ()
        memos = (memo for item in items if item.key == self.match.key for memo in item.memos)
        wanted = (field, digest_of(sent), digest_of(answered))
        return any((memo.field, memo.sent, memo.answered) == wanted for memo in memos)

    def _details(
        self, region: str
    ) -> tuple[Mapping[tuple[str, int], bool], tuple[DetailMark, ...], tuple[DetailState, ...]]:
        """Bring boxed details and their lines in the body together: §4.2 with the line as the issue."""
        lines = {line.key: line.ticked for line in read_checklist(region)}
        before = self.baseline.details if self.baseline is not None else ()
        known = {(state.text, state.occurrence): state.ticked for state in before}
        seen: dict[str, int] = {}
        decided: dict[tuple[str, int], bool] = {}
        marks: list[DetailMark] = []
        states: list[DetailState] = []
        for detail, text in zip(self.match.placed.item.details, self.texts.detail_texts(self.match), strict=True):
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

    def _with_labels(self, update: UpdateIssue) -> UpdateIssue:
        if "labels" not in self.reading.rules.own or self.issue.closed is not None:
            return update
        wanted = labels_for(self.match, breaking=self.texts.breaking(self.match))
        have, capabilities = self.issue.labels, self.context.capabilities
        add = tuple(label for label in wanted if find_label(label, have, capabilities) is None)
        unwanted = (stale_labels(self.match.placed.item.kind) | {*CLOSING_LABELS}) - set(wanted)
        remove = present_labels(tuple(sorted(unwanted)), self.issue)
        if not add and not remove:
            return update
        change = FieldChange("labels", ", ".join(remove), ", ".join(add))
        return replace(update, add_labels=add, remove_labels=remove, fields=(*update.fields, change))

    def _with_milestone(self, update: UpdateIssue) -> UpdateIssue:
        wanted, have = self.milestone, self.issue.milestone
        keeps_its_own = self.adopted and have is not None
        if wanted is None or keeps_its_own or "milestone" not in self.reading.rules.own:
            return update
        if wanted.number is not None and wanted.number == have:
            return update
        heading = self.reading.plan.phases[self.match.placed.phase].heading or "the plan's"
        change = FieldChange("milestone", f"milestone {have}" if have is not None else "", heading)
        return replace(update, milestone=wanted, fields=(*update.fields, change))

    def _with_assignees(self, update: UpdateIssue) -> UpdateIssue:
        if self.issue.assignees or self.adopted or not self.assignees or self.issue.closed is not None:
            return update
        change = FieldChange("assignees", "", ", ".join(self.assignees))
        return replace(update, assignees=self.assignees, fields=(*update.fields, change))


def digest_of(text: str) -> str:
    """Return 16 hexadecimal digits that stand for a text in a Memo."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def present_labels(labels: tuple[str, ...], issue: ObservedIssue) -> tuple[str, ...]:
    """Return those of ``labels`` that the issue has, as the tracker spells them."""
    have = {label.casefold(): label for label in issue.labels}
    return tuple(have[label.casefold()] for label in labels if label.casefold() in have)


def _decide_detail(box: bool, line: bool | None, base: bool | None) -> bool:
    """Return whether box and line shall be ticked; without a baseline a tick on either side counts."""
    if line is None or box is line:
        return box
    if base is None:
        return True
    return line if line is not base else box


def _with_marker_of(wanted: str, region: str) -> str:
    """Return ``region`` with the marker line of ``wanted``: in a body that people own, only that is kept in step."""
    return "\n".join((wanted.split("\n", 1)[0], *region.split("\n", 1)[1:]))
