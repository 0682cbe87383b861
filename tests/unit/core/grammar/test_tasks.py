"""The forms that tasks come in, and what is none."""

from __future__ import annotations

import pytest

from plansync.core.model import State
from tests.support.plan_texts import ISSUE, LINK, codes, edited, read, read_phase, titles


class TestLists:
    @pytest.mark.parametrize(
        "body",
        [
            "- **Tasks:**\n  - a\n  - b\n",
            "- **Tasks**:\n\n  1. a\n  2. b\n",
            "**Tasks:**\n\n- a\n\n- b\n",
            "**Steps:** as follows\n- a\n- b\n",
            "#### Tasks\n\n- a\n\nbetween\n\n- b\n",
            "#### 1. Implementation Steps\n\n* a\n* b\n",
            "Tasks:\n- a\n- b\n",
            "**Tasks:**\n- a\n\n**More:**\n- no\n\n**Tasks:**\n- b\n",
        ],
    )
    def test_are_the_first_level_items_below_the_label(self, body: str) -> None:
        assert titles(read_phase(body).tasks) == ["a", "b"]

    @pytest.mark.parametrize(
        "after",
        [
            "**Deliverable:**\n- no\n",
            "- **Verification:**\n  - no\n",
            "#### Files\n- no\n",
            "---\n- no\n",
            "**Anything:**\n- no\n",
            "- **Success Criteria**:\n  - [ ] no\n",
        ],
    )
    def test_end_at_the_next_label_heading_or_rule(self, after: str) -> None:
        assert titles(read_phase(f"**Tasks:**\n- a\n\n{after}").tasks) == ["a"]

    def test_may_lead_with_a_bold_word(self) -> None:
        assert titles(read_phase("**Tasks:**\n- **Setup:** do it\n- b\n").tasks) == ["**Setup:** do it", "b"]

    def test_keep_what_is_nested_below_them_as_details(self) -> None:
        (task,) = read_phase(
            "- **Tasks:**\n  - a\n    - b ([x](https://x.example))\n      1. [x] c\n\n      2. [ ] d\n    - \n    - [ ]\n    - e\n"
        ).tasks
        assert [(d.text, d.depth, d.box.mark if d.box else None) for d in task.details] == [
            ("b ([x](https://x.example))", 0, None),
            ("c", 1, "x"),
            ("d", 1, " "),
            ("e", 0, None),
        ]
        assert task.details[1].line == 10

    def test_keep_further_text_as_their_body(self) -> None:
        (task,) = read_phase(
            "- **Tasks:**\n  - a\n\n    more\n    text\n\n    ```py\n    x\n      y\n    ```\n    - b\n"
        ).tasks
        assert task.body == "more\ntext\n\n```py\nx\n  y\n```"
        assert [detail.text for detail in task.details] == ["b"]

    def test_a_list_of_placeholders_has_no_task(self) -> None:
        phase = read_phase("- **Tasks:**\n  - {task 1}\n  - None\n- other\n")
        assert phase.tasks == ()


