"""``plansync daemon``: stay, and keep plans and tracker in step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

import typer

from plansync.cli.options import Invocation

if TYPE_CHECKING:
    from plansync.bootstrap.service import Service
    from plansync.cli.service_log import ServiceLog
    from plansync.settings import Settings

_ENDS = (signal.SIGTERM, signal.SIGINT)


def daemon(invocation: Invocation) -> None:
    """Stay, and keep plans and tracker in step by a schedule.

    SIGTERM ends it between two steps, SIGHUP has it read its configuration again. Exits with 0 after a clean end.
    """
    stay(invocation, _open)


def stay(invocation: Invocation, open_: Callable[[Settings, ServiceLog], Service]) -> None:
    """Run the service that ``open_`` returns until a signal ends it; exits with 1 if that took too long."""
    from plansync.cli.service_log import ServiceLog
    from plansync.errors import PlansyncError

    log = ServiceLog(invocation.terminal)
    try:
        ended_well = _serve(invocation, log, open_)
    except PlansyncError as error:
        if not invocation.json_logs:
            raise
        log.failed(error)
        raise typer.Exit(error.exit_code) from None
    if not ended_well:
        log.overdue()
        os._exit(1)  # what hangs must not hold the process up; everything it did is recorded


def _open(settings: Settings, log: ServiceLog) -> Service:
    from plansync.bootstrap.service import open_service
    from plansync.web.meter import Meter
    from plansync.web.part import WebPart

    meter = Meter()
    service = open_service(settings, log, listener=log, witnesses=[meter])
    service.parts.append(WebPart(service, meter, log.listening))
    return service


def _serve(invocation: Invocation, log: ServiceLog, open_: Callable[[Settings, ServiceLog], Service]) -> bool:
    """Run the service until a signal ends it; say whether everything in hand was ended in time."""
    from plansync.cli.workplace import read_settings

    with _signals() as signals:
        service = open_(read_settings(invocation), log)
        service.start()
        log.beginning(service.plant.settings)
        while signals.get() not in _ENDS:
            _reload(invocation, service, log)
        for number in _ENDS:
            signal.signal(number, signal.SIG_DFL)  # a second signal ends the process at once
        log.ending(service.plant.settings)
        is_clean = service.stop()
        if is_clean:
            log.ended()
        return is_clean


def _reload(invocation: Invocation, service: Service, log: ServiceLog) -> None:
    from plansync.cli.workplace import read_settings
    from plansync.errors import PlansyncError

    try:
        service.reload(read_settings(invocation))
    except PlansyncError as error:
        log.not_reloaded(error)
    else:
        log.reloaded(service.plant.settings)


@contextmanager
def _signals() -> Iterator[SimpleQueue[int]]:
    """Hand out signals in their order, as long as it is open."""
    heard: SimpleQueue[int] = SimpleQueue()  # the one queue that a signal handler may put into
    caught = (*_ENDS, signal.SIGHUP)
    before = {number: signal.signal(number, lambda number, _frame: heard.put(number)) for number in caught}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
