"""One system of offsets for the files of a plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.gate import bytes_digest, sheets_digest
from plansync.core.sheets import Sheet, begins_of, edit_sheets
from plansync.core.text import Edit, Span

SHEETS = (Sheet("a.md", b"one"), Sheet("b.md", b""), Sheet("c.md", b"three"))


def test_files_lie_one_behind_the_other_with_a_byte_between() -> None:
    assert list(begins_of(SHEETS)) == [0, 4, 5]


def test_an_edit_goes_to_the_file_that_it_is_for() -> None:
    edits = [Edit(Span(3, 3), b"!"), Edit(Span(4, 4), b"two"), Edit(Span(5, 6), b"T"), Edit(Span(10, 10), b".")]
    assert [sheet.data for sheet in edit_sheets(SHEETS, edits)] == [b"one!", b"two", b"Three."]


@pytest.mark.parametrize("span", [Span(2, 5), Span(11, 11), Span(3, 4)])
def test_an_edit_across_files_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="leaves its file"):
        edit_sheets(SHEETS, [Edit(span, b"x")])


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=4), st.data())
def test_bytes_outside_an_edit_stay_in_every_file(files: list[bytes], data: st.DataObject) -> None:
    sheets = tuple(Sheet(f"{at}.md", content) for at, content in enumerate(files))
    which = data.draw(st.integers(0, len(files) - 1))
    start = data.draw(st.integers(0, len(files[which])))
    begin = list(begins_of(sheets))[which]
    after = edit_sheets(sheets, [Edit(Span(begin + start, begin + start), b"#")])
    wanted = [*files]
    wanted[which] = files[which][:start] + b"#" + files[which][start:]
    assert [sheet.data for sheet in after] == wanted


def test_the_digest_of_one_file_is_that_of_its_bytes() -> None:
    assert sheets_digest([Sheet("", b"one")]) == bytes_digest(b"one")


@pytest.mark.parametrize(
    "other",
    [
        (Sheet("a.md", b"on"), Sheet("b.md", b"e"), SHEETS[2]),
        (Sheet("z.md", b"one"), *SHEETS[1:]),
        SHEETS[:2],
        (SHEETS[1], SHEETS[0], SHEETS[2]),
    ],
)
def test_the_digest_of_several_files_is_that_of_names_and_bytes(other: tuple[Sheet, ...]) -> None:
    assert sheets_digest(other) != sheets_digest(SHEETS)
