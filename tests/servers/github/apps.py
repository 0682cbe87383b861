"""GitHub Apps: their keys, the JWTs they sign, and the tokens that their installation is given for an hour."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.servers.github.state import App, Token
from tests.servers.github.words import Refused, refused
from tests.servers.github.world import World

PERMISSIONS = {"issues": "write", "metadata": "read", "contents": "write", "pull_requests": "write"}
TOLERANCE = timedelta(seconds=60)
LONGEST_JWT = timedelta(minutes=10)
LIFE = timedelta(hours=1)
EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion "
    "expires"
)


def create(world: World, slug: str, permissions: dict[str, str] | None = None) -> App:
    """Register an App and install it on the first repository's owner, which takes in all repositories."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    app = App(
        id=world.next_id(),
        slug=slug,
        bot=world.user(f"{slug}[bot]", "Bot"),
        owner=next(iter(world.repositories.values())).owner,
        created_at=world.now(),
        private_key=pem.decode(),
        public_key=key.public_key(),
        installation_id=world.next_id(),
        permissions=dict(PERMISSIONS if permissions is None else permissions),
    )
    world.apps[app.id] = app
    return app


def hand_out(world: World, app: App) -> Token:
    """Give the App's installation a new token; those from before stay good for their hour."""
    app.handed_out += 1
    ends = world.now() + LIFE
    token = Token(f"ghs_{app.slug}{app.handed_out:08d}", app.bot, [], dict(app.permissions), ends, app=app)
    world.tokens[token.text] = token
    return token


def signed_by(world: World, text: str) -> App:
    """Return the App that signed a JWT; raises 401 in GitHub's words."""
    try:
        head, body, signature = text.split(".")
        header, claims = _decoded(head), _decoded(body)
        app = world.apps[int(claims["iss"])]
        if header["alg"] != "RS256":
            raise ValueError(header["alg"])
        app.public_key.verify(_raw(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except KeyError:
        raise refused(404, "Integration not found") from None
    except (ValueError, TypeError, InvalidSignature):
        raise refused(401, "A JSON web token could not be decoded") from None
    _check_times(claims, world.clock.now())
    return app


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    issued, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(ends, int | float) or ends <= (now - TOLERANCE).timestamp():
        raise _claim(EXPIRED)
    if ends > (now + LONGEST_JWT + TOLERANCE).timestamp():
        raise _claim("'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int | float) or issued > (now + TOLERANCE).timestamp():
        raise _claim("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")


def _claim(words: str) -> Refused:
    return refused(401, words, "https://docs.github.com/rest")


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _decoded(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_raw(text))
    return content
