"""``plansync db``: the state database, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from plansync.cli.lines import Line
from plansync.cli.options import Invocation, add_command, add_group_options
from plansync.cli.workplace import read_settings

if TYPE_CHECKING:
    from plansync.store.open import Upgrade


def upgrade(invocation: Invocation) -> None:
    """Make the state database, or bring it to the newest version.

    An SQLite file is also brought up to date by every command that uses it; a PostgreSQL database only by this one,
    before any new version of plansync starts to use it.
    """
    from plansync.bootstrap.upgrade import upgrade_state

    done = upgrade_state(read_settings(invocation))
    if not invocation.terminal.quiet:
        invocation.terminal.show([Line(f"{done.place}: {_outcome(done)}")])


def _outcome(done: Upgrade) -> str:
    if done.before is None:
        return f"made, revision {done.after}"
    if done.before == done.after:
        return f"is at revision {done.after} already"
    return f"brought from revision {done.before or 'none'} to {done.after}"


db_app = typer.Typer(
    help="Look after the state database.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
add_group_options(db_app)
add_command(db_app, upgrade)
