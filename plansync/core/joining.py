"""Several files, one plan: what was read from each is joined (ADR 0028). Pure.

of the plan                         comes from
title, Feature ID, Spec, …          the first file that says it; the main file is the first
Status                              the first file that has one, header and front matter together
phases and tasks                    the files whose tasks are marked as such; where none is, those that have tasks
risks, questions, components, …     all files, in their order
being ignored                       the main file; another that is ignored takes its own phases, risks and questions out
Problems                            all files, but for those that another file settles: a Status, a title, phases, a
                                    task that another depends on

A task is marked by a box, an id, a Status cell, a link, or a number that is left of one. So a list of steps in prose is
no second task list beside a real one, and what has an issue stays a task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import chain
from typing import Any, TypeVar

from plansync.core.model import Plan, StatusCell, Task
from plansync.core.problems import Problem, problem_at
from plansync.core.sheets import Sheet, begins_of
from plansync.core.task_ids import id_faults
from plansync.core.text import Site, Span

_Value = TypeVar("_Value")
_PHASE = "phase "


def read_sheets(sheets: Sequence[Sheet], parse: Callable[[bytes], Plan]) -> Plan:
    """Read a plan from its files, the main one first; a plan of one file is what ``parse`` makes of it."""
    plans = [parse(sheet.data) for sheet in sheets]
    if len(plans) == 1:
        return plans[0]
    beside = zip(plans, sheets, begins_of(sheets), strict=True)
    return join_plans([replace(_placed(plan, begin, sheet.name), files=(sheet.name,)) for plan, sheet, begin in beside])


def join_plans(plans: Sequence[Plan]) -> Plan:
    """Join what was read from the files of one plan, each with offsets and name of its own; the main file is first."""
    main = plans[0]
    plans = (main, *(_ignored(plan) if plan.ignored else plan for plan in plans[1:]))
    stated = next((plan for plan in plans if plan.status or plan.front_matter_status), main)
    chosen = _with_phases(plans)
    joined = replace(
        main,
        title=_first(plan.title for plan in plans) or "",
        feature_id=_first(plan.feature_id for plan in plans),
        spec=_first(plan.spec for plan in plans),
        created=_first(plan.created for plan in plans),
        repos=_first(plan.repos for plan in plans) or (),
        issue=_first(plan.issue for plan in plans),
        header=_all(plan.header for plan in plans),
        status=stated.status,
        front_matter_status=stated.front_matter_status,
        architecture=_said(plan.architecture for plan in plans),
        components=_all(plan.components for plan in plans),
        entities=_all(plan.entities for plan in plans),
        data_flow=_first(plan.data_flow for plan in plans) or "",
        endpoints=_all(plan.endpoints for plan in plans),
        phases=_all(plan.phases for plan in chosen),
        testing=_said(plan.testing for plan in plans),
        risks=_all(plan.risks for plan in plans),
        questions=_all(plan.questions for plan in plans),
        sections=_all(plan.sections for plan in plans),
        loose_links=_all(plan.loose_links for plan in plans),
        files=_all(plan.files for plan in plans),
    )
    return replace(joined, problems=tuple(_problems(plans, chosen, joined)))


def _with_phases(plans: Sequence[Plan]) -> Sequence[Plan]:
    """Return the plans whose phases count."""
    marked = [plan for plan in plans if any(map(_is_marked, plan.tasks))]
    return marked or [plan for plan in plans if plan.tasks] or [plan for plan in plans if plan.phases][:1]


def _ignored(plan: Plan) -> Plan:
    """Return what was read from a file that is ignored, beside others that are not."""
    return replace(
        plan,
        phases=tuple(replace(phase, ignored=True) for phase in plan.phases),
        risks=tuple(replace(risk, ignored=True) for risk in plan.risks),
        questions=tuple(replace(question, ignored=True) for question in plan.questions),
    )


def _is_marked(task: Task) -> bool:
    return bool(task.box or task.id or task.status_cell or task.links or task.bare)


def _problems(plans: Sequence[Plan], chosen: Sequence[Plan], joined: Plan) -> Iterator[Problem]:
    settled = {
        "PS104": joined.status is not None or joined.front_matter_status is not None,
        "PS106": bool(joined.title),
        "PS208": bool(joined.phases),
    }
    faults = {fault[:2]: fault.task for fault in id_faults(joined.tasks)}
    known = {fault[:2] for plan in plans for fault in id_faults(plan.tasks)}
    gone = known - faults.keys()
    before = 0
    for index, plan in enumerate(plans):
        counts = any(plan is other for other in chosen)
        for found in plan.problems:
            is_settled = found.code in settled and (settled[found.code] or index > 0)
            if not is_settled and (found.code, found.message) not in gone:
                yield replace(found, part=_part(found.part, before, counts=counts))
        before += len(plan.phases) if counts else 0
    for (code, message), task in faults.items():
        if (code, message) not in known:
            yield problem_at(code, task, message)


def _part(part: str, before: int, *, counts: bool) -> str:
    """Return the part of a plan as it is called in the joined one, where ``before`` phases come first."""
    if not part.startswith(_PHASE):
        return part
    return f"{_PHASE}{int(part.removeprefix(_PHASE)) + before}" if counts else ""


def _first(values: Iterator[_Value]) -> _Value | None:
    return next(filter(None, values), None)


def _said(values: Iterator[_Value]) -> _Value:
    """Return the first that says anything: is not as it would be in an empty plan."""
    known = list(values)
    return next((value for value in known if value != type(value)()), known[0])


def _all(values: Iterator[tuple[_Value, ...]]) -> tuple[_Value, ...]:
    return tuple(chain.from_iterable(values))


def _placed(value: Any, begin: int, name: str) -> Any:
    """Return a value of the model with its offsets counted from ``begin``, and its file's ``name`` where it has one."""
    if isinstance(value, tuple):
        return tuple(_placed(entry, begin, name) for entry in value)
    match value:
        case Span():
            return Span(value.start + begin, value.end + begin)
        case StatusCell():
            return replace(value, span=_placed(value.span, begin, name), table=value.table + begin)
        case Site():
            return replace(value, offset=value.offset + begin)
        case _ if is_dataclass(value) and not isinstance(value, type):
            parts = {f.name: _placed(getattr(value, f.name), begin, name) for f in fields(value) if f.init}
            return replace(value, **(parts | ({"file": name} if "file" in parts else {})))
        case _:
            return value
