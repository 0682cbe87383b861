"""Which texts are the same, and keys that stay (spec §3.3)."""

from __future__ import annotations

import pytest

from plansync.core.identity import PlanKey, item_key, normal_text, phase_key, text_digest
from plansync.core.model import ItemKind

PLAN = PlanKey("001-web")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Build the Feed", "build the feed"),
        ("  Build\tthe\n feed ", "build the feed"),
        ("Build the **feed**.", "build the feed"),
        ("~~Build~~ the _feed_:", "build the feed"),
        ("Build the `feed`", "build the feed"),
        ("Read ``a`b`` here", "read a`b here"),
        ("Escape \\# and \\[", "escape # and ["),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("cafe\u0301", "caf\u00e9"),
        ("Why?", "why?"),
    ],
)
def test_dress_does_not_count(text: str, normal: str) -> None:
    assert normal_text(text) == normal


def test_a_digest_stands_for_the_normal_text() -> None:
    assert text_digest("Build **it**.") == text_digest("build it")
    assert text_digest("Build it") != text_digest("Build them")
    assert len(text_digest("Build it")) == 12


def test_a_key_depends_on_plan_kind_text_and_occurrence_alone() -> None:
    key = item_key(PLAN, ItemKind.TASK, "Build it", 0)
    assert key == item_key(PLAN, ItemKind.TASK, "**Build** it.", 0)
    others = {
        item_key(PlanKey("002"), ItemKind.TASK, "Build it", 0),
        item_key(PLAN, ItemKind.RISK, "Build it", 0),
        item_key(PLAN, ItemKind.QUESTION, "Build it", 0),
        item_key(PLAN, ItemKind.TASK, "Build", 0),
        item_key(PLAN, ItemKind.TASK, "Build it", 1),
    }
    assert len(others | {key}) == 6


@pytest.mark.parametrize(("kind", "lead"), [(ItemKind.TASK, "t-"), (ItemKind.RISK, "r-"), (ItemKind.QUESTION, "q-")])
def test_a_key_tells_its_kind(kind: ItemKind, lead: str) -> None:
    key = item_key(PLAN, kind, "x", 0)
    assert key.startswith(lead)
    assert len(key) == 18


def test_keys_that_are_in_issues_already_never_change() -> None:
    """They are written into markers: another derivation would orphan every issue."""
    assert item_key(PLAN, ItemKind.TASK, "Build it", 0) == "t-03fd662e205349a9"
    assert phase_key(PLAN, "1", "Base", 0) == "p-37d05915e3f5c5e9"
    assert text_digest("Build it") == "08cf56f9c012"


def test_a_phases_key_depends_on_id_name_and_occurrence() -> None:
    keys = {
        phase_key(PLAN, "1", "Base", 0),
        phase_key(PLAN, "2", "Base", 0),
        phase_key(PLAN, "1", "Core", 0),
        phase_key(PLAN, "1", "Base", 1),
        phase_key(PLAN, None, None, 0),
    }
    assert len(keys) == 5
    assert phase_key(PLAN, "1", "base.", 0) in keys
