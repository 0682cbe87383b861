"""The body after an update, made from the body as it is at that moment (spec §4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from plansync.core.bodies import new_body
from plansync.core.changes import UpdateIssue
from plansync.core.identity import ItemKey, PlanKey
from plansync.core.region import RegionDamaged
from tests.support.changes import region


def _update(**parts: Any) -> UpdateIssue:
    return UpdateIssue(plan=PlanKey("web"), key=ItemKey("t-1"), number=7, **parts)


def test_an_update_without_a_region_leaves_the_body_alone() -> None:
    assert new_body("Anything", _update(title="New")) == "Anything"


def test_only_the_region_is_replaced() -> None:
    body = f"Above\n\n{region('Old')}\n\nBelow"
    assert new_body(body, _update(region=region("New"))) == f"Above\n\n{region('New')}\n\nBelow"


def test_the_bodys_own_line_ends_are_kept() -> None:
    body = f"Above\n\n{region('Old')}\n".replace("\n", "\r\n")
    assert new_body(body, _update(region=region("New"))) == f"Above\n\n{region('New')}\n".replace("\n", "\r\n")


def test_ticks_that_people_set_meanwhile_are_kept_but_for_the_plans_own_boxes() -> None:
    body = region("- [x] theirs\n- [x] ours")
    wanted = region("- [ ] theirs\n- [ ] ours\n- [ ] new")
    ticked = new_body(body, _update(region=wanted, ticks=(("ours", 0, False),)))
    assert ticked == region("- [x] theirs\n- [ ] ours\n- [ ] new")


def test_adopting_puts_the_region_below_the_authors_text() -> None:
    assert new_body("Theirs", _update(region=region("Ours"), adopt=True)) == f"Theirs\n\n{region('Ours')}"


def test_releasing_takes_the_region_out() -> None:
    assert new_body(f"Theirs\n\n{region('Ours')}\n", _update(region="")) == "Theirs\n"


@pytest.mark.parametrize("body", ["No region", f"{region('a')}\n{region('b')}", "<!-- plansync:v1 plan=a item=b -->"])
def test_without_exactly_one_region_nothing_is_written(body: str) -> None:
    with pytest.raises(RegionDamaged):
        new_body(body, _update(region=region("New")))
