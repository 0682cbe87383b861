"""A process that syncs its folder again and again until all is in step, on a shared test clock.

It is what ``plansync once`` does, called each time at the moment that the one before has named.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest
from plansync.app.sync import run_sync
from plansync.bootstrap import close_workshop, open_workshop
from plansync.settings import load_settings
from tests.support.shared_clock import RemoteClock

RUNS = 60
_WHEN = re.compile(r"until (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")


def main(address: str, folder: str) -> int:
    """Sync ``folder`` on the clock at ``address``; return 0 when the last run was in step."""
    clock = RemoteClock(Path(address))
    try:
        for _ in range(RUNS):
            report = _run(clock, Path(folder))
            sys.stdout.write("".join(f"{message}\n" for message, _ in report.errors))
            if not report.failed:
                return 0
            clock.sleep(max(_named_time(report) - clock.now(), timedelta(seconds=1)))
        return 1
    finally:
        clock.leave()


def _run(clock: RemoteClock, folder: Path) -> TargetReport:
    workshop = open_workshop(load_settings(working=folder), clock=clock)
    try:
        return run_sync(workshop, workshop.targets[0], SyncRequest())
    finally:
        close_workshop(workshop)


def _named_time(report: TargetReport) -> datetime:
    """Return the time that the run says it can go on at."""
    found = [match for message, _ in report.errors for match in _WHEN.findall(message)]
    times = [datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) for text in found]
    return max(times, default=datetime.min.replace(tzinfo=UTC)) + timedelta(seconds=1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
