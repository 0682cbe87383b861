"""The words that a task is called by before its number: ``Task 1.1``, ``任务 1.1`` (spec §2.4)."""

from __future__ import annotations

_WESTERN = ("task", "aufgabe", "tarea", "tarefa", "tâche")


def task_word(*more: str) -> str:
    """Return the pattern of such a word and the blanks behind it; ``more`` Western words may stand for it, too."""
    return rf"(?:(?i:{'|'.join((*_WESTERN, *more))})|(?:З|з)адача)[ \t]+|(?:任务|任務|タスク|작업)[ \t]*"
