"""What is told of a slice's edits where plans have a history: the facts of a commit's message."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plansync.app.request import Target
from plansync.core.decision import PlanDecision
from plansync.core.facts import CommitFacts, WrittenFacts
from plansync.ports.source import Note

_ACTING = re.compile(r"[@#!\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes the message of a commit, once it is known which of the plans are in it."""

    target: Target
    decisions: Sequence[PlanDecision]

    def note(self, run: str, trigger: str) -> Note:
        """Return what the source gets to know."""
        return Note(run=run, target=self.target.name, trigger=trigger, message=self.message)

    def message(self, paths: Collection[str]) -> str:
        """Return subject, blank line and body of a commit that holds ``paths``, some of them from earlier runs."""
        known = {decision.reading.path: decision for decision in self.decisions}
        plans = tuple(_facts(path, known.get(path)) for path in sorted(paths))
        facts = CommitFacts(target=self.target.name, plans=plans)
        text = self.target.renderer.render(facts)
        return f"{text.title}\n\n{text.body}".strip("\n") + "\n"


def _facts(path: str, decision: PlanDecision | None) -> WrittenFacts:
    if decision is None:
        return WrittenFacts(path=_inert(path), links=0, boxes=0, status="")
    marks = decision.marks
    links = sum(mark.link is not None for mark in marks.items)
    links += sum(mark.phase.milestone_link is None for mark in marks.milestones)
    boxes = sum(mark.box is not None or mark.cell is not None for mark in marks.items)
    status = decision.status_after if decision.status_after != decision.status_before else ""
    return WrittenFacts(path=_inert(path), links=links, boxes=boxes, status=_inert(status or ""))


def _inert(text: str) -> str:
    """Return a text that mentions nobody and closes no issue from within a commit's message."""
    return _ACTING.sub(lambda match: f"%{ord(match[0]):02X}", text)
