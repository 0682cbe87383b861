"""The options that every command takes, before or after its name, and how a command gets them.

A command is a function whose first parameter is an :class:`Invocation`; :func:`add_command` gives it the shared
options and turns Ctrl-C into one line.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from plansync import __version__
from plansync.cli.parameters import option
from plansync.cli.terminal import Terminal

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 and the number of SIGINT."""


class LogFormat(StrEnum):
    """How log lines are written to stderr."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Globals:
    """The shared options as given in one place; None and False: not given there."""

    config: Path | None = None
    verbose: bool = False
    quiet: bool = False
    log_format: LogFormat | None = None
    no_color: bool = False

    def over(self, earlier: Globals) -> Globals:
        """Return these options, with ``earlier`` ones for what is not given here."""
        return Globals(
            self.config or earlier.config,
            self.verbose or earlier.verbose,
            self.quiet or earlier.quiet,
            self.log_format or earlier.log_format,
            self.no_color or earlier.no_color,
        )


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a command: which configuration it names, and where its output goes."""

    terminal: Terminal
    config: Path | None = None
    json_logs: bool = False
    plans_from: Path | None = None
    """Another checkout to read the plans from."""


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"plansync {__version__}")
        raise typer.Exit


def read_globals(
    *,
    config: Annotated[Path | None, option("--config", "Use this plansync.toml.", metavar="FILE")] = None,
    verbose: Annotated[bool, option("--verbose", "Say more.")] = False,
    quiet: Annotated[bool, option("--quiet", "Say nothing but errors.")] = False,
    log_format: Annotated[LogFormat | None, option("--log-format", "How log lines look.")] = None,
    no_color: Annotated[bool, option("--no-color", "Use no colours.")] = False,
    version: Annotated[
        bool,
        option("--version", "Print the version.", is_eager=True, callback=_show_version),
    ] = False,
) -> Globals:
    """Collect the shared options. Its signature is where they are declared, once for all commands."""
    del version  # its callback has ended the command by now
    return Globals(config, verbose, quiet, log_format, no_color)


_SHARED = inspect.signature(read_globals, eval_str=True).parameters


def add_command(app: typer.Typer, function: Callable[..., None], name: str | None = None) -> None:
    """Register ``function`` as a command of ``app``, with the shared options behind its own."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

    def run(ctx: typer.Context, **values: Any) -> None:
        given = read_globals(**{key: values.pop(key) for key in _SHARED})
        options = given.over(ctx.obj or Globals())
        with _interruptible(options):
            function(_invocation(options), **values)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    _sign(run, function, [context, *own, *_SHARED.values()])
    app.command(name)(run)


def add_group_options(app: typer.Typer) -> None:
    """Let ``app`` itself take the shared options, before the name of a command."""

    def remember(ctx: typer.Context, **values: Any) -> None:
        ctx.obj = read_globals(**values).over(ctx.obj or Globals())

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    _sign(remember, None, [context, *_SHARED.values()])
    app.callback()(remember)


def _sign(
    wrapper: Callable[..., None], function: Callable[..., None] | None, parameters: list[inspect.Parameter]
) -> None:
    """Make ``wrapper`` look to Typer as if it were declared with ``parameters``."""
    if function is not None:
        functools.update_wrapper(wrapper, function)
    named = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    wrapper.__dict__["__signature__"] = inspect.Signature(named)
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in named}


def _invocation(options: Globals) -> Invocation:
    from plansync.cli.logs import configure_logs

    terminal = Terminal(sys.stdout, sys.stderr, options.verbose, options.quiet, not options.no_color)
    json_logs = options.log_format is LogFormat.JSON
    configure_logs(terminal, as_json=json_logs)
    return Invocation(terminal, options.config, json_logs)


@contextmanager
def _interruptible(options: Globals) -> Iterator[None]:
    """Answer Ctrl-C in one line: every step is recorded at once, so there is nothing to lose."""
    try:
        yield
    except KeyboardInterrupt:
        terminal = Terminal(sys.stdout, sys.stderr, colour=not options.no_color)
        terminal.fault("interrupted", "what was done is recorded; the next run goes on from there")
        raise typer.Exit(INTERRUPTED) from None
