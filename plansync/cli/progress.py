"""Listeners of a run for the terminal: a progress bar where a person looks, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from plansync.cli.lines import Line, Role, printable
from plansync.cli.terminal import Terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from plansync.app.request import Listener
    from plansync.core.changes import Change, Outcome

_WORTH_TELLING = timedelta(seconds=10)
_VERBS = {
    "CreateMilestone": "created milestone",
    "UpdateMilestone": "updated milestone",
    "CloseMilestone": "closed milestone",
    "ReopenMilestone": "reopened milestone",
    "CreateIssue": "created issue",
    "UpdateIssue": "updated issue",
    "CloseIssue": "closed issue",
    "ReopenIssue": "reopened issue",
    "Relate": "related issue",
}


@contextmanager
def listening(terminal: Terminal) -> Iterator[Listener]:
    """Provide the listener that fits the terminal; a progress bar is gone when the run is over."""
    if terminal.quiet or not terminal.is_watched:
        yield PlainLines(terminal)
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=terminal.err, no_color=not terminal.colour)
    with Progress(console=console, transient=True) as progress:
        yield ProgressBar(terminal, progress)


class PlainLines:
    """Says each applied change on a line of its own, on stderr."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def started(self, target: str, changes: int, estimate: timedelta) -> None:
        """Say how long it will take, where that is worth a line; the changes' own lines tell the rest."""
        if estimate >= _WORTH_TELLING and not self._terminal.quiet:
            self._say(f"{target}: this will take {about(estimate)} at the pace that the tracker allows")

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        """Say what was done."""
        if not self._terminal.quiet:
            self._say(f"{target}: {change_line(change, outcome)}")

    def waiting(self, target: str, span: timedelta, reason: str) -> None:
        """Say what the wait is for."""
        if not self._terminal.quiet:
            self._say(f"{target}: waiting {about(span)}: {reason}")

    def queued(self, target: str, span: timedelta, reason: str) -> None:
        """Say which run is waited for."""
        if not self._terminal.quiet:
            self._say(queue_line(target, span, reason))

    def may_create(self, target: str, creations: int, limit: int) -> bool:
        """Ask the person at the terminal, if there is one."""
        return ask_to_create(self._terminal, target, creations, limit)

    def _say(self, text: str) -> None:
        self._terminal.tell([Line(text, Role.FAINT)])


class ProgressBar:
    """Moves one bar a target, and steps aside for the question."""

    def __init__(self, terminal: Terminal, progress: Progress) -> None:
        self._terminal = terminal
        self._progress = progress
        self._bars: dict[str, TaskID] = {}
        self._due: dict[str, datetime] = {}
        """When each target may be done."""

    def started(self, target: str, changes: int, estimate: timedelta) -> None:
        """Open the target's bar, or make it longer for the next slice; the time that is left stands beside it."""
        if target not in self._bars:
            self._bars[target] = self._progress.add_task(printable(target), total=0)
        bar = self._bars[target]
        total = self._progress.tasks[bar].total or 0
        self._progress.update(bar, total=total + changes)
        self._due[target] = self._now() + estimate
        self._tell(target)
        self._progress.refresh()

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        """Move the target's bar by one."""
        self._progress.advance(self._bars[target])
        self._tell(target)

    def waiting(self, target: str, span: timedelta, reason: str) -> None:
        """Say what the wait is for, and put the end off."""
        self._due[target] = max(self._due.get(target, self._now()), self._now() + span)
        if target in self._bars:
            self._progress.update(self._bars[target], description=printable(f"{target}: waiting {about(span)}"))
        self._progress.console.print(printable(f"{target}: {reason}"))

    def queued(self, target: str, span: timedelta, reason: str) -> None:
        """Say which run is waited for, above the bars."""
        self._progress.console.print(printable(queue_line(target, span, reason)), markup=False, highlight=False)

    def _tell(self, target: str) -> None:
        left = self._due[target] - self._now()
        words = f"{target}: {about(left)} left" if left >= _WORTH_TELLING else target
        self._progress.update(self._bars[target], description=printable(words))

    @staticmethod
    def _now() -> datetime:
        return datetime.now(UTC)

    def may_create(self, target: str, creations: int, limit: int) -> bool:
        """Ask, with the bar out of the way."""
        self._progress.stop()
        try:
            return ask_to_create(self._terminal, target, creations, limit)
        finally:
            self._progress.start()


def about(span: timedelta) -> str:
    """Return a length of time as people say it (``about 12 min``)."""
    seconds = span.total_seconds()
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 90 else f"about {minutes / 60:.1f} h"


def queue_line(target: str, span: timedelta, reason: str) -> str:
    """Return what is said while another run is waited for."""
    return f"{target}: waiting {about(span).replace('about', 'up to')}: {reason}"


def change_line(change: Change, outcome: Outcome) -> str:
    """Return ``created issue #12 Title``, or what went wrong with it."""
    kind = type(change).__name__
    title = getattr(change, "title", None) or ""
    number = getattr(outcome, "number", None) or getattr(change, "number", None)
    sign = "" if kind.endswith("Milestone") else "#"
    named = " ".join(part for part in (f"{sign}{number}" if number else "", title) if part)
    if message := getattr(outcome, "message", ""):
        return f"{type(outcome).__name__.lower()}: {kind} {named}: {message}"
    return f"{_VERBS[kind]} {named}".rstrip()


def ask_to_create(terminal: Terminal, target: str, creations: int, limit: int) -> bool:
    """Ask whether more creations than the limit are wanted (spec §4.5); no one there to ask means no."""
    if not terminal.can_ask:
        return False
    question = f"{target}: {creations} issues would be created, more than {limit}. Create them?"
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False
