"""The page on decisions has the numbers and words that the code decides by."""

from __future__ import annotations

import re
from pathlib import Path

from plansync.app.writing import TRIES
from plansync.core.rules import Limits
from plansync.core.stages import MARGIN, SURE
from plansync.core.status_words import BUILT_IN, Group

PAGE = (Path(__file__).parents[2] / "docs/how-it-decides.md").read_text("utf-8")
LIMITS = Limits()


def test_the_numbers_are_those_of_the_code() -> None:
    share = f"{LIMITS.removals_share:.0%}".replace("%", " %")
    for told in (
        f"at least {SURE}, with the runner-up {MARGIN} behind",
        f"more than {LIMITS.removals} and more than {share} of a plan's issues",
        f"open more than {LIMITS.creates} issues",
        f"after {TRIES} tries",
    ):
        assert told in " ".join(PAGE.split())


def test_the_words_of_the_status_line_are_in_their_groups() -> None:
    rows = re.findall(r"^\| (?:nothing|some|all|whatever).*? \| (.+?) \| ?(.*?) ?\|$", PAGE, re.MULTILINE)
    assert len(rows) == len(Group)
    for (listed, written), group in zip(rows, Group, strict=True):
        words = {word.strip() for word in listed.partition(" …")[0].split(",")}
        assert words <= set(BUILT_IN[group])
        assert written in {*BUILT_IN[group], ""}
