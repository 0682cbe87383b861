"""The command ``plansync``: all commands in one place, and the one boundary where errors become exit codes."""

from __future__ import annotations

import sys
import traceback
from io import TextIOWrapper

import typer

from plansync.cli.daemon import daemon
from plansync.cli.db import db_app
from plansync.cli.demo import demo
from plansync.cli.doctor import doctor
from plansync.cli.explain import explain
from plansync.cli.history import history
from plansync.cli.init import init
from plansync.cli.lint import lint
from plansync.cli.local import local_app
from plansync.cli.new import new
from plansync.cli.once import once
from plansync.cli.options import add_command, add_group_options
from plansync.cli.preview import preview
from plansync.cli.retire import retire
from plansync.cli.show import show
from plansync.cli.status import status
from plansync.cli.terminal import Terminal
from plansync.cli.undo import undo
from plansync.cli.webhook import webhook_app
from plansync.cli.worker import worker
from plansync.errors import ConfigError, PlansyncError

UNEXPECTED = 70
"""The exit code for a fault of plansync itself (EX_SOFTWARE of sysexits)."""

app = typer.Typer(
    name="plansync",
    help="Keep Markdown implementation plans and the issues of a tracker in step.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
add_group_options(app)
for command in (once, preview, lint, status, show, history, explain, undo, retire, new, init, doctor, daemon, worker):
    add_command(app, command)
app.add_typer(webhook_app, name="webhook")
app.add_typer(local_app, name="local")
app.add_typer(db_app, name="db")
add_command(app, demo)


def main() -> None:
    """Run the command line and end the process with its exit code (spec §9)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(app))


def run(application: typer.Typer) -> int:
    """Run ``application`` on the process's arguments; return the exit code of what it raised.

    What Typer ends by itself, usage errors among them, leaves as ``SystemExit``.
    """
    try:
        application(prog_name="plansync")
    except PlansyncError as error:
        _known(error)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the outermost boundary: whatever it is, it is told and has an exit code
        _unknown()
        return UNEXPECTED
    return 0


def _known(error: PlansyncError) -> None:
    """Say what went wrong, and below it what to do; of a configuration's faults each has a line of its own."""
    from plansync.cli.logs import redact

    terminal, message = Terminal(sys.stdout, sys.stderr, colour=False), redact(str(error))
    *others, last = (message.splitlines() if isinstance(error, ConfigError) else None) or [message]
    for fault in others:
        terminal.fault(fault)
    terminal.fault(last, redact(error.hint))


def _unknown() -> None:
    from plansync.cli.logs import redact

    sys.stderr.write(redact(traceback.format_exc()))
    terminal = Terminal(sys.stdout, sys.stderr, colour=False)
    terminal.fault("this is a bug in plansync", "please report it with the lines above; the next run goes on safely")
