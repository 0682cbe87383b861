"""The accountant of the GitHub of the tests knows the published limits and writes down what breaks them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from tests.servers.github.site import REPO, Site
from tests.servers.wire import Fault


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def create(site: Site) -> requests.Response:
    return site.call("POST", REPO + "/issues", {"title": "One"})


def test_the_headers_tell_what_is_left(site: Site) -> None:
    headers = site.call("GET", REPO).headers
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("5000", "4999")
    assert (headers["x-ratelimit-used"], headers["x-ratelimit-resource"]) == ("1", "core")
    assert int(headers["x-ratelimit-reset"]) == int((site.clock.now() + timedelta(hours=1)).timestamp())
    assert headers["Date"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_asking_for_the_limits_costs_nothing(site: Site) -> None:
    site.call("GET", REPO)
    for _ in range(2):
        assert site.call("GET", "/api/v3/rate_limit").json()["resources"]["core"]["used"] == 1


def test_the_hour_has_so_many_requests(site: Site) -> None:
    site.github.accountant.limits.primary_per_hour = 2
    assert [site.call("GET", REPO).status_code for _ in range(2)] == [200, 200]
    answer = site.call("GET", REPO)
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    assert answer.json()["message"].startswith("API rate limit exceeded")
    assert "Retry-After" not in answer.headers
    assert site.github.books.broken == [
        "12:00:00 user plansync-bot: GET /api/v3/repos/acme/web: more than 2 requests an hour"
    ]
    site.clock.advance(timedelta(hours=1))
    assert site.call("GET", REPO).status_code == 200


def test_eighty_creations_a_minute_are_enough(site: Site) -> None:
    assert all(create(site).ok for _ in range(80))
    refused = create(site)
    assert (refused.status_code, refused.headers["Retry-After"]) == (403, "60")
    assert "secondary rate limit" in refused.json()["message"]
    assert "81 creations a minute, 80 allowed" in site.github.books.broken[0]
    assert len(site.github.repository.issues) == 80


def test_what_is_sent_before_the_time_is_up_is_written_down(site: Site) -> None:
    site.github.accountant.limits.content_per_minute = 1
    create(site)
    create(site)
    site.clock.advance(timedelta(seconds=59))
    assert site.call("GET", REPO).headers["Retry-After"] == "1"
    assert "inside a back-off window that ends 12:01:00" in site.github.books.broken[-1]
    site.clock.advance(timedelta(seconds=1))
    assert create(site).status_code == 201
    assert len(site.github.books.broken) == 2


def test_a_pace_of_eighty_a_minute_meets_the_hourly_wall_at_five_hundred(site: Site) -> None:
    for _ in range(500):
        assert create(site).status_code == 201
        site.clock.advance(timedelta(milliseconds=750))
    assert create(site).status_code == 403
    assert "501 creations an hour, 500 allowed" in site.github.books.broken[0]
    assert site.github.books.creations == 501


def test_points_count_writes_five_times(site: Site) -> None:
    site.github.accountant.limits.points_per_minute = 12
    site.call("GET", REPO)
    assert create(site).ok
    assert create(site).ok
    assert site.github.books.points == 11
    site.call("GET", REPO)
    assert site.call("GET", REPO).status_code == 403
    assert "13 points a minute, 12 allowed" in site.github.books.broken[0]


def test_a_304_is_free_of_the_hours_requests_but_not_of_points(site: Site) -> None:
    tag = site.call("GET", REPO).headers["ETag"]
    again = site.call("GET", REPO, If_None_Match=tag)
    assert (again.status_code, again.headers["x-ratelimit-used"]) == (304, "1")
    assert (site.github.books.primary, site.github.books.points) == (1, 2)


def test_labels_and_milestones_are_no_content(site: Site) -> None:
    site.post("/labels", {"name": "x"})
    site.post("/milestones", {"title": "x"})
    assert site.github.books.creations == 0
    assert site.github.books.made == {"label": 1, "milestone": 1}
    site.github.accountant.limits.counted |= {"label"}
    site.post("/labels", {"name": "y"})
    assert site.github.books.creations == 1


def test_the_tokens_of_one_account_share_its_limits_and_others_have_their_own(site: Site) -> None:
    site.github.add_user("bob", "write", token="ghp_bob")
    site.github.add_user(site.github.login, "write", token="ghp_second")
    site.call("GET", REPO)
    assert site.call("GET", REPO, token="ghp_second").headers["x-ratelimit-used"] == "2"
    assert site.call("GET", REPO, token="ghp_bob").headers["x-ratelimit-used"] == "1"


def test_a_limit_can_say_nothing_of_how_long(site: Site) -> None:
    site.github.accountant.limits.content_per_minute = 0
    site.github.accountant.limits.retry_after = None
    assert "Retry-After" not in create(site).headers
    site.clock.advance(timedelta(seconds=59))
    site.call("GET", REPO)
    assert "inside a back-off window" in site.github.books.broken[-1]


def test_the_accountant_can_be_sent_home(site: Site) -> None:
    site.github.accountant.off()
    assert all(create(site).ok for _ in range(100))
    assert site.github.books.broken == []


@pytest.mark.parametrize(
    ("fault", "status", "wait"),
    [
        (Fault.SECONDARY, 403, None),
        (Fault.SECONDARY_WITH_HEADER, 403, "90"),
        (Fault.TOO_MANY, 429, "30"),
        (Fault.ERROR_500, 500, None),
        (Fault.NOT_FOUND, 404, None),
        (Fault.GONE, 410, None),
    ],
)
def test_a_fault_on_order_applies_nothing(site: Site, fault: Fault, status: int, wait: str | None) -> None:
    site.server.fault_next(fault)
    answer = create(site)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert "x-ratelimit-limit" in answer.headers
    assert not site.github.repository.issues


def test_a_502_may_have_worked(site: Site) -> None:
    site.server.fault_next(Fault.ERROR_502_APPLIED)
    assert create(site).status_code == 502
    assert len(site.github.repository.issues) == 1


def test_a_redirected_write_is_to_be_sent_again_as_it_was(site: Site) -> None:
    site.server.fault_next(Fault.REDIRECT)
    answer = create(site)
    assert answer.status_code == 307
    assert not site.github.repository.issues
    assert site.call("POST", answer.headers["Location"], {"title": "One"}).status_code == 201
    site.server.fault_next(Fault.REDIRECT)
    again = site.call("POST", answer.headers["Location"], {"title": "Two"})
    assert again.headers["Location"].endswith("/repos/acme/web/issues")
    site.server.fault_next(Fault.REDIRECT)
    assert site.call("GET", site.call("GET", "/user").headers["Location"]).json()["login"] == site.github.login


def test_lists_lag_behind_and_numbers_do_not(site: Site) -> None:
    site.github.lag = timedelta(seconds=10)
    create(site)
    site.post("/milestones", {"title": "Phase 1"})
    assert (site.get("/issues"), site.get("/milestones")) == ([], [])
    assert site.get("/issues/1")["number"] == site.get("/milestones/1")["number"] == 1
    site.clock.advance(timedelta(seconds=10))
    assert len(site.get("/issues") + site.get("/milestones")) == 2
