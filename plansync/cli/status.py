"""``plansync status``: how far every plan has come."""

from __future__ import annotations

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson


def status(invocation: Invocation, as_json: AsJson = False) -> None:
    """Show how far every plan has come.

    Status, progress, open risks, Problems, and the time of the last sync, as that sync found them; with --verbose
    the phases, too. No tracker is asked.
    """
    show_status(invocation, json=as_json)


def show_status(invocation: Invocation, *, json: bool = False) -> None:
    """Print the table of all plans, or its JSON form."""
    from plansync.app.report import as_json
    from plansync.app.status import plan_progress
    from plansync.cli.lines import Line
    from plansync.cli.views.progress_bars import status_table
    from plansync.cli.workplace import opened

    terminal = invocation.terminal
    with opened(invocation, read_only=True) as workshop:
        plans = tuple(plan_progress(workshop))
        now = workshop.clock.now()
    if json:
        terminal.show_json({"plans": as_json(plans)})
    elif plans:
        terminal.show_table(status_table(plans, now, verbose=terminal.verbose))
    else:
        terminal.show([Line("No plans yet. `plansync new TITLE` makes one.")])
