"""Where a heading of a plan is shown on the web."""

import pytest

from plansync.core.pages import Repository, address_of

GITHUB = Repository("github", "https://github.com", "Acme/Web")
GITLAB = Repository("gitlab", "https://git.example.com/lab/", "acme/platform/core")


def test_without_a_branch_it_is_the_default_one_whatever_its_name() -> None:
    assert GITHUB.begins("", "plans/") == "https://github.com/Acme/Web/blob/HEAD/plans/"
    assert GITLAB.begins("", "") == "https://git.example.com/lab/acme/platform/core/-/blob/HEAD/"


def test_a_branch_may_have_parts_and_odd_letters() -> None:
    assert GITHUB.begins("feature/größe#1", "") == "https://github.com/Acme/Web/blob/feature/gr%C3%B6%C3%9Fe%231/"


@pytest.mark.parametrize(
    ("path", "anchor", "wanted"),
    [
        ("a.md", "", "a.md"),
        ("a.md", "phase-1-saving", "a.md#phase-1-saving"),
        ("x/My plan (1).md", "", "x/My%20plan%20%281%29.md"),
        ("a.md", "фаза-1", "a.md#%D1%84%D0%B0%D0%B7%D0%B0-1"),
        ("a](b)<c>@d#1.md", "", "a%5D%28b%29%3Cc%3E%40d%231.md"),
    ],
)
def test_an_address_holds_nothing_that_markdown_or_a_host_would_read(path: str, anchor: str, wanted: str) -> None:
    assert address_of("https://github.com/a/b/blob/HEAD/", path, anchor) == f"https://github.com/a/b/blob/HEAD/{wanted}"


def test_where_plans_have_no_address_there_is_none() -> None:
    assert address_of("", "a.md", "phase-1") == ""
