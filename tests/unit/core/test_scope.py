"""What a sync looks at: wishes merge, and go through a database."""

import json

from hypothesis import given
from hypothesis import strategies as st

from plansync.core.scope import WHOLE, Glimpse, Scope

TIMES = st.sampled_from(["", "2026-03-02T12:00:00Z", "2026-03-02T12:00:01Z"])
GLIMPSES = st.builds(Glimpse, st.sampled_from(["", "ann", "bot"]), st.sampled_from(["", "d1", "d2"]), TIMES)
PARTS = st.builds(
    lambda plans, issues: Scope(plans=frozenset(plans), issues=issues),
    st.lists(st.sampled_from(["a.md", "b.md"])),
    st.dictionaries(st.integers(1, 4), GLIMPSES),
)
SCOPES = st.one_of(st.just(WHOLE), PARTS)


def test_plans_and_issues_are_gathered() -> None:
    one = Scope(plans=frozenset({"a.md"}), issues={1: Glimpse("ann", "x", "1")})
    other = Scope(plans=frozenset({"b.md"}), issues={2: Glimpse("ben", "y", "2")})
    assert one | other == Scope(plans=frozenset({"a.md", "b.md"}), issues={**one.issues, **other.issues})


def test_of_two_looks_at_one_issue_the_later_counts_whatever_came_in_first() -> None:
    early, late = Glimpse("ann", "old", "2026-03-02T12:00:00Z"), Glimpse("ann", "new", "2026-03-02T12:00:05Z")
    assert early.then(late) == late.then(early) == late


def test_an_issue_that_several_moved_was_moved_by_nobody_in_particular() -> None:
    assert Glimpse("bot", "x", "1").then(Glimpse("ann", "y", "2")) == Glimpse("", "y", "2")


@given(SCOPES)
def test_the_whole_target_covers_every_wish(scope: Scope) -> None:
    assert scope | WHOLE == WHOLE | scope == WHOLE


@given(SCOPES, SCOPES, SCOPES)
def test_it_does_not_matter_how_wishes_are_grouped(a: Scope, b: Scope, c: Scope) -> None:
    assert (a | b) | c == a | (b | c)


@given(SCOPES)
def test_a_scope_comes_back_from_json_as_it_was(scope: Scope) -> None:
    assert Scope.of_json(json.loads(json.dumps(scope.as_json()))) == scope
