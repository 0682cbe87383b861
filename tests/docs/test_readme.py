"""What the pages tell people to type is typed here, and what they say comes out does come out.

The convention: a block of ``console`` is a session. A line that begins with ``$ `` is typed; the lines below it come
out, in that order; a line ``...`` stands for any lines. ``# exits with 3`` behind a command says which code it ends
with, if not 0. All sessions of a page are one after the other in a folder ``shop`` that holds the sample plan; those of the
guide to trackers and of the page on webhooks need a host, and have tests of their own.
``$ make …`` is not run, but must name a target of the Makefile.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from plansync.settings import load_settings
from tests.support.shell import Shell

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TRACKERS = ROOT / "docs/trackers.md"
WEBHOOKS = ROOT / "docs/webhooks.md"
SAMPLE = "plans/saved-searches.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"  # exits with (\d+)$")
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in one language."""
    return [text for found, text in BLOCK.findall(page.read_text("utf-8")) if found == language]


@dataclass
class Step:
    """One command of a session, and the lines that it is said to print."""

    command: str
    code: int = 0
    output: list[str] = field(default_factory=list)


def steps(page: Path) -> Iterator[Step]:
    """Yield the commands of a page's sessions, but those for make."""
    step = Step("")
    for line in (line for block in blocks(page, "console") for line in block.splitlines()):
        if not line.startswith("$ "):
            step.output.append(line)
            continue
        code = EXIT.search(line)
        step = Step(EXIT.sub("", line[2:]), int(code[1]) if code else 0)
        if not step.command.startswith("make "):
            yield step


def first_missing(expected: list[str], printed: list[str]) -> str | None:
    """Return the first line of ``expected`` that ``printed`` does not go on with; ``...`` skips lines."""
    at, may_skip = 0, False
    for line in expected:
        if line == "...":
            may_skip = True
            continue
        within = printed[at:] if may_skip else printed[at : at + 1]
        if line not in within:
            return line
        at, may_skip = at + within.index(line) + 1, False
    return None


@pytest.fixture
def shop(tmp_path: Path) -> Shell:
    """A folder with the sample plan, and ``plansync`` on the path."""
    program = tmp_path / "bin/plansync"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m plansync "$@"\n')
    program.chmod(0o755)
    shutil.copytree(ROOT / "examples/plans", tmp_path / "shop/plans")
    return Shell(tmp_path / "shop")


def act(shop: Shell, page: Path) -> None:
    """Go through the sessions of a page."""
    path = f'PATH="{shop.folder.parent / "bin"}:$PATH"; export PATH; '
    for step in steps(page):
        done = shop.run("sh", "-c", path + step.command)
        printed = done.stdout + done.stderr
        assert done.returncode == step.code, f"$ {step.command}\n{printed}"
        missing = first_missing(step.output, printed.splitlines())
        assert missing is None, f"$ {step.command}\ndid not print {missing!r}, but\n{printed}"


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in {TRACKERS, WEBHOOKS} and list(steps(page))],
    ids=lambda page: page.stem,
)
def test_the_sessions_of_a_page_go_as_it_says(page: Path, shop: Shell) -> None:
    act(shop, page)


def test_the_excerpts_of_the_plan_are_what_it_is_before_and_after(shop: Shell) -> None:
    before, after = blocks(README, "markdown")
    assert before in shop.read(SAMPLE)
    for step in steps(README):
        if step.command != "plansync --help":
            shop(*step.command.split()[1:])
    assert after in shop.read(SAMPLE)
    assert before not in shop.read(SAMPLE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_stand_in_console_blocks_and_make_has_the_targets(page: Path) -> None:
    assert [language for language in ("sh", "bash", "shell", "text") if blocks(page, language)] == []
    made = [line.split()[2] for block in blocks(page, "console") for line in block.splitlines() if "$ make" in line]
    assert set(made) <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_configurations_on_a_page_can_be_loaded(page: Path, tmp_path: Path) -> None:
    for number, text in enumerate(blocks(page, "toml")):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, "utf-8")
        assert load_settings(config=file, environ={}).targets


def test_the_two_promised_commands_are_there() -> None:
    assert "$ make demo\n$ make test\n" in blocks(README, "console")[0]


def test_the_exit_codes_are_those_of_the_page_on_commands() -> None:
    row = re.compile(r"^\| \d+ \| .+ \|$", re.MULTILINE)
    assert row.findall(README.read_text("utf-8")) == row.findall((ROOT / "docs/commands.md").read_text("utf-8"))


@pytest.mark.parametrize(
    ("expected", "printed", "missing"),
    [
        (["a", "b"], ["a", "b", "c"], None),
        (["a", "c"], ["a", "b", "c"], "c"),
        (["a", "...", "c"], ["a", "b", "c"], None),
        (["...", "c", "d"], ["a", "b", "c", "e"], "d"),
        (["...", "x"], ["a"], "x"),
        (["a"], [], "a"),
        ([], ["a"], None),
    ],
)
def test_a_line_that_does_not_come_out_is_found(expected: list[str], printed: list[str], missing: str | None) -> None:
    assert first_missing(expected, printed) == missing
