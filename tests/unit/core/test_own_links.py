"""Links inside a text, and whether they are the item's own."""

from __future__ import annotations

import pytest

from plansync.core.baseline import ItemState, PlanState
from plansync.core.identity import ItemKey, PhaseKey
from plansync.core.match import match_items
from plansync.core.model import ItemKind, LinkPlace
from plansync.core.observed import ObservedIssue
from plansync.core.own_links import take_own_links
from plansync.core.parser import parse_plan
from plansync.core.reading import Reading
from plansync.core.stages import By
from tests.support.reconciling import LOCAL, PLAN, URL, WEB, issue_of, make_reading, owning

SHED, BOAT = issue_of(2, "Build the shed"), issue_of(3, "Build the boat")


def link(number: int = 2) -> str:
    return f"([#{number}]({URL.format(number)}))"


def plan(*tasks: str, state: PlanState | None = None) -> Reading:
    text = "# P\n\n## Phase 1: One\n\n" + "".join(f"- [ ] {task}\n" for task in tasks)
    return make_reading(parse_plan(text.encode()), state=state)


def found(reading: Reading, *issues: ObservedIssue) -> list[tuple[str, int | None]]:
    """Return text and issue by link of each item."""
    ownership = owning(*issues)
    settled = take_own_links((reading,), ownership, WEB)
    matches = match_items(settled, (), ownership, WEB, {PLAN: (PhaseKey("p-one"),)})[PLAN].matches
    return [(match.placed.item.text, match.number if match.by is By.LINK else None) for match in matches]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (f"Build the shed {link()} by Friday", "Build the shed by Friday"),
        (f"Build the shed {link()}, and soon", "Build the shed, and soon"),
        (f"Build the shed {link()} *(done)*", "Build the shed *(done)*"),
        (f"Build the shed{link()}\n  by Friday", "Build the shed by Friday"),
    ],
)
def test_what_is_written_on_behind_the_link_leaves_it_the_items_own(written: str, text: str) -> None:
    reading = plan(written)
    assert found(reading, SHED) == [(text, 2)]
    (settled,) = take_own_links((reading,), owning(SHED), WEB)
    assert [own.place for own in settled.plan.items[0].links] == [LinkPlace.TAIL]


@pytest.mark.parametrize(
    "written",
    [
        f"Look into what is said in {link()} of roofs and walls",
        f"Build the shed [#2]({URL.format(2)}) by Friday",
        f"Build the shed ([2]({URL.format(2)})) by Friday",
        f"Build the shed ([#2]({URL.format(2).replace('issues', 'pull')})) by Friday",
        f"Build the shed ([#2]({URL.format(2).replace('acme', 'other')})) by Friday",
        f"Build the shed {link(7)} by Friday",
        f"Build the shed ([#2]({LOCAL}issues/2)) by Friday",
    ],
)
def test_other_links_inside_a_text_are_references(written: str) -> None:
    issues = (SHED, issue_of(7, "Build the shed by Friday", plan="other"))
    assert take_own_links((reading := plan(written),), owning(*issues), WEB) == (reading,)


def test_an_issue_of_another_kind_is_not_the_items_own() -> None:
    reading = plan(f"Build the shed {link()} by Friday")
    risk = issue_of(2, "Build the shed", kind=ItemKind.RISK)
    assert take_own_links((reading,), owning(risk), WEB) == (reading,)


def test_the_item_that_has_the_link_at_its_end_keeps_the_issue() -> None:
    tasks = (f"Build the shed {link()} by Friday", f"Build the shed {link()}")
    assert found(plan(*tasks), SHED)[1] == ("Build the shed", 2)
    two = (f"Build the shed {link()} by Friday", f"Build the shed {link()} on Monday")
    assert [number for _, number in found(plan(*two), SHED)] == [2, None]


def test_an_item_that_the_store_knows_by_its_key_may_read_otherwise() -> None:
    key = owning(SHED).owned[2].key
    known = ItemState(key=ItemKey(key), kind="task", text="Build the shed", phase="p-one", number=2)
    state = PlanState(key=PLAN, source="s", path="plans/plan.md", target="web", items=(known,))
    written = f"Raise a roof {link()} by Friday"
    assert found(plan(written, state=state), SHED) == [("Raise a roof by Friday", 2)]
    two = f"Raise a roof {link(3)} and walls {link()} by Friday"
    assert found(plan(two, state=state), SHED, BOAT) == [(f"Raise a roof {link(3)} and walls by Friday", 2)]
