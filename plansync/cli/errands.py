"""What ``undo`` and ``retire`` share: the preview first, then the question, then the deed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import typer

from plansync.app.report import SyncReport, as_json
from plansync.cli.options import Invocation
from plansync.cli.progress import listening
from plansync.cli.views.preview import preview_lines
from plansync.cli.views.summary import summary_lines

if TYPE_CHECKING:
    from plansync.app.errand import Consent
    from plansync.app.report import TargetReport
    from plansync.cli.terminal import Terminal

Deed = Callable[[bool, "Consent"], "TargetReport"]
"""Does it (True: shows only what it would do)."""


class Words(NamedTuple):
    """What is asked before it is done, and what is said of its plans afterwards."""

    question: str
    done: str


def show_errand(invocation: Invocation, deed: Deed, words: Words, *, dry_run: bool, yes: bool, json: bool) -> int:
    """Show what ``deed`` would do, ask, do it, and return the exit code.

    With ``dry_run`` nothing is asked or done. Where nobody can be asked, ``yes`` is needed; with it, the preview is
    left out.
    """
    from plansync.app.errand import Consent

    terminal = invocation.terminal
    agreed = None
    if not yes or dry_run:
        preview = deed(True, Consent())
        _show(terminal, preview, words, json=json and dry_run)
        if dry_run or preview.errors:
            return SyncReport((preview,)).exit_code
        if not _agrees(terminal, words.question):
            return 1
        agreed = preview.plans
    with listening(terminal) as listener:
        report = deed(False, Consent(listener, agreed))
    _show(terminal, report, words, json=json)
    return SyncReport((report,)).exit_code


def _show(terminal: Terminal, report: TargetReport, words: Words, *, json: bool) -> None:
    whole = SyncReport((report,))
    if json:
        terminal.show_json(as_json(whole))
    elif not terminal.quiet:
        verbose = terminal.verbose
        previewed = report.dry_run
        terminal.show(
            preview_lines(whole, verbose=verbose)
            if previewed
            else summary_lines(whole, verbose=verbose, done=words.done)
        )
    for message, hint in report.errors:
        terminal.fault(f"{report.name}: {message}", hint)


def _agrees(terminal: Terminal, question: str) -> bool:
    if not terminal.can_ask:
        terminal.fault("nothing was done: nobody can be asked here", "look at the preview; with --yes it is done")
        return False
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False
