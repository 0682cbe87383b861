"""A phase's own part of the file: its fields, its TASK blocks, and what belongs to neither (spec §2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plansync.core.blocks import Block
from plansync.core.grammar.fields import Node, find_fields
from plansync.core.grammar.outline import Entry, TaskBlock
from plansync.core.grammar.page import Page

TASKS = frozenset(
    {
        "tasks", "steps", "task", "task list", "implementation tasks", "implementation steps", "key tasks",
        "work items", "tasks/steps", "todo", "todos", "to do", "action items", "aufgaben", "tâches", "tareas",
        "tarefas", "задачи", "任务",
    }
)  # fmt: skip
GOAL = ("goal", "goals", "objective", "objectives", "purpose", "ziel", "objectif", "objetivo", "цель", "目标")
DEPENDENCIES = (
    "dependencies", "depends on", "dependency", "depends", "blocked by", "prerequisites", "prerequisite", "requires",
    "phase dependencies", "abhängigkeiten", "abhängigkeit", "hängt ab von", "voraussetzungen", "dépendances",
    "dépend de", "prérequis", "dependencias", "depende de", "dependências", "pré-requisitos", "зависимости",
    "зависит от", "依赖", "依赖关系", "前置条件",
)  # fmt: skip
DELIVERABLE = ("deliverable", "deliverables", "output", "outputs")
MILESTONE = "milestone"
STATUS = ("status",)
_OTHERS = (
    "verification", "validation", "acceptance", "acceptance criteria", "success criteria", "exit criteria",
    "definition of done", "files", "files to modify", "files to create", "files modified", "timing", "duration",
    "effort", "estimated effort", "estimate", "estimated time", "checkpoint", "rollback", "notes",
)  # fmt: skip
KNOWN = frozenset({*TASKS, *GOAL, *DEPENDENCIES, *DELIVERABLE, *STATUS, MILESTONE, *_OTHERS})


@dataclass(frozen=True, slots=True)
class Region:
    """What stands below a phase's heading, up to the next phase or section."""

    fields: tuple[Node, ...]
    loose: tuple[Block, ...]
    tasks: tuple[TaskBlock, ...]
    named: bool
    """False for the one nameless phase of a plan without phases."""

    def first(self, names: Iterable[str]) -> Node | None:
        """Return the first field of the first of ``names`` that is there."""
        by_key: dict[str, Node] = {}
        for node in self.fields:
            by_key.setdefault(node.label.key, node)
        return next((by_key[name] for name in names if name in by_key), None)

    def task_fields(self) -> tuple[Node, ...]:
        """Return the fields labelled Tasks, Steps and the like."""
        return tuple(node for node in self.fields if node.label.key in TASKS)


def read_region(page: Page, entries: Iterable[Entry], *, named: bool) -> Region:
    """Sort ``entries`` into fields, TASK blocks and the rest."""
    held = tuple(entries)
    tasks = tuple(entry for entry in held if isinstance(entry, TaskBlock))
    nodes: list[Node] = []
    loose: list[Block] = []
    run: list[Block] = []
    for entry in (*held, None):
        if isinstance(entry, Block):
            run.append(entry)
            continue
        of_run, rest = find_fields(page, run, KNOWN)
        nodes += of_run
        loose += rest
        run = []
    return Region(tuple(nodes), tuple(loose), tasks, named)
