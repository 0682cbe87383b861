"""``plansync history``: what runs did, when and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson, TargetName, option


def history(
    invocation: Invocation,
    plan: Annotated[
        Path | None, typer.Argument(metavar="PLAN", help="Only what was done to this plan.", show_default=False)
    ] = None,
    *,
    target: TargetName = None,
    limit: Annotated[int, typer.Option("--limit", help="How many runs at most.", metavar="N", min=1)] = 20,
    everything: Annotated[bool, option("--all", "Also runs that changed nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what runs did, when and why.

    The newest run comes first. What runs did is read from the journal: no tracker is asked.
    """
    from plansync.app.past import key_of, past_runs
    from plansync.app.report import as_json as plain
    from plansync.cli.targets import choose
    from plansync.cli.views.past import past_lines
    from plansync.cli.workplace import opened
    from plansync.ports.history import Wanted

    terminal = invocation.terminal
    with opened(invocation, read_only=True) as workshop:
        wanted = Wanted(target=target, limit=limit, quiet=everything)
        if target is not None or plan is not None:
            (choice, *_) = choose(workshop.targets, [plan] if plan is not None else [], target)
            key = key_of(workshop, choice.target, choice.plans[0]) if choice.plans else None
            wanted = Wanted(target=choice.target.name, plan=key, limit=limit, quiet=everything)
        runs = past_runs(workshop, wanted)
    if as_json:
        terminal.show_json({"runs": plain(runs)})
    else:
        terminal.show(past_lines(runs, verbose=terminal.verbose))
