"""Bytes of a plan file to a :class:`~plansync.core.model.Plan` with its Problems (spec §2).

Nothing that a file holds makes it fail: what cannot be read is an empty plan and a Problem, and whatever is wrong
elsewhere is found all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plansync.core.grammar.dependencies import report_cycle, resolve_tasks
from plansync.core.grammar.design import read_components, read_data_flow, read_endpoints, read_entities
from plansync.core.grammar.front_matter import FrontMatter, read_front_matter
from plansync.core.grammar.guard import report_losses
from plansync.core.grammar.header import Header, read_header, status_line
from plansync.core.grammar.loose_links import read_loose_links
from plansync.core.grammar.outline import Part, read_outline
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_places import find_phases, is_implementation, work_start
from plansync.core.grammar.phases import read_phases
from plansync.core.grammar.plan_issue import read_plan_issue
from plansync.core.grammar.questions import is_question_name, read_questions
from plansync.core.grammar.risk_words import is_risk_name
from plansync.core.grammar.risks import read_risks
from plansync.core.grammar.sections import (
    API,
    ARCHITECTURE,
    COMPONENTS,
    DATA,
    TESTING,
    first_part,
    read_architecture,
    read_testing,
    unknown_sections,
)
from plansync.core.grammar.words import is_nothing, without_quotes
from plansync.core.markdown import parse_blocks
from plansync.core.model import Phase, Plan, Question, Risk, Task
from plansync.core.problems import Problem, problem
from plansync.core.task_ids import id_faults
from plansync.core.text import Lines, Span

_BOM = b"\xef\xbb\xbf"
_CONFLICT = (re.compile(rb"(?:\A|[\r\n])<{7} "), re.compile(rb"[\r\n]={7}[ \t]*[\r\n]"), re.compile(rb"[\r\n]>{7} "))
"""What a merge conflict looks like: these lines, in this order."""
_NAMED_SECTIONS = (ARCHITECTURE, COMPONENTS, DATA, API, TESTING)


def parse_plan(data: bytes) -> Plan:
    """Read a plan file. Never raises: a file that is no readable text gives an empty plan with an error Problem."""
    unreadable = _unreadable(data)
    if unreadable is not None:
        return Plan(title="", title_line=1, problems=(unreadable,))
    page = Page(data, Lines(data))
    start = len(_BOM) if data.startswith(_BOM) else 0
    front = read_front_matter(data, start)
    blocks = parse_blocks(data, front.end)
    root = read_outline(page, blocks)
    plan = _read_plan(page, root, front)
    report_losses(page, root, blocks)
    _report_ids(page, plan.tasks)
    loose = tuple(read_loose_links(page, plan.items))
    ordered = sorted({*page.problems}, key=lambda found: (found.line, found.column, found.code, found.message))
    return replace(plan, loose_links=loose, problems=tuple(ordered))


def _unreadable(data: bytes) -> Problem | None:
    if not data.removeprefix(_BOM).strip():
        return problem("PS107", 1, 1, "the file is empty", part="plan")
    if b"\0" in data:
        place = Lines(data).position(data.index(b"\0"))
        return problem("PS107", place.line, place.column, "the file is binary", part="plan")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = Lines(data).position(error.start)
        return problem("PS101", place.line, place.column, f"byte {data[error.start]:#04x} is not UTF-8", part="plan")
    conflict = _conflict(data)
    if conflict is None:
        return None
    line = Lines(data).number(conflict)
    return problem("PS105", line, 1, "the file holds the markers of a merge conflict", part="plan")


def _conflict(data: bytes) -> int | None:
    """Return the offset of the first conflict marker, or None."""
    at, first = 0, 0
    for pattern in _CONFLICT:
        found = pattern.search(data, at)
        if found is None:
            return None
        at = found.end() - 1
        first = first or found.end() - 1
    return first


def _read_plan(page: Page, root: Part, front: FrontMatter) -> Plan:
    found = find_phases(page, root)
    header = read_header(page, root, front, work_start(page, root, found))
    phases = _with_resolved_needs(read_phases(page, root, found, header.milestone))
    risks = read_risks(page, root)
    questions = read_questions(page, root, {risk.span.start for risk in risks})
    page.claims.take(_claimed(phases, risks, questions))
    found_status = front.first("status")
    components = first_part(_sections(root), COMPONENTS)
    data = first_part(_sections(root), DATA)
    plan = Plan(
        title=header.title,
        title_line=header.title_line,
        feature_id=header.value("feature id") or _front(front, "feature id", "id"),
        spec=header.value("spec") or _front(front, "spec"),
        created=header.value("created") or _front(front, "created", "date"),
        repos=_repos(header, front),
        header=header.fields,
        status=header.status,
        front_matter_status=status_line(page, found_status.span) if found_status else None,
        issue=read_plan_issue(page, header, front),
        status_site=None if found_status else header.status_site,
        architecture=read_architecture(page, first_part(_sections(root), ARCHITECTURE)),
        components=tuple(read_components(page, components)),
        entities=tuple(read_entities(page, data)),
        data_flow=read_data_flow(page, data),
        endpoints=tuple(read_endpoints(page, first_part(_sections(root), API, (DATA,)))),
        phases=phases,
        testing=read_testing(page, first_part(_sections(root), TESTING)),
        risks=risks,
        questions=questions,
        sections=tuple(unknown_sections(page, _unknown(root), _held(phases, risks, questions))),
        ignored=header.ignored or front.value("plansync") in {"false", "off", "no"},
    )
    _report_header(page, plan)
    return plan


def _with_resolved_needs(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Return ``phases`` with what their tasks depend on as ids of tasks, ranges spelled out."""
    known = [task.id for phase in phases for task in phase.tasks if task.id is not None]

    def resolved(task: Task) -> Task:
        return replace(task, depends_on=resolve_tasks(task.depends_on, known)) if task.depends_on else task

    return tuple(replace(phase, tasks=tuple(map(resolved, phase.tasks))) for phase in phases)


