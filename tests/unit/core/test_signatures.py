"""Signatures of webhooks: what is believed, and what never is."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.signatures import doubt_hub_signature, doubt_standard_signature, doubt_token, signing_key

# The example of GitHub's page on validating deliveries.
HUB_SECRET = "It's a Secret to Everybody"
HUB_BODY = b"Hello, World!"
HUB_SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

# The message that the libraries of Standard Webhooks are all tested with.
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
SECRET_KEY = signing_key(KEY) or b""
OTHER_KEY = bytes(range(32))


def signed_by(key: bytes, name: str, at: str, body: bytes = BODY) -> dict[str, str]:
    digest = hmac.new(key, f"{name}.{at}.".encode("latin-1") + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": signature}


def test_github_s_own_example_is_believed() -> None:
    assert doubt_hub_signature(HUB_SIGNATURE, HUB_BODY, [HUB_SECRET]) == ""


def test_any_of_several_secrets_will_do() -> None:
    assert doubt_hub_signature(HUB_SIGNATURE, HUB_BODY, ["new", HUB_SECRET]) == ""
    assert doubt_token("old", ["new", "old"]) == ""
    assert doubt_standard_signature(SIGNED, BODY, [OTHER_KEY, SECRET_KEY], AT) == ""


@pytest.mark.parametrize(
    "header",
    [
        HUB_SIGNATURE[:-1],
        HUB_SIGNATURE.removeprefix("sha256="),
        HUB_SIGNATURE.replace("sha256", "sha1"),
        HUB_SIGNATURE.upper(),
        f"{HUB_SIGNATURE} ",
        "sha256=",
        "sha256=é",
        "sha256=\N{SNOWMAN}",
        "sha256=\ud800",
    ],
)
def test_a_signature_that_is_nearly_right_is_wrong(header: str) -> None:
    assert doubt_hub_signature(header, HUB_BODY, [HUB_SECRET]) == "the signature is wrong"


def test_another_body_or_secret_is_not_believed() -> None:
    assert doubt_hub_signature(HUB_SIGNATURE, HUB_BODY + b" ", [HUB_SECRET])
    assert doubt_hub_signature(HUB_SIGNATURE, HUB_BODY, [HUB_SECRET.lower()])
    assert doubt_hub_signature(HUB_SIGNATURE, HUB_BODY, [])


def test_what_is_not_signed_is_told_apart() -> None:
    assert doubt_hub_signature("", HUB_BODY, [HUB_SECRET]) == "it is not signed"
    assert doubt_token("", ["token"]) == "it has no token"
    assert doubt_standard_signature({}, BODY, [SECRET_KEY], AT) == "it is not signed"


def test_tokens_are_compared_byte_for_byte() -> None:
    assert doubt_token("hush", ["hush"]) == ""
    assert doubt_token("psst — ü".encode().decode("latin-1"), ["psst — ü"]) == ""
    for wrong in ("hus", "hush ", "Hush", "hüsh", "\N{SNOWMAN}"):
        assert doubt_token(wrong, ["hush"]) == "the token is wrong"


def test_the_published_message_of_standard_webhooks_is_believed() -> None:
    assert doubt_standard_signature(SIGNED, BODY, [SECRET_KEY], AT) == ""


@pytest.mark.parametrize("missing", sorted(SIGNED))
def test_each_of_the_three_headers_is_needed(missing: str) -> None:
    for without in ({**SIGNED, missing: ""}, {name: value for name, value in SIGNED.items() if name != missing}):
        assert doubt_standard_signature(without, BODY, [SECRET_KEY], AT) == "it is not signed"


def test_one_signature_of_a_list_is_enough() -> None:
    right = SIGNED["webhook-signature"]
    others = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    listed = {**SIGNED, "webhook-signature": f"{others} {right}"}
    assert doubt_standard_signature(listed, BODY, [SECRET_KEY], AT) == ""
    assert doubt_standard_signature({**SIGNED, "webhook-signature": others}, BODY, [SECRET_KEY], AT)


@pytest.mark.parametrize(
    "signature",
    ["v1", "v1,", "v1,=", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE", " ", "v1,\N{SNOWMAN}", "é"],
)
def test_odd_signatures_are_wrong(signature: str) -> None:
    said = doubt_standard_signature({**SIGNED, "webhook-signature": signature}, BODY, [SECRET_KEY], AT)
    assert said == "the signature is wrong"


@pytest.mark.parametrize("name", ["msg_another", "\N{SNOWMAN}", "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330"])
def test_the_name_of_the_message_is_signed_too(name: str) -> None:
    assert doubt_standard_signature({**SIGNED, "webhook-id": name}, BODY, [SECRET_KEY], AT) == "the signature is wrong"


@pytest.mark.parametrize(
    ("distance", "is_believed"),
    [(-301, False), (-300, True), (0, True), (300, True), (301, False)],
)
def test_a_message_is_good_for_five_minutes_either_way(distance: int, is_believed: bool) -> None:
    said = doubt_standard_signature(SIGNED, BODY, [SECRET_KEY], AT + timedelta(seconds=distance))
    assert said == ("" if is_believed else "it was signed at another time")


@pytest.mark.parametrize(
    "at", ["now", "1614265330.0", "-1614265330", "9" * 400, "１６１４２６５３３０", " 1614265330", "1e9"]
)
def test_odd_times_are_other_times(at: str) -> None:
    said = doubt_standard_signature({**SIGNED, "webhook-timestamp": at}, BODY, [SECRET_KEY], AT)
    assert said == "it was signed at another time"


def test_a_message_with_bytes_that_are_no_ascii_in_its_name_can_be_signed() -> None:
    headers = signed_by(SECRET_KEY, "m\xe9", "1614265330")
    assert doubt_standard_signature(headers, BODY, [SECRET_KEY], AT) == ""


@pytest.mark.parametrize("secret", ["hush", "whsec_", "whsec_!!!!", "whsec_abc", "whsec_ü", "WHSEC_aGVsbG8="])
def test_other_secrets_hold_no_key(secret: str) -> None:
    assert signing_key(secret) is None


def test_a_key_is_base64_behind_its_prefix() -> None:
    assert signing_key(f"whsec_{base64.b64encode(OTHER_KEY).decode()}") == OTHER_KEY


@given(st.text(), st.binary(), st.lists(st.text(st.characters(codec="utf-8"))))
def test_no_header_makes_it_fail(header: str, body: bytes, secrets: list[str]) -> None:
    assert isinstance(doubt_hub_signature(header, body, secrets), str)
    is_known = header != "" and header in {secret.encode().decode("latin-1") for secret in secrets}
    assert (doubt_token(header, secrets) == "") == is_known


@given(st.dictionaries(st.sampled_from(sorted(SIGNED)), st.text()), st.binary(), st.lists(st.binary()))
def test_no_headers_make_the_standard_s_check_fail(headers: dict[str, str], body: bytes, keys: list[bytes]) -> None:
    assert doubt_standard_signature(headers, body, keys, AT)


@given(st.binary(), st.binary(min_size=1), st.text(st.characters(max_codepoint=255), min_size=1))
def test_whatever_is_signed_rightly_is_believed(body: bytes, key: bytes, name: str) -> None:
    headers = signed_by(key, name, "1614265330", body)
    assert doubt_standard_signature(headers, body, [b"another", key], AT) == ""
    assert doubt_standard_signature(headers, body + b"!", [b"another", key], AT)
