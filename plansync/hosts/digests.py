"""What stands for a token where the token itself must not be: in the state database, in names of accounts."""

from __future__ import annotations

import hashlib


def token_digest(token: str) -> str:
    """Return sixteen hexadecimal digits that tell one token from another, and reveal nothing of it."""
    return hashlib.sha256(f"plansync {token}".encode()).hexdigest()[:16]
