"""Laws of write-back over odd plan files: nothing but the named places changes, and once is enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from plansync.core.cells import decide_cell
from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.joining import read_sheets
from plansync.core.links import Address
from plansync.core.model import Item, LinkPlace, Plan
from plansync.core.numbers import linked_form
from plansync.core.parser import parse_plan
from plansync.core.progress import Stage
from plansync.core.rules import Rules
from plansync.core.sheets import Sheet
from plansync.core.status import status_edits
from plansync.core.text import Edit, Site, Span
from plansync.core.wording import Write
from plansync.core.writeback import DetailMark, IssueLink, ItemMark, PhaseMark, PlanMarks, edits_for
from tests.support.odd_plans import odd_plans
from tests.support.plans import plan_sources

RULES = Rules(status_insert=True)
URL = "https://git.example.com/acme/web"
ADDRESS = Address("github", "git.example.com", "acme/web", issues=f"{URL}/issues/")
TITLES = ["Search: Phase 1: Parse", "Search [v2] | `x`", "検索 \\ <!-- 1", "*Search*"]


_BOXED_RISK = b"## Risks\n\n**Risk 1: Add**\n- Mitigation:\n  - [ ] Add\n- **Risk**: Add **Mitigation**: Add\n"


@dataclass(frozen=True)
class Wish:
    """What a run might find out, independent of offsets: one number decides for every item."""

    seed: int
    stage: Stage | None
    makes_boxes: bool

    def flips(self, at: int) -> bool:
        return bool(self.seed >> (at % 24) & 1)

    def marks(self, plan: Plan) -> PlanMarks:
        return PlanMarks(
            items=tuple(self._item(plan, item, at) for at, item in enumerate(plan.items)),
            milestones=tuple(
                PhaseMark(phase=phase, title=TITLES[(self.seed + at) % 4], url=f"{URL}/milestone/{at + 1}")
                for at, phase in enumerate(plan.phases)
            ),
            status=status_edits(plan, self.stage, RULES).edits,
        )

    def _item(self, plan: Plan, item: Item, at: int) -> ItemMark:
        evidence = next((link for link in item.links if link.place is not LinkPlace.MENTION), None)
        if evidence is None and item.bare is not None and self.flips(at + 1):
            item = linked_form(item, ADDRESS)
            evidence = item.links[-1]
        details = (detail for detail in item.details if detail.box is not None)
        return ItemMark(
            item=item,
            link=IssueLink(100 + at, f"{URL}/issues/{100 + at}"),
            replaces=evidence,
            box=self.flips(at),
            make_box=self.makes_boxes and item.box is None,
            cell=_cell(plan, item, self.flips(at)),
            details=tuple(DetailMark(detail, self.flips(at + nth)) for nth, detail in enumerate(details)),
        )


def _cell(plan: Plan, item: Item, is_done: bool) -> str | None:
    if item.status_cell is None:
        return None
    column = [other.status_cell for other in plan.items if other.status_cell and other.kind is item.kind]
    verdict = decide_cell(item.status_cell, not is_done, column, item.kind)
    return verdict.text if isinstance(verdict, Write) else None


sources = odd_plans() | plan_sources()
wishes = st.builds(Wish, st.integers(0, 2**24 - 1), st.sampled_from([None, *Stage]), st.booleans())


def written(source: bytes, wish: Wish) -> tuple[Plan, EditedPlan]:
    before = parse_plan(source)
    note(f"source: {source.decode()!r}")
    edited = edit_plan((Sheet("", source),), before, wish.marks(before), parse_plan)
    assert isinstance(edited, EditedPlan), edited
    return before, edited


def declared(plan: Plan) -> Iterator[Span]:
    """Yield every place that the reader offers for writing."""
    sites: list[Site | None] = [plan.status_site, *(phase.milestone_site for phase in plan.phases)]
    for item in plan.items:
        sites += [item.link_site, item.box_site]
        yield from (link.span for link in item.links)
        yield from (bare.span for bare in (item.bare,) if bare is not None)
        yield from (detail.box.span for detail in item.details if detail.box)
        yield from (part.span for part in (item.box, item.status_cell) if part is not None)
    yield from (Span(site.offset, site.offset) for site in sites if site is not None)
    yield from (line.span for line in (plan.status, plan.front_matter_status) if line is not None)


def undone(data: bytes, source: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Return ``data`` with the edits taken back, found by walking the file and not by splicing."""
    restored, cursor, shift = b"", 0, 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        start = edit.span.start + shift
        assert data[start : start + len(edit.text)] == edit.text
        restored += data[cursor:start] + edit.span.of(source)
        cursor = start + len(edit.text)
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return restored + data[cursor:]


