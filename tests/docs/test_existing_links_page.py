"""The page about plans that have issues already: every row of its table is what the reader does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plansync.core.evidence import read_claim
from plansync.core.links import Address
from plansync.core.numbers import take_numbers
from plansync.core.parser import parse_plan
from plansync.core.reading import Placed
from plansync.core.rules import Rules
from tests.support.reconciling import make_issue, make_reading, owning

PAGE = (Path(__file__).parents[2] / "docs/existing-links.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(.+)` \| (.+) \|$", PAGE, re.MULTILINE)
ADDRESS = Address(
    "github", "tracker.example", "acme/web", ("acme/site",), "https://tracker.example/acme/web/issues/", ""
)


def _taken_for(line: str, *, bare_links: bool) -> str:
    reading = make_reading(
        parse_plan(f"# P\n\n## Phase 1: A\n\n- {line}\n".encode()), rules=Rules(bare_links=bare_links)
    )
    ownership = owning(make_issue(12, author_is_us=False))
    (settled,) = take_numbers((reading,), (), ownership, ADDRESS)
    (task,) = settled.plan.tasks
    claim = read_claim(settled, Placed(task, 0), ownership, ADDRESS)
    if claim.elsewhere:
        return "tracked elsewhere"
    return "words" if claim.number is None else f"its issue {claim.number}"


def test_the_table_is_there() -> None:
    assert len(ROWS) > 15
    assert {taken for _, taken in ROWS} >= {"its issue 12", "tracked elsewhere", "words"}


@pytest.mark.parametrize(("line", "taken"), ROWS)
def test_what_the_table_says_is_so(line: str, taken: str) -> None:
    usual, _, configured = taken.partition(", with `bare_links = true` ")
    assert _taken_for(line, bare_links=False) == usual
    assert _taken_for(line, bare_links=True) == (configured or usual)


@pytest.mark.parametrize("key", ["github", "gitlab", "issue", "github_issue", "gitlab issue", "tracking issue"])
def test_the_keys_for_the_whole_plan_are_known(key: str) -> None:
    example = re.search(r"```markdown\n(.+?)```", PAGE, re.DOTALL)
    assert example is not None
    plan = parse_plan(f"{example[1].replace('github:', f'{key}:')}\n# P\n\n## Phase 1: A\n\n- B\n".encode())
    assert plan.issue is not None
    assert plan.issue.url == "https://tracker.example/acme/web/issues/5"
