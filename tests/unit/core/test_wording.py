"""A word is taken out of its dress and another put into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.wording import Wording, normal_word, read_wording, shape_word, words_in

KNOWN = frozenset({"draft", "inprogress", "done"})


@pytest.mark.parametrize("dress", ["In Progress", "in-progress", "IN_PROGRESS", "InProgress", " in  progress. "])
def test_case_and_separators_do_not_count(dress: str) -> None:
    assert normal_word(dress) == "inprogress"


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("Draft", ("", "Draft", "", "")),
        ("**[Draft]**  ", ("**[", "Draft", "]**  ", "")),
        ("✅ Done", ("✅ ", "Done", "", "")),
        (":white_check_mark: Done", (":white_check_mark: ", "Done", "", "")),
        ("Draft (v2)", ("", "Draft", "", " (v2)")),
        ("**Draft** — by Ann", ("**", "Draft", "**", " — by Ann")),
        ("in-progress <!-- or done -->", ("", "in-progress", "", " <!-- or done -->")),
        ("draft # or done", ("", "draft", "", " # or done")),
        ("Draft, v2", ("", "Draft", "", ", v2")),
        ("Draft · v2 · x", ("", "Draft", "", " · v2 · x")),
        ("Draft\nwith more", ("", "Draft", "", "\nwith more")),
        ("Draft | Done", ("", "Draft | Done", "", "")),
        ("Something, else", ("", "Something, else", "", "")),
        ("Something (else)", ("", "Something (else", ")", "")),
        ("Something else", ("", "Something else", "", "")),
        ("✅", ("✅", "", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_a_value_is_taken_apart(raw: str, parts: tuple[str, str, str, str]) -> None:
    assert read_wording(raw, KNOWN) == Wording(*parts)


@given(
    st.text()
    | st.lists(st.sampled_from(["Draft", "done", " (", ")", " — ", "**", "✅ ", "[", "]", ":x: "])).map("".join)
)
def test_the_parts_are_the_value_byte_for_byte(raw: str) -> None:
    wording = read_wording(raw, KNOWN)
    assert wording.lead + wording.word + wording.close + wording.note == raw


@pytest.mark.parametrize(
    ("like", "shaped"),
    [
        ("Draft", "In Progress"),
        ("DRAFT", "IN PROGRESS"),
        ("draft", "in progress"),
        ("not-started", "in-progress"),
        ("NOT_STARTED", "IN_PROGRESS"),
        ("Not started", "In progress"),
        ("Not-started", "In-progress"),
        ("NotStarted", "InProgress"),
        ("", "In Progress"),
        ("完成", "In Progress"),
    ],
)
def test_a_word_takes_case_and_separators_of_another(like: str, shaped: str) -> None:
    assert shape_word("In Progress", like) == shaped


@pytest.mark.parametrize(
    ("raw", "emoji", "text"),
    [
        ("✅ **Done**", "", "**Draft**"),
        ("**✅ Done**", "", "**Draft**"),
        ("Done ✅  ", "", "Draft  "),
        ("🟢 Done", "🔴 ", "🔴 Draft"),
        ("🟢 🟢 Done", "🔴 ", "🔴 Draft"),
        ("Done", "🔴 ", "Draft"),
        ("[Done] (2h)", "", "[Draft] (2h)"),
    ],
)
def test_the_dress_is_kept_and_emoji_go_or_are_exchanged(raw: str, emoji: str, text: str) -> None:
    assert read_wording(raw, KNOWN).reword("Draft", emoji) == text


def test_known_words_are_found_in_a_sentence_longest_first() -> None:
    known = KNOWN | {"progress"}
    assert words_in("was Draft, is in progress; then Done, not drafted", known) == ("Draft", "in progress", "Done")
