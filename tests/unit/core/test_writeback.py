"""Marks become splices at the places that the reader named, and only where something is to change."""

from __future__ import annotations

import pytest

from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.model import Box, Detail, Item, Link, LinkPlace, Phase, StatusCell, Task
from plansync.core.parser import parse_plan
from plansync.core.sheets import Sheet
from plansync.core.spellings import BareNumber
from plansync.core.text import Edit, Site, Span
from plansync.core.writeback import (
    DetailMark,
    IssueLink,
    ItemMark,
    PhaseMark,
    PlanMarks,
    edits_for,
    safe_label,
    safe_url,
)
from tests.support.plan_values import NOWHERE, make_phase, make_plan, make_risk, make_status, make_task

URL = "http://127.0.0.1:8484/issues/12"
OLD_URL = "https://git.example.com/acme/web/issues/3"
TWELVE = IssueLink(12, URL)


def edits_of_item(mark: ItemMark) -> tuple[Edit, ...]:
    plan = make_plan(make_phase(mark.item, at=900)) if isinstance(mark.item, Task) else make_plan(risks=(mark.item,))
    return edits_for(plan, PlanMarks(items=(mark,)))


def edits_of_phase(mark: PhaseMark) -> tuple[Edit, ...]:
    return edits_for(make_plan(mark.phase), PlanMarks(milestones=(mark,)))


def make_link(url: str, label: str = "#3", place: LinkPlace = LinkPlace.TAIL) -> Link:
    return Link(label, url, Span(20, 50), Span(18, 51), place)


def test_a_new_link_goes_to_the_items_place() -> None:
    item = make_task("Build it", at=10)
    assert edits_of_item(ItemMark(item=item, link=TWELVE)) == (Edit(Span(18, 18), f" ([#12]({URL}))".encode()),)


def test_the_place_may_be_a_bullet_of_its_own() -> None:
    item = make_task(link_site=Site(30, "- **Issue:** ", "\r\n"))
    assert edits_of_item(ItemMark(item=item, link=TWELVE)) == (
        Edit(Span(30, 30), f"- **Issue:** [#12]({URL})\r\n".encode()),
    )


def test_a_wrong_link_is_replaced_where_it_stands() -> None:
    old = make_link(OLD_URL)
    item = make_task(links=(old,))
    assert edits_of_item(ItemMark(item=item, link=TWELVE, replaces=old)) == (Edit(old.span, f"[#12]({URL})".encode()),)


@pytest.mark.parametrize(("enclosed", "written"), [(True, f"[#12]({URL})"), (False, f"([#12]({URL}))")])
def test_a_bare_number_becomes_the_link_in_its_place(enclosed: bool, written: str) -> None:
    bare = BareNumber(12, Span(19, 22), Span(18, 22), enclosed, "Build it")
    number = Link("#12", URL, bare.span, bare.cut, LinkPlace.TAIL, bare=True)
    item = make_task("Build it", at=10, links=(number,), bare=bare)
    assert edits_of_item(ItemMark(item=item, link=TWELVE, replaces=number)) == (Edit(Span(19, 22), written.encode()),)


@pytest.mark.parametrize("place", list(LinkPlace))
def test_a_link_that_is_right_is_never_rewritten(place: LinkPlace) -> None:
    old = make_link(URL, "the search issue", place)
    item = make_task(links=(old,))
    assert edits_of_item(ItemMark(item=item, link=TWELVE)) == ()
    assert edits_of_item(ItemMark(item=item, link=TWELVE, replaces=old)) == ()


def test_an_item_without_marks_is_left_alone() -> None:
    assert edits_of_item(ItemMark(item=make_task(links=(make_link(OLD_URL),), box=Box(" ", NOWHERE)))) == ()


@pytest.mark.parametrize(
    ("mark", "ticked", "written"),
    [
        (" ", True, b"x"),
        ("x", False, b" "),
        ("X", False, b" "),
        ("✓", False, b" "),
        ("~", True, b"x"),
        (" ", False, None),
        ("x", True, None),
        ("X", True, None),
        ("~", False, None),
        (" ", None, None),
    ],
)
def test_a_box_changes_only_when_it_says_something_else(mark: str, ticked: bool | None, written: bytes | None) -> None:
    item = make_task(box=Box(mark, Span(3, 4)))
    assert edits_of_item(ItemMark(item=item, box=ticked)) == ((Edit(Span(3, 4), written),) if written else ())


def test_a_plain_bullet_has_no_box_to_tick() -> None:
    assert edits_of_item(ItemMark(item=make_task(), box=True)) == ()


@pytest.mark.parametrize(("ticked", "box"), [(True, b"[x] "), (False, b"[ ] "), (None, b"[ ] ")])
def test_a_plain_bullet_can_be_made_a_box(ticked: bool | None, box: bytes) -> None:
    item = make_task(box_site=Site(2))
    assert edits_of_item(ItemMark(item=item, box=ticked, make_box=True)) == (Edit(Span(2, 2), box),)


def test_no_second_box_is_made_and_none_where_it_cannot_stand() -> None:
    assert edits_of_item(ItemMark(item=make_task(box=Box("x", NOWHERE), box_site=Site(2)), make_box=True)) == ()
    assert edits_of_item(ItemMark(item=make_task(), make_box=True)) == ()


