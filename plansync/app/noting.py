"""What is told of edits where plans have a history: the facts of a commit's message, and of a request's text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plansync.app.request import Target
from plansync.app.shelf import Parse
from plansync.core.decision import PlanDecision
from plansync.core.facts import CommitFacts, NoteFacts, RequestFacts, WrittenFacts
from plansync.core.issues import box_of
from plansync.core.model import Plan
from plansync.core.together import beside
from plansync.ports.source import Note, Replacement

_ACTING = re.compile(r"[@#!\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes the message of a commit, once it is known which of the plans are in it."""

    target: Target
    parse: Parse
    decisions: Sequence[PlanDecision]
    undoes: str = ""
    """The run whose edits are taken back; empty for a sync."""

    def note(self, run: str, trigger: str) -> Note:
        """Return what the source gets to know."""
        return Note(run=run, target=self.target.name, trigger=trigger, message=self.message, request=self.request)

    def words(self, path: str) -> str:
        """Return in a few words what is put into the plan at ``path`` (``3 links, 1 box``)."""
        decision = next(decision for decision in self.decisions if path in decision.reading.paths)
        facts = _facts(path, decision)
        parts = [f"{n} {word if n == 1 else plural}" for n, word, plural in _counts(facts) if n]
        return ", ".join([*parts, *([f"Status {facts.status}"] if facts.status else [])])

    def message(self, paths: Collection[str]) -> str:
        """Return subject, blank line and body of a commit that holds ``paths``, some of them from earlier runs."""
        known = {path: decision for decision in self.decisions for path in decision.reading.paths}
        plans = tuple(_facts(path, known.get(path)) for path in sorted(paths))
        facts = CommitFacts(target=self.target.name, plans=plans, undoes=self.undoes)
        return self._text(facts)

    def request(self, replacements: Sequence[Replacement]) -> str:
        """Return subject, blank line and body of a request that holds ``replacements``, by what differs in them."""
        plans = sorted((self._difference(item) for item in replacements), key=lambda plan: plan.path)
        return self._text(RequestFacts(target=self.target.name, plans=tuple(plans)))

    def _text(self, facts: NoteFacts) -> str:
        text = self.target.renderer.render(facts)
        return f"{text.title}\n\n{text.body}".strip("\n") + "\n"

    def _difference(self, item: Replacement) -> WrittenFacts:
        before, after = self.parse(item.content.data), self.parse(item.data)
        links = _links(after) - _links(before)
        boxes = sum(box_of(old) is not box_of(new) for old, new in zip(before.items, after.items, strict=False))
        was, now = (plan.status.raw if plan.status is not None else "" for plan in (before, after))
        status = now if now != was else ""
        path = _inert(item.content.path)
        return WrittenFacts(path=path, links=max(links, 0), boxes=boxes, status=_inert(status))


def _links(plan: Plan) -> int:
    """Return how many links items have, and phases to milestones."""
    return sum(len(item.links) for item in plan.items) + sum(p.milestone_link is not None for p in plan.phases)


def _facts(path: str, decision: PlanDecision | None) -> WrittenFacts:
    if decision is None:
        return WrittenFacts(path=_inert(path), links=0, boxes=0, status="")
    reading, marks = decision.reading, decision.marks
    items = [mark for mark in marks.items if beside(reading.path, mark.item.file) == path]
    links = sum(mark.link is not None for mark in items)
    links += sum(
        mark.phase.milestone_link is None and beside(reading.path, mark.phase.file) == path for mark in marks.milestones
    )
    boxes = sum(mark.box is not None or mark.cell is not None for mark in items)
    line = reading.plan.status or reading.plan.front_matter_status
    is_mine = beside(reading.path, line.file if line is not None else "") == path
    status = decision.status_after if is_mine and decision.status_after != decision.status_before else ""
    return WrittenFacts(path=_inert(path), links=links, boxes=boxes, status=_inert(status or ""))


def _counts(facts: WrittenFacts) -> tuple[tuple[int, str, str], ...]:
    return ((facts.links, "link", "links"), (facts.boxes, "box", "boxes"))


def _inert(text: str) -> str:
    """Return a text that mentions nobody and closes no issue from within a commit's message."""
    return _ACTING.sub(lambda match: f"%{ord(match[0]):02X}", text)
