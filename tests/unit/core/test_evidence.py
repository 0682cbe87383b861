"""What a link in a plan proves, and who holds an issue that several items link to (spec §3.1, §3.5, §3.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.evidence import Claim, holders, linked_milestones, linked_numbers, read_claim
from plansync.core.identity import PlanKey, item_key
from plansync.core.links import Address
from plansync.core.model import ItemKind, Link, LinkPlace, Task
from plansync.core.observed import ObservedIssue
from plansync.core.reading import Placed
from plansync.core.text import Span
from tests.support.plan_values import make_phase, make_plan, make_risk, make_task
from tests.support.reconciling import (
    LOCAL,
    LOCAL_URL,
    PLAN,
    URL,
    WEB,
    issue_of,
    link_to,
    make_issue,
    make_question,
    make_reading,
    owning,
    tracking_of,
)

ELSEWHERE = "https://tracker.example/acme/api/issues/{}"
REQUEST = "https://tracker.example/acme/web/pull/{}"
MILESTONE = "https://tracker.example/acme/web/milestone/{}"


def _claim(
    *links: Link,
    issues: tuple[ObservedIssue, ...] = (),
    address: Address = WEB,
    text: str = "Build it",
    known: ItemState | None = None,
    key: str = PLAN,
) -> Claim:
    task = make_task(text, links=links)
    state = PlanState(key=key, source="", path="", target="", items=(known,)) if known else None
    reading = make_reading(make_plan(make_phase(task)), key, state=state)
    ownership = owning(*issues, linked=[int(link.label[1:]) for link in links])
    return read_claim(reading, Placed(task, 0), ownership, address)


@pytest.mark.parametrize("place", list(LinkPlace))
def test_a_link_to_a_tracking_issue_claims_nothing(place: LinkPlace) -> None:
    claim = _claim(link_to(7, place), issues=(tracking_of(7),))
    assert (claim.number, claim.elsewhere, claim.stale) == (None, False, None)


@pytest.mark.parametrize("place", [LinkPlace.LEAD, LinkPlace.TAIL])
@pytest.mark.parametrize("issues", [(), (make_issue(7, "Theirs"),), (issue_of(7, "Another", plan="other"),)])
def test_a_link_that_leads_or_ends_the_text_claims_the_issue_whatever_it_is(
    place: LinkPlace, issues: tuple[ObservedIssue, ...]
) -> None:
    claim = _claim(link_to(7, place), issues=issues)
    assert (claim.number, claim.link) == (7, link_to(7, place))


def test_a_link_in_mid_sentence_is_a_mere_reference() -> None:
    assert _claim(link_to(7, LinkPlace.MENTION), issues=(make_issue(7, "Build it"),)).number is None


def test_a_link_in_mid_sentence_claims_the_issue_whose_marker_names_this_item() -> None:
    assert _claim(link_to(7, LinkPlace.MENTION), issues=(issue_of(7, "Build it"),)).number == 7


def test_a_link_in_mid_sentence_to_another_project_is_a_mere_reference() -> None:
    claim = _claim(link_to(7, LinkPlace.MENTION, ELSEWHERE))
    assert (claim.number, claim.elsewhere) == (None, False)


@pytest.mark.parametrize("url", [REQUEST, MILESTONE, "https://example.org/{}"])
def test_links_to_requests_and_pages_are_mere_references(url: str) -> None:
    claim = _claim(link_to(7, url=url))
    assert (claim.number, claim.elsewhere, claim.stale) == (None, False, None)


def test_a_link_to_another_project_means_tracked_elsewhere() -> None:
    claim = _claim(link_to(7, url=ELSEWHERE))
    assert (claim.number, claim.elsewhere) == (None, True)


def test_of_several_links_the_first_that_proves_anything_counts() -> None:
    claim = _claim(link_to(1, url=REQUEST), link_to(2, LinkPlace.MENTION), link_to(3), link_to(4))
    assert claim.number == 3


def test_a_local_link_is_no_evidence_under_another_tracker_and_is_replaced() -> None:
    local = link_to(7, url=LOCAL_URL)
    claim = _claim(local, issues=(issue_of(7, "Build it"),))
    assert (claim.number, claim.elsewhere, claim.stale) == (None, False, local)


def test_a_local_link_beside_a_real_one_is_replaced_as_well() -> None:
    local = link_to(7, LinkPlace.LEAD, LOCAL_URL)
    claim = _claim(local, link_to(8))
    assert (claim.number, claim.stale) == (8, local)


def _state(number: int, key: str = "t-1") -> ItemState:
    return ItemState(key=key, kind="task", text="Old words", phase="", number=number)


KEY = item_key(PLAN, ItemKind.TASK, "Old words", 0)


@pytest.mark.parametrize(
    ("issue", "known", "counts"),
    [
        (issue_of(7, "Build it"), None, True),
        (issue_of(7, "Build it", plan="other"), None, True),
        (issue_of(7, "Old words"), None, False),
        (issue_of(7, "Old words"), _state(7, KEY), True),
        (issue_of(7, "Old words"), _state(7, "t-another"), False),
        (issue_of(7, "Old words", plan="other"), _state(7, KEY), False),
        (issue_of(7, "Build it", kind=ItemKind.RISK), None, False),
        (make_issue(7, "**Build** it."), None, True),
        (make_issue(7, "Something else"), None, False),
        (make_issue(7, "Something else"), _state(7), True),
        (None, _state(7), False),
    ],
)
def test_a_link_to_the_local_tracker_counts_if_marker_title_or_store_agree(
    issue: ObservedIssue | None, known: ItemState | None, counts: bool
) -> None:
    link = link_to(7, url=LOCAL_URL)
    claim = _claim(link, issues=(issue,) if issue else (), address=LOCAL, known=known)
    assert (claim.number, claim.stale) == ((7, None) if counts else (None, link))


def test_an_item_that_was_reworded_and_back_is_named_by_its_key() -> None:
    key_only = issue_of(7, "Build it")
    marked = replace(key_only, body=key_only.body.replace(" text=", " text=0"))
    assert _claim(link_to(7, url=LOCAL_URL), issues=(marked,), address=LOCAL).number == 7


def _claims(*tasks: tuple[str, Task]) -> list[Claim]:
    """Return the claims of tasks that each link to #7, or to nothing, in the plans named."""
    claims = []
    for plan, task in tasks:
        reading = make_reading(make_plan(make_phase(task)), plan)
        claims.append(Claim(reading, Placed(task, 0), 7 if task.links else None))
    return claims


