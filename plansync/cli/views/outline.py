"""What the reader made of a plan, as an indented outline with line numbers."""

from __future__ import annotations

from collections.abc import Iterator

from plansync.cli.lines import Line, Role, counted, indented
from plansync.cli.views.problems import line_words, problem_lines, read_line
from plansync.core.design import Section
from plansync.core.model import Item, Phase, Plan, Risk, State, Task

_MARKS = {State.OPEN: "[ ]", State.DONE: "[x]", State.CANCELLED: "[-]"}


def outline(plan: Plan, file: str) -> Iterator[Line]:
    """Yield header, phases with tasks, risks, questions and other sections of ``plan``, then its Problems."""
    yield Line(plan.title or "(no title)", Role.TITLE)
    yield from indented(_header(plan))
    for phase in plan.phases:
        yield from _phase(phase)
    yield from _group("Risks", [_risk(risk) for risk in plan.risks])
    yield from _group("Open questions", [_item(question) for question in plan.questions])
    yield from _group("Template sections", _template_sections(plan))
    yield from _group("Other sections", [_section(part) for part in plan.sections])
    yield Line("")
    yield Line(read_line(len(plan.phases), len(plan.tasks), len(plan.risks), len(plan.questions)), Role.TITLE)
    yield from problem_lines(file, plan.problems, hints=True)


def _header(plan: Plan) -> Iterator[Line]:
    status = plan.status or plan.front_matter_status
    known = (
        ("Feature ID", plan.feature_id),
        ("Spec", plan.spec),
        ("Created", plan.created),
        ("Status", status and status.raw),
        ("Repos", ", ".join(plan.repos)),
    )
    yield from (Line(f"{name}: {value}") for name, value in known if value)
    if plan.ignored:
        yield Line("ignored: this plan gets no issues", Role.CHANGED)


def _phase(phase: Phase) -> Iterator[Line]:
    marks = [line_words(phase.line, phase.file)]
    marks += [f"needs {', '.join(phase.depends_on)}"] if phase.depends_on else []
    marks += ["complete"] if phase.complete else []
    marks += ["ignored"] if phase.ignored else []
    yield Line("")
    yield Line(f"{phase.heading or 'Tasks'}  ({'; '.join(marks)})", Role.TITLE)
    if phase.goal:
        yield Line(f"  Goal: {phase.goal}", Role.FAINT)
    yield from indented(line for task in phase.tasks for line in _task(task))
    if phase.deliverable:
        yield Line(f"  Deliverable: {phase.deliverable}", Role.FAINT)


def _task(task: Task) -> Iterator[Line]:
    yield _item(task)
    for detail in task.details:
        box = "" if detail.box is None else ("[x] " if detail.box.ticked else "[ ] ")
        yield Line(f"{'  ' * (detail.depth + 2)}- {box}{detail.text}", Role.FAINT)


def _item(item: Item) -> Line:
    link = next((f"  → {link.label}" for link in item.links), "")
    name = f"{item.id} " if item.id else ""
    marks = [line_words(item.line, item.file)]
    if isinstance(item, Task):
        marks += [f"needs {', '.join(item.depends_on)}"] if item.depends_on else []
        marks += [f"for {item.assignee}"] if item.assignee else []
    marks += ["ignored"] if item.ignored else []
    return Line(f"{_MARKS[item.state]} {name}{item.text}{link}  ({'; '.join(marks)})")


def _risk(risk: Risk) -> Line:
    levels = f"{risk.likelihood.raw or '?'} × {risk.impact.raw or '?'}"
    score = "unreadable" if risk.score is None else str(risk.score)
    line = _item(risk)
    return line._replace(text=f"{line.text}  {levels} = {score}")


def _section(section: Section) -> Line:
    return Line(f"{section.name}  ({line_words(section.line, section.file)})")


def _template_sections(plan: Plan) -> list[Line]:
    found = (
        (len(plan.architecture.decisions), "key decision", ""),
        (len(plan.components), "component", ""),
        (len(plan.entities), "entity", "entities"),
        (len(plan.endpoints), "endpoint", ""),
    )
    names = ("unit", "integration", "end_to_end", "data")
    testing = [name.replace("_", "-") for name in names if getattr(plan.testing, name)]
    lines = [Line(counted(number, one, many)) for number, one, many in found if number]
    return lines + ([Line(f"testing: {', '.join(testing)}")] if testing else [])


def _group(name: str, lines: list[Line]) -> Iterator[Line]:
    if lines:
        yield Line("")
        yield Line(name, Role.TITLE)
        yield from indented(lines)
