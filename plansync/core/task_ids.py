"""What is wrong with the ids of a plan's tasks: one that occurs twice, and dependencies on none (spec §2.9). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plansync.core.model import Task


class IdFault(NamedTuple):
    """A Problem's code and message, and the task that it is about."""

    code: str
    message: str
    task: Task


def id_faults(tasks: Sequence[Task]) -> Iterator[IdFault]:
    """Yield what is wrong with the ids of the tasks of one plan, in whatever files they stand."""
    known = {task.id: task for task in tasks if task.id is not None}
    for repeated, count in Counter(task.id for task in tasks if task.id is not None).items():
        if count > 1:
            yield IdFault("PS204", f"the task id {repeated} occurs {count} times", known[repeated])
    for task in tasks:
        for target in (target for target in task.depends_on if target not in known):
            message = f"task '{task.id or task.text}' depends on {target}, which is not there"
            yield IdFault("PS203", message, task)
