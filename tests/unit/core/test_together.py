"""Which files of a folder are one plan."""

import pytest

from plansync.core.together import beside, bind_files, group_of, home_of

NAMES = ("plan.md", "tasks.md")


def test_files_of_these_names_in_one_folder_are_one_plan() -> None:
    paths = ["specs/1/plan.md", "specs/1/research.md", "specs/1/tasks.md", "specs/2/tasks.md"]
    assert bind_files(paths, NAMES) == {
        "specs/1/plan.md": ("specs/1/plan.md", "specs/1/tasks.md"),
        "specs/1/research.md": ("specs/1/research.md",),
        "specs/2/tasks.md": ("specs/2/tasks.md",),
    }


def test_the_first_name_that_is_there_is_the_main_file_in_whatever_order_they_are_found() -> None:
    assert bind_files(["tasks.md", "plan.md"], NAMES) == {"plan.md": ("plan.md", "tasks.md")}


def test_without_names_each_file_is_a_plan() -> None:
    assert list(bind_files(["a/plan.md", "a/tasks.md"], ())) == ["a/plan.md", "a/tasks.md"]


def test_a_group_holds_files_that_are_not_there() -> None:
    assert group_of("a/tasks.md", NAMES) == ("a/plan.md", "a/tasks.md")
    assert group_of("a/other.md", NAMES) == ("a/other.md",)


def test_a_file_is_at_home_in_its_plan() -> None:
    plans = bind_files(["a/plan.md", "a/tasks.md"], NAMES)
    assert [home_of(path, plans) for path in ("a/plan.md", "a/tasks.md", "b/tasks.md")] == [
        "a/plan.md",
        "a/plan.md",
        "b/tasks.md",
    ]


@pytest.mark.parametrize(
    ("path", "name", "found"),
    [("a/b/plan.md", "tasks.md", "a/b/tasks.md"), ("plan.md", "tasks.md", "tasks.md"), ("a/plan.md", "", "a/plan.md")],
)
def test_a_name_is_a_file_in_the_same_folder(path: str, name: str, found: str) -> None:
    assert beside(path, name) == found
