"""The use case ``doctor``: look at everything that a sync of each target needs, and say what is not well.

Nothing is written to tracker or plans. One thing is noted in the journal: that a token which was seen to lose labels
or milestones may set them now, so that creating goes on (spec §4.5).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from plansync.app.fuses import loses_labels
from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.sync import run_sync
from plansync.errors import PlansyncError
from plansync.ports.checkup import ACCESS, PROJECT, SERVER, TOKEN, VITAL, Check, Examined
from plansync.ports.source import Unreadable

SOURCE, PAUSE, FUSE = "source", "pause", "fuse"
ORDER = (
    *(
        SOURCE,
        "remote",
        "push",
        "branch",
        PAUSE,
        SERVER,
        TOKEN,
        "account",
        "scopes",
        PROJECT,
        ACCESS,
        FUSE,
        "clock",
        "limits",
        "labels",
    ),
    *("audience", "milestones", "sync", "webhook"),
)
"""In what order the checks are told; others follow."""
_SHOWN = 3
"""How many titles of milestones to come are named."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found out about one target."""

    target: str
    project: str
    checks: tuple[Check, ...]

    @property
    def failed(self) -> bool:
        """Say whether anything is not well; warnings fail nothing."""
        return any(check.ok is False for check in self.checks)


def examine_target(workshop: Workshop, target: Target) -> Checkup:
    """Examine one target, by the order in which its checks matter. Raises nothing, whatever a check runs into."""
    source = _guarded(SOURCE, lambda: _source(target))
    pause = _pause(workshop, target)
    tracker = [pause] if pause is not None else _guarded("tracker", lambda: _tracker(target))
    checks = [*source, *tracker]
    checks += _guarded(FUSE, lambda: _fuse(workshop, target, checks))
    is_hopeless = any(check.ok is False and check.name in {SOURCE, PAUSE, *VITAL} for check in checks)
    if not is_hopeless:
        checks += _guarded("sync", lambda: _rehearsal(workshop, target))
    return Checkup(target.name, target.project, tuple(sorted(checks, key=_place)))


def _place(check: Check) -> int:
    return ORDER.index(check.name) if check.name in ORDER else len(ORDER)


def _guarded(name: str, look: Callable[[], Sequence[Check] | Iterator[Check]]) -> list[Check]:
    """Return the checks of ``look``; an error is one that is not well, so that the others go on."""
    try:
        return list(look())
    except PlansyncError as error:
        return [Check(name, False, str(error), error.hint)]
    except Exception as error:  # noqa: BLE001 - a checkup goes on whatever it is; --verbose shows where it came from
        _log.debug("a check of doctor failed", exc_info=True)
        return [Check(name, False, f"the check itself failed: {type(error).__name__}", "this is a bug in plansync")]


def _source(target: Target) -> Iterator[Check]:
    paths = target.source.list()
    unreadable = [file for path in paths if isinstance(file := target.source.read(path), Unreadable)]
    if unreadable:
        first = unreadable[0]
        message = f"{len(unreadable)} of {_counted(len(paths), 'plan')} cannot be read: {first.path}: {first.message}"
        yield Check(SOURCE, False, message, "`plansync lint` names them all")
    elif not paths:
        yield Check(SOURCE, False, "no plan was found", "check the target's include patterns")
    else:
        yield Check(SOURCE, True, _counted(len(paths), "plan"))
    if isinstance(target.source, Examined):
        yield from target.source.examine()
    if target.tracker.capabilities.branch_bound and not (rule := target.source.branch_rule()).allowed:
        yield Check("branch", None, rule.reason, rule.hint or "`once` wants --any-branch here; preview works anyway")


def _pause(workshop: Workshop, target: Target) -> Check | None:
    """Return the back-off window that the tracker's host is in, None outside; nothing is sent within one."""
    found = workshop.store.pacing.backing_off(target.tracker.capabilities.account)
    if found is None or found[0] <= workshop.clock.now():
        return None
    until, reason = found
    message = f"nothing may be sent until {until:%Y-%m-%d %H:%M:%S} UTC: {reason}"
    return Check(PAUSE, False, message, "run again then; there is nothing else to do")


def _tracker(target: Target) -> Sequence[Check]:
    tracker = target.tracker
    return tracker.examine() if isinstance(tracker, Examined) else ()


def _fuse(workshop: Workshop, target: Target, checks: Sequence[Check]) -> Iterator[Check]:
    """Lift the fuse of a token that lost labels or milestones, where it has the right to set them now."""
    if not loses_labels(workshop.store.journal, target):
        return
    if not any(check.name == ACCESS and check.ok for check in checks):
        message = "the token was seen to lose labels or milestones; nothing is created with it"
        yield Check(FUSE, False, message, "give it the right to set them and run doctor again, or set another")
        return
    journal, clock = workshop.store.journal, workshop.clock
    run = journal.start(target.name, "doctor", clock.now())
    journal.finish(run, clock.now(), True, json.dumps({"stripped": "", "counts": {}, "errors": []}))
    yield Check(FUSE, True, "the token may set labels and milestones now; creating goes on")


def _rehearsal(workshop: Workshop, target: Target) -> Iterator[Check]:
    """Say what a sync would do first, by the very run that would do it, on adapters that write nothing."""
    report = run_sync(workshop, target, SyncRequest(dry_run=True, any_branch=True, trigger="doctor"))
    yield from _audience(target, report)
    for message, hint in report.errors:
        yield Check("sync", False, message, hint)
    if report.errors:
        return
    yield Check("milestones", True, _milestones(report))
    failed = sum(plan.failed for plan in report.plans)
    if failed:
        yield Check("sync", None, f"{_counted(failed, 'plan')} with errors", "`plansync lint` names them")
    else:
        yield Check("sync", True, _pending(report))


def _audience(target: Target, report: TargetReport) -> Iterator[Check]:
    """Say where the issues have, or may have, readers that the plans lack; a refusal is among the sync's errors."""
    exposure = report.exposure
    if exposure is None or not (exposure.is_leak or exposure.is_unknown):
        return
    told = exposure.told(target.tracker.address.project)
    if exposure.is_unknown:
        yield Check("audience", None, told)
    elif target.rules.publish_private:
        yield Check("audience", True, f"{told}: publish_private allows it")


def _milestones(report: TargetReport) -> str:
    titles = [change.title for change in report.changes if change.kind == "create_milestone"]
    if not titles:
        return "none to be made"
    more = f" and {len(titles) - _SHOWN} more" if len(titles) > _SHOWN else ""
    return f"{len(titles)} to be made: {'; '.join(titles[:_SHOWN])}{more}"


def _pending(report: TargetReport) -> str:
    made = report.counts.get("create_issue", 0)
    others = len(report.changes) - made - report.counts.get("create_milestone", 0)
    parts = [f"{_counted(made, 'issue')} to be opened"] if made else []
    parts += [f"{_counted(others, 'other change')}"] if others else []
    return ", ".join(parts) + "; see `plansync preview`" if parts else "in step, nothing to do"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
