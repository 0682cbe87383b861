"""Plans as people and their tools write them: which phases and tasks are read, and what is none."""

from __future__ import annotations

import pytest

from plansync.core.model import State
from plansync.core.parser import parse_plan
from tests.support.plan_texts import codes, read, read_phase, titles
from tests.support.task_forms import FORMS, WrittenForm


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_each_form_is_read_as_people_read_it(form: WrittenForm) -> None:
    plan = parse_plan(form.source)
    assert [(phase.id, [(task.id, task.text) for task in phase.tasks]) for phase in plan.phases] == form.phases


def states(name: str) -> list[State]:
    return [task.state for task in parse_plan(FORMS[name].source).tasks]


class TestState:
    def test_is_the_boxs(self) -> None:
        assert states("a numbered list without phases") == [State.OPEN, State.DONE, State.OPEN, State.OPEN]

    def test_of_a_heading_is_its_status_or_the_tick_before_it(self) -> None:
        assert states("headings with a status") == [State.DONE, State.OPEN]
        assert states("headings in a phase") == [State.DONE, State.OPEN, State.OPEN]

    def test_of_a_heading_is_the_box_that_it_ends_in(self) -> None:
        assert states("headings that end in a box") == [State.OPEN, State.DONE, State.OPEN]
        assert [task.state for task in read("<!-- TASK:BEGIN id=T1 -->\n### T1: a [x]\n").tasks] == [State.DONE]

    @pytest.mark.parametrize(
        ("heading", "text", "state"),
        [
            ("Task 1: a [X] ([#12](https://git.example.com/acme/web/issues/12))", "a", State.DONE),
            ("Task 1: a [x] [x]", "a [x]", State.DONE),
            ("Task 1: a[x]", "a[x]", State.OPEN),
            ("Task 1: a [y]", "a [y]", State.OPEN),
            ("Task 1: `a [x]`", "`a [x]`", State.OPEN),
            ("✅ Task 1: a [ ]", "a", State.DONE),
        ],
    )
    def test_of_a_heading_is_no_part_of_its_text(self, heading: str, text: str, state: State) -> None:
        (task,) = read_phase(f"#### {heading}\n").tasks
        assert (task.text, task.state) == (text, state)

    def test_of_a_row_is_its_cell(self) -> None:
        assert states("a table with dates") == [State.DONE, State.DONE, State.OPEN, State.OPEN]

    @pytest.mark.parametrize(
        "text", ["~~a~~", "~~a~~ Not needed", "~~a~~ — DEFERRED to May", "~~a~~ (removed)", "~~a~~: won't do"]
    )
    def test_of_struck_out_text_is_cancelled_with_the_reason_why(self, text: str) -> None:
        assert [task.state for task in read_phase(f"- [x] {text}\n").tasks] == [State.CANCELLED]

    @pytest.mark.parametrize("text", ["~~a~~ b", "b ~~a~~ deferred", "~~a~~ → b", "~~a~~ ~~b~~ deferred"])
    def test_of_text_that_is_struck_out_in_part_is_not(self, text: str) -> None:
        assert [task.state for task in read_phase(f"- [ ] {text}\n").tasks] == [State.OPEN]

    def test_an_odd_mark_is_one_problem(self) -> None:
        assert codes(parse_plan(FORMS["a numbered list without phases"].source)) == ["PS202"]


