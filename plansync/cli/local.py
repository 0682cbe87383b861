"""``plansync local``: the embedded tracker, by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.lines import Line, Role
from plansync.cli.options import Invocation, add_command, add_group_options
from plansync.cli.parameters import TargetName, option
from plansync.cli.workplace import read_settings
from plansync.errors import TrackerError, UsageError

if TYPE_CHECKING:
    from plansync.settings import Settings
    from plansync.settings.targets import TargetSettings
    from plansync.trackers.local.desk import LocalDesk

Number = Annotated[int, typer.Argument(metavar="N", help="The issue's number.", min=1, show_default=False)]


def list_issues(
    invocation: Invocation,
    everything: Annotated[bool, option("--all", "Closed issues, too.")] = False,
    closed: Annotated[bool, option("--closed", "Closed issues only.")] = False,
    target: TargetName = None,
) -> None:
    """List the open issues."""
    from plansync.cli.views.issues import list_lines

    with opened_desk(invocation, target) as desk:
        issues = desk.list_issues("all" if everything else "closed" if closed else "open")
    invocation.terminal.show(list_lines(issues) if issues else [Line("No issues.", Role.FAINT)])


def show(invocation: Invocation, number: Number, target: TargetName = None) -> None:
    """Show an issue: its fields, its text, and its comments."""
    from plansync.cli.views.issues import page_lines

    with opened_desk(invocation, target) as desk:
        page = desk.show(number)
    invocation.terminal.show(page_lines(page))


def close(
    invocation: Invocation,
    number: Number,
    not_planned: Annotated[bool, option("--not-planned", "It will not be done.")] = False,
    target: TargetName = None,
) -> None:
    """Close an issue as completed, or as not planned."""
    with opened_desk(invocation, target) as desk:
        changed = desk.close(number, not_planned=not_planned, actor=actor())
    how = " as not planned" if not_planned else ""
    _confirm(invocation, f"closed #{number}{how}" if changed else f"#{number} is closed{how} already")


def reopen(invocation: Invocation, number: Number, target: TargetName = None) -> None:
    """Reopen an issue."""
    with opened_desk(invocation, target) as desk:
        changed = desk.reopen(number, actor=actor())
    _confirm(invocation, f"reopened #{number}" if changed else f"#{number} is open already")


def comment(
    invocation: Invocation,
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.", show_default=False)],
    target: TargetName = None,
) -> None:
    """Comment on an issue."""
    with opened_desk(invocation, target) as desk:
        desk.comment(number, text, actor=actor())
    _confirm(invocation, f"commented on #{number}")


@contextmanager
def opened_desk(invocation: Invocation, target: str | None = None) -> Iterator[LocalDesk]:
    """Open the embedded tracker of the target named, or of the only one that has it."""
    from plansync.bootstrap import SystemClock
    from plansync.trackers.local.desk import LocalDesk

    settings = read_settings(invocation)
    chosen = _local_target(settings, target)
    path = _tracker_file(settings, chosen)
    if not path.exists():
        raise TrackerError(f"{path}: there are no issues yet", hint="`plansync once` opens them")
    desk = LocalDesk(path, chosen.tracker.url, SystemClock())
    try:
        yield desk
    finally:
        desk.close_file()


def actor() -> str:
    """Return who closes, reopens and comments."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "you"


def _local_target(settings: Settings, name: str | None) -> TargetSettings:
    local = [target for target in settings.targets if target.tracker.kind == "local"]
    known = ", ".join(target.name for target in local) or "none"
    if name is not None:
        local = [target for target in local if target.name == name]
    if not local:
        asked = "no target" if name is None else f"no target named {name!r}"
        raise UsageError(f"{asked} uses the embedded tracker", hint=f"targets that do: {known}")
    if len({_tracker_file(settings, target) for target in local}) > 1:
        raise UsageError("there are several embedded trackers", hint=f"name a target with --target: {known}")
    return local[0]


def _tracker_file(settings: Settings, target: TargetSettings) -> Path:
    from plansync.settings.plain import tracker_path

    return tracker_path(settings, target)


def _confirm(invocation: Invocation, text: str) -> None:
    if not invocation.terminal.quiet:
        invocation.terminal.show([Line(text)])


local_app = typer.Typer(
    help="Use the embedded tracker by hand.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
add_group_options(local_app)
add_command(local_app, list_issues, "list")
for command in (show, close, reopen, comment):
    add_command(local_app, command)
