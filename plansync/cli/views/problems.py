"""Problems and what was read, one line each: ``file:line:col: CODE message``, as editors understand it.

``file`` is the path of the plan; of a plan of several files, each Problem says which one it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plansync.cli.lines import Line, Role, counted
from plansync.core.problems import Problem, Severity
from plansync.core.together import beside

_ROLES = {Severity.ERROR: Role.BAD, Severity.WARNING: Role.CHANGED, Severity.INFO: Role.FAINT}


def problem_lines(file: str, problems: Iterable[Problem], *, hints: bool) -> Iterator[Line]:
    """Yield one line for each Problem, in file order; with ``hints`` a second one that says what to do."""
    for found in in_order(problems):
        place = f"{beside(file, found.file)}:{found.line}:{found.column}"
        yield Line(f"{place}: {found.code} {' '.join(found.message.split())}", _ROLES[found.severity])
        if hints and found.hint:
            yield Line(f"    hint: {found.hint}", Role.FAINT)


def line_words(line: int, file: str) -> str:
    """Return where something stands, in words: ``line 12``, of a plan of several files with the file's name."""
    return f"{file} line {line}" if file else f"line {line}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the Problems of a plan by file and place."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.code))


def read_line(phases: int, tasks: int, risks: int, questions: int) -> str:
    """Return what was read from a plan: ``3 phases, 14 tasks, 6 risks, 2 questions``."""
    counts = ((phases, "phase"), (tasks, "task"), (risks, "risk"), (questions, "question"))
    return ", ".join(counted(number, noun) for number, noun in counts)
