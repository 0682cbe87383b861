"""Every error that plansync raises on purpose.

One tree, known by all rooms. ``exit_code`` is what the command line ends with, ``transient`` says whether the same
work may succeed later unchanged, ``hint`` says what to do. Faults in a plan are not errors but Problems
(:mod:`plansync.core.problems`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar


class PlansyncError(Exception):
    """plansync could not do what it was asked to do."""

    exit_code: ClassVar[int] = 1
    transient: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the one-line ``message`` (what failed, on what) and the ``hint`` (what to do)."""
        super().__init__(message)
        self.hint = hint


class UsageError(PlansyncError):
    """The command line asked for something that does not exist or does not fit together."""

    exit_code = 2


class ConfigError(PlansyncError):
    """The configuration cannot be used; the message names file, key and what is allowed."""

    exit_code = 2


class TemplateError(ConfigError):
    """A user's template cannot be rendered; the message names template and line."""


class Stopped(PlansyncError):
    """A run ended on purpose before its first write: a fuse, a branch rule, a living lease."""


class LeaseHeld(Stopped):
    """Another living process works on the same plan."""

    transient = True


class Interrupted(Stopped):
    """The process was asked to end; everything that was done is recorded, and the next run does the rest."""

    transient = True


class SourceError(PlansyncError):
    """Plan files could not be listed, read or written."""


class SourceChanged(SourceError):
    """A plan file is no longer what was read; read it again and edit again."""

    transient = True


class SourceUnavailable(SourceError):
    """The host that plan files live on did not answer, or wants to be left alone for a while."""

    transient = True


class StoreError(PlansyncError):
    """The state database cannot be used."""


class StoreLocked(StoreError):
    """Another process holds the state database for longer than the busy time-out."""

    transient = True


class StoreUnavailable(StoreError):
    """The server of the state database does not answer, or has ended the connection."""

    transient = True


class TrackerError(PlansyncError):
    """The tracker refused or failed a request."""


class TrackerUnavailable(TrackerError):
    """The tracker did not answer, or answered that it is out of order."""

    transient = True


class OutcomeUnknown(TrackerUnavailable):
    """A request was sent and its answer lost: it may or may not have taken effect (spec §4.7)."""


class CredentialRefused(TrackerError):
    """The tracker does not accept the credential, or does not let it do what is needed."""


class ChangeRefused(TrackerError):
    """The tracker refused one change, which had no effect; others may go on."""


class IssueGone(TrackerError):
    """The issue or milestone no longer exists in the project."""


class RateLimited(TrackerError):
    """The tracker asked us to slow down; nothing may be sent before ``retry_after`` has passed."""

    transient = True

    def __init__(self, message: str, *, retry_after: timedelta, hint: str = "") -> None:
        """Keep how long to stay silent, counted from now."""
        super().__init__(message, hint=hint or "run again then; nothing is lost, the run goes on from there")
        self.retry_after = retry_after


class ListenError(PlansyncError):
    """The address to listen on cannot be had: somebody else has it, or it is not this machine's."""


class AlarmLost(PlansyncError):
    """An alarm could not be handed on."""