class TestTables:
    TABLE = (
        "**Tasks:**\n\n| ID | Task | Size | Assignee | Files | Dependencies | Status | Component | Repo | Description |\n|---|---|---|---|---|---|---|---|---|---|\n"
        f"| T01 | Write `a\\|b` ({LINK}) | S | `kim` | `x.py`, y.py | T02 | Open | api | web | with care |\n"
        "| T02 | [x] Read | | — | | | Done | | | |\n"
        "| T03 | {task} | | | | | | | | |\n"
        "| | T04: Four | | | none | | ✅ | | | |\n"
    )

    def test_rows_are_tasks_with_columns_by_name(self) -> None:
        first, second, third = read_phase(self.TABLE).tasks
        assert (first.text, first.id, first.size, first.assignee) == ("Write `a|b`", "T01", "S", "kim")
        assert (first.files, first.depends_on, first.label, first.repo) == (("x.py", "y.py"), ("T02",), "api", "web")
        assert (first.body, first.state, first.line) == ("with care", State.OPEN, 11)
        assert (second.text, second.state, second.size, second.assignee) == ("Read", State.DONE, None, None)
        assert (third.text, third.id, third.state, third.files) == ("Four", "T04", State.DONE, ())

    def test_the_status_cell_is_where_it_stands(self) -> None:
        task = read_phase(self.TABLE).tasks[1]
        assert task.status_cell is not None
        assert task.status_cell.raw == "Done"
        assert task.box_site is None

    @pytest.mark.parametrize(
        ("cell", "state"),
        [
            ("[x]", State.DONE),
            ("2026-01-02", State.DONE),
            ("✅ yes", State.DONE),
            ("", State.OPEN),
            ("Completed", State.DONE),
            ("In Progress", State.OPEN),
        ],
    )
    def test_a_completed_column_says_what_is_done(self, cell: str, state: State) -> None:
        (task,) = read_phase(f"**Tasks:**\n\n| Completed | Task |\n|---|---|\n| {cell} | a |\n").tasks
        assert task.state is state

    def test_a_struck_out_row_is_cancelled_whatever_its_status(self) -> None:
        (task,) = read_phase("**Tasks:**\n\n| Status | Task |\n|---|---|\n| Done | ~~a~~ |\n").tasks
        assert task.state is State.CANCELLED

    def test_where_task_holds_ids_the_description_is_the_title(self) -> None:
        tasks = read_phase("**Tasks:**\n\n| Task | Description |\n|---|---|\n| TASK-001 | a |\n| 1.2 | b |\n").tasks
        assert [(task.id, task.text, task.body) for task in tasks] == [("TASK-001", "a", ""), ("1.2", "b", "")]

    def test_a_description_alone_is_a_title(self) -> None:
        assert titles(read_phase("**Tasks:**\n\n| # | Description |\n|---|---|\n| 1 | a |\n").tasks) == ["a"]

    def test_without_a_label_only_a_table_headed_task_counts(self) -> None:
        assert titles(read_phase("| Task | Size |\n|---|---|\n| a | S |\n").tasks) == ["a"]
        assert read_phase("| Name | Size |\n|---|---|\n| a | S |\n").tasks == ()
        assert read_phase("**Tasks:**\n\n| When | Size |\n|---|---|\n| a | S |\n").tasks == ()

    def test_a_link_goes_into_the_title_cell(self) -> None:
        source = "### Phase 1: x\n**Tasks:**\n\n| Size | Task   |\n|---|---|\n| S | a      |\n"
        (task,) = read(source).tasks
        assert edited(source, task.link_site.edit(LINK)) == source.replace("| a      |", f"| a ({LINK})      |")

    def test_a_row_that_does_not_fit_is_a_problem(self) -> None:
        assert codes(read("### Phase 1: x\n**Tasks:**\n\n| Size | Task |\n|---|---|\n| S |\n| S | a | b |\n")) == [
            "PS303",
            "PS303",
        ]

    def test_a_row_may_be_ignored(self) -> None:
        (task,) = read_phase(
            "**Tasks:**\n\n| Task | Size |\n|---|---|\n| <!-- x --> a | S <!-- plansync:ignore --> |\n"
        ).tasks
        assert task.ignored
        assert task.text == "a"


class TestBoxesAndBullets:
    def test_without_a_label_the_boxes_are_tasks(self) -> None:
        assert titles(read_phase("text\n\n- [ ] a\n- no box\n  - [ ] nested\n- [x] b\n").tasks) == ["a", "b"]

    @pytest.mark.parametrize(
        "gate", ["Lint", "**Build** passes", "Typecheck: `make types`", "Unit Tests pass", "Phase Review"]
    )
    def test_gates_are_none(self, gate: str) -> None:
        assert titles(read_phase(f"- [ ] a\n- [ ] {gate}\n").tasks) == ["a"]

    def test_work_on_a_build_is_a_task(self) -> None:
        assert titles(read_phase("- [ ] Build the index\n").tasks) == ["Build the index"]

    def test_without_boxes_the_bullets_are(self) -> None:
        phase = read_phase("**Goal:** g\n\n- a\n- **Owner:** kim\n- b\n\n**Notes:**\n- no\n")
        assert titles(phase.tasks) == ["a", "b"]
        assert phase.goal == "g"


class TestHeadings:
    BODY = f"""\
#### Task 1.1: One ({LINK})

Text of one.

- **File:** x.py
- [ ] check

**Notes:** more

#### Step 2 - Two

1. do it

#### Other

- no

#### T003: {{title}}
"""

    def test_are_tasks_and_the_section_below_is_their_body(self) -> None:
        one, two = read_phase(self.BODY).tasks
        assert (one.text, one.id, one.body) == ("One", "1.1", "Text of one.\n\n**Notes:** more")
        assert [detail.text for detail in one.details] == ["**File:** x.py", "check"]
        assert (two.text, two.id, [d.text for d in two.details]) == ("Two", "2", ["do it"])
        assert [link.url for link in one.links] == [ISSUE]
        assert (one.box, one.box_site) == (None, None)

    def test_a_bold_title_is_kept(self) -> None:
        (task,) = read_phase("#### Task 1: **bold** and `code`\n").tasks
        assert task.text == "**bold** and `code`"

    def test_a_link_goes_behind_the_title(self) -> None:
        source = "### Phase 1: x\n\n#### Task 1: One ##\n"
        (task,) = read(source).tasks
        written = edited(source, task.link_site.edit(LINK))
        assert written == f"### Phase 1: x\n\n#### Task 1: One ({LINK}) ##\n"
        assert titles(read(written).tasks) == ["One"]
