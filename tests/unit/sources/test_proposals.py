"""What waits for review: when it stands, and when it is over."""

from __future__ import annotations

import pytest

from plansync.sources.hosted.desk import Logged
from plansync.sources.hosted.proposals import Proposals, foreign_among

A = "plans/a.md"


def waiting() -> Proposals:
    made = Proposals()
    made.propose(A, "old", "new")
    made.is_behind = False
    return made


def test_the_same_again_is_no_news() -> None:
    made = waiting()
    made.propose(A, "old", "new")
    assert not made.is_behind
    assert made.holds(A, "old", "new")
    assert made.blobs == {"new"}


def test_other_bytes_are() -> None:
    made = waiting()
    made.propose(A, "old", "newer")
    assert made.is_behind
    assert not made.holds(A, "old", "new")


@pytest.mark.parametrize("tip", ["new", "theirs", None])
def test_what_is_merged_overtaken_or_gone_is_over(tip: str | None) -> None:
    made = waiting()
    made.settle({A: tip} if tip else {})
    assert made.is_behind
    assert not made.waiting


def test_what_is_still_as_it_was_stands() -> None:
    made = waiting()
    made.settle({A: "old"})
    assert not made.is_behind
    assert made.holds(A, "old", "new")


def test_what_is_wanted_no_more_is_dropped() -> None:
    made = waiting()
    made.drop(A)
    assert made.is_behind
    assert made.holds(A, "old", "old")


def test_a_plan_that_does_not_wait_is_as_it_shall_be() -> None:
    made = waiting()
    made.drop("plans/b.md")
    assert not made.is_behind
    assert made.holds("plans/b.md", "old", "old")
    assert not made.holds(A, "old", "old")


def test_it_is_kept_as_json_without_what_lost_its_bytes() -> None:
    made = waiting()
    again = Proposals.of_json(made.as_json())
    assert again == made
    again.keep_only({"new"})
    assert again == made
    again.keep_only(())
    assert not again.waiting
    assert again.is_behind


OURS = Logged("c1", "docs: sync\n\nPlansync-Run: 7\n")
ELSEWHERE = Logged("c2", "docs: sync\n\nPlansync-Run: 8\n")


def test_commits_are_ours_when_all_of_them_say_so() -> None:
    assert foreign_among([], ("c1", "7")) is None
    assert foreign_among([OURS, ELSEWHERE], ("c1", "7")) is None
    assert foreign_among([OURS], ("", "")) is None


@pytest.mark.parametrize(
    "logged", [Logged("c3", "docs: mine"), Logged("c3", "the word Plansync-Run: in the middle"), Logged("", "")]
)
def test_a_commit_without_our_trailer_is_somebody_else_s(logged: Logged) -> None:
    assert foreign_among([OURS, logged], ("c1", "7")) is logged


def test_a_commit_with_the_run_of_ours_that_is_another_one_was_amended() -> None:
    amended = Logged("c4", OURS.message)
    assert foreign_among([amended], ("c1", "7")) is amended
