"""Which issues are ours: whose marker is believed (spec §3.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plansync.core.identity import PlanKey, item_key
from plansync.core.marker import Signature
from plansync.core.model import ItemKind
from plansync.core.observed import ObservedState
from plansync.core.ownership import REMOVED_LABEL, sort_ownership
from plansync.core.rules import MarkerRules
from tests.support.reconciling import NOON, PLAN, issue_of, make_issue, milestone_of, owning, tracking_of

STRANGER: dict[str, Any] = {"author_is_us": False, "author_trusted": False}
COLLEAGUE: dict[str, Any] = {"author_is_us": False, "author_trusted": True}
KEYED = MarkerRules(keys=("new", "old"))
STRICT = replace(KEYED, require_signature=True)


def test_our_own_issue_is_ours_and_says_whose() -> None:
    owned = owning(issue_of(7, "Build it")).owned[7]
    assert (owned.number, owned.plan, owned.key) == (7, PLAN, item_key(PLAN, ItemKind.TASK, "Build it", 0))


@pytest.mark.parametrize(
    ("author", "linked", "believed"),
    [(STRANGER, (), False), (STRANGER, (7,), True), (COLLEAGUE, (), True), (STRANGER, (8,), False)],
)
def test_a_marker_is_believed_from_who_may_write_or_where_a_plan_links(
    author: dict[str, Any], linked: tuple[int, ...], believed: bool
) -> None:
    ownership = owning(issue_of(7, "Build it", **author), linked=linked)
    assert (7 in ownership.owned) is believed
    assert (7 in ownership.foreign) is not believed


def test_an_issue_without_a_marker_is_foreign_though_we_opened_it() -> None:
    assert 7 in owning(make_issue(7, "By hand")).foreign


@pytest.mark.parametrize(
    ("signed_by", "rules", "signature"),
    [
        ((), MarkerRules(), Signature.UNSIGNED),
        (("new",), MarkerRules(), Signature.UNSIGNED),
        ((), KEYED, Signature.UNSIGNED),
        (("new",), KEYED, Signature.VALID_FIRST),
        (("old",), KEYED, Signature.VALID),
        (("old",), STRICT, Signature.VALID),
    ],
)
def test_signatures_that_count(signed_by: tuple[str, ...], rules: MarkerRules, signature: Signature) -> None:
    assert owning(issue_of(7, "Build it", keys=signed_by), rules=rules).owned[7].signature is signature


@pytest.mark.parametrize(("signed_by", "rules"), [(("wrong",), KEYED), (("wrong",), STRICT), ((), STRICT)])
def test_a_believed_authors_marker_that_fails_to_verify_blocks_its_item(
    signed_by: tuple[str, ...], rules: MarkerRules
) -> None:
    ownership = owning(issue_of(7, "Build it", keys=signed_by), rules=rules)
    assert 7 not in ownership.owned
    assert ownership.blocked[7].plan == PLAN
    assert 7 in ownership.foreign


def test_a_strangers_marker_that_fails_to_verify_blocks_nothing() -> None:
    assert not owning(issue_of(7, "Build it", keys=("wrong",), **STRANGER), rules=KEYED).blocked


def test_to_require_signatures_without_keys_asks_for_nothing() -> None:
    assert 7 in owning(issue_of(7, "Build it"), rules=MarkerRules(require_signature=True)).owned


def test_issues_are_found_by_number_whoever_owns_them() -> None:
    ownership = owning(issue_of(7, "Build it"), make_issue(8, "By hand"))
    assert [getattr(ownership.issue(n), "title", None) for n in (7, 8, 9)] == ["Build it", "By hand", None]


def test_a_plan_has_its_own_issues_and_milestones_in_order() -> None:
    issues = [issue_of(9, "c"), issue_of(2, "a"), issue_of(4, "b", plan="other")]
    milestones = [milestone_of(5, "2", "End"), milestone_of(3), milestone_of(4, plan="other")]
    ownership = owning(*issues, milestones=milestones)
    assert [owned.number for owned in ownership.of_plan(PLAN)] == [2, 9]
    assert [owned.milestone.number for owned in ownership.milestones_of(PLAN)] == [3, 5]
    assert ownership.of_plan(PlanKey("none")) == ()
    assert ownership.milestones_of(PlanKey("none")) == ()


def test_tracking_issues_are_kept_apart_from_those_of_items() -> None:
    ownership = owning(tracking_of(9), issue_of(5, "a"), tracking_of(2), tracking_of(3, plan="other"))
    assert [owned.number for owned in ownership.tracking_of(PLAN)] == [2, 9]
    assert [owned.number for owned in ownership.of_plan(PLAN)] == [5]
    assert ownership.issue(9) == tracking_of(9)


def test_the_label_of_a_removal_counts_however_it_is_spelled() -> None:
    removed = owning(issue_of(1, "a", labels=frozenset({REMOVED_LABEL.upper()})), issue_of(2, "b"))
    assert [removed.owned[n].removed_by_us for n in (1, 2)] == [True, False]


def test_titles_of_foreign_milestones_are_taken_whatever_their_case() -> None:
    state = ObservedState(
        milestones=(milestone_of(1), milestone_of(2, title="May Release", description="Theirs")),
        foreign_milestone_titles=frozenset({"Group GOALS"}),
        at=NOON + timedelta(1),
    )
    ownership = sort_ownership(state, frozenset(), MarkerRules())
    assert ownership.foreign_titles == {"may release", "group goals"}
    assert list(ownership.milestones) == [1]


def test_a_milestone_whose_marker_fails_to_verify_is_foreign() -> None:
    ownership = owning(milestones=[milestone_of(1, title="Mine")], rules=STRICT)
    assert not ownership.milestones
    assert ownership.foreign_titles == {"mine"}


def test_what_a_plan_took_in_is_its_own_by_whatever_key_it_is_marked() -> None:
    ownership = owning(
        issue_of(5, "a"),
        issue_of(6, "b", plan="other"),
        tracking_of(7, plan="other"),
        issue_of(8, "c", plan="third"),
        milestones=[milestone_of(3, plan="other")],
    )
    joined = ownership.joining({PlanKey("other"): PLAN})
    assert [owned.number for owned in joined.of_plan(PLAN)] == [5, 6]
    assert [owned.number for owned in joined.tracking_of(PLAN)] == [7]
    assert [owned.milestone.number for owned in joined.milestones_of(PLAN)] == [3]
    assert [owned.number for owned in joined.of_plan(PlanKey("third"))] == [8]
    assert joined.of_plan(PlanKey("other")) == ()
    assert joined.owned[6].marker.plan == "other"
    assert ownership.joining({}) is ownership


def test_a_blocked_marker_of_a_plan_that_was_taken_in_blocks_there() -> None:
    ownership = owning(issue_of(7, "a", plan="other", keys=("forged",)), rules=KEYED)
    assert ownership.joining({PlanKey("other"): PLAN}).blocked[7].plan == PLAN
    assert ownership.joining({PlanKey("x"): PLAN}).blocked[7].plan == "other"
