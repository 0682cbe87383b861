"""Links, boxes, Status cells and Milestone fields go into every form in which people write tasks (spec §5).

The law: read again, the file holds the same plan plus what was written, and writing once more changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.model import LinkPlace, Plan, State, Task
from plansync.core.parser import parse_plan
from plansync.core.sheets import Sheet
from plansync.core.writeback import DetailMark, IssueLink, ItemMark, PhaseMark, PlanMarks
from tests.support.plan_texts import read_phase
from tests.support.task_forms import FORMS

HOST = "https://git.example.com/acme/web"
CASES = [pytest.param(form.source, id=name) for name, form in FORMS.items()]
CASES += [pytest.param(form.source.replace(b"\n", b"\r\n"), id=f"{name}, CRLF") for name, form in FORMS.items()]
CASES += [pytest.param(form.source.rstrip(), id=f"{name}, no final line end") for name, form in FORMS.items()]


def linked(plan: Plan) -> PlanMarks:
    """Return marks that link every task and every phase that has tasks."""
    items = [
        ItemMark(item=task, link=IssueLink(at, f"{HOST}/issues/{at}")) for at, task in enumerate(plan.tasks, start=1)
    ]
    phases = [
        PhaseMark(phase=phase, title=f"Shop: {phase.heading}", url=f"{HOST}/milestone/{at}")
        for at, phase in enumerate(plan.phases, start=1)
        if phase.tasks
    ]
    return PlanMarks(items=tuple(items), milestones=tuple(phases))


def turned(plan: Plan) -> PlanMarks:
    """Return marks that turn every box, that of details too."""
    return PlanMarks(
        items=tuple(
            ItemMark(
                item=task,
                box=task.box is not None and not task.box.ticked,
                details=tuple(DetailMark(d, not d.box.ticked) for d in task.details if d.box is not None),
            )
            for task in plan.tasks
        )
    )


def boxed(plan: Plan) -> PlanMarks:
    """Return marks that make a box of every plain bullet."""
    return PlanMarks(items=tuple(ItemMark(item=t, make_box=True, box=t.state is State.DONE) for t in plan.tasks))


def write(source: bytes, marks: PlanMarks) -> bytes:
    edited = edit_plan((Sheet("", source),), parse_plan(source), marks, parse_plan)
    assert isinstance(edited, EditedPlan), edited
    (sheet,) = edited.sheets
    return sheet.data


@pytest.mark.parametrize("source", CASES)
def test_a_second_reading_sees_the_same_tasks_and_their_links(source: bytes) -> None:
    before = parse_plan(source)
    after = parse_plan(write(source, linked(before)))
    assert [(task.id, task.text, task.state) for task in after.tasks] == [
        (task.id, task.text, task.state) for task in before.tasks
    ]
    evidence = [[link.label for link in task.links if link.place is LinkPlace.TAIL] for task in after.tasks]
    assert evidence == [[f"#{at}"] for at in range(1, len(before.tasks) + 1)]
    assert [phase.milestone_link is not None for phase in after.phases] == [bool(phase.tasks) for phase in after.phases]


@pytest.mark.parametrize("source", CASES)
def test_writing_once_more_changes_nothing(source: bytes) -> None:
    once = write(source, linked(parse_plan(source)))
    assert write(once, linked(parse_plan(once))) == once


@pytest.mark.parametrize("source", CASES)
def test_boxes_turn_and_turn_back(source: bytes) -> None:
    there = write(source, turned(parse_plan(source)))
    marks = [task.box.ticked for task in parse_plan(source).tasks if task.box is not None]
    assert [task.box.ticked for task in parse_plan(there).tasks if task.box is not None] == [not mark for mark in marks]
    back = write(there, turned(parse_plan(there)))
    assert back == source.replace(b"[~]", b"[ ]")


@pytest.mark.parametrize("source", CASES)
def test_plain_bullets_become_boxes(source: bytes) -> None:
    before = parse_plan(source)
    after = parse_plan(write(source, boxed(before)))
    assert [task.box is not None for task in after.tasks] == [
        task.box is not None or task.box_site is not None for task in before.tasks
    ]


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("- [ ] a\n  wrapped  \n\n  more\n", "- [ ] a\n  wrapped (LINK)  \n\n  more\n"),
        ("- [ ] T001 a `b` <!-- c -->\n  - d\n", "- [ ] T001 a `b` (LINK) <!-- c -->\n  - d\n"),
        ("- [ ] **T001: a** b:\n  - c\n", "- [ ] **T001: a** b: (LINK)\n  - c\n"),
        ("- [ ] **T001: a**\n", "- [ ] **T001: a** (LINK)\n"),
        ("- [ ] T001\n- {b}\n", "- [ ] T001 (LINK)\n- {b}\n"),
        ("- [x] 3.", "- [x] 3. (LINK)"),
        ("- [ ]* 1.2 a\n", "- [ ]* 1.2 a (LINK)\n"),
        ("- [x] ~~a~~ deferred\n", "- [x] ~~a~~ deferred (LINK)\n"),
        ("- [ ] a\n  ```\n  b\n  ```\n", "- [ ] a (LINK)\n  ```\n  b\n  ```\n"),
        ("#### Task 1.1: a ###\n\n- [ ] b\n", "#### Task 1.1: a (LINK) ###\n\n- [ ] b\n"),
        ("#### **Task 1.1: a**\n", "#### **Task 1.1: a (LINK)**\n"),
        ("#### T001 a ✅\n", "#### T001 a ✅ (LINK)\n"),
        ("#### 1.1 a\n\ntext\n", "#### 1.1 a (LINK)\n\ntext\n"),
        ("#### Day 1\n1. a\n2. {b}\n", "#### Day 1\n1. a (LINK)\n2. {b}\n"),
        (
            "| Task | Description | Completed | Date |\n|---|---|---|---|\n| TASK-1 | a \\| b | | |\n",
            "| Task | Description | Completed | Date |\n|---|---|---|---|\n| TASK-1 | a \\| b (LINK) | | |\n",
        ),
        ("#### A\n\n|Task|Size|\n|-|-|\n|a|S|\n", "#### A\n\n|Task|Size|\n|-|-|\n|a (LINK)|S|\n"),
    ],
)
def test_the_link_goes_behind_the_text_it_belongs_to(body: str, written: str) -> None:
    (task,) = read_phase(body).tasks
    link = IssueLink(7, f"{HOST}/issues/7")
    head = "# P\n\n## Implementation Phases\n\n### Phase 1: Base\n\n"
    source = f"{head}{body}".encode()
    marks = PlanMarks(items=(ItemMark(item=only_task(parse_plan(source)), link=link),))
    assert write(source, marks).decode() == head + written.replace("LINK", link.markdown)
    assert only_task(parse_plan(write(source, marks))).text == task.text


def only_task(plan: Plan) -> Task:
    (task,) = plan.tasks
    return task


@pytest.mark.parametrize(
    ("cell", "word", "state"),
    [
        ("To Do", "Done", State.DONE),
        ("**Open**", "**Closed**", State.DONE),
        ("Done", "To Do", State.OPEN),
        ("✅", "To Do", State.OPEN),
    ],
)
def test_the_status_cell_takes_its_word(cell: str, word: str, state: State) -> None:
    source = f"# P\n\n## Phase 1: x\n\n| ID | Task | Status |\n|---|---|---|\n| 1 | a | {cell} |\n".encode()
    data = write(source, PlanMarks(items=(ItemMark(item=only_task(parse_plan(source)), cell=word),)))
    assert data == source.replace(f"| {cell} |".encode(), f"| {word} |".encode())
    assert only_task(parse_plan(data)).state is state


def test_a_phase_without_fields_gets_its_milestone_below_its_line() -> None:
    source = FORMS["phases as lines of their own"].source
    plan = parse_plan(source)
    mark = replace(linked(plan).milestones[0], title="Setup", url=f"{HOST}/milestone/1")
    data = write(source, PlanMarks(milestones=(mark,)))
    assert (
        b"Phase 1: Setup\n\n**Milestone:** [Setup](https://git.example.com/acme/web/milestone/1)\n\n- [ ] T001" in data
    )
