"""``plansync worker``: stay, and do the syncs that daemons on any machine ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plansync.cli.daemon import stay
from plansync.cli.options import Invocation

if TYPE_CHECKING:
    from plansync.bootstrap.service import Service
    from plansync.cli.service_log import ServiceLog
    from plansync.settings import Settings


def worker(invocation: Invocation) -> None:
    """Stay, and do the syncs that daemons on any machine ask for.

    Needs a state database on PostgreSQL. SIGTERM ends it between two steps, SIGHUP has it read its configuration
    again. Exits with 0 after a clean end.
    """
    stay(invocation, _open)


def _open(settings: Settings, log: ServiceLog) -> Service:
    from plansync.bootstrap.service import open_service

    return open_service(settings, log, listener=log, asks=False)
