"""What the service tells: a line when it starts and ends, one a sync, errors as errors; in whatever form logs have."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from plansync.app.report import TargetReport
from plansync.cli.lines import counted, printable
from plansync.cli.progress import about, change_line
from plansync.cli.terminal import Terminal
from plansync.cli.views.counts import done_counts
from plansync.cli.views.summary import why_failed
from plansync.settings.durations import format_duration

if TYPE_CHECKING:
    from plansync.app.worker import Over
    from plansync.core.changes import Change, Outcome
    from plansync.errors import PlansyncError
    from plansync.ports.queue import Taken
    from plansync.settings import Settings

_log = logging.getLogger("plansync.daemon")
_here = threading.local()
"""What the calling thread is about: its target and trigger."""


class OfThisSync(logging.Filter):
    """Adds to each record, whoever wrote it, which target and trigger its thread is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in vars(_here).items():
            record.__dict__.setdefault(name, value)
        return True


class ServiceLog:
    """Hears of syncs and of the process itself; used by several threads."""

    def __init__(self, terminal: Terminal) -> None:
        level = logging.DEBUG if terminal.verbose else logging.ERROR if terminal.quiet else logging.INFO
        _log.setLevel(level)
        logging.captureWarnings(True)
        for handler in logging.getLogger().handlers:
            handler.addFilter(OfThisSync())
        self._notes: dict[str, tuple[str, ...]] = {}
        """What was noted by the last sync of each target."""

    def beginning(self, settings: Settings) -> None:
        """Tell what is kept in step, and when."""
        _log.info("started: %s", _outline(settings))

    def listening(self, url: str, hosts: Sequence[str]) -> None:
        """Tell where webhooks, health, metrics and the API are."""
        heard = f"webhooks of {', '.join(hosts)}" if hosts else "no webhooks, since none has a secret"
        _log.info("listening at %s: %s", url, heard)

    def reloaded(self, settings: Settings) -> None:
        """Tell that another configuration holds now."""
        _log.info("configuration read again: %s", _outline(settings))

    def not_reloaded(self, error: PlansyncError) -> None:
        """Tell that the configuration cannot be used, and that the old one still holds."""
        _log.error("the configuration was not taken over, the old one holds: %s", _told(str(error), error.hint))

    def ending(self, settings: Settings) -> None:
        """Tell that the end has begun."""
        _log.info("ending: steps in hand are finished, for %s at most", format_duration(settings.daemon.grace))

    def ended(self) -> None:
        """Tell that everything came to its end."""
        _log.info("ended")

    def overdue(self) -> None:
        """Tell that the grace was not enough."""
        _log.error("a sync did not end in time; what it did is recorded, and the next start goes on from there")

    def failed(self, error: PlansyncError) -> None:
        """Tell what ended the process."""
        _log.error("%s", _told(str(error), error.hint))

    def begun(self, taken: Taken) -> None:
        """Remember what the calling thread is about."""
        _here.target, _here.trigger = taken.target, ", ".join(taken.triggers)

    def over(self, sync: Over) -> None:
        """Tell how a sync ended; of one that did nothing only when every detail is wanted."""
        report, taken = sync.report, sync.taken
        fields = {"target": taken.target, "run": report.run, "trigger": ", ".join(taken.triggers)}
        for note in report.notes:
            level = logging.DEBUG if note in self._notes.get(taken.target, ()) else logging.INFO
            _log.log(level, "%s", printable(note), extra=fields)
        self._notes[taken.target] = report.notes
        if sync.ending.ok:
            level = logging.INFO if _has_moved(report) else logging.DEBUG
            _log.log(level, "%s (%.1f s)", _done(report), sync.took.total_seconds(), extra=fields)
        else:
            _tell_failure(sync, fields)
        if not sync.noted:
            _log.warning("how it ended is not noted; it is done again", extra=fields)
        vars(_here).clear()

    def started(self, target: str, changes: int, estimate: timedelta) -> None:
        """Tell of work that takes long."""
        if estimate >= timedelta(minutes=1):
            message = "%d changes to carry out, which takes %s at the tracker's pace"
            _log.info(message, changes, about(estimate))

    def applied(self, target: str, change: Change, outcome: Outcome) -> None:
        """Tell of one change, where every detail is wanted."""
        _log.debug("%s", printable(change_line(change, outcome)), extra={"plan": change.plan})

    def waiting(self, target: str, span: timedelta, reason: str) -> None:
        """Tell what a sync waits for."""
        _log.info("waiting %s: %s", about(span), printable(reason))

    def queued(self, target: str, span: timedelta, reason: str) -> None:
        """Tell of a wait for another run."""
        _log.info("waiting for another run: %s", printable(reason))

    def may_create(self, target: str, creations: int, limit: int) -> bool:
        """Say no: nobody is there to be asked."""
        return False


def _outline(settings: Settings) -> str:
    """Return targets and rhythm in words."""
    table = settings.schedule
    rhythm = f'by cron "{table.cron}" ({table.timezone})' if table.cron else f"every {format_duration(table.interval)}"
    names = ", ".join(f"{target.name} ({target.tracker.kind})" for target in settings.targets)
    return f"{counted(len(settings.targets), 'target')}, {names}; {rhythm}"


def _tell_failure(sync: Over, fields: Mapping[str, str]) -> None:
    """Tell of each plan that is at fault, and then of the target: what it waits for, and until when."""
    report, ending = sync.report, sync.ending
    for plan in report.plans if ending.counts else ():
        if plan.failed:
            _log.error("%s", _told(*why_failed(plan)), extra={**fields, "plan": plan.path})
    told = "; ".join(_told(message, hint) for message, hint in report.errors) or "not in step"
    again = "" if ending.retry_at is None else f"; again in {about(ending.retry_at - sync.ended_at)}"
    level = logging.ERROR if ending.counts else logging.DEBUG
    _log.log(level, "%s%s (%s)", told, again, _done(report), extra=fields)


def _told(message: str, hint: str) -> str:
    """Return an error in one line, and what to do about it."""
    return printable(" ".join(f"{message} ({hint})".split()) if hint else " ".join(message.split()))


def _has_moved(report: TargetReport) -> bool:
    return any(plan.changes or plan.diff for plan in report.plans)


def _done(report: TargetReport) -> str:
    """Return what a sync did (``12 issues created, 12 links written``)."""
    linked, ticked = (sum(getattr(plan, name) for plan in report.plans) for name in ("linked", "ticked"))
    moved = sum(plan.status.after not in {None, plan.status.before} for plan in report.plans)
    parts = [done_counts(report.changes)]
    parts += [f"{counted(linked, 'link')} written"] if linked else []
    parts += [f"{counted(ticked, 'box', 'boxes')} changed"] if ticked else []
    parts += [f"{counted(moved, 'Status', 'Status')} written"] if moved else []
    return ", ".join(part for part in parts if part) or "nothing to do"
