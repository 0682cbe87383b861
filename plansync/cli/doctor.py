"""``plansync doctor``: whether everything that a sync needs is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson, TargetName

if TYPE_CHECKING:
    from plansync.app.doctor import Checkup
    from plansync.cli.terminal import Terminal


def doctor(invocation: Invocation, target: TargetName = None, as_json: AsJson = False) -> None:
    """Check what each target needs: plans, tracker, token, rights.

    One line a check, with what to do where something is not well. Nothing is written to trackers or plans. Exits
    with 1 when a check fails.
    """
    from plansync.app.doctor import examine_target
    from plansync.cli.targets import choose
    from plansync.cli.views.checkups import checkup_lines, summary_line
    from plansync.cli.workplace import opened

    terminal = invocation.terminal
    with opened(invocation, read_only=True) as workshop:
        chosen = [choice.target for choice in choose(workshop.targets, (), target)]
        names = [one.name for one in chosen]
        found: list[Checkup] = []
        for one in chosen:
            found.append(examine_target(workshop, one))
            if not as_json and not terminal.quiet:
                terminal.show(checkup_lines(found[-1], names))
    code = int(any(checkup.failed for checkup in found))
    if as_json:
        terminal.show_json({"exit_code": code, "targets": [_plain(checkup) for checkup in found]})
    elif terminal.quiet:
        _tell_faults(terminal, found)
    else:
        terminal.show([summary_line(found)])
    raise typer.Exit(code)


def _plain(checkup: Checkup) -> dict[str, object]:
    from plansync.app.report import as_json

    return {**as_json(checkup), "failed": checkup.failed}


def _tell_faults(terminal: Terminal, checkups: list[Checkup]) -> None:
    for checkup in checkups:
        for check in checkup.checks:
            if check.ok is False:
                terminal.fault(f"{checkup.target}: {check.name}: {check.message}", check.hint)