def _claimed(phases: Sequence[Phase], risks: Sequence[Risk], questions: Sequence[Question]) -> Iterator[Span]:
    """Yield what is no description; a phase without a heading has no part of the file to itself."""
    yield from (phase.span for phase in phases if phase.id is not None)
    yield from (task.span for phase in phases for task in phase.tasks)
    yield from (risk.span for risk in risks)
    yield from (question.span for question in questions)


def _sections(root: Part) -> tuple[Part, ...]:
    """Return the H2 sections."""
    return tuple(part for part in root.walk() if part.level == 2)


def _unknown(root: Part) -> tuple[Part, ...]:
    return tuple(part for part in _sections(root) if not _is_known(part))


def _is_known(part: Part) -> bool:
    names = any(pattern.search(part.key) for pattern in _NAMED_SECTIONS)
    return names or is_implementation(part) or is_risk_name(part.key) or is_question_name(part.key)


def _held(phases: Sequence[Phase], risks: Sequence[Risk], questions: Sequence[Question]) -> tuple[Span, ...]:
    spans = [*(phase.span for phase in phases), *(task.span for phase in phases for task in phase.tasks)]
    return (*spans, *(risk.span for risk in risks), *(question.span for question in questions))


def _front(front: FrontMatter, *keys: str) -> str | None:
    value = front.value(*keys)
    return None if value is None or is_nothing(value) else value


def _repos(header: Header, front: FrontMatter) -> tuple[str, ...]:
    listed = header.value("repos") or header.value("repo") or _front(front, "repos", "repo") or ""
    names = (without_quotes(name.strip()) for name in listed.strip().removeprefix("[").removesuffix("]").split(","))
    return tuple(name for name in names if name)


def _report_header(page: Page, plan: Plan) -> None:
    if not plan.title:
        page.report("PS106", 0, "the plan has no title")
    if plan.status is None and plan.front_matter_status is None:
        page.report("PS104", page.lines.starts[plan.title_line - 1], "the header has no Status line")
    if not plan.phases:
        page.report("PS208", 0, "no phases and no tasks were found")


def _report_ids(page: Page, tasks: Sequence[Task]) -> None:
    """Report ids that occur twice, dependencies on tasks that are not there, and cycles."""
    for fault in id_faults(tasks):
        page.report(fault.code, fault.task.span.start, fault.message)
    known = {task.id: task for task in tasks if task.id is not None}
    waits = {task_id: task.depends_on for task_id, task in known.items()}
    report_cycle(page, waits, {task_id: task.span.start for task_id, task in known.items()}, "tasks")
