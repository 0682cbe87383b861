"""Byte-exact edits, and offsets as editors count them (spec §2.12, §5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.text import Edit, Lines, Position, Site, Span, apply_edits


def test_every_byte_outside_the_edits_is_kept() -> None:
    edits = [Edit(Span(6, 11), b"\xff"), Edit(Span(0, 0), b"> "), Edit(Span(11, 11), b"!")]
    assert apply_edits(b"hello world\r\n", edits) == b"> hello \xff!\r\n"


def test_insertions_at_one_place_stand_in_the_order_given() -> None:
    assert apply_edits(b"ab", [Edit(Span(1, 1), b"1"), Edit(Span(1, 1), b"2")]) == b"a12b"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Span(0, 2), b""), Edit(Span(1, 3), b"")],
        [Edit(Span(2, 5), b"")],
        [Edit(Span(3, 1), b"")],
        [Edit(Span(0, 3), b""), Edit(Span(1, 1), b"x")],
    ],
)
def test_edits_that_overlap_or_leave_the_file_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another or leaves the file"):
        apply_edits(b"abc", edits)


@given(st.binary(max_size=40))
def test_no_edits_change_nothing(source: bytes) -> None:
    assert apply_edits(source, ()) == source


def test_a_site_puts_its_own_text_around_what_is_put_in() -> None:
    assert Site(4, " (", ")").edit("ü") == Edit(Span(4, 4), " (ü)".encode())


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [((0, 5), (0, 5), True), ((0, 5), (1, 4), True), ((0, 5), (3, 6), False), ((2, 5), (1, 4), False)],
)
def test_a_span_holds_what_lies_wholly_inside(outer: tuple[int, int], inner: tuple[int, int], holds: bool) -> None:
    assert Span(*outer).holds(Span(*inner)) is holds


def test_a_span_is_bytes() -> None:
    assert Span(0, 2).of("üx".encode()) == "ü".encode()


@pytest.mark.parametrize(
    ("source", "offset", "position"),
    [
        (b"one\ntwo", 0, (1, 1)),
        (b"one\ntwo", 3, (1, 4)),
        (b"one\ntwo", 4, (2, 1)),
        (b"one\r\ntwo\r\n", 5, (2, 1)),
        (b"one\r\ntwo\r\n", 10, (3, 1)),
        (b"one\rtwo\nthree", 4, (2, 1)),
        (b"one\rtwo\nthree", 8, (3, 1)),
        (b"one\r\rtwo", 5, (3, 1)),
        (b"one\r", 4, (1, 5)),
        ("über\nx".encode(), 5, (1, 5)),
        ("表x".encode(), 3, (1, 2)),
        (b"\xef\xbb\xbfone", 3, (1, 1)),
        (b"\tone", 1, (1, 2)),
        (b"", 0, (1, 1)),
    ],
)
def test_lines_and_columns_count_as_in_an_editor(source: bytes, offset: int, position: tuple[int, int]) -> None:
    assert Lines(source).position(offset) == Position(*position)


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", "ü".encode()]), max_size=12).map(b"".join))
def test_every_line_starts_where_the_standard_library_says(source: bytes) -> None:
    kept = source.splitlines(keepends=True)
    starts = [sum(map(len, kept[:index])) for index in range(len(kept))]
    assert [Lines(source).number(start) for start in starts] == list(range(1, len(kept) + 1))
