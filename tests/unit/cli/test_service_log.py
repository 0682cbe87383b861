"""What the service says of its syncs, and on which level."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plansync.app.report import PlanReport, TargetReport
from plansync.app.worker import Over
from plansync.cli.service_log import OfThisSync, ServiceLog
from plansync.cli.terminal import Terminal
from plansync.core.scope import WHOLE
from plansync.errors import ConfigError
from plansync.ports.queue import Ending, Taken
from tests.support.clocks import NOON

TAKEN = Taken(
    target="web",
    scope=WHOLE,
    triggers=("schedule", "start"),
    reasons=(),
    first_at=NOON,
    attempt=0,
    holder="host:1:1",
    token=1,
    started_at=NOON,
    expires_at=NOON,
)
QUIET = TargetReport(name="web", tracker="fake", project="project", run="r1", plans=(PlanReport(path="a.md"),))
MOVED = replace(QUIET, plans=(PlanReport(path="a.md", diff="-\n+\n", ticked=2, linked=1),))
BAD = replace(QUIET, plans=(PlanReport(path="a.md", error="kept changing", hint="run again"),))
OK = Ending(ok=True)


def over(report: TargetReport, ending: Ending = OK, *, noted: bool = True) -> Over:
    return Over(taken=TAKEN, report=report, ending=ending, ended_at=NOON, took=timedelta(seconds=1.5), noted=noted)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[ServiceLog]:
    yield ServiceLog(Terminal(io.StringIO(), io.StringIO(), verbose=True))
    logging.captureWarnings(capture=False)
    logging.getLogger("plansync.daemon").setLevel(logging.NOTSET)
    for handler in logging.getLogger().handlers:
        for found in [found for found in handler.filters if isinstance(found, OfThisSync)]:
            handler.removeFilter(found)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.message) for record in caplog.records]


def fields(record: logging.LogRecord, *names: str) -> list[Any]:
    return [getattr(record, name, None) for name in names]


def test_a_sync_is_one_line_and_a_quiet_one_is_for_who_asks(log: ServiceLog, caplog: pytest.LogCaptureFixture) -> None:
    log.over(over(MOVED))
    log.over(over(QUIET))
    assert told(caplog) == [
        ("INFO", "1 link written, 2 boxes changed (1.5 s)"),
        ("DEBUG", "nothing to do (1.5 s)"),
    ]
    assert fields(caplog.records[0], "target", "run", "trigger") == ["web", "r1", "schedule, start"]


def test_a_note_is_told_once_and_again_when_it_comes_back(log: ServiceLog, caplog: pytest.LogCaptureFixture) -> None:
    for report in (replace(QUIET, notes=("a word",)), replace(QUIET, notes=("a word",)), QUIET):
        log.over(over(report))
    log.over(over(replace(QUIET, notes=("a word",))))
    assert [level for level, text in told(caplog) if text == "a word"] == ["INFO", "DEBUG", "INFO"]


def test_a_failure_names_plan_and_target_and_when_it_is_tried_again(
    log: ServiceLog, caplog: pytest.LogCaptureFixture
) -> None:
    failed = replace(BAD, errors=(("no answer from git.example.com", "try again later"),))
    log.over(over(failed, Ending(ok=False, retry_at=NOON + timedelta(seconds=20))))
    assert told(caplog) == [
        ("ERROR", "a.md: kept changing (run again)"),
        ("ERROR", "no answer from git.example.com (try again later); again in about 20 s (nothing to do)"),
    ]
    assert fields(caplog.records[0], "plan", "target") == ["a.md", "web"]


def test_what_only_waits_is_no_error(log: ServiceLog, caplog: pytest.LogCaptureFixture) -> None:
    held = replace(BAD, errors=(("held by other:1:1", ""),))
    log.over(over(held, Ending(ok=False, retry_at=NOON, counts=False), noted=False))
    assert [level for level, _ in told(caplog)] == ["DEBUG", "WARNING"]


def test_whatever_a_thread_logs_tells_the_sync_it_is_about(log: ServiceLog, caplog: pytest.LogCaptureFixture) -> None:
    log.begun(TAKEN)
    log.waiting("web", timedelta(minutes=3), "too many requests")
    logging.getLogger("plansync.hosts").warning("slow")
    log.over(over(QUIET))
    logging.getLogger("plansync.hosts").warning("of nobody")
    assert [fields(record, "target", "trigger")[0] for record in caplog.records] == ["web", "web", "web", None]


def test_long_work_is_told_before_it_begins_and_nobody_is_asked(
    log: ServiceLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.started("web", 12, timedelta(seconds=2))
    log.started("web", 500, timedelta(minutes=30))
    assert told(caplog) == [("INFO", "500 changes to carry out, which takes about 30 min at the tracker's pace")]
    assert not log.may_create("web", 500, 200)


def test_what_ends_the_process_is_one_line_with_what_to_do(log: ServiceLog, caplog: pytest.LogCaptureFixture) -> None:
    log.failed(ConfigError("a: wrong\nb: wrong", hint="mend both"))
    assert told(caplog) == [("ERROR", "a: wrong b: wrong (mend both)")]


@pytest.mark.parametrize(
    ("terminal", "level"),
    [({}, logging.INFO), ({"verbose": True}, logging.DEBUG), ({"quiet": True}, logging.ERROR)],
)
def test_how_much_is_said_is_for_the_options_to_say(log: ServiceLog, terminal: dict[str, bool], level: int) -> None:
    ServiceLog(Terminal(io.StringIO(), io.StringIO(), **terminal))
    assert logging.getLogger("plansync.daemon").level == level
