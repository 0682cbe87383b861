"""What hosts say when they want to be left alone: every form of it, and what is none."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from plansync.hosts.calls import Reply
from plansync.hosts.limits import MOST, read_pause
from tests.support.clocks import NOON
from tests.unit.hosts.scripted import reply

MINUTES_TO_RESET = str(int((NOON + timedelta(minutes=7)).timestamp()))
USED_UP = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": MINUTES_TO_RESET}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
GRAPHQL = {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
GRAPHQL_TOO_FAST = {"errors": [{"message": "You have exceeded a secondary rate limit."}]}


def pause(answer: Reply, again: int = 0) -> tuple[float, bool] | None:
    """Return the seconds of the pause and whether the request had no effect."""
    found = read_pause(answer, NOON, again=again)
    return None if found is None else (found.span.total_seconds(), found.refused)


@pytest.mark.parametrize("status", [403, 429])
def test_a_stated_pause_is_taken_at_its_word(status: int) -> None:
    assert pause(reply(status, SECONDARY, retry_after="90")) == (90, True)
    assert pause(reply(status, {}, retry_after="0")) == (1, True)
    assert pause(reply(status, SECONDARY, retry_after="90", **USED_UP)) == (90, True)


def test_a_pause_may_be_stated_as_a_time_on_the_host_s_own_clock() -> None:
    at = format_datetime(NOON + timedelta(minutes=65), usegmt=True)
    date = format_datetime(NOON + timedelta(minutes=60), usegmt=True)
    assert pause(reply(429, {}, retry_after=at, date=date)) == (300, True)
    assert pause(reply(429, {}, retry_after=date, date=at)) == (1, True)


@pytest.mark.parametrize("status", [403, 429])
def test_without_calls_left_the_pause_goes_on_until_the_reset(status: int) -> None:
    assert pause(reply(status, {"message": "API rate limit exceeded"}, **USED_UP)) == (421, True)
    assert pause(reply(status, {}, ratelimit_remaining="0", ratelimit_reset=MINUTES_TO_RESET)) == (421, True)
    assert pause(reply(status, {}, x_ratelimit_remaining="0.0", x_ratelimit_reset=f"{MINUTES_TO_RESET}.0")) == (
        421, True,
    )  # fmt: skip


def test_the_reset_is_a_time_on_the_host_s_own_clock() -> None:
    ahead = format_datetime(NOON + timedelta(minutes=5), usegmt=True)
    assert pause(reply(403, {}, date=ahead, **USED_UP)) == (121, True)


@pytest.mark.parametrize(("again", "seconds"), [(0, 60), (1, 120), (2, 240), (5, 1920), (6, 3600), (5000, 3600)])
def test_a_pause_without_a_stated_length_is_a_minute_and_doubles(again: int, seconds: int) -> None:
    assert pause(reply(403, SECONDARY), again) == (seconds, True)
    assert pause(reply(429, {}), again) == (seconds, True)
    assert pause(reply(200, GRAPHQL), again) == (seconds, True)


@pytest.mark.parametrize(
    "words",
    [
        "You have exceeded a secondary rate limit",
        "You have triggered an abuse detection mechanism",
        "was submitted too quickly",
        "Your IP is TEMPORARILY BLOCKED",
    ],
)
def test_a_403_is_a_limit_when_it_says_so(words: str) -> None:
    assert pause(reply(403, {"message": words})) == (60, True)


def test_any_other_403_is_none() -> None:
    assert pause(reply(403, {"message": "Resource not accessible by integration"})) is None
    assert pause(reply(403, {"message": "Forbidden"}, x_ratelimit_remaining="0")) is None
    assert pause(reply(403, {"message": "Forbidden"}, **{**USED_UP, "x_ratelimit_remaining": "12"})) is None


@pytest.mark.parametrize("content", [GRAPHQL, {"errors": [{"type": "RATE_LIMIT"}]}, GRAPHQL_TOO_FAST])
def test_graphql_says_no_with_a_200(content: dict[str, Any]) -> None:
    assert pause(reply(200, content)) == (60, True)
    assert pause(reply(200, content, retry_after="5")) == (5, True)
    assert pause(reply(200, content, **USED_UP)) == (421, True)
    assert pause(reply(200, content, **{**USED_UP, "x_ratelimit_remaining": "12"})) == (60, True)


@pytest.mark.parametrize(
    "content",
    [
        {"data": {"title": '"errors"'}},
        {"errors": None},
        {"errors": ["secondary rate limit"]},
        {"errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]},
        [{"errors": [{"type": "RATE_LIMITED"}]}],
        [{"body": "a secondary rate limit"}],
    ],
)
def test_other_answers_that_speak_of_errors_are_no_pause(content: object) -> None:
    assert pause(reply(200, content)) is None


def test_half_an_answer_is_no_pause() -> None:
    assert pause(Reply(200, {}, '{"errors": [{"type": "RATE_LIMITED"')) is None


@pytest.mark.parametrize("status", [200, 201, 304, 404, 422, 502])
def test_the_last_call_allowed_is_answered_and_the_next_one_waits(status: int) -> None:
    assert pause(reply(status, {}, **USED_UP)) == (421, False)


def test_with_calls_left_nothing_waits() -> None:
    assert pause(reply(200, {}, x_ratelimit_remaining="1", x_ratelimit_reset=MINUTES_TO_RESET)) is None
    assert pause(reply(200, {}, x_ratelimit_remaining="0")) is None
    assert pause(reply(200, {})) is None


@pytest.mark.parametrize("text", ["²", "", "-5", "soon", "1e3", "0x10", "9" * 400, "1.2.3"])
def test_headers_that_hold_no_number_do_no_harm(text: str) -> None:
    assert pause(reply(429, {}, retry_after=text)) == (60, True)
    assert pause(reply(403, {}, x_ratelimit_remaining=text, x_ratelimit_reset=MINUTES_TO_RESET)) is None
    assert pause(reply(200, {}, x_ratelimit_remaining="0", x_ratelimit_reset=text)) is None


def test_no_pause_is_longer_than_an_hour() -> None:
    assert pause(reply(429, {}, retry_after="99999999999999")) == (MOST.total_seconds(), True)
    far = {**USED_UP, "x_ratelimit_reset": "999999999999999"}
    assert pause(reply(200, {}, **far)) == (MOST.total_seconds(), False)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(429, {}, retry_after="5"), "it asked for a pause"),
        (reply(403, {}, **USED_UP), "the calls it allows in an hour are used up"),
        (reply(200, {}, **USED_UP), "the calls it allows in an hour are used up"),
        (reply(200, GRAPHQL, **USED_UP), "its GraphQL limit is used up"),
        (reply(429, {}), "it said that too much was sent at once"),
    ],
)
def test_a_pause_says_why(answer: Reply, reason: str) -> None:
    found = read_pause(answer, NOON)
    assert found is not None
    assert found.reason == reason
