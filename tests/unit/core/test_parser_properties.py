"""Laws of the reader over generated plans and over anything at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from plansync.core.describe import describe_plan
from plansync.core.model import Item, LinkPlace, Phase, Plan, Task
from plansync.core.parser import parse_plan
from plansync.core.text import Edit, Lines, Span, apply_edits
from tests.support.plans import plan_sources, wild_sources

ISSUE = "https://tracker.example/acme/web/issues/77"
MILESTONE = "https://tracker.example/acme/web/milestone/3"
PLANS = sorted((Path(__file__).parents[2] / "plans").glob("*.md"))


def item_face(item: Item) -> tuple[object, ...]:
    """Return what write-back may not change about an item."""
    details = tuple((detail.text, detail.depth) for detail in item.details)
    body = (item.body, item.assignee, item.depends_on) if isinstance(item, Task) else ()
    return (item.kind, item.text, item.id, item.box and item.box.mark, item.state, details, item.ignored, body)


def phase_face(phase: Phase) -> tuple[object, ...]:
    """Return what write-back may not change about a phase."""
    fields = tuple((field.name, field.value) for field in phase.fields)
    tasks = tuple(item_face(task) for task in phase.tasks)
    return (
        phase.id,
        phase.name,
        phase.heading,
        phase.goal,
        phase.deliverable,
        phase.depends_on,
        fields,
        tasks,
        phase.complete,
    )


def plan_face(plan: Plan) -> tuple[object, ...]:
    """Return what write-back may not change about a plan."""
    header = tuple((field.name, field.value) for field in plan.header if field.name not in {"Status", "Milestone"})
    items = tuple(item_face(item) for item in plan.items)
    return (
        plan.title,
        header,
        tuple(phase_face(phase) for phase in plan.phases),
        items,
        tuple(part.text for part in plan.sections),
        plan.architecture,
    )


def every_site(plan: Plan) -> list[Edit]:
    """Return the edits that fill every Site of the plan; at one offset an item's own link comes first."""
    status = [plan.status_site.edit("Planned")] if plan.status_site else []
    milestones = [p.milestone_site.edit(f"[P: x]({MILESTONE})") for p in plan.phases if p.milestone_link is None]
    return [*(item.link_site.edit(f"[#77]({ISSUE})") for item in plan.items), *status, *milestones]


def check_places(source: bytes) -> None:
    plan = parse_plan(source)
    whole, lines = Span(0, len(source)), Lines(source)
    assert all(whole.holds(part.span) and part.line <= len(lines.starts) for part in (*plan.items, *plan.phases))
    for item in plan.items:
        assert item.box is None or item.box.span.of(source).decode() == item.box.mark
        assert item.status_cell is None or item.status_cell.span.of(source).decode() == item.status_cell.raw
        assert all(link.cut.holds(link.span) and item.span.holds(link.span) for link in item.links)
    for status in (plan.status, plan.front_matter_status):
        assert status is None or (status.span.of(source).decode() == status.raw == status.raw.strip(" \t\r\n"))
    json.dumps(describe_plan(plan, "p.md"))


def check_sites(source: bytes) -> None:
    before = parse_plan(source)
    edited = apply_edits(source, every_site(before))
    after = parse_plan(edited)
    assert plan_face(after) == plan_face(before)
    assert all(phase.milestone_link and phase.milestone_link.url == MILESTONE for phase in after.phases)
    assert before.status_site is None or (after.status is not None and after.status.raw == "Planned")
    found = [[link for link in item.links if link.url == ISSUE] for item in after.items]
    assert [[link.place for link in links] for links in found] == [[LinkPlace.TAIL]] * len(found)
    cut = apply_edits(edited, [Edit(link.cut, b"") for links in found for link in links])
    assert [item_face(item) for item in parse_plan(cut).items] == [item_face(item) for item in before.items]


@given(plan_sources() | wild_sources)
@settings(max_examples=200)
def test_nothing_makes_the_reader_fail_and_every_range_lies_where_it_says(source: bytes) -> None:
    check_places(source)


@given(plan_sources())
@settings(max_examples=150)
def test_what_is_put_into_the_sites_is_found_again_and_nothing_else_changes(source: bytes) -> None:
    check_sites(source)


@pytest.mark.parametrize("check", [check_places, check_sites])
@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_odd_plans_obey_the_same_laws(path: Path, check: Callable[[bytes], None]) -> None:
    check(path.read_bytes())


@pytest.mark.parametrize(
    "text",
    ["- " * 3000 + "x", "> " * 3000, "[" * 10000, "*a " * 5000, "### Phase 1: x" + " [a]" * 3000, "<<<<<<< a\n" * 3000],
    ids=["lists", "quotes", "brackets", "stars", "suffixes", "conflicts"],
)
def test_hostile_text_is_read_like_any_other(text: str) -> None:
    assert parse_plan(text.encode()).problems
