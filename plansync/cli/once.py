"""``plansync once``: bring plans and tracker into step, one time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plansync.cli.options import Invocation

Plans = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PLAN", help="Only these plans; all of them if none is named.", show_default=False),
]
TargetName = Annotated[
    str | None, typer.Option("--target", metavar="NAME", help="Only this target.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.", show_default=False)]


def once(
    invocation: Invocation,
    plans: Plans = None,
    *,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Stop before the first write and show what would be done.", show_default=False),
    ] = False,
    target: TargetName = None,
    as_json: AsJson = False,
    allow_removals: Annotated[
        bool,
        typer.Option(
            "--allow-removals", help="Close and reopen as many issues as the plans ask for.", show_default=False
        ),
    ] = False,
    max_creates: Annotated[
        int | None,
        typer.Option(
            "--max-creates",
            metavar="N",
            min=0,
            help="Create up to N issues and milestones; 0: no limit.",
            show_default=False,
        ),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option(
            "--publish", help="Also create issues for plans that are complete or on hold.", show_default=False
        ),
    ] = False,
    any_branch: Annotated[
        bool, typer.Option("--any-branch", help="Sync from whatever branch is checked out.", show_default=False)
    ] = False,
) -> None:
    """Bring plans and tracker into step.

    Exits with 0 when all is in step, and with 1 when something failed, was held by a fuse, or waits.
    """
    from plansync.app.request import SyncRequest
    from plansync.cli.runs import show_run

    request = SyncRequest(
        dry_run=dry_run,
        allow_removals=allow_removals,
        max_creates=max_creates,
        publish=publish,
        any_branch=any_branch or dry_run,
    )
    report = show_run(invocation, plans or (), target, request, json=as_json)
    raise typer.Exit(report.exit_code)
