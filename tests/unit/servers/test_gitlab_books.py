"""The GitLab test server counts, refuses what is too much, answers conditionally, and breaks as it is told to."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from tests.servers.gitlab import GitLab, Limits, serve
from tests.servers.gitlab.asking import TOKEN, Asking
from tests.servers.wire import Fault
from tests.support.clocks import NOON, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gitlab(clock: FakeClock) -> GitLab:
    return GitLab(clock)


@pytest.fixture
def bot(gitlab: GitLab) -> Asking:
    return Asking(gitlab)


def test_more_than_200_new_issues_a_minute_are_refused_and_noted(gitlab: GitLab, bot: Asking, clock: FakeClock) -> None:
    for number in range(200):
        bot.post("issues", title=f"Task {number}")
    assert gitlab.books.broken == []
    answer = bot.answer("POST", "issues", {"title": "One too many"})
    assert (answer.status, "Retry-After" in answer.headers) == (429, False)
    assert answer.content == {
        "message": {"error": "This endpoint has been requested too many times. Try again later."},
    }
    assert gitlab.books.broken == ["more than 200 issue creations in a minute"]
    clock.advance(timedelta(minutes=1))
    bot.post("issues", title="In time")
    assert (gitlab.books.creations, gitlab.books.most_creations) == (202, 200)


def test_notes_have_a_limit_of_their_own(gitlab: GitLab, bot: Asking) -> None:
    bot.post("issues", title="Task")
    for _ in range(60):
        bot.post("issues/1/notes", body="Text")
    assert bot.refused("POST", "issues/1/notes", body="Text")[0] == 429
    assert gitlab.books.broken == ["more than 60 notes in a minute"]


def test_more_than_the_allowed_requests_are_told_to_come_back_later(
    gitlab: GitLab, bot: Asking, clock: FakeClock
) -> None:
    gitlab.limits.requests = 3
    clock.advance(timedelta(seconds=15))
    standing = [bot.answer("GET", "issues").headers["RateLimit-Remaining"] for _ in range(3)]
    answer = bot.answer("GET", "issues")
    assert (standing, answer.status, answer.content) == (["2", "1", "0"], 429, b"Retry later\n")
    assert {name: answer.headers[name] for name in answer.headers if "imit" in name or name == "Retry-After"} == {
        "RateLimit-Limit": "3",
        "RateLimit-Name": "throttle_authenticated_api",
        "RateLimit-Observed": "4",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(int(NOON.timestamp()) + 60),
        "RateLimit-ResetTime": "Mon, 02 Mar 2026 12:01:00 GMT",
        "Retry-After": "45",
    }
    assert answer.headers["Content-Type"] == "text/plain"
    assert Asking(gitlab, "glpat-other").answer("GET", "/user").status == 401  # another credential, another count


def test_what_is_sent_inside_a_back_off_window_is_noted(gitlab: GitLab, bot: Asking, clock: FakeClock) -> None:
    gitlab.limits.requests = None
    with serve(gitlab) as server:
        server.fault_next(Fault.TOO_MANY)
        url = f"{gitlab.base}/api/v4/user"
        first = requests.get(url, headers={"PRIVATE-TOKEN": TOKEN}, timeout=5)
        assert (first.status_code, first.headers["Retry-After"]) == (429, "30")
        requests.get(url, headers={"PRIVATE-TOKEN": TOKEN}, timeout=5)
        clock.advance(timedelta(seconds=30))
        requests.get(url, headers={"PRIVATE-TOKEN": TOKEN}, timeout=5)
    assert gitlab.books.broken == ["GET /api/v4/user inside a back-off window"]


def test_limits_can_be_turned_off(gitlab: GitLab, bot: Asking) -> None:
    gitlab.accountant.limits = Limits(None, None, None)
    for number in range(201):
        bot.post("issues", title=f"Task {number}")
    assert (gitlab.books.broken, "RateLimit-Limit" in bot.answer("GET", "issues").headers) == ([], False)


def test_what_did_not_change_is_not_sent_again(gitlab: GitLab, bot: Asking) -> None:
    bot.post("issues", title="Task")
    tag = bot.answer("GET", "issues").headers["ETag"]
    assert tag.startswith('W/"')
    again = bot.answer("GET", "issues", if_none_match=tag)
    assert (again.status, again.content, again.headers["ETag"]) == (304, None, tag)
    gitlab.people("ann").rename(1, "Other")
    assert bot.answer("GET", "issues", if_none_match=tag).status == 200
    gitlab.etags = False
    assert "ETag" not in bot.answer("GET", "issues").headers


def test_times_are_those_of_the_clock_with_milliseconds(gitlab: GitLab, bot: Asking) -> None:
    answer = bot.answer("POST", "issues", {"title": "Task"})
    assert (answer.content["created_at"], answer.headers["Date"]) == (
        "2026-03-02T12:00:00.000Z",
        "Mon, 02 Mar 2026 12:00:00 GMT",
    )


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (Fault.ERROR_500, 500, "500 Internal Server Error"),
        (Fault.SECONDARY, 403, "403 Forbidden"),
        (Fault.NOT_FOUND, 404, "404 Project Not Found"),
        (Fault.GONE, 410, "410 Gone"),
        (Fault.REDIRECT, 405, "Non GET methods are not allowed for moved projects"),
    ],
)
def test_faults_that_are_not_applied_speak_as_gitlab_does(
    gitlab: GitLab, fault: Fault, status: int, words: str
) -> None:
    with serve(gitlab, root="/git") as server:
        server.fault_next(fault)
        url = f"{gitlab.base}/api/v4/projects/acme%2Fplatform%2Fcore/issues"
        answer = requests.post(url, json={"title": "Task"}, headers={"PRIVATE-TOKEN": TOKEN}, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (status, words)
    assert gitlab.state.issues == {}


def test_a_bad_gateway_hides_what_was_done(gitlab: GitLab) -> None:
    with serve(gitlab) as server:
        server.fault_next(Fault.ERROR_502_APPLIED)
        url = f"{gitlab.base}/api/v4/projects/acme%2Fplatform%2Fcore/issues"
        answer = requests.post(url, json={"title": "Task"}, headers={"PRIVATE-TOKEN": TOKEN}, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert [issue.title for issue in gitlab.state.issues.values()] == ["Task"]


@pytest.mark.parametrize("address", ["acme%2Fplatform%2Fcore", "id"])
def test_a_redirect_leads_readers_to_the_same_project_under_another_address(gitlab: GitLab, address: str) -> None:
    with serve(gitlab, root="/git") as server:
        server.fault_next(Fault.REDIRECT)
        known = str(gitlab.project.id) if address == "id" else address
        url = f"{gitlab.base}/api/v4/projects/{known}/issues?state=all"
        answer = requests.get(url, headers={"PRIVATE-TOKEN": TOKEN}, timeout=5)
    assert (answer.status_code, answer.json(), [hop.status_code for hop in answer.history]) == (200, [], [301])
    assert answer.url != url
