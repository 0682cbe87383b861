"""The GitHub of the tests keeps issues, labels and milestones as GitHub does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.servers.github.site import REPO, Site
from tests.servers.wire import Fault


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_an_issue_is_made_changed_and_read(site: Site) -> None:
    site.post("/milestones", {"title": "Phase 1"})
    made = site.post("/issues", {"title": " One ", "body": "x", "labels": ["Risk"], "milestone": 1})
    assert made["title"] == "One"
    assert [label["name"] for label in made["labels"]] == ["Risk"]
    closed = site.patch("/issues/1", {"state": "closed", "state_reason": "not_planned"})
    assert (closed["state"], closed["state_reason"]) == ("closed", "not_planned")
    assert site.get("/milestones/1")["closed_issues"] == 1
    assert site.get("/issues") == []
    assert len(site.get("/issues?state=all&labels=risk")) == 1
    events = [event["event"] for event in site.get("/issues/1/timeline")]
    assert events == ["labeled", "milestoned", "closed"]


def test_a_read_that_changed_nothing_is_304_and_free(site: Site) -> None:
    first = site.call("GET", REPO + "/issues")
    site.clock.advance(timedelta(seconds=5))
    again = site.call("GET", REPO + "/issues", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert site.github.books.primary == 1
    site.github.people("ann").create_issue("New")
    assert site.call("GET", REPO + "/issues", If_None_Match=first.headers["ETag"]).status_code == 200


def test_pages_are_linked(site: Site) -> None:
    ann = site.github.people("ann")
    for number in range(5):
        ann.create_issue(f"Issue {number}")
    first = site.call("GET", REPO + "/issues?per_page=2&direction=asc")
    second = site.call("GET", first.links["next"]["url"])
    third = site.call("GET", second.links["next"]["url"])
    titles = [issue["title"] for page in (first, second, third) for issue in page.json()]
    assert titles == [f"Issue {number}" for number in range(5)]
    assert "next" not in third.links


def test_faults_speak_as_github_does(site: Site) -> None:
    site.server.fault_next(Fault.SECONDARY_WITH_HEADER)
    told = site.call("GET", REPO)
    assert (told.status_code, told.headers["Retry-After"]) == (403, "90")
    assert site.call("GET", REPO).status_code == 403
    assert "inside a back-off window" in site.github.books.broken[0]
    site.clock.advance(timedelta(seconds=90))
    assert site.call("GET", REPO).status_code == 200
    site.server.fault_next(Fault.REDIRECT)
    moved = site.call("GET", REPO + "/issues?state=all")
    assert moved.status_code == 301
    assert site.call("GET", moved.headers["Location"]).json() == []


def test_labels_have_names_of_any_kind(site: Site) -> None:
    for name in ('a/b "c"', "\u00fcber {x}", "50 % & more", "risk:high"):
        made = site.post("/labels", {"name": name})
        assert site.call("GET", made["url"]).json()["name"] == name


def test_bodies_are_kept_to_the_byte(site: Site) -> None:
    body = "a\r\nb\n\n  \u2028 <!-- x -->\n"
    assert site.post("/issues", {"title": "One", "body": body})["body"] == body
    assert site.post("/issues", {"title": "Two"})["body"] is None