@example(b"## Tasks\n\n- Add it ~~at once~~\n", Wish(0, None, makes_boxes=True))  # a box does not strike the text out
@example(_BOXED_RISK, Wish(0, None, makes_boxes=True))  # a label behind a box is one
@given(sources, wishes)
def test_every_byte_outside_the_declared_places_is_kept(source: bytes, wish: Wish) -> None:
    before, edited = written(source, wish)
    assert undone(edited.sheets[0].data, source, edited.edits) == source
    assert {edit.span for edit in edited.edits} <= set(declared(before))


@given(sources, wishes)
def test_writing_twice_is_writing_once(source: bytes, wish: Wish) -> None:
    _, edited = written(source, wish)
    again = parse_plan(edited.sheets[0].data)
    assert edits_for(again, wish.marks(again)) == ()


@given(sources, wishes)
def test_every_item_is_then_linked_and_every_box_says_what_was_asked(source: bytes, wish: Wish) -> None:
    before, edited = written(source, wish)
    after = parse_plan(edited.sheets[0].data)
    assert [facts(item) for item in after.items] == [facts(mark.item) for mark in wish.marks(before).items]
    for at, item in enumerate(after.items):
        assert [link.place for link in item.links if link.url == f"{URL}/issues/{100 + at}"] != []
        assert item.box is None or item.box.ticked is wish.flips(at)
    for at, phase in enumerate(after.phases):
        assert phase.milestone_link is not None
        assert phase.milestone_link.url == f"{URL}/milestone/{at + 1}"


def facts(item: Item) -> tuple[object, ...]:
    """Return what no write-back may change in an item."""
    return item.kind, item.text, item.id, item.ignored, [(detail.text, detail.depth) for detail in item.details]


@given(sources, wishes)
def test_line_ends_are_the_files_own(source: bytes, wish: Wish) -> None:
    _, edited = written(source, wish)
    ends = set(re.findall(rb"\r\n|\r|\n", source))
    assume(ends)
    assert set(re.findall(rb"\r\n|\r|\n", edited.sheets[0].data)) <= ends


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # two whole plans at once take a while to make
@given(plan_sources(), plan_sources(), wishes)
def test_of_a_plan_in_two_files_every_byte_outside_the_edits_stays_where_it_was(
    first: bytes, second: bytes, wish: Wish
) -> None:
    sheets = (Sheet("plan.md", first), Sheet("tasks.md", second))
    before = read_sheets(sheets, parse_plan)
    note(f"files: {first.decode()!r} {second.decode()!r}")
    edited = edit_plan(sheets, before, wish.marks(before), parse_plan)
    assert isinstance(edited, EditedPlan), edited
    joined, after = (b"\0".join(sheet.data for sheet in each) for each in (sheets, edited.sheets))
    assert undone(after, joined, edited.edits) == joined
    assert [sheet.name for sheet in edited.sheets] == ["plan.md", "tasks.md"]
    for at, item in enumerate(read_sheets(edited.sheets, parse_plan).items):
        links = {link.url for link in item.links}
        assert f"{URL}/issues/{100 + at}" in links
