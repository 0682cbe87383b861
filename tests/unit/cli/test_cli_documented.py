"""The page on commands names every command and option that ``--help`` does, and no other."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plansync.cli.main import app

PAGE = (Path(__file__).parents[3] / "docs/commands.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^#{2,3} (.+?)\n(.*?)(?=^#{2,3} |\Z)", PAGE, re.MULTILINE | re.DOTALL))
OPTION = re.compile(r"^  (--[a-z-]+)", re.MULTILINE)
DOCUMENTED = re.compile(r"^\| `(--[a-z-]+)", re.MULTILINE)
COMMAND = re.compile(r"^  ([a-z]+)  +\S", re.MULTILINE)
COMPLETION = {"--install-completion", "--show-completion"}


def help_of(*command: str) -> str:
    """Return what ``--help`` prints, wide enough that no line is folded."""
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "300"}, terminal_width=300)
    assert result.exit_code == 0, result.output
    return result.output


def commands(*group: str) -> list[tuple[str, ...]]:
    """Return the commands of a group, by their full names."""
    _, _, listed = help_of(*group).partition("Commands:")
    return [(*group, name) for name in COMMAND.findall(listed)]


GROUPS = ("local", "db", "webhook")
ALL = [
    *(command for command in commands() if command[0] not in GROUPS),
    *(command for group in GROUPS for command in commands(group)),
]
SHARED = set(DOCUMENTED.findall(SECTIONS["Options of every command"]))


def test_the_shared_options_are_those_of_the_program_itself() -> None:
    assert set(OPTION.findall(help_of())) == SHARED | COMPLETION
    assert all(option in SECTIONS["Options of every command"] for option in COMPLETION)


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_a_command_has_a_section_with_its_options(command: tuple[str, ...]) -> None:
    offered = set(OPTION.findall(help_of(*command)))
    assert offered >= SHARED
    assert set(DOCUMENTED.findall(SECTIONS[f"plansync {' '.join(command)}"])) == offered - SHARED


def test_the_page_describes_no_command_that_does_not_exist() -> None:
    described = {heading.removeprefix("plansync ") for heading in SECTIONS if heading.startswith("plansync ")}
    assert described == {" ".join(command) for command in ALL} | {*GROUPS}


def test_the_exit_codes_are_documented() -> None:
    assert re.findall(r"^\| (\d+) \|", SECTIONS["Exit codes"], re.MULTILINE) == ["0", "1", "2", "3", "70", "130"]
