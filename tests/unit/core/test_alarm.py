"""When a target counts as out of step, and the words for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from plansync.core.alarm import Alarm, Stage, outage_since
from tests.support.clocks import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ALARM = Alarm(stage=Stage.RAISED, target="web", since=NOON, at=NOON + 2 * HOUR, success_at=NOON - MINUTE, error="No.")


@pytest.mark.parametrize(
    ("failing", "success", "due", "runs", "since"),
    [
        (NOON, None, None, False, NOON),
        (NOON, NOON - HOUR, NOON + HOUR, True, NOON),
        (None, None, None, True, None),
        (None, NOON, NOON - HOUR, True, None),
        (None, NOON, NOON + 2 * HOUR, False, NOON + 2 * HOUR),
        (None, NOON, NOON - HOUR, False, NOON + MINUTE),
        (None, None, None, False, NOON + MINUTE),
        (None, NOON - 9 * HOUR, None, False, None),
    ],
)
def test_since_when_a_target_is_out_of_step(
    failing: datetime | None, success: datetime | None, due: datetime | None, runs: bool, since: datetime | None
) -> None:
    found = outage_since(
        failing_since=failing, success_at=success, due_at=due, is_running=runs, started_at=NOON + MINUTE
    )
    assert found == since


def test_an_alarm_says_how_long_why_and_when_it_was_well() -> None:
    assert ALARM.subject == "plansync: web is not in step"
    assert ALARM.text.splitlines() == [
        "The target 'web' has not been in step for 2 hours.",
        "Why: No.",
        "Last in step: 2026-03-02 11:59 UTC.",
    ]
    assert replace(ALARM, stage=Stage.REPEATED).subject == "plansync: web is still not in step"
    never = replace(ALARM, success_at=None, error="").text
    assert never.splitlines()[1:] == ["No worker has come round to it.", "Last in step: never."]


def test_an_all_clear_says_how_long_it_took() -> None:
    clear = replace(ALARM, stage=Stage.CLEARED)
    assert clear.subject == "plansync: web is in step again"
    assert clear.text == "The target 'web' is in step again. It was not for 2 hours."


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-1), "0 minutes"),
        (timedelta(seconds=30), "0 minutes"),
        (MINUTE, "1 minute"),
        (59 * MINUTE, "59 minutes"),
        (HOUR, "1 hour"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_lengths_are_said_as_people_do(span: timedelta, words: str) -> None:
    assert f" {words}." in replace(ALARM, at=NOON + span).text.splitlines()[0]
