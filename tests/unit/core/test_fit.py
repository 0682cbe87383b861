"""What a tracker can hold: texts cut to it, and compared in the form that it keeps (spec §2.7, §4.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.fit import Capabilities, cut_body, cut_text, find_label, kept_line, kept_text

texts = st.text(alphabet="ab \n`~", max_size=60)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Read the feed", 13, "Read the feed"),
        ("Read the feed", 12, "Read the…"),
        ("Read the feed", 9, "Read the…"),
        ("Read the feed", 8, "Read…"),
        ("Read the feed", 5, "Read…"),
        ("Read the feed", 4, "Rea…"),
        ("Read  the feed", 7, "Read…"),
        ("Donaudampfschiff", 6, "Donau…"),
        ("表の設計を書く", 4, "表の設…"),
        ("", 3, ""),
    ],
)
def test_a_title_is_cut_at_a_word(text: str, limit: int, cut: str) -> None:
    assert cut_text(text, limit) == cut


@given(texts, st.integers(1, 80))
def test_a_cut_title_is_never_longer_than_the_limit_and_says_that_it_was_cut(text: str, limit: int) -> None:
    cut = cut_text(text, limit)
    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else cut.endswith("…")


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("one\ntwo\nthree", 13, "one\ntwo\nthree"),
        ("one\ntwo\nthree", 12, "one\ntwo\n\n…"),
        ("one\ntwo\nthree", 8, "one\n\n…"),
        ("one long line", 9, "one lo\n\n…"),
        ("```\none\ntwo\nthree\n```", 18, "```\none\ntwo\n```\n\n…"),
        ("  ~~~~ text\n  one\n  two\n  ~~~~\nlast", 30, "  ~~~~ text\n  one\n  ~~~~\n\n…"),
        ("````\n```\nt\n```\none two three four\n````", 30, "````\n```\nt\n```\n````\n\n…"),
        ("```\none\n```\ntwo\nthree", 19, "```\none\n```\ntwo\n\n…"),
        ("``` a`b\none\ntwo three four", 18, "``` a`b\none\n\n…"),
        ("`````````\none", 12, "\n\n…"),
    ],
)
def test_a_body_is_cut_at_a_line_and_an_open_fence_is_closed(text: str, limit: int, cut: str) -> None:
    assert cut_body(text, limit) == cut


@given(texts, st.integers(3, 80))
def test_a_cut_body_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    cut = cut_body(text, limit)
    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else cut.endswith("\n\n…")


def test_where_there_is_no_room_at_all_only_the_sign_of_the_cut_is_left() -> None:
    assert cut_body("one\ntwo", -5) == "\n\n…"


def test_a_title_is_compared_as_one_trimmed_line() -> None:
    assert kept_line("  Read\tthe \r\n feed ") == "Read the feed"


def test_a_body_is_compared_without_line_ends_and_trailing_blanks() -> None:
    assert kept_text("\r\none  \r\n\r\n two\rthree\n\n") == "one\n\n two\nthree"


@given(texts)
def test_what_is_kept_of_a_kept_text_is_the_same(text: str) -> None:
    assert kept_text(kept_text(text)) == kept_text(text)
    assert kept_line(kept_line(text)) == kept_line(text)


@pytest.mark.parametrize(
    ("existing", "case_blind", "found"),
    [
        ({"risk"}, True, "risk"),
        ({"risk", "Risk"}, True, "risk"),
        ({"Risk"}, True, "Risk"),
        ({"RISK", "Risk"}, True, "RISK"),
        ({"Risk"}, False, None),
        ({"risks"}, True, None),
        (set(), True, None),
    ],
)
def test_a_label_is_used_as_the_project_spells_it(existing: set[str], case_blind: bool, found: str | None) -> None:
    capabilities = Capabilities(name="test", case_blind_labels=case_blind)
    assert find_label("risk", frozenset(existing), capabilities) == found
