"""The GitHub of the tests keeps issues, labels and milestones as GitHub does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.servers.github import GitHub, serve
from tests.servers.wire import Fault, TestServer
from tests.support.clocks import FakeClock

REPO = "/api/v3/repos/acme/web"


class Client:
    """Sends requests with a token."""

    def __init__(self, server: TestServer, token: str) -> None:
        self.url = server.url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {token}"

    def __call__(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        return self.session.request(method, url, json=json, timeout=5, allow_redirects=False, **more)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> GitHub:
    return GitHub(clock)


@pytest.fixture
def server(github: GitHub) -> Iterator[TestServer]:
    with serve(github) as server:
        yield server


@pytest.fixture
def call(github: GitHub, server: TestServer) -> Iterator[Client]:
    client = Client(server, github.token)
    with client.session:
        yield client


def test_an_issue_is_made_changed_and_read(call: Client) -> None:
    call("POST", REPO + "/milestones", {"title": "Phase 1"})
    made = call("POST", REPO + "/issues", {"title": " One ", "body": "x", "labels": ["Risk"], "milestone": 1})
    assert made.status_code == 201
    assert made.json()["title"] == "One"
    assert [label["name"] for label in made.json()["labels"]] == ["Risk"]
    closed = call("PATCH", REPO + "/issues/1", {"state": "closed", "state_reason": "not_planned"})
    assert (closed.json()["state"], closed.json()["state_reason"]) == ("closed", "not_planned")
    assert call("GET", REPO + "/milestones/1").json()["closed_issues"] == 1
    assert call("GET", REPO + "/issues").json() == []
    assert len(call("GET", REPO + "/issues?state=all&labels=risk").json()) == 1
    events = [event["event"] for event in call("GET", REPO + "/issues/1/timeline").json()]
    assert events == ["labeled", "milestoned", "closed"]


def test_a_read_that_changed_nothing_is_304_and_free(call: Client, github: GitHub, clock: FakeClock) -> None:
    first = call("GET", REPO + "/issues")
    clock.advance(timedelta(seconds=5))
    again = call("GET", REPO + "/issues", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert github.books.primary == 1
    github.people("ann").create_issue("New")
    assert call("GET", REPO + "/issues", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_pages_are_linked(call: Client, github: GitHub) -> None:
    ann = github.people("ann")
    for number in range(5):
        ann.create_issue(f"Issue {number}")
    first = call("GET", REPO + "/issues?per_page=2&direction=asc")
    second = call("GET", first.links["next"]["url"])
    third = call("GET", second.links["next"]["url"])
    titles = [issue["title"] for page in (first, second, third) for issue in page.json()]
    assert titles == [f"Issue {number}" for number in range(5)]
    assert "next" not in third.links


def test_faults_speak_as_github_does(call: Client, server: TestServer, github: GitHub, clock: FakeClock) -> None:
    server.fault_next(Fault.SECONDARY_WITH_HEADER)
    told = call("GET", REPO)
    assert (told.status_code, told.headers["Retry-After"]) == (403, "90")
    assert call("GET", REPO).status_code == 403
    assert "inside a back-off window" in github.books.broken[0]
    clock.advance(timedelta(seconds=90))
    assert call("GET", REPO).status_code == 200
    server.fault_next(Fault.REDIRECT)
    moved = call("GET", REPO + "/issues?state=all")
    assert moved.status_code == 301
    assert call("GET", moved.headers["Location"]).json() == []
