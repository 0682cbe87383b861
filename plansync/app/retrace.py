"""From the records of a run to what it did to issues, milestones and files (spec §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plansync.app.keepsake import REMEMBER, WRITE_FILE, mark_of, read_image, unpack, unpack_state
from plansync.core.baseline import PlanState
from plansync.core.deeds import Trace
from plansync.core.identity import PlanKey
from plansync.ports.entries import Intent, Record, Run
from plansync.ports.history import History

_CREATES = {"CreateIssue", "CreateMilestone"}
_RELATE = "Relate"


@dataclass(frozen=True, slots=True)
class FileTrace:
    """A plan file as the run found it and as it left it, or was about to."""

    plan: PlanKey
    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Deeds:
    """Everything that one run did, in order. ``states`` are the plans as they were known before it."""

    changes: tuple[Trace, ...]
    files: tuple[FileTrace, ...]
    states: Mapping[str, PlanState | None]
    relations: int
    """How many issues it related to each other."""
    unsure: tuple[Intent, ...]
    """Creates that it was about to send and never heard of."""

    @property
    def plans(self) -> tuple[str, ...]:
        """Return the plans that it did anything to, sorted."""
        changed = {str(trace.plan) for trace in self.changes} | {str(trace.plan) for trace in self.files}
        return tuple(sorted(changed | self.states.keys() | {intent.plan for intent in self.unsure}))

    @property
    def is_complete(self) -> bool:
        """Say whether the journal kept all that a way back needs, which older versions did not."""
        return bool(self.states) or not (self.changes or self.files)


def deeds_of(history: History, run: Run) -> Deeds:
    """Return what the journal kept of ``run``."""
    records = history.records(run.id)
    done = [record for record in records if record.outcome == "done"]
    made = {(record.plan, record.key) for record in done if record.change in _CREATES}
    intents = history.intents(run.id)
    return Deeds(
        changes=tuple(_traces(done)),
        files=tuple(_files(records)),
        states={record.plan: unpack_state(record.before) for record in done if record.change == REMEMBER},
        relations=sum(record.change == _RELATE for record in done),
        unsure=tuple(intent for intent in intents if (intent.plan, intent.key) not in made),
    )


def _traces(done: Sequence[Record]) -> Iterator[Trace]:
    for record in done:
        is_change = record.change.endswith(("Issue", "Milestone")) and record.number is not None
        after = read_image(record.change, record.before, record.after) if is_change else None
        if record.number is None or after is None:
            continue
        before = None if record.change in _CREATES else read_image(record.change, record.before)
        yield Trace(plan=PlanKey(record.plan), key=record.key, number=record.number, before=before, after=after)


def _files(records: Sequence[Record]) -> list[FileTrace]:
    """Return the files that were written, and those of which nobody knows because the process died."""
    found: dict[tuple[str, str], FileTrace] = {}
    for record in records:
        if record.change != WRITE_FILE:
            continue
        if record.before:
            found[record.key, mark_of(record.after)] = FileTrace(
                PlanKey(record.plan), record.key, unpack(record.before), unpack(record.after)
            )
        elif record.outcome != "done":
            found.pop((record.key, record.after), None)
    return list(found.values())
