"""Where phases are found and what each says."""

from __future__ import annotations

import pytest

from plansync.core.model import Plan
from tests.support.plan_texts import LINK, MILESTONE, codes, edited, read, read_phase, titles

TASKS = "- **Tasks:**\n  - a\n"


def ids(plan: Plan) -> list[str | None]:
    return [phase.id for phase in plan.phases]


class TestWhere:
    def test_in_the_implementation_section_when_there_is_one(self) -> None:
        plan = read(f"## Notes\n\n### Phase 1: Old\n{TASKS}\n## 5. Implementation Phases\n\n### Phase 2: New\n{TASKS}")
        assert ids(plan) == ["2"]

    @pytest.mark.parametrize(
        "name",
        ["Implementation Plan", "Implementation Steps", "5. Implementation", "Phases", "III. Implementation Tasks"],
    )
    def test_whatever_it_is_called(self, name: str) -> None:
        assert ids(read(f"## {name}\n### Phase 1: x\n{TASKS}## Roadmap\n### Phase 2: y\n{TASKS}")) == ["1"]

    def test_else_anywhere(self) -> None:
        assert ids(read(f"# T\n## Phase 1: x\n{TASKS}## Phase 2: y\n{TASKS}")) == ["1", "2"]

    def test_even_where_the_implementation_section_has_none(self) -> None:
        assert ids(read(f"## Implementation Plan\ntext\n## Phase 1: x\n{TASKS}")) == ["1"]

    @pytest.mark.parametrize(
        "name",
        [
            "Testing Strategy", "Rollback", "Task Sizing", "Timeline", "Success Metrics", "Summary", "Appendix A",
            "Validation Results", "Dependencies", "Dependencies & Order", "Phase Dependencies",
            "Parallel Opportunities", "Parallel Execution Examples", "Parallelization",
        ],
    )  # fmt: skip
    def test_but_not_in_sections_of_another_purpose(self, name: str) -> None:
        assert ids(read(f"## {name}\n### Phase 1: x\n{TASKS}")) == []

    @pytest.mark.parametrize("name", ["Implementation and Testing", "Testing & Implementation Plan"])
    def test_nor_are_they_missed_where_both_are_named(self, name: str) -> None:
        assert ids(read(f"## {name}\n### Phase 1: x\n{TASKS}")) == ["1"]

    @pytest.mark.parametrize(
        "name",
        ["Phases and Dependencies", "Work & Dependencies", "Parallel Execution Plan", "Dependency-Ordered Work"],
    )
    def test_what_also_speaks_of_order_holds_them(self, name: str) -> None:
        assert ids(read(f"## {name}\n### Phase 1: x\n{TASKS}")) == ["1"]

    def test_a_schedule_is_looked_into_where_nothing_else_has_any(self) -> None:
        schedule = f"## Implementation Timeline\n### Phase 1: x\n{TASKS}### Phase 2: y\n{TASKS}"
        assert ids(read(schedule)) == ["1", "2"]
        assert ids(read(f"{schedule}## Phase 3: z\n{TASKS}")) == ["3"]

    def test_a_phase_may_be_about_testing(self) -> None:
        assert ids(read(f"# Testing the tests\n## Phases\n### Phase 1: Testing\n{TASKS}")) == ["1"]

    @pytest.mark.parametrize(
        "text",
        [
            "# Phase 1: x",
            "##### Phase 1: x",
            "```\n### Phase 1: x\n```",
            "<!--\n### Phase 1: x\n-->",
            "> ### Phase 1: x",
            "- ### Phase 1: x",
            "    ### Phase 1: x",
        ],
    )
    def test_only_as_headings_of_the_right_level(self, text: str) -> None:
        assert ids(read(f"{text}\n\n{TASKS}")) == []

    def test_a_phase_inside_another_is_one_of_its_own(self) -> None:
        plan = read(f"## Phase 1: x\n{TASKS}### Notes\ntext\n### Phase 1.1: y\n{TASKS}")
        assert [titles(phase.tasks) for phase in plan.phases] == [["a"], ["a"]]

    def test_a_numbered_one_twice_is_a_problem(self) -> None:
        assert codes(read(f"## Phase 1: x\n{TASKS}## Phase 1: y\n{TASKS}")) == ["PS207"]

    def test_one_without_tasks_is_a_problem(self) -> None:
        plan = read("## Phase 1: x\ntext\n")
        assert [p.message for p in plan.problems if p.code == "PS201"] == ["0 tasks were found under 'Phase 1: x'"]


