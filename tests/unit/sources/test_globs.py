"""Patterns that say which paths are plans."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plansync.errors import ConfigError
from plansync.sources.globs import NEVER_ENTERED, Globs

USUAL = ["plans/**/*.md", "docs/plans/**/*.md", "specs/*/plan.md", "specs/*/tasks.md", ".*/specs/*/plan.md"]


@pytest.mark.parametrize(
    "path",
    [
        "plans/a.md",
        "plans/x/y/a.md",
        "docs/plans/a.md",
        "specs/012-login/plan.md",
        "specs/1/tasks.md",
        ".kit/specs/1/plan.md",
    ],
)
def test_the_usual_places_are_found(path: str) -> None:
    assert Globs(USUAL).match(path)


@pytest.mark.parametrize(
    "path", ["a.md", "other/plans/a.md", "plans/a.txt", "specs/plan.md", "specs/a/b/plan.md", "kit/specs/1/plan.md"]
)
def test_nothing_else_is(path: str) -> None:
    assert not Globs(USUAL).match(path)


def test_a_pattern_without_a_slash_matches_at_any_depth() -> None:
    globs = Globs(["*.plan.md"])
    assert globs.match("a/b/c.plan.md")
    assert globs.may_hold("a/b")


def test_a_folder_s_name_means_all_that_is_in_it() -> None:
    globs = Globs(["/plans", "docs/drafts/"])
    assert globs.match("plans/a/b.md")
    assert globs.match("docs/drafts/a.md")
    assert globs.may_hold("plans/a/b")
    assert not globs.may_hold("src")


def test_excluded_and_negated_paths_are_no_plans() -> None:
    assert not Globs(["plans/"], ["plans/old/"]).match("plans/old/a.md")
    globs = Globs(["*.md", "!README.md"])
    assert globs.match("a.md")
    assert not globs.match("README.md")


@pytest.mark.parametrize("folder", sorted(NEVER_ENTERED))
def test_folders_of_tools_are_never_entered(folder: str) -> None:
    assert not Globs(["**/*.md"]).may_hold(f"a/{folder}")


def test_folders_off_the_way_are_not_entered() -> None:
    globs = Globs(USUAL)
    assert [
        name for name in ("src", "docs", "docs/api", "docs/plans", ".kit", ".kit/specs") if globs.may_hold(name)
    ] == [
        "docs",
        "docs/plans",
        ".kit",
        ".kit/specs",
    ]


def test_a_pattern_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match=r"the pattern '!' cannot be read"):
        Globs(["a", "!"])


PART = st.sampled_from(["a", "b", "ab", "*", "a*", "?b", "**", "[ab]", "a.md", r"\a"])
PATTERN = st.builds(
    lambda parts, head, tail: head + "/".join(parts) + tail,
    st.lists(PART, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "/"]),
)
PATH = st.lists(st.sampled_from(["a", "b", "ab", "a.md"]), min_size=2, max_size=5)


@settings(max_examples=200)
@given(patterns=st.lists(PATTERN, min_size=1, max_size=3), parts=PATH)
def test_a_folder_that_is_not_entered_holds_nothing_that_is_meant(patterns: list[str], parts: list[str]) -> None:
    globs = Globs(patterns)
    if globs.match("/".join(parts)):
        assert all(globs.may_hold("/".join(parts[:depth])) for depth in range(1, len(parts)))


def test_what_lies_in_folders_of_other_programs_is_never_reached() -> None:
    globs = Globs(["*.md", "/plans/"])
    assert globs.match("node_modules/a.md")
    assert not globs.reach("node_modules/a.md")
    assert not globs.reach("plans/.git/a.md")
    assert globs.reach("docs/a.md")
    assert globs.reach("a.md")
    assert not globs.reach("docs/a.txt")