def test_a_detail_has_a_box_of_its_own() -> None:
    boxed, plain = Detail("Quotes", 4, box=Box(" ", Span(33, 34))), Detail("Nothing", 5)
    item = make_task(details=(boxed, plain))
    marks = (DetailMark(boxed, box=True), DetailMark(plain, box=True))
    assert edits_of_item(ItemMark(item=item, details=marks)) == (Edit(Span(33, 34), b"x"),)


def test_a_status_cell_is_replaced_whole() -> None:
    item = make_risk(status_cell=StatusCell("**Open**", Span(40, 48)))
    assert edits_of_item(ItemMark(item=item, cell="**Closed**")) == (Edit(Span(40, 48), b"**Closed**"),)
    assert edits_of_item(ItemMark(item=item, cell="**Open**")) == ()
    assert edits_of_item(ItemMark(item=make_risk(), cell="Closed")) == ()


def test_a_milestone_field_is_put_in() -> None:
    phase = make_phase(milestone_site=Site(60, "- **Milestone:** ", "\n"))
    assert edits_of_phase(PhaseMark(phase=phase, title="Search: Phase 1", url="http://m/1")) == (
        Edit(Span(60, 60), b"- **Milestone:** [Search: Phase 1](http://m/1)\n"),
    )


def test_a_milestone_link_is_replaced_when_asked_and_only_if_it_differs() -> None:
    old = make_link("http://m/1", "Search \\[v2\\]", LinkPlace.LEAD)
    phase = make_phase(milestone_link=old)
    same = PhaseMark(phase=phase, title="Search [v2]", url="http://m/1", replaces=old)
    renamed = PhaseMark(phase=phase, title="Find [v2]", url="http://m/1", replaces=old)
    moved = PhaseMark(phase=phase, title="Search [v2]", url="http://m/2", replaces=old)
    assert edits_of_phase(same) == ()
    assert edits_of_phase(renamed) == (Edit(old.span, b"[Find \\[v2\\]](http://m/1)"),)
    assert edits_of_phase(moved) == (Edit(old.span, b"[Search \\[v2\\]](http://m/2)"),)
    assert edits_of_phase(PhaseMark(phase=phase, title="Find [v2]", url="http://m/2")) == ()


def test_status_edits_go_along() -> None:
    edit = Edit(Span(40, 45), b"Complete")
    assert edits_for(make_plan(status=make_status("Draft", 40)), PlanMarks(status=(edit,))) == (edit,)


@pytest.mark.parametrize("part", [make_task(at=77), make_phase(at=77)])
def test_a_mark_of_another_plan_is_refused(part: Item | Phase) -> None:
    marks = (
        PlanMarks(milestones=(PhaseMark(phase=part, title="", url=""),))
        if isinstance(part, Phase)
        else PlanMarks(items=(ItemMark(item=part),))
    )
    with pytest.raises(ValueError, match="no item or phase of this plan"):
        edits_for(make_plan(make_phase(make_task(), at=900)), marks)


def test_labels_and_addresses_cannot_end_their_link() -> None:
    assert safe_label(r"a [b] \c | `d` <!-- e") == r"a \[b\] \\c \| \`d\` \<!-- e"
    assert safe_url("http://h/a (b)|<c>") == "http://h/a%20%28b%29%7C%3Cc%3E"


@pytest.mark.parametrize("below", ["- ", "*", "2. Water it\n3. Wait\n", "0) Water it\n"])
def test_a_milestone_field_right_above_a_list_keeps_it_apart(below: str) -> None:
    source = f"# T\n\n## Implementation Phases\n\n### Phase 1: Trees\n{below}".encode()
    plan = parse_plan(source)
    url = "https://git.example.com/acme/web/milestone/9"
    marks = PlanMarks(milestones=(PhaseMark(phase=plan.phases[0], title="Trees", url=url),))
    edited = edit_plan((Sheet("", source),), plan, marks, parse_plan)
    assert isinstance(edited, EditedPlan), edited
    assert edited.sheets[0].data.endswith(f"\n\n**Milestone:** [Trees]({url})\n\n{below}".encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# T\n**Bold** words right below\n", "# T\n\n**Milestone:** {link}\n\n**Bold** words right below\n"),
        ("# T\n**Created:** today\n--\n", "# T\n\n**Milestone:** {link}\n\n**Created:** today\n--\n"),
    ],
)
def test_a_milestone_field_below_the_title_does_not_join_bold_text_or_a_heading_below(before: str, after: str) -> None:
    rest = "\n## Implementation Tasks\n\n- **Tasks:**\n  - [ ] Plant a tree\n"
    plan = parse_plan((before + rest).encode())
    url = "https://git.example.com/acme/web/milestone/9"
    marks = PlanMarks(milestones=(PhaseMark(phase=plan.phases[0], title="Trees", url=url),))
    edited = edit_plan((Sheet("", (before + rest).encode()),), plan, marks, parse_plan)
    assert isinstance(edited, EditedPlan), edited
    assert edited.sheets[0].data.decode() == after.format(link=f"[Trees]({url})") + rest