class TestAgain:
    FIRST = "## Design\n\n### Phase 1: Build the shelf (P1)\n\n**Goal:** g\n\n1. walk\n\n"

    def test_a_checklist_of_the_same_phases_adds_to_them(self) -> None:
        plan = read(f"{self.FIRST}## Progress\n\n### Phase 1: Build shelf ✅\n\n- [ ] a\n")
        (phase,) = plan.phases
        assert (phase.name, phase.goal, phase.suffix, phase.complete) == ("Build the shelf (P1)", "g", "✅", True)
        assert (titles(phase.tasks), phase.line) == (["a"], 3)

    def test_what_the_first_heading_says_counts(self) -> None:
        first = self.FIRST.replace("(P1)", "[DONE]")
        (phase,) = read(f"{first}## Checklist\n\n### Phase 1: Build [open]\n\n- [ ] a\n").phases
        assert (phase.suffix, phase.complete) == ("DONE", True)

    def test_the_milestone_goes_to_the_first(self) -> None:
        source = f"{self.FIRST}## Checklist\n\n### Phase 1: Build\n\n**Size:** S\n\n- [ ] a\n"
        (phase,) = read(source).phases
        written = edited(source, phase.milestone_site.edit(MILESTONE))
        assert written == source.replace("g\n\n1. walk\n", f"g\n\n1. walk\n\n**Milestone:** {MILESTONE}\n")

    @pytest.mark.parametrize(
        "again",
        [
            "## Design\n\n### Phase 1: Build\n\n- [ ] a\n",
            "## Checklist\n\n### Phase 1: Paint\n\n- [ ] a\n",
            "## Checklist\n\n### Phase 1\n\n- [ ] a\n",
            "## Checklist\n\n### Phase 2: Build\n\n- [ ] a\n",
            "### Phase 1: Build\n\n- [ ] a\n",
        ],
    )
    def test_other_phases_stay_on_their_own(self, again: str) -> None:
        assert len(read(f"{self.FIRST}{again}").phases) == 2


class TestFields:
    @pytest.mark.parametrize(
        "body",
        [
            "- **Goal:** g\n- **Deliverable:** d\n- **Tasks:**\n  - a\n",
            "**Goal:** g\n\n**Tasks:**\n\n- a\n\n**Deliverable:** d\n",
            "**Goal**: g\n**Tasks**:\n- a\n**Deliverable**: d\n",
            "#### Goal\n\ng\n\n#### Tasks\n\n- a\n\n#### Deliverable\n\nd\n",
            "* Goal: g\n* Tasks:\n  * a\n* Deliverable: d\n",
            "**Goal:**\n\n- g\n\n**Steps**\n\n1. a\n\n*Deliverable:* d\n",
            "- **Deliverables:**\n  - d\n- **Purpose:** g\n- **Steps:**\n  - a\n",
            "**Objective:** g\n\n**Tasks:**\n\n- a\n- **Output:** d\n",
        ],
    )
    def test_come_in_many_forms_and_any_order(self, body: str) -> None:
        phase = read_phase(body)
        assert (phase.goal, phase.deliverable, titles(phase.tasks)) == ("g", "d", ["a"])

    def test_keep_every_text_and_its_bytes(self) -> None:
        phase = read_phase("- **Goal:** g `x`\n  wrapped\n- **Owner:** kim\n")
        assert [(field.name, field.value) for field in phase.fields] == [("Goal", "g `x` wrapped"), ("Owner", "kim")]

    def test_a_goal_may_hold_several_items(self) -> None:
        assert read_phase("**Goal:**\n- one\n- two\n").goal == "one; two"

    @pytest.mark.parametrize("body", ["text", "- **Goal:**", "**Goal:**\n\n```\ncode\n```"])
    def test_may_be_missing_or_empty(self, body: str) -> None:
        assert read_phase(body).goal is None

    @pytest.mark.parametrize("status", ["Done", "[COMPLETE]", "✅ Completed"])
    def test_a_status_can_mark_a_phase_complete(self, status: str) -> None:
        assert read_phase(f"**Status:** {status}\n").complete
        assert not read_phase("**Status:** In Progress\n").complete

    def test_a_heading_can_mark_it_complete_and_is_not_the_name(self) -> None:
        phase = read_phase(TASKS, "### Phase 1: Base [COMPLETED]")
        assert (phase.name, phase.heading, phase.suffix, phase.complete) == ("Base", "Phase 1: Base", "COMPLETED", True)

    def test_the_anchor_is_that_of_the_whole_heading(self) -> None:
        plan = read("## Phase 1: A `b` — ✅\n## Phase 1: A `b` — ✅\n")
        assert [phase.anchor for phase in plan.phases] == ["phase-1-a-b--", "phase-1-a-b---1"]


