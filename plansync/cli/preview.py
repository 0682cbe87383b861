"""``plansync preview``: what ``once`` would do, and nothing else."""

from __future__ import annotations

from typing import Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson, Plans, option

PENDING = 3
"""The exit code of ``--exit-code`` when changes are pending (spec §9)."""


def preview(
    invocation: Invocation,
    plans: Plans = None,
    as_json: AsJson = False,
    exit_code: Annotated[bool, option("--exit-code", "Exit with 3 when changes are pending.")] = False,
) -> None:
    """Show what once would do, and change nothing."""
    from plansync.app.request import SyncRequest
    from plansync.cli.runs import show_run

    request = SyncRequest(dry_run=True, any_branch=True, trigger="preview")
    report = show_run(invocation, plans or (), None, request, json=as_json)
    pending = exit_code and not report.exit_code and report.pending
    raise typer.Exit(PENDING if pending else report.exit_code)
