"""References to issues that may not exist yet."""

from __future__ import annotations

from plansync.core.identity import ItemKey
from plansync.core.refs import narrow, preview, reference, references_in, resolve, widen

ONE, TWO = ItemKey("t-1"), ItemKey("t-2")
TEXT = f"After {reference(ONE, 'Build it')} and {reference(TWO, 'Paint it')}."
LINKS = {ONE: (12, "https://tracker.example/issues/12")}


def test_a_known_issue_is_linked_and_an_unknown_one_named() -> None:
    assert resolve(TEXT, LINKS) == "After [#12](https://tracker.example/issues/12) Build it and Paint it."


def test_people_see_where_a_number_is_to_come() -> None:
    assert preview(TEXT, LINKS) == "After [#12](https://tracker.example/issues/12) Build it and #? Paint it."


def test_references_are_found_in_order() -> None:
    assert references_in(TEXT) == (ONE, TWO)
    assert references_in("[#12](https://tracker.example/issues/12)") == ()


def test_a_text_is_widened_by_the_room_of_each_link_and_narrowed_again() -> None:
    wide = widen(TEXT, 100)
    assert len(wide) == len(TEXT) + 200
    assert narrow(wide) == TEXT
    assert references_in(wide) == (ONE, TWO)