class TestBoxes:
    @pytest.mark.parametrize(
        "label",
        [
            "**Backend:**\n", "**Backend (soon):**\n", "#### Backend\n", "#### Tests\n", "**Owner**: kim\n",
            "**Files**: `x.py`\n", "**Dependencies**: None\n", "**Deliverable:** a thing\n", "**Note that** it is so:\n",
        ],
    )  # fmt: skip
    def test_in_groups_are_tasks(self, label: str) -> None:
        assert titles(read_phase(f"{label}\n- [ ] a\n").tasks) == ["a"]
        assert titles(read_phase(f"- [ ] a\n\n{label}\n- [ ] b\n").tasks) == ["a", "b"]

    @pytest.mark.parametrize(
        "label",
        [
            "**Verification:**\n", "#### Acceptance Criteria\n", "**Files to touch:**\n", "#### Quality Gates\n",
            "**Testing:**\n", "Definition of Done:\n", "#### Go/No-Go Gate\n", "**Exit criteria**: all hold\n",
            "#### Criterios\n", "Проверка:\n", "**验收标准：**\n", "#### Checkpoint\n\n##### Group\n",
            "**Akzeptanzkriterien:**\n", "Akzeptanzkriterium:\n", "**Critério de aceite:**\n", "**Critère de fin :**\n",
            "**完了条件**:\n", "**완료 조건**:\n", "Критерий:\n", "产出：\n",
        ],
    )  # fmt: skip
    def test_by_the_name_of_something_else_are_none(self, label: str) -> None:
        assert titles(read_phase(f"- [ ] a\n\n{label}\n- [ ] b\n").tasks) == ["a"]

    def test_with_an_id_are_tasks_wherever_they_stand(self) -> None:
        phase = read_phase("- [ ] T001 a\n\n#### Verification\n\n- [ ] T002 b\n- [ ] c\n")
        assert titles(phase.tasks) == ["a", "b"]

    def test_with_an_id_are_no_gates(self) -> None:
        assert titles(read_phase("- [ ] T001 Build\n- [ ] Build\n- [x] **Lint**: all of it, at last\n").tasks) == [
            "Build"
        ]

    def test_below_task_headings_are_theirs(self) -> None:
        phase = read_phase("- [ ] a\n\n#### Task 1: b\n\n**Size**: S\n\n- [ ] c\n")
        assert titles(phase.tasks) == ["a"]

    def test_with_soft_wraps_and_several_paragraphs_are_one_task_each(self) -> None:
        (task,) = read_phase(
            "- [ ] **1.1** a\n  wrapped\n\n  more\n\n  ```\n  - [ ] code\n  ```\n\n  - [x] detail\n\n  last\n"
        ).tasks
        assert (task.id, task.text, task.body) == ("1.1", "a wrapped", "more\n\n```\n- [ ] code\n```\n\nlast")
        assert [detail.text for detail in task.details] == ["detail"]

    def test_with_equal_texts_are_tasks_of_their_own(self) -> None:
        assert titles(read_phase("- [ ] a\n- [ ] a\n").tasks) == ["a", "a"]


class TestBullets:
    def test_below_a_sub_heading_that_describes_are_none(self) -> None:
        assert titles(read_phase("- a\n\n#### Scope\n\n- no\n\n#### Week 2\n\n- b\n").tasks) == ["a", "b"]

    def test_below_a_complete_label_are_tasks(self) -> None:
        assert titles(read_phase("**Focus:** the core\n\n- a\n").tasks) == ["a"]
        assert read_phase("**Files:** `x`\n\n- a\n").tasks == ()

    def test_of_changes_give_way_to_boxes(self) -> None:
        assert titles(read_phase("**Changes:**\n\n- no\n\n**More:**\n\n- [ ] a\n").tasks) == ["a"]

    def test_below_a_label_tasks_come_before_those_of_its_groups(self) -> None:
        assert titles(read_phase("#### Tasks\n\n- a\n\n##### More\n\n- no\n").tasks) == ["a"]

    @pytest.mark.parametrize(
        "label",
        [
            "**Backend tasks:**",
            "Frontend tasks:",
            "#### Deployment Tasks:",
            "**Tareas principales:**",
            "#### Offene Aufgaben",
        ],
    )
    def test_below_a_label_of_tasks_of_a_kind_are_tasks(self, label: str) -> None:
        assert titles(read_phase(f"Some text\n\n{label}\n\n- a\n").tasks) == ["a"]

    @pytest.mark.parametrize("label", ["**Verification tasks:**", "**Background tasks:**", "**Future tasks:**"])
    def test_below_a_label_of_tasks_of_another_kind_are_none(self, label: str) -> None:
        assert read_phase(f"{label}\n\n- a\n").tasks == ()

    def test_below_the_next_heading_are_no_group_of_tasks(self) -> None:
        assert read_phase("#### Tasks\n\ntext\n\n#### Scope\n\n- no\n").tasks == ()

    @pytest.mark.parametrize(
        "label", ["Umsetzung:", "**O que será feito**:", "**Cambios:**", "**À faire :**", "实施内容：", "**作業内容**:"]
    )
    def test_of_what_is_to_do_are_tasks_in_other_languages(self, label: str) -> None:
        assert titles(read_phase(f"{label}\n\n- a\n").tasks) == ["a"]

    @pytest.mark.parametrize(
        "label", ["**主要任务**:", "**タスク**:", "#### 작업", "#### 任务清单", "**Umsetzungsschritte:**"]
    )
    def test_below_a_label_tasks_in_other_languages_are_tasks(self, label: str) -> None:
        assert titles(read_phase(f"- no\n\n{label}\n\n- a\n").tasks) == ["a"]


