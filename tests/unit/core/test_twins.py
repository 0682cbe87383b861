"""Paths that differ by case alone."""

from plansync.core.twins import case_twins


def test_paths_of_their_own_have_no_twin() -> None:
    assert case_twins(["a.md", "b.md", "a/b.md", "A.txt"], ()) == {}


def test_of_twins_the_first_goes() -> None:
    assert case_twins(["A.md", "B/c.md", "a.md", "b/c.md"], ()) == {"a.md": "A.md", "b/c.md": "B/c.md"}


def test_of_twins_the_known_one_goes() -> None:
    assert case_twins(["A.md", "a.md"], {"a.md"}) == {"A.md": "a.md"}
    assert case_twins(["A.md", "a.md"], {"A.md", "a.md"}) == {"a.md": "A.md"}


def test_other_ways_to_write_a_letter_are_no_other_letter() -> None:
    assert case_twins(["\u00c4.md", "a\u0308.md"], ()) == {"a\u0308.md": "\u00c4.md"}
