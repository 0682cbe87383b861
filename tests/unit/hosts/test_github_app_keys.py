"""What a GitHub App signs, whose key cannot be used, and what goes wrong on the way to its token."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from plansync.errors import CredentialRefused, RateLimited, TrackerError, TrackerUnavailable
from plansync.hosts.calls import Call
from plansync.hosts.github_app import app_auth
from tests.servers.wire import Fault
from tests.support.clocks import NOON, FakeClock
from tests.unit.hosts.app_site import Site


def pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


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
