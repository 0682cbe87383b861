"""Taking out of a file what one write put into it, around what people wrote since (spec §9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.reverting import revert

BEFORE = """\
# Plan

**Status:** Draft

### Phase 1: Reading

- [ ] Read the feed
- [ ] Store parcels
  - [ ] Keep the raw message
- Plain words

The end"""
AFTER = """\
# Plan

**Status:** In Progress

### Phase 1: Reading

- [ ] Read the feed ([#1](http://host/issues/1))
- [x] Store parcels ([#2](http://host/issues/2))
  - [ ] Keep the raw message
- Plain words ([#3](http://host/issues/3))
- **Milestone:** [Plan: Phase 1](http://host/milestones/1)

The end"""


def _revert(current: str, before: str = BEFORE, after: str = AFTER) -> tuple[str, tuple[str, ...]]:
    result = revert(before.encode(), after.encode(), current.encode())
    return result.data.decode(), result.left


def _edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def test_where_nobody_wrote_since_every_byte_goes_back() -> None:
    before = b"\xef\xbb\xbf# P\r\n\r\n- [ ] \xff one"
    after = before.replace(b"[ ]", b"[x]") + b" ([#1](u))"
    assert revert(before, after, after).data == before


def test_what_went_back_already_stays_as_it_is() -> None:
    assert _revert(BEFORE) == (BEFORE, ())


@pytest.mark.parametrize(
    "edits",
    [
        [("The end", "The very end\n\nand more")],
        [("# Plan\n", "---\nkey: value\n---\n# Plan\n")],
        [("Read the feed", "Read all feeds")],
        [("Store parcels", "Store many parcels")],
        [("Plain words", "Plain words, reworded")],
        [("- Plain words", "- Something new\n- Plain words")],
        [("  - [ ] Keep the raw message\n", "")],
        [("  - [ ] Keep the raw message", "  - [x] Keep the raw message")],
    ],
    ids=lambda edits: edits[0][1][:12],
)
def test_what_people_wrote_since_stays_around_it(edits: list[tuple[str, str]]) -> None:
    result = _revert(_edited(AFTER, *edits))
    assert result == (_edited(BEFORE, *edits), ())
    assert _revert(result[0]) == result


def test_a_line_that_moved_is_found_where_it_is_now() -> None:
    line = "- [x] Store parcels ([#2](http://host/issues/2))\n"
    moved = AFTER.replace(line, "").replace("The end", line + "\nThe end")
    expected = BEFORE.replace("- [ ] Store parcels\n", "").replace("The end", "- [ ] Store parcels\n\nThe end")
    assert _revert(moved) == (expected, ())


def test_what_is_gone_by_now_is_not_missed() -> None:
    gone = _edited(AFTER, ("- [ ] Read the feed ([#1](http://host/issues/1))\n", ""))
    assert _revert(gone) == (_edited(BEFORE, ("- [ ] Read the feed\n", "")), ())
    other = _edited(AFTER, ("In Progress", "Complete"))
    assert _revert(other) == (_edited(BEFORE, ("Draft", "Complete")), ())


def test_a_tick_in_a_line_that_nobody_would_know_again_is_left_and_told() -> None:
    unknown = _edited(AFTER, ("- [x] Store parcels (", "1. done: all the parcels ("))
    text, left = _revert(unknown)
    assert "1. done: all the parcels\n" in text
    assert left == ("- [x] Store parcels ([#2](http://host/issues/2))",)


def test_a_link_that_somebody_copied_is_taken_out_where_it_was_put() -> None:
    copied = _edited(AFTER, ("The end", "See ([#1](http://host/issues/1)).\n\nThe end"))
    assert _revert(copied)[0] == _edited(BEFORE, ("The end", "See ([#1](http://host/issues/1)).\n\nThe end"))
    everywhere = _edited(copied, ("- [ ] Read the feed", "* something else entirely"))
    text, left = _revert(everywhere)
    assert text.count("/issues/1)") == 2
    assert left == ("- [ ] Read the feed ([#1](http://host/issues/1))",)


def test_pieces_that_are_near_each_other_go_together_or_not_at_all() -> None:
    before, after = "Status: a b c d\n", "Status: x b y d\n"
    assert _revert("Status: x b z d\n", before, after) == ("Status: x b z d\n", ("Status: x b y d",))
    assert _revert("Status: x b y d!\n", before, after) == ("Status: a b c d!\n", ())


def test_a_last_line_without_an_end_is_found() -> None:
    assert _revert("New\n- [x] one", "- [ ] one", "- [x] one") == ("New\n- [ ] one", ())
    assert _revert("other\n- [x] one\nmore", "- [ ] one", "- [x] one")[0] == "other\n- [ ] one\nmore"


LINES = st.lists(st.sampled_from(["- [ ] one", "- [x] two", "words", "", "## head", "- three"]), max_size=8)
TEXTS = LINES.map("\n".join)


@given(before=TEXTS, after=TEXTS)
def test_whatever_was_written_goes_back_and_only_once(before: str, after: str) -> None:
    data, _ = _revert(after, before, after)
    assert data == before
    assert _revert(before, before, after)[0] == before


@given(before=TEXTS, after=TEXTS, now=TEXTS)
def test_whatever_people_made_of_it_there_is_an_answer(before: str, after: str, now: str) -> None:
    data, left = _revert(now, before, after)
    assert isinstance(data, str)
    assert all(len(text) <= 60 for text in left)
