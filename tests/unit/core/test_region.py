"""A managed region is replaced, added and taken out without touching a character around it."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from plansync.core.region import (
    Region,
    RegionDamaged,
    append_region,
    find_regions,
    has_marker,
    remove_region,
    replace_region,
    sole_region,
    write_region,
)

OPENING = "<!-- plansync:v1 plan=web item=t-1 -->"
END = "<!-- /plansync -->"
OLD = f"{OPENING}\nOld words\n{END}"
NEW = f"{OPENING}\nNew words\n\n- [ ] a box\n{END}"

LINES = st.sampled_from(
    ("", " ", "Text", "```", "> quoted", f" {OPENING}", f"see {END}", "<!-- plansync:v10 -->", "é✅")
)
ENDS = st.sampled_from(("\n", "\r\n", "\r", "\n\n", "\r\n\r\n"))
TEXTS = st.lists(st.one_of(LINES, ENDS, st.text(max_size=5)), max_size=8).map("".join)


def test_a_body_without_marker_has_no_region() -> None:
    assert find_regions("Only words\n") == ()
    assert sole_region("Only words\n") is None
    assert not has_marker("Only words\n")


def test_a_region_reaches_from_its_marker_line_to_its_end_line() -> None:
    assert find_regions(f"Above\n{OLD}\nBelow") == (Region(6, 6 + len(OLD), OLD),)
    assert has_marker(f"Above\n{OLD}\nBelow")


@pytest.mark.parametrize(
    "text", [f"> {OLD}", f"    {OPENING}", f"see {OPENING} and {END}", "<!-- plansync:v12 a=b -->"]
)
def test_a_marker_counts_only_at_the_start_of_a_line_and_in_its_own_version(text: str) -> None:
    assert not has_marker(text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (f"{OPENING}\nnever ended", "one of its two marker lines is missing"),
        (f"never begun\n{END}", "one of its two marker lines is missing"),
        (f"{OPENING}\n{OLD}", "holds 2 managed regions"),
        (f"{OLD}\n{END}", "holds 2 managed regions"),
        (f"{OLD}\n{OLD}\n{OLD}", "holds 3 managed regions"),
    ],
)
def test_anything_but_one_whole_region_is_damaged_for_every_way_of_writing(body: str, message: str) -> None:
    with pytest.raises(RegionDamaged, match=message):
        replace_region(body, NEW)
    with pytest.raises(RegionDamaged, match=message):
        remove_region(body)
    with pytest.raises(RegionDamaged, match="already"):
        append_region(body, NEW)
    for region in (NEW, ""):
        with pytest.raises(RegionDamaged, match=message):
            write_region(body, region, adopt=True)


def test_the_remains_of_a_region_are_found_and_told_from_a_whole_one() -> None:
    body = f"{END}\n{OPENING}\nfirst\n{OLD}\n{OPENING}\nlast"
    assert [(region.whole, region.text) for region in find_regions(body)] == [
        (False, END),
        (False, f"{OPENING}\nfirst\n"),
        (True, OLD),
        (False, f"{OPENING}\nlast"),
    ]


def test_a_missing_region_can_be_neither_replaced_nor_removed() -> None:
    for write in (lambda body: replace_region(body, NEW), remove_region):
        with pytest.raises(RegionDamaged, match="holds no managed region"):
            write("Words")


@pytest.mark.parametrize("region", ["plain words", f"{NEW}\nmore", f"more\n{NEW}", f"{OLD}\n{NEW}", OPENING, ""])
def test_only_one_whole_region_is_ever_written(region: str) -> None:
    with pytest.raises(RegionDamaged):
        replace_region(OLD, region)
    with pytest.raises(RegionDamaged):
        append_region("Words", region)


def test_a_region_is_written_in_the_line_ends_that_most_of_the_body_has() -> None:
    body = "Above\r\n\r\n" + OLD.replace("\n", "\r\n") + "\r\nBelow\n"
    assert replace_region(body, NEW) == "Above\r\n\r\n" + NEW.replace("\n", "\r\n") + "\r\nBelow\n"
    assert replace_region(f"Above\r\n{OLD}\n", NEW.replace("\n", "\r\n")) == f"Above\r\n{NEW}\n"


@pytest.mark.parametrize(
    ("body", "adopted"),
    [
        ("", NEW),
        ("Words", f"Words\n\n{NEW}"),
        ("Words\n", f"Words\n\n{NEW}\n"),
        ("Words\n\n\n", f"Words\n\n{NEW}\n\n\n"),
        ("One\r\nTwo\r\n", "One\r\nTwo\r\n\r\n" + NEW.replace("\n", "\r\n") + "\r\n"),
    ],
)
def test_adopting_puts_the_region_below_the_words_and_releasing_gives_them_back(body: str, adopted: str) -> None:
    assert append_region(body, NEW) == adopted
    assert remove_region(adopted) == body


def test_releasing_joins_what_stood_above_and_below() -> None:
    assert remove_region(f"Above\n\n{NEW}\n\nBelow") == "Above\n\nBelow"
    assert remove_region(f"Above\n{NEW}\nBelow") == "Above\n\nBelow"
    assert remove_region(NEW) == ""


def test_writing_replaces_appends_or_removes_and_may_be_repeated() -> None:
    assert write_region(OLD, NEW, adopt=False) == NEW
    adopted = write_region("Words", NEW, adopt=True)
    assert write_region(adopted, NEW, adopt=True) == adopted == f"Words\n\n{NEW}"
    assert write_region(adopted, "", adopt=False) == "Words"
    assert write_region("Words", "", adopt=False) == "Words"
    with pytest.raises(RegionDamaged, match="holds no managed region"):
        write_region("Words", NEW, adopt=False)


@given(above=TEXTS, below=TEXTS)
@example(above="a\r", below="\nb")
def test_every_character_outside_the_region_stays(above: str, below: str) -> None:
    body = f"{above}\n{OLD}{below}"
    assume(len(find_regions(body)) == 1)
    changed = replace_region(body, NEW)
    old, new = sole_region(body), sole_region(changed)
    assert old is not None
    assert new is not None
    assert (changed[: new.start], changed[new.end :]) == (body[: old.start], body[old.end :])
    assert re.sub("\r\n", "\n", new.text) == NEW
    assert replace_region(changed, NEW) == changed


@given(body=TEXTS)
@example(body="a\r\n\r")
def test_adopting_and_releasing_is_as_if_nothing_had_been(body: str) -> None:
    assume(not find_regions(body))
    adopted = append_region(body, NEW)
    assert adopted.startswith(body.rstrip("\r\n"))
    assert remove_region(adopted) == body
