"""What somebody means who asks about an item."""

from __future__ import annotations

import pytest

from plansync.core.asked import ByIssue, ByLine, ByText, Wish, read_wish
from tests.support.reconciling import LOCAL, WEB


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("12", ByIssue(12)),
        (" #12 ", ByIssue(12)),
        ("!12", ByIssue(12)),
        ("https://tracker.example/acme/web/issues/12", ByIssue(12)),
        ("http://127.0.0.1:8484/issues/7", ByIssue(7)),
        ("https://tracker.example/acme/web/milestone/3", ByText("https://tracker.example/acme/web/milestone/3")),
        ("https://tracker.example/acme/other/issues/12", ByText("https://tracker.example/acme/other/issues/12")),
        ("https://nowhere.example:8/what", ByText("https://nowhere.example:8/what")),
        ("plans/web.md:31", ByLine("plans/web.md", 31)),
        ("plans/web.md:31:5", ByLine("plans/web.md", 31)),
        ("T001", ByText("T001")),
        ("Write the parser", ByText("Write the parser")),
        ("Step: one", ByText("Step: one")),
    ],
)
def test_an_item_is_asked_for_in_many_ways(text: str, wish: Wish) -> None:
    assert read_wish(text, [WEB, LOCAL]) == wish