def _held_by(*tasks: tuple[str, Task], issue: ObservedIssue | None) -> str:
    claims = _claims(*tasks)
    held, lost = holders(claims, owning(*([issue] if issue else []), linked=[7]))
    holder = held[7]
    assert {id(c) for c in lost} == {id(c) for c in claims if c.number and c is not holder}
    return f"{holder.reading.key}: {holder.placed.item.text}"


def _linked(text: str) -> Task:
    return make_task(text, links=(link_to(7),))


ISSUE = issue_of(7, "Build it", plan="b")


def test_the_holder_is_the_item_that_carries_the_markers_last_text() -> None:
    assert _held_by(("a", _linked("Other")), ("c", _linked("Build it")), issue=ISSUE) == "c: Build it"


def test_of_two_with_that_text_it_is_the_one_in_the_markers_plan() -> None:
    assert _held_by(("a", _linked("Build it")), ("b", _linked("Build it")), issue=ISSUE) == "b: Build it"


def test_the_text_counts_more_than_the_plan() -> None:
    assert _held_by(("b", _linked("Other")), ("c", _linked("Build it")), issue=ISSUE) == "c: Build it"


def test_without_the_text_it_is_the_one_in_the_markers_plan_else_the_first() -> None:
    assert _held_by(("a", _linked("Other")), ("b", _linked("Another")), issue=ISSUE) == "b: Another"
    assert _held_by(("a", _linked("Other")), ("c", _linked("Another")), issue=ISSUE) == "a: Other"


def test_an_issue_of_nobody_is_held_by_the_first() -> None:
    assert _held_by(("a", _linked("Other")), ("b", _linked("Build it")), issue=make_issue(7)) == "a: Other"
    assert _held_by(("a", _linked("Other")), ("b", _linked("Build it")), issue=None) == "a: Other"


def test_an_item_at_home_that_lost_its_link_still_holds_its_issue() -> None:
    assert _held_by(("a", _linked("Build it")), ("b", make_task("Build it")), issue=ISSUE) == "b: Build it"
    assert _held_by(("a", _linked("Build it")), ("b", make_task("Buy it")), issue=ISSUE) == "a: Build it"
    assert _held_by(("a", _linked("Build it")), ("c", make_task("Build it")), issue=ISSUE) == "a: Build it"


def test_an_item_at_home_that_is_tracked_elsewhere_holds_nothing_here() -> None:
    linked, home = _claims(("a", _linked("Build it")), ("b", make_task("Build it")))
    held, lost = holders([linked, replace(home, elsewhere=True)], owning(ISSUE))
    assert (held[7], lost) == (linked, [])


def test_a_risk_of_the_same_words_is_not_the_task() -> None:
    [linked] = _claims(("a", _linked("Build it")))
    risk = make_risk("Build it")
    home = Claim(make_reading(make_plan(risks=(risk,)), "b"), Placed(risk, -1))
    assert holders([linked, home], owning(ISSUE))[0][7] is linked


def test_every_issue_that_any_item_links_to_is_read_with_the_listing() -> None:
    plan = make_plan(
        make_phase(make_task(links=(link_to(1), link_to(2, LinkPlace.MENTION), link_to(3, url=ELSEWHERE)))),
        risks=(make_risk(links=(link_to(4), link_to(5, url=REQUEST), link_to(6, url=MILESTONE))),),
        questions=(make_question(links=(link_to(7), link_to(8, url=LOCAL_URL), link_to(9, url="x{}"))),),
    )
    assert linked_numbers(plan, WEB) == {1, 2, 4, 7}


def test_milestones_are_known_by_their_field() -> None:
    urls = [MILESTONE.format(3), URL.format(4), "https://tracker.example/acme/api/milestone/5", "https://example.org"]
    links = [Link("m", url, Span(0, 0), Span(0, 0), LinkPlace.LEAD) for url in urls]
    phases = [make_phase(milestone_link=link) for link in links]
    assert linked_milestones(make_plan(*phases, make_phase()), WEB) == {3}


def test_a_plan_key_in_a_claim_is_the_readings() -> None:
    assert _claim(link_to(7), key="other").reading.key == PlanKey("other")
