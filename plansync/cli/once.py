"""``plansync once``: bring plans and tracker into step, one time."""

from __future__ import annotations

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import (
    AllowRemovals,
    AnyBranch,
    AsJson,
    DryRun,
    MaxCreates,
    Plans,
    Publish,
    TargetName,
)


def once(
    invocation: Invocation,
    plans: Plans = None,
    *,
    dry_run: DryRun = False,
    target: TargetName = None,
    as_json: AsJson = False,
    allow_removals: AllowRemovals = False,
    max_creates: MaxCreates = None,
    publish: Publish = False,
    any_branch: AnyBranch = False,
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
