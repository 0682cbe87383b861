"""What ``once``, ``preview`` and ``demo`` share: one run over the chosen targets, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plansync.app.report import SyncReport, TargetReport, as_json
from plansync.app.request import Silent, SyncRequest
from plansync.cli.options import Invocation
from plansync.cli.progress import listening
from plansync.cli.targets import Choice, choose
from plansync.cli.terminal import Terminal
from plansync.cli.views.preview import preview_lines
from plansync.cli.views.summary import summary_lines, why_failed
from plansync.cli.workplace import is_unconfigured, opened
from plansync.errors import ConfigError, PlansyncError, UsageError

if TYPE_CHECKING:
    from plansync.app.request import Listener, Workshop


def show_run(
    invocation: Invocation, plans: Sequence[Path], target: str | None, request: SyncRequest, *, json: bool = False
) -> SyncReport:
    """Run what was asked for, print the report in its form, and return it."""
    terminal = invocation.terminal
    with opened(invocation, read_only=request.dry_run) as workshop:
        choices = choose(workshop.targets, plans, target, anywhere=bool(plans) and is_unconfigured(invocation))
        with nullcontext(Silent()) if request.dry_run else listening(terminal) as listener:
            report = run_targets(workshop, choices, request, listener)
    if json:
        terminal.show_json(as_json(report))
    elif not terminal.quiet:
        view = preview_lines if request.dry_run else summary_lines
        terminal.show(view(report, verbose=terminal.verbose))
    _tell_errors(terminal, report)
    return report


def run_targets(workshop: Workshop, choices: Sequence[Choice], request: SyncRequest, listener: Listener) -> SyncReport:
    """Run one target after the other; what stops one of them is in its report, and the others go on."""
    return SyncReport(tuple(_run_target(workshop, choice, request, listener) for choice in choices))


def _run_target(workshop: Workshop, choice: Choice, request: SyncRequest, listener: Listener) -> TargetReport:
    from plansync.app.sync import run_sync

    target = choice.target
    try:
        return run_sync(workshop, target, replace(request, plans=choice.plans, by_name=bool(choice.plans)), listener)
    except (ConfigError, UsageError):
        raise  # nothing that another target could do without
    except PlansyncError as error:
        return TargetReport(
            name=target.name,
            tracker=target.tracker.address.kind,
            project=target.project,
            dry_run=request.dry_run,
            errors=((str(error), error.hint),),
        )


def _tell_errors(terminal: Terminal, report: SyncReport) -> None:
    """Say on stderr what stopped a target and, where the report is not printed, which plans are not in step."""
    for target in report.targets:
        for message, hint in target.errors:
            terminal.fault(f"{target.name}: {message}", hint)
        for plan in target.plans if terminal.quiet else ():
            if plan.failed:
                terminal.fault(*why_failed(plan))
