"""Whether a webhook delivery comes from who shares a secret with us. Pure, and in constant time.

Each function returns why a delivery is not believed, in words that tell no secret, or an empty text if it is. Several
secrets may be valid at once, so that one can be exchanged without a gap. Headers come as text in which every character
stands for one byte, as HTTP servers give them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far the time of a signed delivery may be from ours."""
KEY_PREFIX = "whsec_"
_SECONDS = re.compile(r"[0-9]{1,12}")
_WRONG = "the signature is wrong"


def doubt_hub_signature(header: str, body: bytes, secrets: Iterable[str]) -> str:
    """Check GitHub's ``X-Hub-Signature-256``: HMAC-SHA256 of the body.

    Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
    """
    if not header:
        return "it is not signed"
    right = [f"sha256={hmac.new(_secret_bytes(secret), body, hashlib.sha256).hexdigest()}" for secret in secrets]
    return "" if _is_any(header, right) else _WRONG


def doubt_token(header: str, tokens: Iterable[str]) -> str:
    """Check a token that is sent as it is, as in GitLab's ``X-Gitlab-Token``."""
    if not header:
        return "it has no token"
    return "" if _is_any(header, tokens) else "the token is wrong"


def doubt_standard_signature(headers: Mapping[str, str], body: bytes, keys: Sequence[bytes], now: datetime) -> str:
    """Check the headers of Standard Webhooks: HMAC-SHA256 of id, time and body, any of several in a list.

    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
    """
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (name and at and signatures):
        return "it is not signed"
    if not _SECONDS.fullmatch(at) or abs(int(at) - now.timestamp()) > TOLERANCE.total_seconds():
        return "it was signed at another time"
    try:
        signed = f"{name}.{at}.".encode("latin-1") + body
    except UnicodeEncodeError:
        return _WRONG
    right = [f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}" for key in keys]
    return "" if any([_is_any(one, right) for one in signatures.split(" ")]) else _WRONG  # noqa: C419 -- all of them


def signing_key(secret: str) -> bytes | None:
    """Return the key that a secret of Standard Webhooks (``whsec_`` and base64) holds, None if it is no such secret."""
    if not secret.startswith(KEY_PREFIX):
        return None
    try:
        return base64.b64decode(secret.removeprefix(KEY_PREFIX), validate=True) or None
    except ValueError:
        return None


def _is_any(given: str, right: Iterable[str]) -> bool:
    """Compare with each of them, so that the time says nothing about which it was."""
    try:
        plain = given.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return any([hmac.compare_digest(plain, _secret_bytes(one)) for one in right])  # noqa: C419 -- all of them


def _secret_bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogateescape")