class TestNameless:
    def test_task_blocks_without_phases_share_one(self) -> None:
        plan = read("## Work\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n<!-- TASK:END -->\n")
        (phase,) = plan.phases
        assert (phase.id, phase.name, phase.heading, phase.anchor, titles(phase.tasks)) == (None, None, "", "", ["a"])

    def test_task_blocks_beside_phases_have_one_of_their_own(self) -> None:
        plan = read(
            "## Phases\n### Phase 1: x\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n<!-- TASK:END -->\n"
            "## More\n<!-- TASK:BEGIN id=T2 -->\n### T2: b\n<!-- TASK:END -->\n"
        )
        assert [(phase.id, titles(phase.tasks)) for phase in plan.phases] == [("1", ["a"]), (None, ["b"])]

    def test_task_blocks_of_another_purpose_do_not_count(self) -> None:
        plan = read("## Testing\n<!-- TASK:BEGIN id=T2 -->\n### T2: b\n<!-- TASK:END -->\n")
        assert plan.phases == ()

    @pytest.mark.parametrize(
        "body", ["- [ ] a", "**Tasks:**\n- a", "### Tasks\n- a", "### T001: a\n\ntext", "| Task |\n|---|\n| a |"]
    )
    def test_the_implementation_section_may_list_tasks_itself(self, body: str) -> None:
        plan = read(f"## Implementation Plan\n\n{body}\n")
        assert [(phase.id, titles(phase.tasks)) for phase in plan.phases] == [(None, ["a"])]

    @pytest.mark.parametrize("body", ["text", "- a bullet", ""])
    def test_but_prose_is_none(self, body: str) -> None:
        assert read(f"## Implementation Plan\n\n{body}\n").phases == ()


class TestIgnoring:
    @pytest.mark.parametrize(
        "text",
        [
            "### Phase 1: x <!-- plansync:ignore -->\n",
            "### Phase 1: x\n<!-- plansync:ignore -->\n",
            "### Phase 1: x\n\n<!-- a -->\n<!-- plansync:ignore -->\n",
        ],
    )
    def test_a_comment_at_or_below_the_heading_leaves_a_phase_out(self, text: str) -> None:
        (phase,) = read(f"{text}\n{TASKS}").phases
        assert phase.ignored
        assert phase.name == "x"

    def test_further_down_it_does_not(self) -> None:
        assert not read_phase(f"{TASKS}\n<!-- plansync:ignore -->\n").ignored


