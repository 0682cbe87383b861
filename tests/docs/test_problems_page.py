"""The page on Problems names every code as the catalogue does, and its examples give the Problems that they stand below."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from plansync.core.parser import parse_plan
from plansync.core.problems import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/problems.md").read_text("utf-8")
SECTION = re.compile(
    r"^### (PS\d+): (.+)\n\n\*\*(\w+)\.\*\* ((?: *````markdown\n(?:.*\n)*? *````\n|(?!#{2,3} ).*\n)*)", re.MULTILINE
)
EXAMPLE = re.compile(r"^( *)````markdown\n((?:.*\n)*?)\1````$", re.MULTILINE)
SECTIONS = {found[1]: found for found in SECTION.finditer(PAGE)}
OF_THE_READER = [code for code in CATALOGUE if code[:3] in {"PS1", "PS2", "PS3", "PS4"}]
NOT_TO_BE_WRITTEN = {"PS101", "PS102", "PS103", "PS107", "PS108", "PS109"}
"""What no Markdown example can show: bytes that are no text, too many of them, none, files that cannot be read, and more files than one."""


def example_of(code: str) -> str:
    """Return the plan that stands below a code."""
    (example,) = EXAMPLE.findall(SECTIONS[code][4])
    return textwrap.dedent(example[1])


def test_every_code_is_on_the_page_in_order_and_no_other() -> None:
    assert re.findall(r"^### (PS\d+)", PAGE, re.MULTILINE) == list(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_has_the_title_severity_and_advice_of_the_catalogue(code: str) -> None:
    entry, section = CATALOGUE[code], SECTIONS[code]
    assert (section[2], section[3].casefold()) == (entry.title, entry.severity.value)
    assert " ".join(section[4].split()).startswith(entry.advice)


@pytest.mark.parametrize("code", [code for code in OF_THE_READER if code not in NOT_TO_BE_WRITTEN])
def test_the_example_of_a_code_gives_it_and_no_other(code: str) -> None:
    assert [problem.code for problem in parse_plan(example_of(code).encode()).problems] == [code]


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code not in OF_THE_READER])
def test_the_example_of_another_code_is_a_plan_without_problems_of_its_own(code: str) -> None:
    plan = parse_plan(example_of(code).encode())
    assert plan.problems == ()
    assert plan.tasks


@pytest.mark.parametrize("code", sorted(NOT_TO_BE_WRITTEN))
def test_a_code_that_no_plan_can_show_has_a_session(code: str) -> None:
    assert "```console\n$ " in SECTIONS[code][4]


def test_only_codes_that_nothing_gives_yet_are_said_not_to_be_given() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "plansync").rglob("*.py") if path.stem != "problems")
    given = set(re.findall(r"PS\d{3}", sources))
    said = {
        code for code, section in SECTIONS.items() if "No run of this version gives" in " ".join(section[4].split())
    }
    assert said == CATALOGUE.keys() - given