class TestTables:
    @pytest.mark.parametrize("total", ["**Total**", "Total", "**Summe Phase 1**", "__Итого:__", "**合计**", "Gesamt:"])
    def test_a_row_that_adds_up_the_others_is_none(self, total: str) -> None:
        table = f"| Task | Hours |\n|---|---|\n| a | 2 |\n| Total rewrite | 3 |\n| {total} | 5 |\n"
        assert titles(read_phase(table).tasks) == ["a", "Total rewrite"]

    def test_in_groups_need_a_head_task(self) -> None:
        assert read_phase("#### Bugs\n\n| Bug | Status |\n|---|---|\n| a | open |\n").tasks == ()

    def test_below_the_name_of_something_else_hold_no_tasks(self) -> None:
        assert read_phase("#### Verification\n\n| Task | Size |\n|---|---|\n| a | S |\n").tasks == ()


class TestHeadings:
    def test_hold_their_sub_headings(self) -> None:
        one, two = read_phase("#### Task 1: a\n\n##### How\n\ntext\n\n- b\n\n#### Task 2: c\n\n#### Else\n\nno\n").tasks
        assert (one.body, [detail.text for detail in one.details]) == ("##### How\n\ntext", ["b"])
        assert (two.body, two.details) == ("", ())

    @pytest.mark.parametrize(
        "steps",
        ["**Steps:**\n\n1. b\n", "**Tasks:**\n\n| Task | Size |\n|---|---|\n| b | S |\n", "###### Tasks\n\n- [ ] b\n"],
    )
    def test_hold_the_steps_labelled_below_them(self, steps: str) -> None:
        assert titles(read_phase(f"#### Task 1: a\n\n{steps}\n#### Task 2: c\n\n#### Else\n\n- d\n").tasks) == [
            "a",
            "c",
        ]
        assert titles(read_phase(f"#### Tasks\n\n##### Task 1: a\n\n{steps}").tasks) == ["a"]

    def test_hold_steps_that_are_headings_below_them(self) -> None:
        text = "#### Task 1: a\n\n##### Step 1.1: b\n\n- c\n\n#### Step 2: d\n\n##### Step 2.1: e\n"
        assert titles(read_phase(text).tasks) == ["a", "d", "e"]

    def test_of_mere_steps_may_hold_tasks(self) -> None:
        assert titles(read_phase("#### Step 1: a\n\n**Tasks:**\n\n- b\n- c\n").tasks) == ["b", "c"]

    @pytest.mark.parametrize(
        ("heading", "task_id"),
        [
            ("TODO-001: a", "TODO-001"),
            ("TASK-2 a", "TASK-2"),
            ("Ticket 3: a", "3"),
            ("任务 1.1: a", "1.1"),
            ("任务1.2：a", "1.2"),
            ("✅ 步骤 3 - a", "3"),
            ("タスク1: a", "1"),
            ("작업 2. a", "2"),
            ("Задача 4: a", "4"),
            ("Tâche 5 : a", "5"),
        ],
    )
    def test_are_tasks_in_other_words(self, heading: str, task_id: str) -> None:
        (task,) = read_phase(f"#### {heading}\n\n- [ ] b\n").tasks
        assert (task.id, task.text, [detail.text for detail in task.details]) == (task_id, "a", ["b"])

    def test_may_be_bold_in_part(self) -> None:
        assert titles(read_phase("#### **Task 1:** a **b**\n\n#### **Task 2: c** d\n").tasks) == ["a **b**", "c d"]

    def test_with_numbers_are_tasks_where_no_boxes_are(self) -> None:
        assert titles(read_phase("#### 1.1 a\n\n#### 1.2 b\n\n#### 2.1 no\n").tasks) == ["a", "b"]
        assert titles(read_phase("#### 1.1 a\n\n- [ ] b\n").tasks) == ["b"]

    def test_have_fields_of_their_own(self) -> None:
        phase = read_phase("**Goal:** g\n\n#### Task 1: a\n\n**Goal:** no\n\n**Depends on:** 7\n\n#### Rules\n\ntext\n")
        assert (phase.goal, phase.depends_on) == ("g", ())
        assert [field.name for field in phase.fields] == ["Goal", "Rules"]

    def test_that_are_placeholders_are_none(self) -> None:
        assert read_phase("#### 1.1 {title}\n").tasks == ()