class TestMilestones:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("- **Goal:** g\n- **Deliverable:** d\n", "- **Goal:** g\n- **Deliverable:** d\n- **Milestone:** {}\n"),
            ("* **Goal:** g\n* **Tasks:**\n  * a\n    * b\n\n---\n", "* **Goal:** g\n* **Tasks:**\n  * a\n    * b\n* **Milestone:** {}\n\n---\n"),
            ("  1. **Goal:** g", "  1. **Goal:** g\n  2. **Milestone:** {}"),
            ("**Goal:** g\n**Tasks:**\n- a\n", "**Goal:** g\n**Tasks:**\n- a\n\n**Milestone:** {}\n"),
            ("**Tasks:**\n\n| Task |\n|---|\n| a |\n", "**Tasks:**\n\n| Task |\n|---|\n| a |\n\n**Milestone:** {}\n"),
            ("#### Goal\n\ng\n", "#### Goal\n\ng\n\n**Milestone:** {}\n"),
            ("- [ ] a\n- [ ] b\n", "\n**Milestone:** {}\n\n- [ ] a\n- [ ] b\n"),
            ("text\n", "\n**Milestone:** {}\n\ntext\n"),
            ("#### Task 1.1: a\n- **File:** x\n", "\n**Milestone:** {}\n\n#### Task 1.1: a\n- **File:** x\n"),
            ("**Goal:** g\n\n```\nopen", "**Goal:** g\n\n**Milestone:** {}\n\n```\nopen"),
            ("- **Tasks:**\n  - a\n\n    ```\n    x\n    ```\nlazy\n", "- **Tasks:**\n  - a\n\n    ```\n    x\n    ```\n- **Milestone:** {}\n\nlazy\n"),
        ],
    )  # fmt: skip
    def test_go_below_the_last_field_in_the_phases_own_style(self, before: str, after: str) -> None:
        lead = "### Phase 1: x\n\n"
        source = lead + before
        expected = (lead + after).replace("\n\n\n", "\n\n").replace("{}", MILESTONE)
        plan = read(source)
        assert edited(source, plan.phases[0].milestone_site.edit(MILESTONE)) == expected
        (phase,) = read(expected).phases
        assert phase.milestone_link is not None
        assert phase.milestone_link.label == "m"
        assert titles(phase.tasks) == titles(plan.phases[0].tasks)
        assert phase.fields == tuple(field for field in phase.fields if field.name != "Milestone")

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_in_the_files_own_line_ends(self, end: str) -> None:
        source = end.join(["### Phase 1: x", "", "- **Tasks:**", "\t- a"])
        site = read(source).phases[0].milestone_site
        assert edited(source, site.edit("m")) == source + f"{end}- **Milestone:** m"

    def test_taken_out_leave_the_file_as_it_was(self) -> None:
        source = "### Phase 1: x\n\n- **Goal:** g\n\n---\n"
        written = edited(source, read(source).phases[0].milestone_site.edit(MILESTONE))
        link = read(written).phases[0].milestone_link
        assert link is not None
        assert (written.encode()[: link.cut.start] + written.encode()[link.cut.end :]).decode() == source

    @pytest.mark.parametrize(
        "value", ["M1", "[goals](https://x.example/goals)", "[x](http://[broken/milestone/1)", LINK]
    )
    def test_a_field_that_names_no_milestone_is_the_authors(self, value: str) -> None:
        phase = read_phase(f"- **Milestone:** {value}\n- **Tasks:**\n  - a\n")
        assert phase.milestone_link is None
        assert titles(phase.tasks) == ["a"]

    def test_a_milestone_below_a_heading_has_no_text_of_its_own(self) -> None:
        assert read_phase(f"#### Milestone\n\n{MILESTONE}\n").milestone_link is None

    @pytest.mark.parametrize(
        "body",
        [
            f"**Tasks:**\n- a\n\n**Milestone:** {MILESTONE}\n\n- b\n",
            f"**Tasks:**\n- a\n- **Milestone:** {MILESTONE}\n- b\n",
        ],
    )
    def test_are_never_the_end_of_a_task_list(self, body: str) -> None:
        assert titles(read_phase(body).tasks) == ["a", "b"]

    def test_a_plan_without_phases_has_one_in_its_header(self) -> None:
        source = "# T\n\n**Status:** Draft\n\n## Implementation Plan\n\n- [ ] a\n"
        written = edited(source, read(source).phases[0].milestone_site.edit(MILESTONE))
        assert written.startswith(f"# T\n\n**Status:** Draft\n**Milestone:** {MILESTONE}\n\n")
        plan = read(written)
        assert plan.phases[0].milestone_link is not None
        assert plan.status is not None and plan.status.raw == "Draft"
