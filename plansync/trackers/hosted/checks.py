"""What ``plansync doctor`` finds out about any hosted project: the checks that are the same for all hosts.

A host's own module begins: whether it answers, whose token it is and what it may do. The pieces that it shares with
the others are here. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from plansync.core.fit import find_label
from plansync.core.looks import own_labels
from plansync.errors import TrackerError
from plansync.ports.checkup import TOKEN, VITAL, Check
from plansync.ports.hooking import Hook
from plansync.trackers.hosted.desk import Desk

SKEW = timedelta(seconds=60)
"""How far this machine's clock may be from the host's without a word."""
SOON = timedelta(days=7)
"""How long before its end a token is worth a word."""
_WEBHOOK = "webhook"


def examine(desk: Desk, own: Callable[[], Sequence[Check]]) -> Sequence[Check]:
    """Return the host's own checks and, where they leave anything to look at, those of all hosts."""
    checks = own()
    if any(check.ok is False and check.name in VITAL for check in checks):
        return checks
    return [*checks, attempt("labels", lambda: _labels(desk))]


def attempt(name: str, check: Callable[[], Check]) -> Check:
    """Return what ``check`` finds; what cannot be found out is told, and is no verdict."""
    try:
        return check()
    except TrackerError as error:
        return Check(name, None, str(error), error.hint)


def failed(name: str, error: TrackerError) -> Check:
    """Return an error as a check that is not well."""
    return Check(name, False, str(error), error.hint)


def clock(ahead: timedelta, *, signs: bool = False) -> Check:
    """Compare clocks; the host's is ``ahead`` of ours.

    ``signs``: we sign with times, and are refused where they differ.
    """
    seconds = round(abs(ahead.total_seconds()))
    if abs(ahead) <= SKEW:
        return Check("clock", True, f"within {seconds} s of the server's" if seconds else "the same as the server's")
    way = "behind" if ahead > timedelta(0) else "ahead of"
    return Check("clock", False if signs else None, f"{seconds} s {way} the server's", "set this machine's clock")


def lasts_until(end: date, today: date, hint: str) -> Check:
    """Say how long a token is good for, with ``hint`` when it ends soon."""
    left = end - today
    days = f"{left.days} day{'' if left.days == 1 else 's'} more"
    return Check(TOKEN, True, f"valid until {end}, {days}", hint if left <= SOON else "")


def webhook(ours: Sequence[Hook]) -> Check:
    """Judge the webhooks that lead to a plansync, known by their path: one that is well is enough."""
    if not ours:
        return Check(_WEBHOOK, True, "none: syncs by schedule only")
    hook = next((hook for hook in ours if hook.active and not hook.trouble and not hook.missing), ours[0])
    if hook.trouble:
        hint = "see that plansync is reached there; `plansync webhook install` brings it up to date"
        return Check(_WEBHOOK, True, f"there, but {hook.trouble}", hint)
    if hook.missing:
        hint = "`plansync webhook install` brings it up to date"
        return Check(_WEBHOOK, True, f"there, but it hears nothing of {', '.join(hook.missing)}", hint)
    return Check(_WEBHOOK, True, "there")


def _labels(desk: Desk) -> Check:
    """Name the labels of ours that the project does not have; whatever is needed of them is made when it is."""
    have, limits = frozenset(desk.labels()), desk.capabilities
    wanted = own_labels(close_reasons=limits.close_reasons)
    missing = [name for name in wanted if find_label(name, have, limits) is None]
    if not missing:
        return Check("labels", True, "all there")
    return Check("labels", True, f"to be made when needed: {', '.join(missing)}")
