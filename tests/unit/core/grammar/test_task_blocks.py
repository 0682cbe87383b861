"""TASK blocks: what they say, where they end, where their link goes."""

from __future__ import annotations

import pytest

from plansync.core.model import Task
from tests.support.plan_texts import ISSUE, LINK, codes, edited, read, titles

BLOCK = """\
# T

## Implementation Tasks

<!-- TASK:BEGIN id=T001 -->
### T001: One

**Metadata:**
- **Label:** api
- **Size:** S
- **Repo:** web
- **Assignee:** kim
- **Dependencies:** T002, T003

**Description:** First
line.

- a list

**Files to Modify:**
- `a.py` (new)
- all of `b`
- c.py
- None
- ```
  x
  ```

**Acceptance Criteria:**
- [ ] it works
  - [x] always
<!-- TASK:END -->

<!-- TASK:BEGIN id=X-2 -->
### X-2 — Two
<!-- TASK:END --><!-- TASK:BEGIN id=T003 -->
### Three
- **Size:** XS
<!-- TASK:END -->
"""


def blocks(text: str = BLOCK) -> tuple[Task, ...]:
    return read(text).tasks


class TestBlocks:
    def test_say_everything_about_a_task(self) -> None:
        one, two, three = blocks()
        assert (one.text, one.id, one.line, one.label, one.size) == ("One", "T001", 6, "api", "S")
        assert (one.repo, one.assignee, one.depends_on) == ("web", "kim", ("T002", "T003"))
        assert one.body == "First\nline.\n\n- a list"
        assert one.files == ("a.py", "b", "c.py")
        assert [detail.text for detail in one.details] == ["it works", "always"]
        assert (two.text, two.id, two.details, two.body, two.files) == ("Two", "X-2", (), "", ())
        assert (three.text, three.id) == ("Three", "T003")

    def test_an_unknown_dependency_is_a_problem(self) -> None:
        assert codes(read(BLOCK)) == ["PS203"]

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("### T1: a\n- **Size:** S\n\ntext", "### T1: a\n- **Size:** S\n- **Issue:** {}\n\ntext"),
            ("### T1: a\n**Metadata:**\n  * **Size:** S\n  * **Assignee:** kim\n**Notes:** x", "### T1: a\n**Metadata:**\n  * **Size:** S\n  * **Assignee:** kim\n  * **Issue:** {}\n**Notes:** x"),
            ("### T1: a\ntext", "### T1: a\n\n- **Issue:** {}\n\ntext"),
            ("### T1: a\n  ```\n  x\n  ```", "### T1: a\n\n**Issue:** {}\n  ```\n  x\n  ```"),
            ("### T1: a\n\n  - x", "### T1: a\n\n**Issue:** {}\n\n  - x"),
        ],
    )  # fmt: skip
    def test_the_link_is_a_metadata_bullet(self, before: str, after: str) -> None:
        def block(body: str) -> str:
            return f"## Implementation Tasks\n<!-- TASK:BEGIN id=T1 -->\n{body}\n<!-- TASK:END -->\n"

        (task,) = blocks(block(before))
        written = edited(block(before), task.link_site.edit(LINK))
        assert written == block(after.replace("{}", LINK))
        (linked,) = blocks(written)
        assert [(link.url, link.place.value) for link in linked.links] == [(ISSUE, "tail")]
        assert linked.body == task.body

    def test_the_link_of_the_last_line_of_a_file_is_found(self) -> None:
        source = "## Implementation Tasks\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n- **Size:** S"
        (task,) = blocks(source)
        (linked,) = blocks(edited(source, task.link_site.edit(LINK)))
        assert linked.links[0].url == ISSUE

    def test_an_issue_field_that_is_no_link_is_left_alone(self) -> None:
        (task,) = blocks(
            "## Tasks\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n- **Issue:** [x](https://x.example)\n#### Issue\n<!-- TASK:END -->\n"
        )
        assert task.links == ()

    def test_one_that_is_not_closed_ends_where_the_next_thing_begins(self) -> None:
        plan = read(
            "## Implementation Tasks\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n- **Size:** S\n<!-- TASK:BEGIN id=T2 -->\n### T2: b\n#### Part\n"
            "### Other\n<!-- TASK:BEGIN id=T3 -->\n## Risks\n<!-- TASK:BEGIN id=T4 -->\n"
        )
        assert titles(plan.tasks) == ["a", "b"]
        assert codes(plan) == ["PS206"] * 3

    def test_one_without_a_heading_is_a_problem_and_no_task(self) -> None:
        plan = read("## Tasks\n<!-- TASK:BEGIN id=T1 -->\ntext\n<!-- TASK:END -->\n")
        assert (plan.tasks, codes(plan)) == ((), ["PS206"])

    def test_a_closed_one_may_hold_headings(self) -> None:
        (task,) = blocks(
            "## Tasks\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n### Acceptance Criteria\n- b\n<!-- TASK:END -->\n"
        )
        assert [detail.text for detail in task.details] == ["b"]

    def test_a_placeholder_is_none(self) -> None:
        assert blocks("## Tasks\n<!-- TASK:BEGIN id=T1 -->\n### T1: {Task Title}\n<!-- TASK:END -->\n") == ()

    @pytest.mark.parametrize("text", ["```\n{}\n```", "<!--\n{}\n", "> {}", "text `{}` text", "- {}"])
    def test_in_code_comments_and_quotes_there_are_none(self, text: str) -> None:
        plan = read("## Implementation Tasks\n" + text.replace("{}", "<!-- TASK:BEGIN id=T1 -->") + "\n\n### T1 a\n")
        assert plan.tasks == ()

    def test_an_end_without_a_beginning_ends_nothing(self) -> None:
        assert titles(blocks("## Tasks\n- [ ] a\n\n<!-- TASK:END -->\n")) == ["a"]

    def test_the_end_may_stand_inside_the_last_list(self) -> None:
        tasks = blocks(
            "## Tasks\n<!-- TASK:BEGIN id=T1 -->\n### T1: a\n- [ ] b\n  <!-- TASK:END -->\n\n## Next\n<!-- TASK:BEGIN id=T2 -->\n### T2: c\n<!-- TASK:END -->\n"
        )
        assert titles(tasks) == ["a", "c"]

    def test_repeated_ids_are_a_problem(self) -> None:
        text = "<!-- TASK:BEGIN id=T1 -->\n### T1: a\n- **Dependencies:** T1\n<!-- TASK:END -->\n"
        assert codes(read("## Tasks\n" + text * 2)) == ["PS204", "PS205"]
