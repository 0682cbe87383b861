"""Options are accepted before and after a command's name; errors and Ctrl-C become one line and an exit code."""

import sys
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from plansync import __version__
from plansync.cli.main import run
from plansync.cli.options import Globals, Invocation, LogFormat, add_command, add_group_options
from plansync.errors import ConfigError, StoreLocked


def make_app(seen: list[Invocation]) -> typer.Typer:
    """Return an application with two commands that remember how they were called."""

    def greet(invocation: Invocation, name: Annotated[str, typer.Argument()] = "you", *, loud: bool = False) -> None:
        """Greet somebody."""
        seen.append(invocation)
        invocation.terminal.out.write(f"hello {name.upper() if loud else name}\n")

    def stop(invocation: Invocation) -> None:
        """Behave as if Ctrl-C was pressed."""
        raise KeyboardInterrupt

    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    add_group_options(app)
    add_command(app, greet)
    inner = typer.Typer(rich_markup_mode=None)
    add_group_options(inner)
    add_command(inner, stop, "halt")
    add_command(inner, greet, "greet")
    app.add_typer(inner, name="inner")
    return app


@pytest.mark.parametrize(
    "arguments",
    [
        ("--config", "a.toml", "--verbose", "greet"),
        ("greet", "--config", "a.toml", "--verbose"),
        ("--verbose", "greet", "--config", "a.toml"),
        ("--config", "other.toml", "greet", "--config", "a.toml", "--verbose"),
        ("--verbose", "inner", "--config", "a.toml", "greet"),
    ],
)
def test_shared_options_may_stand_before_or_after_the_command_and_the_later_one_wins(
    arguments: tuple[str, ...],
) -> None:
    seen: list[Invocation] = []
    result = CliRunner().invoke(make_app(seen), arguments)
    assert (result.exit_code, result.output) == (0, "hello you\n")
    assert (seen[0].config, seen[0].terminal.verbose) == (Path("a.toml"), True)


def test_a_command_keeps_its_own_arguments_and_options() -> None:
    result = CliRunner().invoke(make_app([]), ["greet", "ann", "--loud", "--no-color", "--log-format", "json"])
    assert result.output == "hello ANN\n"


@pytest.mark.parametrize("arguments", [("--version",), ("greet", "--version"), ("inner", "halt", "--version")])
def test_the_version_is_told_anywhere(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(make_app([]), arguments)
    assert (result.exit_code, result.output) == (0, f"plansync {__version__}\n")


def test_ctrl_c_is_one_line_and_130() -> None:
    result = CliRunner().invoke(make_app([]), ["inner", "halt"])
    assert result.exit_code == 130
    assert result.stderr.splitlines() == [
        "plansync: interrupted",
        "hint: what was done is recorded; the next run goes on from there",
    ]


def test_what_is_not_given_is_taken_from_before_the_command() -> None:
    earlier = Globals(Path("a"), verbose=True, quiet=False, log_format=LogFormat.JSON, no_color=True)
    assert Globals().over(earlier) == earlier
    assert Globals(Path("b"), log_format=LogFormat.TEXT).over(earlier).config == Path("b")


@pytest.mark.parametrize(
    ("error", "code", "first", "last"),
    [
        (
            StoreLocked("state.db is\nlocked", hint="wait for https://ann:pw@example.com"),
            1,
            "plansync: state.db is locked",
            "hint: wait for https://***@example.com",
        ),
        (ConfigError("no"), 2, "plansync: no", "plansync: no"),
        (
            ZeroDivisionError("by ghp_" + "a" * 36),
            70,
            "Traceback (most recent call last):",
            "hint: please report it with the lines above; the next run goes on safely",
        ),
    ],
)
def test_errors_become_exit_codes_and_lines_without_secrets(
    *,
    error: Exception,
    code: int,
    first: str,
    last: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(invocation: Invocation) -> None:
        """Fail."""
        raise error

    app = make_app([])
    add_command(app, fail)
    monkeypatch.setattr(sys, "argv", ["plansync", "fail"])
    assert run(app) == code
    lines = capsys.readouterr().err.splitlines()
    assert (lines[0], lines[-1]) == (first, last)
    assert not any("ghp_" in line for line in lines)