class TestWithoutPhases:
    @pytest.mark.parametrize(
        "text",
        [
            "# Design\n\n## Requirements\n\n- [ ] fast\n\n## Success Criteria\n\n- [ ] 1.1 green\n",
            "# Design\n\n## 2. Checklist\n\n- [ ] read\n\n1. one\n",
            "# Task: shelves\n\n## Acceptance Criteria\n\n- [ ] T001 they stand\n\n## Dependencies\n\n- [ ] Task 1: wood\n",
            "# Shelves\n\n## 8. Open Questions\n\n- [ ] T001: a?\n\n## 9. Risks\n\n- [ ] 1.1 b\n\n### 10. Old\n\n- [ ] 1.2 c\n",
            "# Shelves\n\n**Phase 1: Wood**\n\n- no box\n",
            "# Task 7: Shelves\n\n**Status:** Draft\n\n- [ ] no\n",
            "# Shelves\n\nPhase 2: Boards\nwrapped\n\n- [ ] a\n",
            "# Shelves\n\n## Testing\n\nPhase 1: Wood\n\n- [ ] a\n",
            "# Shelves\n\nPhase 3\n\n- [ ] no name\n",
            "# How to install shelves\n\n## Step 1: Measure\n\n- [ ] a\n\n## Step 2: Saw\n",
        ],
    )
    def test_none_are_found_where_none_are(self, text: str) -> None:
        assert read(text).phases == ()

    @pytest.mark.parametrize("title", ["# Migration of the shelves\n\n", "# Umsetzungsplan\n\n", "# 书架计划\n\n", ""])
    def test_steps_are_tasks_where_the_title_speaks_of_work(self, title: str) -> None:
        assert titles(read(f"{title}## Step 1: Measure\n\n- [ ] a\n\n## Step 2: Saw\n").tasks) == ["Measure", "Saw"]

    def test_the_header_ends_where_tasks_begin(self) -> None:
        plan = read("# Task 7: Shelves\n\n**Owner:** kim\n\n### T001: Measure\n\n**Status:** Draft\n")
        assert ([field.name for field in plan.header], plan.status, titles(plan.tasks)) == (
            ["Owner"],
            None,
            ["Measure"],
        )

    def test_boxes_in_the_implementation_section_need_no_id(self) -> None:
        assert titles(read("## Implementation Checklist\n\n### Wood\n\n- [ ] a\n\n## More\n\n- [ ] no\n").tasks) == [
            "a"
        ]

    @pytest.mark.parametrize(
        "heading",
        [
            "Implementation Stages", "Umsetzungsplan", "Pasos de implementación", "Plano de implementação",
            "Étapes d'implémentation", "План реализации", "实施步骤", "実装手順", "구현 계획",
        ],
    )  # fmt: skip
    def test_numbered_items_of_the_implementation_section_are_tasks(self, heading: str) -> None:
        assert titles(read(f"# P\n\n## Aims\n\n1. no\n\n## {heading}\n\n1. a\n").tasks) == ["a"]

    def test_task_headings_in_a_section_of_tasks_come_before_its_lists(self) -> None:
        assert titles(read("## Tasks\n\n- a legend\n\n### T-001: a\n\ntext\n").tasks) == ["a"]
