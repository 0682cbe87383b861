"""A parsed plan as plain values, for ``show --json`` and for whoever reads plans without plansync."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass

from plansync.core.grammar.issue_links import is_issue_url
from plansync.core.grammar.risk_words import rating_word
from plansync.core.model import Item, LinkPlace, Phase, Plan, Question, Risk, State, Task
from plansync.core.problems import Problem
from plansync.core.text import Span
from plansync.core.together import beside

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def describe_plan(plan: Plan, path: str) -> dict[str, Json]:
    """Return what the reader made of the plan at ``path``; lines and columns are 1-based."""
    status = plan.status or plan.front_matter_status
    return {
        "file": path,
        "files": [beside(path, name) for name in plan.files] or [path],
        "title": plan.title,
        "feature_id": plan.feature_id,
        "spec": plan.spec,
        "created": plan.created,
        "status": status.raw if status else None,
        "repos": list(plan.repos),
        "issue": (plan.issue.url or f"#{plan.issue.number}") if plan.issue else None,
        "phases": [_phase(phase) for phase in plan.phases],
        "risks": [_risk(risk) for risk in plan.risks],
        "questions": [question.text for question in plan.questions if question.state is State.OPEN],
        "question_details": [_question(question) for question in plan.questions],
        "problems": [_problem(problem) for problem in plan.problems],
        "header": _values(plan.header),
        "architecture": _value(plan.architecture),
        "components": _values(plan.components),
        "entities": _values(plan.entities),
        "data_flow": plan.data_flow,
        "endpoints": _values(plan.endpoints),
        "testing": _value(plan.testing),
        "sections": _values(plan.sections),
        "ignored": plan.ignored,
    }


def _phase(phase: Phase) -> Json:
    return {
        "id": phase.id,
        "name": phase.name,
        "goal": phase.goal,
        "depends_on": list(phase.depends_on),
        "deliverable": phase.deliverable,
        **_place(phase.file, phase.line),
        "complete": phase.complete,
        "ignored": phase.ignored,
        "milestone": phase.milestone_link.url if phase.milestone_link else None,
        "tasks": [_task(task) for task in phase.tasks],
    }


def _task(task: Task) -> Json:
    return {
        **_place(task.file, task.line),
        "title": task.text,
        "id": task.id,
        "state": task.state.value,
        "assignee": task.assignee,
        "depends_on": list(task.depends_on),
        "details": [detail.text for detail in task.details],
        "issue": _issue(task),
        "label": task.label,
        "size": task.size,
        "repo": task.repo,
        "files": list(task.files),
        "ignored": task.ignored,
    }


def _risk(risk: Risk) -> Json:
    return {
        **_place(risk.file, risk.line),
        "risk": risk.text,
        "likelihood": rating_word(risk.likelihood),
        "impact": rating_word(risk.impact),
        "mitigation": risk.mitigation,
        "score": risk.score,
        "issue": _issue(risk),
        "state": risk.state.value,
        "owner": risk.owner,
        "ignored": risk.ignored,
    }


def _question(question: Question) -> Json:
    return {
        **_place(question.file, question.line),
        "text": question.text,
        "state": question.state.value,
        "issue": _issue(question),
    }


def _problem(problem: Problem) -> Json:
    return {
        **_place(problem.file, problem.line),
        "column": problem.column,
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
    }


def _place(file: str, line: int) -> dict[str, Json]:
    """Return where something stands; which file, only a plan of several needs to say."""
    return {"file": file, "line": line} if file else {"line": line}


def _issue(item: Item) -> str | None:
    links = (link for link in item.links if link.place is not LinkPlace.MENTION and is_issue_url(link.url))
    return next((link.url for link in links), None)


def _values(values: Iterable[object]) -> list[Json]:
    return [_value(value) for value in values]


def _value(value: object) -> Json:
    """Return a value of the model as plain values; byte ranges are left out, and the file of a plan of one."""
    if isinstance(value, tuple):
        return _values(value)
    if is_dataclass(value):
        parts = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _value(part) for name, part in parts if not isinstance(part, Span) and (part or name != "file")}
    return value if isinstance(value, bool | int | float | str) else None
