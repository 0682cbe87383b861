"""Status words are known by group, however they are dressed."""

from __future__ import annotations

import pytest

from plansync.core.progress import Stage
from plansync.core.rules import StatusWords
from plansync.core.status_words import BUILT_IN, Group, group_of
from plansync.core.wording import normal_word

WORDS = StatusWords()


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (Group.NOT_STARTED, ["Draft", "Planned", "Approved", "Ready", "Not Started", "Proposed", "Pending"]),
        (Group.IN_PROGRESS, ["In Progress", "Active", "Implementing", "Started", "Partial"]),
        (Group.COMPLETE, ["Complete", "Completed", "Done", "Implemented", "Shipped"]),
        (
            Group.HELD,
            ["On Hold", "Blocked", "Cancelled", "Deprecated", "Superseded", "Rejected", "Archived", "Abandoned"],
        ),
    ],
)
def test_the_documented_words_are_known(group: Group, words: list[str]) -> None:
    assert {group_of(word, WORDS) for word in words} == {group}


@pytest.mark.parametrize(
    "raw", ["on-hold", "ON_HOLD", "OnHold", "[On Hold]", "**On hold**", "⏸️ On Hold", "`on hold`", "On Hold (see #4)"]
)
def test_the_dress_does_not_count(raw: str) -> None:
    assert group_of(raw, WORDS) is Group.HELD


@pytest.mark.parametrize("raw", ["", "{STATUS}", "✅", "Draft | Approved", "Waiting for the lawyers", "Draft and done"])
def test_what_is_not_one_known_word_has_no_group(raw: str) -> None:
    assert group_of(raw, WORDS) is None


def test_no_built_in_word_stands_in_two_groups() -> None:
    words = [normal_word(word) for listed in BUILT_IN.values() for word in listed]
    assert len(words) == len(set(words))


def test_every_stage_has_a_group_of_its_name() -> None:
    assert {Group(stage.value) for stage in Stage} == set(Group) - {Group.HELD}


def test_configured_words_are_known_and_win() -> None:
    words = StatusWords(in_progress="In Arbeit", extra={"held": ("Ruht", "Active"), "complete": ("Fertig",)})
    assert group_of("in-arbeit", words) is Group.IN_PROGRESS
    assert group_of("ruht", words) is Group.HELD
    assert group_of("Active", words) is Group.HELD
    assert group_of("FERTIG", words) is Group.COMPLETE


def test_the_word_that_is_written_belongs_to_its_stage_whatever_else_is_said() -> None:
    assert group_of("Done", StatusWords(complete="Done", extra={"held": ("Done",)})) is Group.COMPLETE
