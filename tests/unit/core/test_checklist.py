"""People's ticks in an issue's checklist survive when its region is written anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plansync.core.checklist import CheckLine, merge_ticks, read_checklist

REGION = """## What

- [ ] Parse **the** query
  - [x] Quotes
    * [X] Unbalanced ones
1. [ ] Quotes
- [] no box
- [y] no box
- plain

```text
- [ ] not this
```
~~~
- [ ] nor this
```
~~~~
- [ ] Rank
"""


def test_lines_are_read_at_any_depth_but_not_in_fences() -> None:
    lines = read_checklist(REGION)
    assert [(line.text, line.occurrence, line.ticked) for line in lines] == [
        ("Parse **the** query", 0, False),
        ("Quotes", 0, True),
        ("Unbalanced ones", 0, True),
        ("Quotes", 1, False),
        ("Rank", 0, False),
    ]
    assert [REGION[line.offset - 1 : line.offset + 2] for line in lines] == ["[ ]", "[x]", "[X]", "[ ]", "[ ]"]


def test_line_ends_and_trailing_blanks_do_not_count() -> None:
    assert read_checklist("- [ ] One  \r\n- [x] Two\r\n") == (
        CheckLine("One", 0, False, 3),
        CheckLine("Two", 0, True, 16),
    )


def test_code_in_one_line_opens_no_fence() -> None:
    assert len(read_checklist("```a``` b\n- [ ] One\n``` unclosed\n- [ ] Two")) == 1


def test_people_s_ticks_are_kept_by_text_and_occurrence() -> None:
    observed = "- [x] Moved\n- [ ] Same\n- [x] same\n- [x] Gone\n"
    wanted = "- [ ] Same\n- [ ] Same\n- [ ] New\n- [x] Born ticked\n- [ ] **Moved**\n"
    merged = "- [ ] Same\n- [x] Same\n- [ ] New\n- [x] Born ticked\n- [x] **Moved**\n"
    assert merge_ticks(wanted, observed, {}) == merged


def test_boxes_of_the_plan_are_decided_elsewhere() -> None:
    observed = "- [x] One\n- [ ] Two\n- [x] Three\n"
    wanted = "- [ ] One\n- [ ] Two\n- [ ] Three\n"
    merged = merge_ticks(wanted, observed, {("One", 0): False, ("*two*", 0): True, ("Elsewhere", 0): True})
    assert merged == "- [ ] One\n- [x] Two\n- [x] Three\n"


LINES = st.lists(st.sampled_from(["- [ ] a", "- [x] a", "  - [X] b", "- [ ] c", "text", "```", ""])).map("\n".join)


@given(LINES, LINES)
def test_merging_changes_marks_alone_and_only_once(wanted: str, observed: str) -> None:
    merged = merge_ticks(wanted, observed, {})
    assert merge_ticks(merged, observed, {}) == merged
    assert [line.text for line in read_checklist(merged)] == [line.text for line in read_checklist(wanted)]
    assert len(merged) == len(wanted)
    assert merge_ticks(wanted, wanted, {}) == wanted
