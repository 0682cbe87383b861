"""A phase's own part of the file: its fields, its TASK blocks, and what belongs to neither (spec §2.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plansync.core.blocks import Block
from plansync.core.grammar.fields import Node, Style, find_fields
from plansync.core.grammar.outline import Entry, TaskBlock
from plansync.core.grammar.page import Page

TASKS = frozenset(
    {
        "tasks", "steps", "task", "task list", "implementation tasks", "implementation steps", "key tasks",
        "work items", "tasks/steps", "todo", "todos", "to do", "action items", "task breakdown", "sub-tasks",
        "subtasks", "aufgaben", "schritte", "umsetzungsschritte", "tâches", "étapes", "tareas", "pasos", "trabajo",
        "trabajos", "tarefas", "passos", "atividades", "actividades", "задачи", "шаги", "任务", "任务列表", "任务清单",
        "主要任务", "关键任务", "具体任务", "开发任务", "实施任务", "待办", "待办事项", "步骤", "实施步骤", "具体步骤",
        "任務", "タスク", "タスク一覧", "作業", "作業項目", "手順", "작업", "작업 목록", "할 일", "태스크",
    }
)  # fmt: skip
_TASKS_OF_A_KIND = re.compile(
    r"(?!(?:future|deferred|related|follow-?up|example|sample|user|background|parallel|scheduled|cron|celery|async)\b)"
    r"(?:[\w/&'-]+ ){1,3}tasks|(?:[\w-]+ ){1,2}aufgaben|(?:tareas|tarefas|tâches|задачи)(?: [\w-]+){1,3}"
)
WORK = frozenset(
    {
        "implementation", "changes", "key changes", "code changes", "work", "activities", "actions", "what to do",
        "what will be done", "umsetzung", "änderungen", "maßnahmen", "massnahmen", "implementación", "cambios",
        "acciones", "qué hacer", "implementação", "mudanças", "alterações", "ações", "o que fazer",
        "o que será feito", "o que sera feito", "implémentation", "modifications", "travaux", "à faire", "реализация",
        "изменения", "работы", "实现", "实施", "改动", "实施内容", "工作内容", "主要工作", "作業内容",
        "実装内容", "작업 내용",
    }
)  # fmt: skip
"""Labels that head a phase's tasks where nothing else does."""
GOAL = (
    "goal", "goals", "objective", "objectives", "purpose", "ziel", "ziele", "objectif", "objectifs", "objetivo",
    "objetivos", "цель", "цели", "目标", "目的", "目標", "ゴール", "목표", "목적",
)  # fmt: skip
DEPENDENCIES = (
    "dependencies", "depends on", "dependency", "depends", "blocked by", "prerequisites", "prerequisite", "requires",
    "phase dependencies", "abhängigkeiten", "abhängigkeit", "abhaengigkeiten", "abhaengigkeit", "hängt ab von",
    "voraussetzungen", "voraussetzung", "dépendances", "dépend de", "prérequis", "dependencias", "depende de",
    "dependências", "pré-requisitos", "зависимости", "зависит от", "依赖", "依赖关系", "前置条件", "依存関係",
    "前提条件", "의존성", "선행 조건",
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
_ELSE_WHOLLY = frozenset(
    {
        *GOAL, *DEPENDENCIES, *DELIVERABLE, *STATUS, *_OTHERS, MILESTONE, "test plan", "review", "note", "result",
        "results", "outcome", "outcomes", "timeline", "risks", "references", "context", "background", "overview",
        "summary", "rationale", "why", "assumptions", "metrics", "out of scope", "non-goals", "checkpoints",
        "resources", "estimates", "impact", "known issues", "limitations", "benefits", "resultado", "resultados",
        "riesgos", "notas", "contexto", "риски", "заметки", "результат", "результаты", "ergebnis", "ergebnisse",
        "risiken", "notizen", "résultat", "résultats", "risques", "结果", "风险", "备注",
    }
)  # fmt: skip
_TESTS = frozenset({"testing", "tests", "test cases"})
_ELSE_BY_WORD = re.compile(
    r"^(?:(?:key |main |expected |new |critical |related )?files?|archivos?|arquivos?|fichiers?|dateien|файлы|文件)\b"
    r"|\b(?:acceptance|criteria|verification|definition of done|quality gates?|gates?|deliverables?|prerequisites?"
    r"|pre-?conditions?|done when|rollback|verificaci[oó]n|verifica[cç][aã]o|v[eé]rification|criterios|crit[eé]rios"
    r"|crit[eéè]rio|crit[eè]res?|entregables?|entreg[aá]vel|entreg[aá]veis|livrables?|abnahme\w*|akzeptanz\w*"
    r"|erfolgskriteri\w*|verifikation|проверка|критери[ий]|open questions?|test(?:ing)? checklist|independent tests?"
    r"|checkpoint)\b|验收|验证|交付|产出|完成标准|成功标准|完了(?:条件|基準)|受け?入れ|成果物|検証"
    r"|산출물|검증|완료 (?:조건|기준)|인수 조건",
)


class _ParagraphLabels:
    """The names that make a plain paragraph a label: those of fields, and of what is no task in few words."""

    def __contains__(self, key: object) -> bool:
        if key in KNOWN or not isinstance(key, str):
            return key in KNOWN
        return len(key.split()) <= _LABEL_WORDS and (is_no_task_label(key) or heads_tasks(key))


_LABEL_WORDS = 4
_NO_LEVEL = 7
PARAGRAPH_LABELS = _ParagraphLabels()


def is_no_task_label(key: str, *, heading: bool = False) -> bool:
    """Say whether what stands below a label or ``heading`` of that name is something else than tasks (spec §2.5).

    A sub-heading Tests is a part of the work; a label of that name says how it is verified.
    """
    return key in _ELSE_WHOLLY or _ELSE_BY_WORD.search(key) is not None or (key in _TESTS and not heading)


def heads_tasks(key: str) -> bool:
    """Say whether tasks stand below a label of that name: ``Tasks``, ``Backend tasks``, ``Tareas principales``."""
    return key in TASKS or (_TASKS_OF_A_KIND.fullmatch(key) is not None and not is_no_task_label(key))


@dataclass(frozen=True, slots=True)
class Region:
    """What stands below a phase's heading, up to the next phase or section."""

    fields: tuple[Node, ...]
    loose: tuple[Block, ...]
    tasks: tuple[TaskBlock, ...]
    phase_id: str | None
    """None for the one nameless phase of a plan without phases."""

    @property
    def named(self) -> bool:
        """Say whether this is a phase with a heading."""
        return self.phase_id is not None

    def first(self, names: Iterable[str]) -> Node | None:
        """Return the first field of the first of ``names`` that is there."""
        by_key: dict[str, Node] = {}
        for node in self.fields:
            by_key.setdefault(node.label.key, node)
        return next((by_key[name] for name in names if name in by_key), None)

    def task_fields(self) -> tuple[Node, ...]:
        """Return the fields labelled Tasks, Steps and the like."""
        return tuple(node for node in self.fields if heads_tasks(node.label.key))

    def grouped_tasks(self) -> Iterator[Node]:
        """Yield what stands below the sub-headings of a heading Tasks."""
        level = 0
        for node in self.working_fields():
            is_heading = node.style is Style.HEADING
            if is_heading and node.label.key in TASKS:
                level = node.block.level
            elif is_heading and node.block.level <= level:
                level = 0
            elif level:
                yield node

    def working_fields(self) -> Iterator[Node]:
        """Yield the fields that may hold tasks: none by the name of something else, nothing below such a heading."""
        level = _NO_LEVEL
        for node in self.fields:
            if node.style is Style.HEADING and node.block.level <= level:
                level = _NO_LEVEL
            is_else = is_no_task_label(node.label.key, heading=node.style is Style.HEADING)
            if is_else and node.style is Style.HEADING:
                level = min(level, node.block.level)
            if not is_else and level == _NO_LEVEL:
                yield node


def read_region(page: Page, entries: Iterable[Entry], phase_id: str | None) -> Region:
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
        of_run, rest = find_fields(page, run, KNOWN, PARAGRAPH_LABELS)
        nodes += of_run
        loose += rest
        run = []
    return Region(tuple(nodes), tuple(loose), tasks, phase_id)


def joined(first: Region, again: Region) -> Region:
    """Return what two parts of the file hold of one phase."""
    return Region(
        (*first.fields, *again.fields), (*first.loose, *again.loose), (*first.tasks, *again.tasks), first.phase_id
    )
