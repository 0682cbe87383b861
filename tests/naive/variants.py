"""Naive variants of plansync: each makes one mistake that a simpler tool makes. The laws must tell every one of them.

This is the one place where our own code is replaced by other code: that the laws notice is what is tested here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from plansync.app import remember, removing, survey
from plansync.app.fuses import FuseBox
from plansync.core import match, stages, texts
from plansync.core.bodies import new_body
from plansync.core.changes import Change, Outcome, Unknown, UpdateIssue
from plansync.core.observed import ObservedIssue, ObservedState
from plansync.core.removals import Sightings
from plansync.core.stages import By, Desk
from plansync.ports.source import Content
from plansync.ports.tracker import Asked
from plansync.sources.folder import FolderSource
from plansync.store.journal import SqlJournal
from tests.support.fake_tracker import FakeTracker

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Variant:
    """A mistake: what a tool does that makes it, and how plansync is made to do so."""

    says: str
    make: Patch


def _match_by_title(patch: pytest.MonkeyPatch) -> None:
    def by_title(desk: Desk) -> None:
        for index, placed in list(desk.free()):
            found = [
                n for n, owned in desk.pool.items() if owned.issue.title.removeprefix("Risk: ") == placed.item.text
            ]
            if found:
                desk.take(index, found[0], By.TEXT)

    patch.setattr(match, "_match_links", lambda desk, evidence: None)
    patch.setattr(match, "run_stages", by_title)


def _send_again(patch: pytest.MonkeyPatch) -> None:
    real = FakeTracker.apply

    def twice(self: FakeTracker, change: Change) -> Outcome:
        outcome = real(self, change)
        if isinstance(outcome, Unknown):
            real(self, change)
        return outcome

    patch.setattr(FakeTracker, "apply", twice)


def _observing(change: Callable[[ObservedState, Asked, FakeTracker], ObservedState]) -> Patch:
    def make(patch: pytest.MonkeyPatch) -> None:
        real = FakeTracker.observe
        patch.setattr(FakeTracker, "observe", lambda self, asked: change(real(self, asked), asked, self))

    return make


def _open_alone(seen: ObservedState, asked: Asked, tracker: FakeTracker) -> ObservedState:
    return replace(seen, issues=tuple(issue for issue in seen.issues if issue.closed is None))


def _first_page(seen: ObservedState, asked: Asked, tracker: FakeTracker) -> ObservedState:
    listed = [issue for issue in seen.issues if issue.number not in asked.issues][:3]
    return replace(seen, issues=(*listed, *(issue for issue in seen.issues if issue.number in asked.issues)))


def _believe_everybody(seen: ObservedState, asked: Asked, tracker: FakeTracker) -> ObservedState:
    return replace(seen, issues=tuple(replace(issue, author_trusted=True) for issue in seen.issues))


def _no_intent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqlJournal, "unsettled", lambda self, target: ())


def _clock_of_this_machine(patch: pytest.MonkeyPatch) -> None:
    real = survey.Surveyor.survey

    def by_our_clock(self: survey.Surveyor) -> survey.Survey:
        seen = real(self)
        return replace(seen, observed=replace(seen.observed, at=self.workshop.clock.now()))

    patch.setattr(survey.Surveyor, "survey", by_our_clock)


def _write_blindly(patch: pytest.MonkeyPatch) -> None:
    def write(self: FolderSource, content: Content, data: bytes) -> Content:
        self._inside(content.path).write_bytes(data)
        return replace(content, data=data)

    patch.setattr(FolderSource, "_save", write)


def _baseline_early(patch: pytest.MonkeyPatch) -> None:
    def intended(self: remember.Memory, now: Any, issue: ObservedIssue) -> Any:
        return remember._Base(issue.closed is not None, issue.closed.value if issue.closed else "open", at=self.at)

    patch.setattr(remember.Memory, "_baseline", intended)
    patch.setattr(remember.Memory, "_is_in_step", lambda self, item, now, issue: True)


def _stale_body(patch: pytest.MonkeyPatch) -> None:
    observe, update = FakeTracker.observe, FakeTracker._update
    read: dict[int, str] = {}

    def remembering(self: FakeTracker, asked: Asked) -> ObservedState:
        seen = observe(self, asked)
        read.update({issue.number: issue.body for issue in seen.issues})
        return seen

    def from_memory(self: FakeTracker, change: UpdateIssue) -> None:
        update(self, change)
        issue = self.project.issue(change.number)
        issue.seen = replace(issue.seen, body=new_body(read[change.number], change))

    patch.setattr(FakeTracker, "observe", remembering)
    patch.setattr(FakeTracker, "_update", from_memory)


def _id_before_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stages, "HALF_ALIKE", 0.0)


def _alike_is_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stages, "hard_words", lambda text: frozenset())


def _unread_is_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(survey.Survey, "may_remove", property(lambda self: True))


def _labels_as_a_list(patch: pytest.MonkeyPatch) -> None:
    update = FakeTracker._update

    def replacing(self: FakeTracker, change: UpdateIssue) -> None:
        update(self, change)
        issue = self.project.issue(change.number)
        if change.add_labels:
            issue.seen = replace(issue.seen, labels=frozenset(change.add_labels))

    patch.setattr(FakeTracker, "_update", replacing)


def _no_fuse(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FuseBox, "removal_fuses", lambda self, decisions, ownership: {})


def _seen_once_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(removing, "look_again", lambda removed, since, now, span: Sightings())


def _text_as_it_is(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(texts, "neutralise_line", lambda text, acts: text)


VARIANTS: Mapping[str, Variant] = {
    "match by title": Variant("knows an issue by its title alone", _match_by_title),
    "retry POST": Variant("sends a create again when its answer is lost", _send_again),
    "forget closed issues": Variant("lists open issues only", _observing(_open_alone)),
    "first page only": Variant("reads one page of the list", _observing(_first_page)),
    "no intent": Variant("does not note a create before it is sent", _no_intent),
    "no compare-and-swap": Variant("writes a file whatever is in it by now", _write_blindly),
    "marker ignored": Variant("believes a marker whoever wrote it", _observing(_believe_everybody)),
    "clock of this machine": Variant("measures the tracker's times by its own clock", _clock_of_this_machine),
    "baseline advanced early": Variant("remembers what it wanted to write as written", _baseline_early),
    "body from a stale reading": Variant("puts back a body as it was when the run began", _stale_body),
    "id before text": Variant("takes an id's issue whatever the text says", _id_before_text),
    "likeness alone": Variant("lets a number or a name differ", _alike_is_the_same),
    "orphans of an unread plan": Variant("closes what it could not read", _unread_is_gone),
    "labels as a list": Variant("sets the labels that it wants, and no others", _labels_as_a_list),
    "no fuse": Variant("removes however much is gone", _no_fuse),
    "seen once": Variant("removes what is gone for a moment", _seen_once_is_enough),
    "text as it is": Variant("sends plan text as it stands", _text_as_it_is),
}
