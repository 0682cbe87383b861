"""A GitHub App's token: fetched once an hour, sealed, shared by runs, and renewed when it is not accepted."""

import json
from datetime import timedelta
from typing import Any

import pytest

from plansync.errors import CredentialRefused
from plansync.hosts.calls import Call
from plansync.hosts.digests import token_digest
from plansync.hosts.github_app import InstallationWire
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.ports.snapshots import Snapshot
from tests.unit.hosts.app_site import Site

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ISSUES = Call(path="/repos/acme/web/issues", query={"state": "all"}, what="list issues")


# --------------------------------------------------------------------------------------------------- once an hour


def test_runs_within_an_hour_share_one_token(site: Site) -> None:
    first = site.installation().token()
    assert first.startswith("ghs_")
    for _ in range(4):
        site.clock.advance(13 * MINUTE)
        found = site.installation()
        assert (found.token(), found.login()) == (first, "plansync[bot]")
    assert (site.app.handed_out, site.server.requests) == (1, 3)


def test_a_token_that_ends_within_five_minutes_is_not_used_any_more(site: Site) -> None:
    installation = site.installation()
    first = installation.token()
    site.clock.advance(HOUR - 5 * MINUTE - timedelta(seconds=1))
    assert installation.token() == first
    site.clock.advance(timedelta(seconds=1))
    second = installation.token()
    assert second != first
    assert site.installation().token() == second
    assert site.app.handed_out == 2


def test_the_app_s_name_is_asked_for_once(site: Site) -> None:
    installation = site.installation()
    installation.token()
    before = site.server.requests
    site.clock.advance(HOUR)
    assert installation.login() == "plansync[bot]"
    assert site.server.requests - before == 2


def test_all_projects_of_an_owner_share_the_token_and_others_have_their_own(site: Site) -> None:
    site.github.add_repository("acme/core")
    site.github.add_repository("other/web")
    assert site.installation().token() == site.installation("ACME/core").token()
    assert site.installation("other/web").token() != site.installation().token()
    assert site.installation().name == f"github-app:{site.github.base.partition('//')[2]}:{site.app.id}:acme"


# --------------------------------------------------------------------------------------------------------- sealed


def test_the_stored_token_can_be_read_by_whoever_has_the_key_alone(site: Site, other_key: str) -> None:
    installation = site.installation()
    token = installation.token()
    assert token not in json.dumps(site.head())
    assert token not in repr(installation)
    assert site.app.private_key[60:100] not in repr(installation)
    with pytest.raises(CredentialRefused):
        site.installation(key=other_key).token()
    assert site.installation().token() == token
    assert site.app.handed_out == 1


@pytest.mark.parametrize(
    "spoil",
    [
        {"token": "gAAAAABnothing"},
        {"token": None},
        {"token": "„é“"},
        {"expires_at": "soon"},
        {"expires_at": 7},
        {"expires_at": None},
    ],
)
def test_a_spoilt_token_is_fetched_anew(site: Site, spoil: dict[str, Any]) -> None:
    first = site.installation().token()
    site.snapshots.save(site.installation().name, {**site.head(), **spoil}, {})
    second = site.installation().token()
    assert second != first
    assert site.installation().token() == second


@pytest.mark.parametrize("name", ["token", "expires_at", "login"])
def test_a_token_without_all_that_belongs_to_it_is_fetched_anew(site: Site, name: str) -> None:
    first = site.installation().token()
    site.snapshots.replace(
        site.installation().name, Snapshot({key: value for key, value in site.head().items() if key != name})
    )
    assert site.installation().token() != first


def test_a_time_without_a_zone_is_not_believed(site: Site) -> None:
    first = site.installation().token()
    site.snapshots.save(site.installation().name, {**site.head(), "expires_at": "2026-03-02T13:00:00"}, {})
    assert site.installation().token() != first


def test_a_token_s_digest_tells_it_from_others_and_reveals_nothing(site: Site) -> None:
    installation = site.installation()
    token, digest = installation.token(), installation.digest()
    assert digest == token_digest(token) == site.installation().digest()
    assert len(digest) == 16
    assert token_digest("a") != token_digest("b")
    assert not any(token[at : at + 6] in digest for at in range(len(token) - 6))


# -------------------------------------------------------------------------------------------------------- renewed


def test_a_token_that_is_not_accepted_any_more_is_renewed_once(site: Site) -> None:
    line = site.line(site.installation())
    assert line.ask(ISSUES).status == 200
    for token in site.github.world.tokens.values():
        token.revoked = token.app is not None
    before = site.server.requests
    assert line.ask(ISSUES).status == 200
    assert site.app.handed_out == 2
    assert site.server.requests - before == 4  # refused, found, fetched, and sent again
    assert site.line(site.installation()).ask(ISSUES).status == 200
    assert site.app.handed_out == 2


def test_a_create_whose_token_was_refused_is_made_once(site: Site) -> None:
    line = site.line(site.installation())
    line.ask(ISSUES)
    for token in site.github.world.tokens.values():
        token.revoked = token.app is not None
    create = Call(
        method="POST", path="/repos/acme/web/issues", body={"title": "x"}, repeatable=False, what="open an issue"
    )
    assert line.ask(create).status == 201
    assert len(site.github.repository.issues) == 1


def test_conditional_reads_go_on_being_free_from_run_to_run(site: Site) -> None:
    etag = site.line(site.installation()).ask(ISSUES).headers["etag"]
    again = Call(path=ISSUES.path, query=ISSUES.query, headers={"If-None-Match": etag}, what="list issues")
    assert site.line(site.installation()).ask(again).status == 304
    site.clock.advance(HOUR)
    assert site.line(site.installation()).ask(again).status == 200


def test_a_wire_is_made_once_for_a_token(site: Site) -> None:
    made: list[str] = []

    def make(token: str) -> GitHubWire:
        made.append(token)
        return GitHubWire(token_auth(token), site.github.api)

    wire = InstallationWire(site.installation(), make)
    for _ in range(3):
        assert wire.send(ISSUES).status == 200
    assert len(made) == 1
