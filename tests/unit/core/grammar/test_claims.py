"""What is a phase or an item is no description as well."""

from __future__ import annotations

import pytest

from plansync.core.grammar.claims import Claims
from plansync.core.parser import parse_plan
from plansync.core.text import Span


@pytest.mark.parametrize(
    ("start", "end", "touched"),
    [(0, 5, False), (0, 6, True), (8, 9, True), (25, 30, True), (30, 40, False), (29, 30, True), (50, 60, False)],
)
def test_ranges_are_touched_where_they_overlap(start: int, end: int, touched: bool) -> None:
    claims = Claims()
    assert not claims.touch(Span(start, end))
    claims.take([Span(20, 22), Span(5, 10), Span(12, 30), Span(40, 45)])
    assert claims.touch(Span(start, end)) is touched


def test_a_phase_below_a_section_of_the_design_is_none_of_its_things() -> None:
    plan = parse_plan(
        b"# P\n\n## API Contracts\n\n### New Endpoints\n\n#### GET /parcels\n\n- **Purpose:** lists them\n\n"
        b"### Phase 1: Reading\n\n- **Goal:** known\n- **Tasks:**\n  - Read the feed\n"
    )
    assert [endpoint.name for endpoint in plan.endpoints] == ["GET /parcels"]
    assert [phase.heading for phase in plan.phases] == ["Phase 1: Reading"]


def test_a_section_of_the_design_that_holds_an_item_is_no_text() -> None:
    text = b"# P\n\n## Architecture Overview\n\nBoxes and lines.\n\n<!-- TASK:BEGIN id=T1 -->\n### T1: Draw\n\n<!-- TASK:END -->\n"
    plan = parse_plan(text)
    assert [task.text for task in plan.tasks] == ["Draw"]
    assert plan.architecture.design == ""
    assert parse_plan(text[: text.index(b"<")]).architecture.design == "Boxes and lines."
