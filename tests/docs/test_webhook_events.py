"""The page on webhooks names every event that is read, and the numbers that the code has."""

from __future__ import annotations

import re
from pathlib import Path

from plansync.core.events import told_paths
from plansync.core.signatures import TOLERANCE
from plansync.trackers.github import hooking
from plansync.trackers.github import webhook as github

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


def test_every_event_of_github_that_is_read_is_named_and_no_other() -> None:
    named = {name for row in ROWS for name in re.findall(r"`([a-z_]+)`", row[1])}
    assert named == set(github.EVENTS) - {"ping"}


def test_what_is_read_is_what_is_asked_for() -> None:
    assert {*hooking.EVENTS, *hooking.YOUNG_EVENTS} == set(github.EVENTS) - {"ping"}


def test_the_numbers_are_those_of_the_code() -> None:
    told = " ".join(PAGE.split())
    assert TOLERANCE.total_seconds() == 5 * 60
    assert "five minutes off" in told
    assert f"more than {github.COMMITS_LISTED - 1:,} on GitHub or {github.FILES_LISTED - 1:,} files in one" in told
    assert told_paths(map(str, range(3000))) is not None
    assert told_paths(map(str, range(3001))) is None
    assert "more than 3,000 files together" in told
