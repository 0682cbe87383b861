"""``plansync undo``: the way back of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AnyBranch, AsJson, DryRun, Yes

if TYPE_CHECKING:
    from plansync.app.errand import Consent
    from plansync.app.report import TargetReport

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, or how it begins or ends.", show_default=False)
]


def undo(
    invocation: Invocation,
    run: RunName,
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    any_branch: AnyBranch = False,
) -> None:
    """Take back what one run did to tracker and plans.

    It shows first what it would do, and asks. What people changed since stays. The plans are held afterwards: runs
    pass them over until one is named, as in plansync once PLAN. Runs are listed by plansync history.
    """
    from plansync.app.lookup import target_named
    from plansync.app.request import SyncRequest
    from plansync.app.undo import find_run, undo_run
    from plansync.cli.errands import Words, show_errand
    from plansync.cli.workplace import opened
    from plansync.core.holds import short
    from plansync.errors import UsageError

    with opened(invocation, read_only=dry_run) as workshop:
        found = find_run(workshop.store.history, run)
        target = target_named(workshop, found.target)
        if target is None:
            raise UsageError(
                f"run {short(found.id)} was one of target {found.target!r}, which is not configured any more",
                hint="put the target back into plansync.toml",
            )

        def deed(rehearsed: bool, consent: Consent) -> TargetReport:
            request = SyncRequest(dry_run=rehearsed, any_branch=any_branch or rehearsed)
            return undo_run(workshop, target, found, request, consent)

        words = Words(f"Undo run {short(found.id)}?", "taken back")
        code = show_errand(invocation, deed, words, dry_run=dry_run, yes=yes, json=as_json)
    raise typer.Exit(code)
