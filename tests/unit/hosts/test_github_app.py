"""A GitHub App's token: fetched once an hour, sealed, shared by runs, and renewed when it is not accepted."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from plansync.core.pace import Manners
from plansync.errors import CredentialRefused, RateLimited, TrackerError, TrackerUnavailable
from plansync.hosts.calls import Call
from plansync.hosts.github_app import Installation, InstallationWire, app_auth, token_digest
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.ports.snapshots import Snapshot
from tests.servers.github import GitHub, serve
from tests.servers.github.state import App
from tests.servers.openapi import rest
from tests.servers.wire import Fault, TestServer
from tests.support.clocks import NOON, FakeClock
from tests.support.memory_pacing import MemoryPacing
from tests.support.memory_snapshots import MemorySnapshots

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ISSUES = Call(path="/repos/acme/web/issues", query={"state": "all"}, what="list issues")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Site:
    """A GitHub with an App on it, and runs of plansync that act as the App."""

    def __init__(self, github: GitHub, server: TestServer, clock: FakeClock) -> None:
        self.github, self.server, self.clock = github, server, clock
        self.snapshots = MemorySnapshots()
        self.app: App = github.add_app()
        self.ours = clock
        """The clock of the machine that plansync runs on."""

    def installation(self, project: str = "acme/web", key: str = "", app_id: int = 0) -> Installation:
        """Return the App's installation as a run of plansync finds it."""
        key, app_id = key or self.app.private_key, app_id or self.app.id
        line = self._line()
        line.wire = GitHubWire(app_auth(app_id, key, self.ours), self.github.api)
        return Installation(app_id, key, project, line, self.snapshots, self.ours)

    def line(self, installation: Installation) -> Line:
        """Return a line that speaks as the installation."""
        wire = InstallationWire(installation, lambda token: GitHubWire(token_auth(token), self.github.api))
        line = self._line()
        line.wire, line.renew = wire, wire.renewed
        return line

    def head(self) -> dict[str, Any]:
        """Return what is stored about the token."""
        snapshot = self.snapshots.load(self.installation().name)
        assert snapshot is not None
        return dict(snapshot.head)

    def _line(self) -> Line:
        host = self.github.base.partition("//")[2]
        return Line(GitHubWire(None, self.github.api), Pace(host, "app", Manners(), MemoryPacing(), self.ours))


@pytest.fixture
def site() -> Iterator[Site]:
    clock = FakeClock()
    github = GitHub(clock)
    with serve(github, rest().check) as server:
        yield Site(github, server, clock)


def pem(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.fixture(scope="module")
def other_key() -> str:
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


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


# --------------------------------------------------------------------------------------------------------- signed


def test_a_signature_s_times_are_those_of_our_clock(site: Site) -> None:
    signed = app_auth(7, site.app.private_key, FakeClock()).token
    claims = json.loads(urlsafe_b64decode(signed.split(".")[1] + "=="))
    assert claims == {"iss": claims["iss"], "iat": int(NOON.timestamp()) - 60, "exp": int(NOON.timestamp()) + 540}
    assert str(claims["iss"]) == "7"


@pytest.mark.parametrize("seconds", [-59, 0, 59])
def test_a_clock_that_is_a_little_off_does_no_harm(site: Site, seconds: int) -> None:
    site.ours = FakeClock(NOON + timedelta(seconds=seconds))
    assert site.installation().token()


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_far_off_is_named(site: Site, hours: int) -> None:
    site.ours = FakeClock(NOON + timedelta(hours=hours))
    with pytest.raises(CredentialRefused, match="could not find the App's installation for acme/web") as caught:
        site.installation().token()
    assert "this machine's clock" in caught.value.hint


@pytest.mark.parametrize(
    "key", ["", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"]
)
def test_a_key_that_cannot_be_read_is_one_clear_error(site: Site, key: str) -> None:
    with pytest.raises(CredentialRefused, match="the GitHub App's private key cannot be read") as caught:
        site.installation(key=key or "x").token()
    assert "PLANSYNC_GITHUB_APP_KEY" in caught.value.hint
    assert site.server.requests == 0


def test_a_key_of_another_kind_is_one_clear_error(site: Site) -> None:
    with pytest.raises(CredentialRefused, match="cannot be read"):
        site.installation(key=pem(ec.generate_private_key(ec.SECP256R1()))).token()


def test_the_key_of_another_app_is_one_clear_error(site: Site, other_key: str) -> None:
    with pytest.raises(CredentialRefused, match="could not find the App's installation for acme/web on") as caught:
        site.installation(key=other_key).token()
    assert caught.value.hint == "check tracker.app_id, the private key, and this machine's clock"
    assert other_key[60:100] not in str(caught.value)
    assert site.server.requests == 1


def test_an_app_that_does_not_exist_or_is_not_installed_is_named(site: Site) -> None:
    for installation in (site.installation(app_id=999_999), site.installation("acme/nowhere")):
        with pytest.raises(CredentialRefused, match="could not find the App's installation") as caught:
            installation.token()
        assert "install the App" in caught.value.hint


def test_what_the_app_may_do_is_read_from_its_installation(site: Site) -> None:
    assert site.installation().permissions()["issues"] == "write"


# ---------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.TRUNCATED, Fault.HTML, Fault.RESET])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_broken_answer_on_the_way_to_a_token_is_asked_for_again(site: Site, fault: Fault, after: int) -> None:
    site.server.fault_next(fault, after)
    assert site.installation().token() in site.github.world.tokens


def test_a_create_whose_token_could_not_be_had_is_no_unknown_outcome(site: Site) -> None:
    for after in range(3):
        site.server.fault_next(Fault.ERROR_500, after)
    create = Call(method="POST", path="/x", body={}, repeatable=False, what="open an issue")
    with pytest.raises(TrackerUnavailable, match="find the App's installation") as caught:
        site.line(site.installation()).ask(create)
    assert type(caught.value) is TrackerUnavailable


def test_a_limit_on_the_way_to_a_token_is_told(site: Site) -> None:
    site.server.fault_next(Fault.SECONDARY)
    with pytest.raises(RateLimited):
        site.installation().token()


def test_any_other_refusal_is_an_error_with_github_s_words(site: Site) -> None:
    site.server.fault_next(Fault.GONE)
    with pytest.raises(TrackerError, match="This issue was deleted") as caught:
        site.installation().token()
    assert not isinstance(caught.value, CredentialRefused)
