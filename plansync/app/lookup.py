"""The use case of looking things up: the items of one plan, and the Problems of all, as the last sync left them.

No tracker is asked. A plan that was never synced is read, and has items without issues.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plansync.app.lint import lint_plans
from plansync.app.report import as_json
from plansync.app.request import Target, Workshop
from plansync.core.baseline import ItemState, PlanState
from plansync.core.model import Item, Plan, State
from plansync.core.rules import Rules
from plansync.core.together import beside, home_of
from plansync.ports.source import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item: what the plan says, and its issue. ``done`` None: the plan does not say; ``issue`` as in ItemState."""

    kind: str
    text: str
    phase: str = ""
    key: str = ""
    id: str = ""
    done: bool | None = None
    number: int | None = None
    url: str = ""
    issue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """One Problem of one plan; the rest is as in :class:`plansync.core.problems.Problem`."""

    target: str
    path: str
    code: str
    severity: str
    line: int
    column: int
    message: str
    hint: str = ""


def target_named(workshop: Workshop, name: str) -> Target | None:
    """Return the target of this name, None without one."""
    return next((target for target in workshop.targets if target.name == name), None)


def plan_items(workshop: Workshop, target: Target, path: str) -> tuple[ItemView, ...]:
    """Return the items of one plan in its order; none of one that cannot be read."""
    state = _states(workshop, target).get(path)
    if state is not None and state.items:
        phases = {phase.key: phase.name for phase in state.phases}
        return tuple(_kept(item, phases) for item in state.items)
    plans = target.shelf.plans((path,))
    text = target.shelf.read(plans[home_of(path, plans)])
    return () if isinstance(text, Unreadable) else tuple(_read(text.read(workshop.parse), target.rules))


def plan_problems(workshop: Workshop, target: Target) -> Iterator[ProblemView]:
    """Yield the Problems of all plans of a target, by path; those of the last sync, or of the file."""
    states = _states(workshop, target)
    for path, files in target.shelf.plans().items():
        found = _kept_problems(states.get(path))
        if found is not None:
            yield from (_view(target.name, beside(path, problem.get("file", "")), problem) for problem in found)
            continue
        for report in lint_plans([target.shelf.read_each(files)], workshop.parse):
            yield from (_view(target.name, report.file, as_json(problem)) for problem in report.problems)


def _states(workshop: Workshop, target: Target) -> Mapping[str, PlanState]:
    stored = workshop.store.plans.load(target.project).values()
    return {state.path: state for state in stored if state.source == target.source.uid}


def _kept(item: ItemState, phases: Mapping[str, str]) -> ItemView:
    return ItemView(
        kind=item.kind,
        text=item.text,
        phase=phases.get(item.phase, ""),
        key=item.key,
        id=item.id,
        done=item.box,
        number=item.number,
        url=item.url,
        issue=item.issue,
    )


def _read(plan: Plan, rules: Rules) -> Iterator[ItemView]:
    for phase in plan.phases:
        yield from (_item(task, phase.heading) for task in phase.tasks if not (phase.ignored or task.ignored))
    yield from (_item(risk, "") for risk in plan.risks if rules.risks and not risk.ignored)
    yield from (_item(question, "") for question in plan.questions if rules.questions and not question.ignored)


def _item(item: Item, phase: str) -> ItemView:
    done = item.state is State.DONE if item.box is not None or item.state is not State.OPEN else None
    return ItemView(kind=item.kind.value, text=item.text, phase=phase, id=item.id or "", done=done)


def _kept_problems(state: PlanState | None) -> list[Any] | None:
    """Return what the last sync found, None where it left nothing that can be read."""
    try:
        summary = json.loads(state.summary) if state and state.summary else None
    except ValueError:
        return None
    found = summary.get("problems") if isinstance(summary, dict) else None
    return found if isinstance(found, list) else None


def _view(target: str, path: str, problem: Mapping[str, Any]) -> ProblemView:
    names = ("code", "severity", "line", "column", "message", "hint")
    return ProblemView(target=target, path=path, **{name: problem[name] for name in names if name in problem})
