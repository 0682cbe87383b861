"""An App signs JWTs and gets tokens that are good for an hour by the server's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import jwt
import pytest

from tests.servers.github.site import REPO, Site
from tests.servers.github.state import App


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def app(site: Site) -> App:
    return site.github.add_app("plansync")


def signed(site: Site, app: App, issued: int = -60, ends: int = 540, **more: object) -> str:
    now = int(site.clock.now().timestamp())
    return jwt.encode({"iat": now + issued, "exp": now + ends, "iss": str(app.id), **more}, app.private_key, "RS256")


def token_of(site: Site, app: App) -> str:
    path = f"/api/v3/app/installations/{app.installation_id}/access_tokens"
    answer = site.call("POST", path, token=signed(site, app))
    assert answer.status_code == 201
    return str(answer.json()["token"])


def test_an_app_finds_its_installation_and_works_as_a_bot(site: Site, app: App) -> None:
    found = site.get("/installation", token=signed(site, app))
    assert (found["id"], found["app_id"]) == (app.installation_id, app.id)
    made = site.post("/issues", {"title": "One", "labels": ["plansync"]}, token=token_of(site, app))
    assert (made["user"]["login"], made["user"]["type"]) == ("plansync[bot]", "Bot")
    assert made["performed_via_github_app"]["slug"] == "plansync"
    assert [label["name"] for label in made["labels"]] == ["plansync"]


def test_a_token_is_good_for_an_hour_and_counted(site: Site, app: App) -> None:
    first = token_of(site, app)
    second = token_of(site, app)
    assert first != second
    assert app.handed_out == 2
    site.clock.advance(timedelta(minutes=59))
    assert site.call("GET", REPO, token=first).status_code == 200
    site.clock.advance(timedelta(minutes=1))
    assert site.call("GET", REPO, token=first).status_code == 401


def test_etags_grow_cold_with_the_token(site: Site, app: App) -> None:
    first, second = token_of(site, app), token_of(site, app)
    tag = site.call("GET", REPO + "/issues", token=first).headers["ETag"]
    assert site.call("GET", REPO + "/issues", token=first, If_None_Match=tag).status_code == 304
    assert site.call("GET", REPO + "/issues", token=second, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("issued", "ends", "words"),
    [
        (120, 300, "'Issued at' claim ('iat')"),
        (-700, -100, "'Expiration time' claim ('exp') must be"),
        (0, 900, "'Expiration time' claim ('exp') is too far in the future"),
    ],
)
def test_a_jwt_of_another_time_is_refused(site: Site, app: App, issued: int, ends: int, words: str) -> None:
    answer = site.call("GET", "/api/v3/app", token=signed(site, app, issued, ends))
    assert answer.status_code == 401
    assert answer.json()["message"].startswith(words)


def test_a_jwt_of_another_key_or_app_is_refused(site: Site, app: App) -> None:
    other = site.github.add_app("other")
    forged = signed(site, other, iss=str(app.id))
    assert site.call("GET", "/api/v3/app", token=forged).json()["message"] == "A JSON web token could not be decoded"
    assert site.call("GET", "/api/v3/app", token=signed(site, app, iss="7")).status_code == 404
    assert site.call("GET", "/api/v3/app", token="a.b.c").status_code == 401


def test_an_app_without_a_permission_is_told_so(site: Site) -> None:
    reader = site.github.add_app("reader", {"issues": "read", "metadata": "read"})
    answer = site.call("POST", REPO + "/issues", {"title": "One"}, token=token_of(site, reader))
    assert (answer.status_code, answer.json()["message"]) == (403, "Resource not accessible by integration")
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "issues=write"


def test_a_jwt_reads_no_issues_of_a_private_repository(site: Site, app: App) -> None:
    site.github.repository.private = True
    assert site.call("GET", REPO + "/installation", token=signed(site, app)).status_code == 200
    assert site.call("GET", REPO + "/issues", token=signed(site, app)).status_code == 401
