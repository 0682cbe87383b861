"""Deliveries as doors get them: headers in lower case, signed with the tests' secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

SECRET = "correct-horse-battery-staple"


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def from_github(event: str, payload: object, name: str = "d1", secret: str = SECRET) -> tuple[dict[str, str], bytes]:
    """Return headers and body of a delivery of GitHub."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-github-event": event, "x-github-delivery": name, "x-hub-signature-256": f"sha256={signature}"}
    return headers | {"content-type": "application/json"}, body


def from_gitlab(payload: object, name: str = "d1", token: str = SECRET) -> tuple[dict[str, str], bytes]:
    """Return headers and body of a delivery of GitLab."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return {"x-gitlab-event": "System Hook", "idempotency-key": name, "x-gitlab-token": token}, body
